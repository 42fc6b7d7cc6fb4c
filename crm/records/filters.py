"""Filters that many lists share."""

from collections.abc import Callable, Sequence
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement

from crm.accounts import queries as accounts
from crm.core.clock import PARIS, today
from crm.core.countries import country_name, country_names
from crm.core.db import UtcDateTime, db
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.core.text import fold
from crm.records import queries
from crm.records.kinds import Filter
from crm.records.models import Record
from crm.web.templating import locale_code, yes_no


def number(value: str) -> int:
    """Read an id of an address.

    :raises ValueError: when it is none.
    """
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise ValueError("not an id")
    return int(value)


def choice_filter(key: str, label: Any, column: Any, kind: Any, *, pinned: bool = False) -> Filter:
    """Return a filter by a value of a closed list."""
    return Filter(
        key,
        label,
        where=lambda value: column == kind(value),
        choices=lambda: [(member.value, member.label) for member in kind],
        is_closed=True,
        pinned=pinned,
    )


NOT_STATED = "none"
"""How an address asks for what has no country."""


def country_filter(key: str, label: Any, column: Any, *, pinned: bool = False) -> Filter:
    """Return a filter by country."""

    def where(value: str) -> Any:
        if value == NOT_STATED:
            return column.is_(None)
        if value not in country_names("en"):
            raise ValueError("not a country")
        return column == value

    return Filter(
        key,
        label,
        where=where,
        choices=lambda: [(NOT_STATED, _l("Not stated")), *country_names(locale_code()).items()],
        is_closed=True,
        pinned=pinned,
    )


def typed_country_filter(key: str, label: Any, where: Any) -> Filter:
    """Return a filter by a country whose name people type: a second list of all would be long.

    :param where: turns the code of a country into a condition.
    """

    def read(value: str) -> Sequence[str]:
        code = value.upper()
        if code in country_names("en"):
            return (code,)
        found = [
            known
            for language in ("fr", "en")
            for known, name in country_names(language).items()
            if fold(name) == fold(value)
        ]
        if not found:
            raise ValueError("not a country")
        return found[:1]

    return Filter(
        key,
        label,
        where=where,
        kind="text",
        read=read,
        describe=lambda code: country_name(code, locale_code()),
    )


def yes_filter(key: str, label: Any, condition: Callable[[], ColumnElement[bool]]) -> Filter:
    """Return a filter by whether something is so."""

    def where(value: str) -> Any:
        if value not in ("yes", "no"):
            raise ValueError("neither yes nor no")
        return condition() if value == "yes" else sa.not_(condition())

    return Filter(
        key,
        label,
        where=where,
        choices=lambda: [("yes", yes_no(True)), ("no", yes_no(False))],
        is_closed=True,
        is_twofold=False,
    )


def colleagues() -> list[tuple[str, str]]:
    """Return the people who may sign in, to choose from."""
    return [(str(user_id), name) for user_id, name in db.session.execute(accounts.team_by_name())]


def owner_filter(key: str, label: Any, column: Any, *, pinned: bool = False) -> Filter:
    """Return a filter by somebody of the team; who has left is named, no longer offered."""
    return Filter(
        key,
        label,
        where=lambda value: column == number(value),
        describe=lambda value: db.session.scalar(accounts.name_of(number(value))),
        choices=colleagues,
        pinned=pinned,
    )


def date_filter(key: str, label: Any, column: Any, *, before: bool) -> Filter:
    """Return a filter by a partial date: on or after a day, or before it."""

    def where(value: str) -> Any:
        day = PartialDate.parse(value, today())
        return column < day if before else column >= day

    return Filter(key, label, where=where, kind="date", is_twofold=False)


def record_filter(
    key: str, label: Any, where: Any, *, kinds: Sequence[str] = (), pinned: bool = False
) -> Filter:
    """Return a filter by another record: ``where`` turns its id into a condition.

    A record that hides from the person is none: what names it must not be found by its id.

    :param kinds: the kinds of records that fit; names of all kinds are understood when empty.
    """

    def read(value: str) -> Sequence[str]:
        written = value.removeprefix("id:")
        if written.isdigit():
            return (str(number(written)),)
        found = db.session.execute(queries.bearing(value, kinds)).all()
        exact = [str(record_id) for record_id, how_close in found if how_close == 0]
        # One name that begins so is meant; of several it cannot be said which.
        begun = [str(record_id) for record_id, how_close in found if how_close == 1]
        if not exact and len(begun) != 1:
            raise ValueError("nothing has this name")
        return exact or begun

    def describe(value: str) -> str | None:
        record = db.session.get(Record, number(value))
        return record.title if record else None

    def condition(value: str) -> Any:
        record_id = number(value)
        is_seen = db.session.scalar(sa.select(Record.id).where(Record.id == record_id))
        return where(record_id) if is_seen is not None else sa.false()

    return Filter(
        key,
        label,
        where=condition,
        kind="record",
        describe=describe,
        read=read,
        kinds=kinds,
        pinned=pinned,
    )


def tag_filter() -> Filter:
    """Return the filter by a tag, as somebody writes it."""

    def where(value: str) -> Any:
        key = fold(value)
        if not key:
            raise ValueError("not a tag")
        return queries.tagged(key)

    return Filter("tag", _l("Tag"), where=where, kind="text")


def moment_filter(key: str, label: Any, column: Any, *, before: bool = False) -> Filter:
    """Return a filter by a moment or day the program has noted itself: since a day, or before it.

    :param before: whether the day is the first that does not count; what was never noted counts.
    """

    def where(value: str) -> Any:
        day = PartialDate.parse(value, today()).first_day
        edge = day
        if isinstance(column.type, UtcDateTime):
            edge = datetime.combine(day, time.min, PARIS)
        return sa.or_(column.is_(None), column < edge) if before else column >= edge

    return Filter(key, label, where=where, kind="date", is_twofold=False)

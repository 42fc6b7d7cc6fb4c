"""Filters that many lists share."""

from typing import Any

import sqlalchemy as sa

from crm.accounts import queries as accounts
from crm.core.clock import today
from crm.core.countries import country_names
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.records.kinds import Filter
from crm.records.models import Record
from crm.web.templating import locale_code


def number(value: str) -> int:
    """Read an id of an address.

    :raises ValueError: when it is none.
    """
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise ValueError("not an id")
    return int(value)


def country_filter(key: str, label: Any, column: Any, *, pinned: bool = False) -> Filter:
    """Return a filter by country."""

    def where(value: str) -> Any:
        if value not in country_names("en"):
            raise ValueError("not a country")
        return column == value

    return Filter(
        key,
        label,
        where=where,
        choices=lambda: list(country_names(locale_code()).items()),
        pinned=pinned,
    )


def owner_filter(key: str, label: Any, column: Any, *, pinned: bool = False) -> Filter:
    """Return a filter by somebody of the team."""
    return Filter(
        key,
        label,
        where=lambda value: column == number(value),
        choices=lambda: [(str(user.id), user.name) for user in db.session.scalars(accounts.team())],
        pinned=pinned,
    )


def date_filter(key: str, label: Any, column: Any, *, before: bool) -> Filter:
    """Return a filter by a partial date: on or after a day, or before it."""

    def where(value: str) -> Any:
        day = PartialDate.parse(value, today())
        return column < day if before else column >= day

    return Filter(key, label, where=where, kind="date")


def record_filter(key: str, label: Any, where: Any) -> Filter:
    """Return a filter by another record: ``where`` turns its id into a condition.

    A record that hides from the person is none: what names it must not be found by its id.
    """

    def describe(value: str) -> str | None:
        record = db.session.get(Record, number(value))
        return record.title if record else None

    def condition(value: str) -> Any:
        record_id = number(value)
        is_seen = db.session.scalar(sa.select(Record.id).where(Record.id == record_id))
        return where(record_id) if is_seen is not None else sa.false()

    return Filter(key, label, where=condition, kind="record", describe=describe)

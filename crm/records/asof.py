"""The day for which a page or a file answers: the one asked for, or today."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import has_request_context, request

from crm.core.clock import today
from crm.core.i18n import _
from crm.core.partial_date import InvalidPartialDate, PartialDate, active_on
from crm.core.text import clean_line
from crm.web.templating import locale_code

PARAMETER = "on"
LONGEST = 60

_asked: ContextVar[date | None] = ContextVar("asked_day", default=None)


def typed_day() -> str:
    """Return what the address says after ``on=``."""
    if not has_request_context():
        return ""
    return clean_line(request.args.get(PARAMETER, ""))[:LONGEST]


def read_day() -> date | None:
    """Return the day of the address; a month or a year means its last day."""
    return day_of(typed_day())


def day_of(text: str) -> date | None:
    """Read a day as people write it; a month or a year means its last day."""
    try:
        return PartialDate.parse(text, today()).last_day
    except InvalidPartialDate:
        return None


@contextmanager
def as_of(day: date | None) -> Iterator[None]:
    """Answer for the day inside the block; for today when None.

    Only pages that are dated ask for it: elsewhere ``on=`` may be a field of a form.
    """
    token = _asked.set(day)
    try:
        yield
    finally:
        _asked.reset(token)


def asked_day() -> date | None:
    """Return the day that the page answers for, if one was asked."""
    return _asked.get()


def page_day() -> date:
    """Return the day for which to say what is current."""
    return _asked.get() or today()


def address_values() -> dict[str, Any]:
    """Return what keeps the day in the address of another page of the record."""
    day = asked_day()
    return {PARAMETER: day.isoformat()} if day else {}


def sentence() -> str:
    """Return “As on 31 March 2024”, or nothing for today."""
    day = asked_day()
    if day is None:
        return ""
    return _("As on %(day)s", day=PartialDate.of(day).format(locale_code(), "long"))


def complaint() -> str:
    """Return what to say of a day that is none, or nothing."""
    if not typed_day() or read_day() is not None:
        return ""
    return _("This day was not understood: here is today")


def during(since: Any, until: Any) -> Callable[[date], sa.ColumnElement[bool]]:
    """Return the condition of rows that hold from one column until another."""
    return lambda day: active_on(since, until, day)


def happened_by(dated: Any) -> Callable[[date], sa.ColumnElement[bool]]:
    """Return the condition of rows whose date is not later than the day, or not known."""
    written = sa.type_coerce(dated, sa.String)
    return lambda day: sa.or_(written.is_(None), written <= day.isoformat())


def done_by(done_on: Any) -> Callable[[date], sa.ColumnElement[bool]]:
    """Return the condition of rows that were done by the day; what is open is of today."""
    return lambda day: done_on <= day

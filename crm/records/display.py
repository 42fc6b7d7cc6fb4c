"""How values read: those of columns in history, and when something is due."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from babel.dates import format_date, get_timezone_location
from sqlalchemy import select

from crm.accounts.models import User
from crm.core.clock import PARIS
from crm.core.countries import country_name
from crm.core.db import Base, db
from crm.core.i18n import _
from crm.core.lists import ListValue
from crm.core.partial_date import Precision
from crm.records import queries
from crm.records.deadlines import Move
from crm.records.history import from_json, record_columns
from crm.records.kinds import record_link
from crm.records.models import Deadline, Part, Record, Tag
from crm.records.times import span_in_words
from crm.web.cells import Long
from crm.web.templating import babel_locale, locale_code, yes_no


class Names:
    """Looks up the records and people that stored values point at, all at once."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.records: dict[int, Record] = {}
        self.users: dict[int, str] = {}
        self.tags: dict[int, str] = {}

    def learn(self, records: Iterable[Any], users: Iterable[Any], tags: Iterable[Any] = ()) -> None:
        """Fetch what these ids stand for, as far as the person may see it."""
        if wanted := {value for value in records if isinstance(value, int)}:
            found = db.session.scalars(select(Record).where(Record.id.in_(wanted)))
            self.records.update({record.id: record for record in found})
        if wanted := {value for value in users if isinstance(value, int)}:
            people = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
            self.users.update({user_id: name for user_id, name in people})  # noqa: C416 - rows
        if wanted := {value for value in tags if isinstance(value, int)}:
            words = db.session.execute(select(Tag.id, Tag.word).where(Tag.id.in_(wanted)))
            self.tags.update({tag_id: word for tag_id, word in words})  # noqa: C416 - rows


def label_of(model: type[Any], key: str) -> str:
    """Return the label of a column."""
    column = sa.inspect(model).columns.get(key)
    return str(column.info.get("label", key)) if column is not None else key


def points_at(model: type[Any], key: str) -> str | None:
    """Return "record", "user", "tag" or "part" when a column points at one."""
    if key in record_columns(model):
        return "record"
    column = sa.inspect(model).columns.get(key)
    tables = (
        {foreign.column.table.name for foreign in column.foreign_keys}
        if column is not None
        else set()
    )
    if "users" in tables:
        return "user"
    if "tags" in tables:
        return "tag"
    return "part" if any(_part_of(table) for table in tables) else None


def _part_of(table: str) -> type[Any] | None:
    for mapper in Base.registry.mappers:
        if (
            issubclass(mapper.class_, (Part, ListValue))
            and getattr(mapper.local_table, "name", "") == table
        ):
            return mapper.class_
    return None


def _pointed_at(model: type[Any], key: str, value: int, target: str, names: Names) -> Any:
    if target == "record":
        return record_link(names.records.get(value)) or _("a record that no longer exists")
    if target == "user":
        return names.users.get(value) or _("somebody who left")
    return names.tags.get(value) if target == "tag" else _part_name(model, key, value)


def _part_name(model: type[Any], key: str, value: int) -> str:
    """Return what a part is called that another part points at."""
    column = sa.inspect(model).columns[key]
    part = _part_of(next(iter(column.foreign_keys)).column.table.name)
    row = db.session.get(part, value) if part is not None else None
    for name in ("label", "name", "title", "language"):
        if text := getattr(row, name, None):
            return str(text)
    return str(getattr(part, "__part_label__", "")) or _("something that no longer exists")


def stored_value(model: type[Any], key: str, value: Any, names: Names) -> Any:
    """Return a value kept in history as a cell."""
    column = sa.inspect(model).columns.get(key)
    if value is None or column is None:
        return value
    try:
        return live_value(model, key, from_json(column, value), names)
    except ValueError:
        return str(value)  # A code that has left the list since.


def live_value(model: type[Any], key: str, value: Any, names: Names) -> Any:
    """Return a value of a column as a cell."""
    target = points_at(model, key)
    if value is None:
        return None
    if target is not None:
        return _pointed_at(model, key, value, target, names)
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, list):
        return ", ".join(str(country_name(item, locale_code()) or item) for item in value)
    if key == "country" and isinstance(value, str):
        return country_name(value, locale_code())
    if isinstance(value, str) and ("\n" in value or len(value) > 120):
        return Long(value)
    return value


def title_in(record: Record, language: str) -> str:
    """Return the name of a record in a language, where it has one; else its title."""
    named = db.session.scalar(queries.name_in(record, language))
    return named or record.title


def due_at_length(due: Deadline) -> str:
    """Return when something is due, in full, for people who are no colleagues.

    The hour is that of a place, which is named: Paris, where nobody said another.
    """
    end = due.ends_at()
    locale = babel_locale()
    if due.day is None or due.day.precision is not Precision.DAY:
        written = due.day.format(locale_code()) if due.day else ""
    else:
        written = format_date(due.day.first_day, "EEEE d MMMM y", locale=locale)
    if due.hour and end is not None:
        written = _(
            "%(day)s at %(hour)s (time in %(place)s)",
            day=written,
            hour=due.hour,
            place=_place_of(due.time_zone, end, locale),
        )
    return _("%(day)s; later answers are accepted", day=written) if due.is_soft else written


def moment_at_length(moment: datetime) -> str:
    """Return a moment in full, by the clock of Paris."""
    locale = babel_locale()
    local = moment.astimezone(PARIS)
    return _(
        "%(day)s at %(hour)s (time in %(place)s)",
        day=format_date(local.date(), "EEEE d MMMM y", locale=locale),
        hour=f"{local:%H:%M}",
        place=_place_of(None, moment, locale),
    )


def _place_of(zone: str | None, moment: datetime, locale: str) -> str:
    """Return the city after which a time zone is named."""
    name = zone or PARIS.key
    if "/" not in name:
        return name  # UTC, CET.
    return str(get_timezone_location(name, locale=locale, return_city=True))


def due_in_words(due: Deadline | Move) -> str:
    """Return when something is due: the day, with its hour there and in Paris."""
    written = due.day.format(locale_code()) if due.day else _("no date")
    if not due.hour:
        return written
    return f"{written} {span_in_words(due.day, due.hour, None, due.time_zone)}"

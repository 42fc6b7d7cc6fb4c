"""Deadlines of meetings and declarations: what may be entered, and how they have moved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.core.clock import moment
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.records import queries, services
from crm.records.models import Act, Change, Deadline, DeadlineKind, Record
from crm.records.times import check_hour, check_time_zone, clean_hour, exact_day

WHEN = ("day", "hour", "time_zone")


def add_deadline(**values: Any) -> Deadline:
    """Add a deadline."""
    values = _checked(values)
    _check_order(values["record_id"], values)
    return services.add(Deadline(**values))


def change_deadline(deadline: Deadline, version: int, **values: Any) -> Deadline:
    """Change a deadline; one that moves needs a reason, which its history keeps (R-7.4)."""
    known = {key: values.get(key, getattr(deadline, key)) for key in (*WHEN, "kind")}
    values = {**values, **_checked(known)}
    moves = services.own_changes(deadline, version, {key: values[key] for key in WHEN})
    if moves and not values.get("reason"):
        raise InvalidValue("reason", _("Say why the deadline moves"))
    if not values.get("reason"):
        values.pop("reason", None)
    _check_order(deadline.record_id, values, but=deadline)
    return services.change_part(deadline, version, **values)


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Refuse hours and zones that are none; write hours alike."""
    if values.get("hour"):
        values["hour"] = clean_hour(values["hour"], "hour")
        if exact_day(values.get("day")) is None:
            raise InvalidValue("day", _("An hour needs a day: write the date like 23/11/2026"))
    check_time_zone(values.get("time_zone"), "time_zone")
    check_hour(values.get("day"), values.get("hour"), values.get("time_zone"), "hour")
    return values


_OTHER_END = {
    DeadlineKind.REGISTRATION_OPENS: DeadlineKind.REGISTRATION,
    DeadlineKind.REGISTRATION: DeadlineKind.REGISTRATION_OPENS,
}


def _check_order(record_id: int, values: Mapping[str, Any], but: Deadline | None = None) -> None:
    """Refuse a registration that closes before it opens.

    There may be several, for members and for guests: one end must fit one of the others.
    """
    record = db.session.get(Record, record_id) if values["kind"] in _OTHER_END else None
    if record is None:
        return
    own = _span(*(values.get(key) for key in WHEN))
    others = [
        _span(each.day, each.hour, each.time_zone)
        for each in db.session.scalars(queries.deadlines_of(record))
        if each is not but and each.kind is _OTHER_END[values["kind"]]
    ]
    if others and not any(_fit(values["kind"], own, other) for other in others):
        raise InvalidValue("day", _("The registration must not close before it opens"))


Span = tuple[datetime, datetime]


def _span(day: PartialDate | None, hour: str | None, zone: str | None) -> Span | None:
    """Return the first and the last moment that a deadline may mean, where that is known."""
    if day is None:
        return None
    first = moment(day.first_day, hour or "00:00", zone)
    last = moment(day.last_day, hour or "23:59", zone)
    return (first, last) if first is not None and last is not None else None


def _fit(kind: DeadlineKind, own: Span | None, other: Span | None) -> bool:
    """Tell whether a registration may close when the one end says and open when the other does."""
    if own is None or other is None:
        return True
    opens, closes = (own, other) if kind is DeadlineKind.REGISTRATION_OPENS else (other, own)
    return opens[0] <= closes[1]


@dataclass(frozen=True)
class Move:
    """A deadline was another one before.

    :param day: the day it was; None where there was none.
    """

    day: PartialDate | None
    hour: str | None
    time_zone: str | None
    reason: str | None


def moves_of(record: Record) -> Mapping[int, Sequence[Move]]:
    """Return how each deadline of a record has moved, the last move first, by its id."""
    deadlines = {each.id: each for each in db.session.scalars(queries.deadlines_of(record))}
    if not deadlines:
        return {}
    changes = db.session.scalars(queries.changes_of_rows(Deadline.__tablename__, deadlines))
    found: dict[int, list[Move]] = {}
    known = {
        row_id: {key: getattr(each, key) for key in (*WHEN, "reason")}
        for row_id, each in deadlines.items()
    }
    for change in changes:  # Newest first: each is taken back from what is known after it.
        after = known[change.row_id]
        before = {**after, **_before(change)}
        if change.act is Act.UPDATE and any(before[key] != after[key] for key in WHEN):
            move = Move(before["day"], before["hour"], before["time_zone"], after["reason"])
            found.setdefault(change.row_id, []).append(move)
        known[change.row_id] = before
    return found


def _before(change: Change) -> dict[str, Any]:
    """Return what a change has changed, as it was."""
    old = {key: pair[0] for key, pair in change.values.items() if key in (*WHEN, "reason")}
    if old.get("day"):
        old["day"] = PartialDate.parse_iso(old["day"])
    return old

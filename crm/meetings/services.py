"""Everything that changes a meeting or who is there. No service commits."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy.exc import IntegrityError

from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.meetings import queries
from crm.meetings.models import Attendance, Meeting, Organiser
from crm.records import services

_HOUR = re.compile(r"([01]?\d|2[0-3])[:hH.]([0-5]\d)?", re.ASCII)


def create_meeting(**values: Any) -> Meeting:
    """Add a meeting."""
    return services.create_record(Meeting, **_checked(values))


def change_meeting(meeting: Meeting, version: int, **values: Any) -> Meeting:
    """Change a meeting."""
    if values.get("series_id") is not None and values["series_id"] == meeting.id:
        raise InvalidValue("series_id", _("A meeting cannot be part of itself. Choose another"))
    dates = {key: values.get(key, getattr(meeting, key)) for key in ("starts", "ends")}
    return services.change_record(meeting, version, **_checked({**values, **dates}))


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Refuse an end before the start, unknown time zones and hours; write hours alike."""
    starts, ends = values.get("starts"), values.get("ends")
    if starts is not None and ends is not None and ends.last_day < starts.first_day:
        raise InvalidValue("ends", _("The end must not be before the start"))
    for key in ("start_time", "end_time"):
        if values.get(key):
            values[key] = clean_hour(values[key], key)
    check_time_zone(values.get("time_zone"), "time_zone")
    return values


def clean_hour(text: str, field: str) -> str:
    """Return an hour of the day as 09:30.

    :raises InvalidValue: at ``field``.
    """
    found = _HOUR.fullmatch(text.strip())
    if found is None:
        raise InvalidValue(field, _("Write the hour like 09:30"))
    return f"{int(found[1]):02}:{found[2] or '00'}"


def check_time_zone(name: str | None, field: str) -> None:
    """Refuse a time zone nobody knows.

    :raises InvalidValue: at ``field``.
    """
    if name and name not in available_timezones():
        raise InvalidValue(field, _("Write the time zone like Europe/Paris or UTC"))


def add_organiser(**values: Any) -> Organiser:
    """Note who makes a meeting possible."""
    return services.add(Organiser(**values))


def add_attendance(**values: Any) -> Attendance:
    """Note somebody, an organisation or a group at a meeting."""
    _check_attendance(values)
    _check_double(values["meeting_id"], values.get("person_id"))
    with _once_each():
        return services.add(Attendance(**values))


def change_attendance(attendance: Attendance, version: int, **values: Any) -> Attendance:
    """Change what is noted of somebody at a meeting."""
    keys = ("person_id", "organisation_id", "category", "headcount")
    _check_attendance({key: values.get(key, getattr(attendance, key)) for key in keys})
    person_id = values.get("person_id", attendance.person_id)
    if person_id != attendance.person_id:
        _check_double(attendance.meeting_id, person_id)
    with _once_each():
        return services.change_part(attendance, version, **values)


def _check_attendance(values: dict[str, Any]) -> None:
    named = values.get("person_id") or values.get("organisation_id")
    if not named and not values.get("category"):
        raise InvalidValue(
            "person_id", _("Enter a person, an organisation, or who they are as a group")
        )
    if values.get("person_id") and values.get("headcount") not in (None, 1):
        raise InvalidValue("headcount", _("A person counts as one. Leave the number empty"))


def _check_double(meeting_id: int, person_id: int | None) -> None:
    if person_id is None:
        return
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None:
        return
    known = queries.attendance_of(meeting).where(Attendance.person_id == person_id)
    if db.session.scalars(known).first() is not None:
        raise _listed_already()


@contextmanager
def _once_each() -> Iterator[None]:
    """Let the database have the last word: one may not see for whom somebody is noted already."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError:
        raise _listed_already() from None


def _listed_already() -> InvalidValue:
    return InvalidValue("person_id", _("This person is on the list already. Change that line"))

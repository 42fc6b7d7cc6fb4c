"""Everything that changes a meeting or who is there. No service commits."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError

from crm.core.db import db
from crm.core.errors import InvalidValue, NotAllowed
from crm.core.i18n import _, _n
from crm.core.principal import principal_of
from crm.core.text import fold
from crm.meetings import queries
from crm.meetings.models import (
    PRESENT,
    Attendance,
    AttendanceStatus,
    Meeting,
    MeetingAim,
    Organiser,
)
from crm.meetings.status import check_move, may_become, rules
from crm.networks.models import WorkingGroup
from crm.networks.services import check_working_group
from crm.organisations.services import create_organisation
from crm.people.services import add_position, create_person
from crm.permissions import Permission
from crm.records import queries as records
from crm.records import services
from crm.records.models import ContactKind, ContactPoint, Record
from crm.records.times import check_hour, check_time_zone, clean_hour, exact_day

TOGETHER = (
    "starts",
    "ends",
    "start_time",
    "end_time",
    "time_zone",
    "network_id",
    "working_group_id",
)
"""What is held to rules together, also where only one of it changes."""


def create_meeting(**values: Any) -> Meeting:
    """Add a meeting."""
    return services.create_record(Meeting, **_in_its_network(_checked(values)))


def change_meeting(meeting: Meeting, version: int, **values: Any) -> Meeting:
    """Change a meeting."""
    if values.get("series_id") is not None and values["series_id"] == meeting.id:
        raise InvalidValue("series_id", _("A meeting cannot be part of itself. Choose another"))
    whole = {key: getattr(meeting, key) for key in TOGETHER} | values
    return services.change_record(meeting, version, **_in_its_network(_checked(whole)))


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    """Refuse an end before the start, unknown time zones and hours; write hours alike."""
    starts, ends = values.get("starts"), values.get("ends")
    if starts is not None and ends is not None and ends.last_day < starts.first_day:
        raise InvalidValue("ends", _("The end must not be before the start"))
    for key in ("start_time", "end_time"):
        if values.get(key):
            values[key] = clean_hour(values[key], key)
    zone = values.get("time_zone")
    check_time_zone(zone, "time_zone")
    check_hour(starts, values.get("start_time"), zone, "start_time")
    check_hour(ends or starts, values.get("end_time"), zone, "end_time")
    _check_hours(values)
    return values


def _check_hours(values: dict[str, Any]) -> None:
    """Refuse a meeting of one day that ends before it begins."""
    first, last = exact_day(values.get("starts")), exact_day(values.get("ends"))
    begins, ends = values.get("start_time"), values.get("end_time")
    is_one_day = first is not None and last in (None, first)
    if is_one_day and begins and ends and ends <= begins:
        raise InvalidValue("end_time", _("The end must not be before the start"))


def _in_its_network(values: dict[str, Any]) -> dict[str, Any]:
    """Let a meeting of a working group be one of its network, and refuse another network."""
    group_id = values.get("working_group_id")
    group = db.session.get(WorkingGroup, group_id) if group_id is not None else None
    if group is not None and values.get("network_id") is None:
        values["network_id"] = group.network_id
    check_working_group(values.get("network_id"), group_id)
    return values


def add_organiser(**values: Any) -> Organiser:
    """Note who makes a meeting possible."""
    return services.add(Organiser(**values))


def add_aim(**values: Any) -> MeetingAim:
    """Note what we want from an organisation at a meeting, once."""
    _check_aim(values)
    with _one_aim_each():
        return services.add(MeetingAim(**values))


def change_aim(aim: MeetingAim, version: int, **values: Any) -> MeetingAim:
    """Change what we want from an organisation at a meeting."""
    _check_aim(values)
    with _one_aim_each():
        return services.change_part(aim, version, **values)


@contextmanager
def _one_aim_each() -> Iterator[None]:
    """Let the database have the word: one may not see what is noted already."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError:
        raise InvalidValue(
            "organisation_id",
            _("There is a note on this organisation already. Change that one"),
        ) from None


def _check_aim(values: dict[str, Any]) -> None:
    if not values.get("wanted") and not values.get("questions"):
        raise InvalidValue("wanted", _("Enter what we want, or a question to ask"))


def add_attendance(**values: Any) -> Attendance:
    """Note somebody, an organisation or a group at a meeting."""
    meeting = _meeting(values["meeting_id"])
    _check_attendance(values)
    _check_where(meeting, values)
    _check_double(values["meeting_id"], values.get("person_id"))
    with _once_each():
        return services.add(Attendance(**_settled(values)))


def note_at(record: Record, *, meeting_id: int, status: str) -> bool:
    """Note a person or an organisation at a meeting, one of several.

    :returns: whether they were not on the list.
    """
    column = "person_id" if record.kind == "person" else "organisation_id"
    if column == "organisation_id":
        known = queries.organisation_lines(meeting_id, record.id)
        if db.session.scalars(known).first() is not None:
            return False
    values: dict[str, Any] = {column: record.id}
    add_attendance(meeting_id=meeting_id, status=AttendanceStatus(status), **values)
    return True


def change_attendance(attendance: Attendance, version: int, **values: Any) -> Attendance:
    """Change what is noted of somebody at a meeting."""
    keys = ("person_id", "organisation_id", "category", "headcount")
    _check_attendance({key: values.get(key, getattr(attendance, key)) for key in keys})
    _check_where(_meeting(attendance.meeting_id), values)
    status = values.get("status", attendance.status)
    check_move(attendance.status, status)
    values = _settled(
        {**values, "status": status, "is_remote": values.get("is_remote", attendance.is_remote)}
    )
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


def _meeting(meeting_id: int) -> Meeting:
    meeting = db.session.get(Meeting, meeting_id)
    if meeting is None:
        raise InvalidValue(None, _("This meeting is not there any more"))
    return meeting


def _settled(values: dict[str, Any]) -> dict[str, Any]:
    """Let the status and the mark say the same of somebody who was there at a distance."""
    if values.get("status") is AttendanceStatus.REMOTE:
        values["is_remote"] = True
    elif values.get("status") is AttendanceStatus.ATTENDED and values.get("is_remote"):
        values["status"] = AttendanceStatus.REMOTE
    return values


def _check_where(meeting: Meeting, values: dict[str, Any]) -> None:
    """Refuse days that the meeting does not have, and the group of another network."""
    wrong = [day for day in values.get("days") or () if day not in meeting.day_numbers]
    if wrong:
        raise InvalidValue(
            "days",
            _n(
                "This meeting lasts %(num)d day. Choose among its days",
                "This meeting lasts %(num)d days. Choose among its days",
                len(meeting.day_numbers),
            ),
        )
    check_working_group(meeting.network_id, values.get("working_group_id"))


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


def note_present(attendance: Attendance, status: AttendanceStatus) -> bool:
    """Note that somebody who was expected has been there.

    :returns: whether that was news. Nobody becomes less than they were; who declined stays so
        until a person says otherwise.
    """
    is_expected = rules()[attendance.status].is_expected and attendance.status not in PRESENT
    if not (is_expected and may_become(attendance.status, status)):
        return False
    at_distance = attendance.is_remote and status is AttendanceStatus.ATTENDED
    attendance.status = AttendanceStatus.REMOTE if at_distance else status
    attendance.is_remote = attendance.status is AttendanceStatus.REMOTE
    return True


# A pasted list


@dataclass(frozen=True)
class Entry:
    """Somebody on a list, as a person has decided who it is.

    :param person_id: who it is; None for somebody to be added.
    :param organisation_id: for whom they come, when that is known here.
    :param organisation: its name as the list gives it, to be added along with a new person.
    """

    person_id: int | None
    name: str
    organisation_id: int | None = None
    organisation: str = ""
    email: str = ""


@dataclass
class Noted:
    """What became of a list."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    people: int = 0


def note_list(
    meeting: Meeting,
    entries: Sequence[Entry],
    status: AttendanceStatus,
    day: int | None = None,
) -> Noted:
    """Note everybody on a list at a meeting, adding the people that are new.

    The same list again adds nothing. Somebody who was expected and is on a list of those who were
    there becomes attended; nobody becomes less than they were.

    :param day: the day of the meeting, from 1, on which they were there.
    """
    days = [day] if day is not None else None
    _check_where(meeting, {"days": days})
    noted = Noted()
    organisations: dict[str, int | None] = {}
    known = {
        each.person_id: each
        for each in db.session.scalars(queries.attendance_of(meeting))
        if each.person_id is not None
    }
    for entry in entries:
        person_id = entry.person_id
        if person_id is None:
            person_id = _add_person(entry, meeting, organisations)
            noted.people += 1
        there = known.get(person_id)
        if there is None:
            known[person_id] = add_attendance(
                meeting_id=meeting.id,
                person_id=person_id,
                organisation_id=entry.organisation_id,
                status=status,
                days=days,
            )
            noted.added += 1
            continue
        is_news = status in PRESENT and note_present(there, status)
        if day is not None and there.status in PRESENT and day not in (there.days or ()):
            there.days = sorted({*(there.days or ()), day})
            is_news = True
        noted.changed += is_news
        noted.unchanged += not is_news
    db.session.flush()
    return noted


def _add_person(entry: Entry, meeting: Meeting, organisations: dict[str, int | None]) -> int:
    """Add somebody from a list, with where they work and how they are reached."""
    person = create_person(
        name=entry.name or entry.email,
        data_source=_("List of the meeting “%(title)s”", title=meeting.title)[:200],
    )
    organisation_id = entry.organisation_id
    key = fold(entry.organisation)
    if organisation_id is None and key:
        if key not in organisations:
            organisations[key] = _add_organisation(entry.organisation)
        organisation_id = organisations[key]
    if organisation_id is not None:
        add_position(person_id=person.id, organisation_id=organisation_id)
    if entry.email:
        services.add(ContactPoint(record_id=person.id, kind=ContactKind.EMAIL, value=entry.email))
    return person.id


def _add_organisation(name: str) -> int | None:
    """Add an organisation from a list; where several bear the name, a person must say which."""
    try:
        return create_organisation(name=name).id
    except InvalidValue:
        return None


def undo_list(meeting: Meeting, batch: str) -> tuple[int, int]:
    """Put back all that a list has changed.

    :returns: how many changes were put back, and how many were kept because they changed again.
    :raises NotAllowed: when it is no list of this meeting, or somebody else's.
    """
    principal = principal_of(db.session)
    changes = db.session.scalars(records.changes_of_batch(batch)).all()
    here = set(db.session.scalars(queries.attendance_ids(meeting)))
    is_list = any(
        change.row_table == Attendance.__tablename__ and change.row_id in here for change in changes
    )
    is_mine = principal is not None and (
        principal.can(Permission.RECORDS_TRASH)
        or all(change.user_id == principal.user_id for change in changes)
    )
    if not (changes and is_list and is_mine):
        raise NotAllowed(_("This list cannot be undone here. Look at the history of the meeting"))
    return services.undo_batch(batch)

"""What meetings put on calendars: themselves, and their deadlines."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from crm.core.clock import moment
from crm.core.db import db
from crm.core.i18n import _
from crm.core.partial_date import PartialDate, Precision
from crm.core.principal import TEAM, acting_as
from crm.documents.ics import Attendee, CalendarEvent, Reply
from crm.meetings import queries
from crm.meetings.attendance import hours, place
from crm.meetings.models import AttendanceStatus, Meeting, MeetingKind
from crm.records import queries as records
from crm.records.agenda import DigestLine, DigestSection, deadline_event, first_day
from crm.records.models import ContactKind, ContactPoint

REPLIES: dict[AttendanceStatus, Reply] = {
    AttendanceStatus.INVITED: "NEEDS-ACTION",
    AttendanceStatus.ACCEPTED: "ACCEPTED",
    AttendanceStatus.TENTATIVE: "TENTATIVE",
    AttendanceStatus.DECLINED: "DECLINED",
    AttendanceStatus.REGISTERED: "ACCEPTED",
    AttendanceStatus.ATTENDED: "ACCEPTED",
    AttendanceStatus.REMOTE: "ACCEPTED",
    AttendanceStatus.APOLOGIES: "DECLINED",
    AttendanceStatus.NO_SHOW: "DECLINED",
    AttendanceStatus.CANCELLED: "DECLINED",
}


def events(user_id: int) -> Iterator[CalendarEvent]:
    """Return the meetings that begin on a day, and what must be done by a day before them."""
    first = first_day()
    for meeting in db.session.scalars(queries.held_since(first)):
        network = meeting.network.title if meeting.network else None
        if (event := _event(meeting, network)) is not None:
            yield event
    for deadline, meeting in db.session.execute(records.deadlines_since(Meeting, first)):
        due = deadline_event(deadline, meeting, is_cancelled=meeting.is_cancelled)
        if due is not None:
            yield due


LEAD_DAYS = 7
LOOKED_BACK = timedelta(days=60)
MONDAY = 0


def due(user_id: int, day: date) -> DigestSection:
    """Return the deadlines of the next days, for who has added the meeting.

    Others read them in their calendars: a mail to everybody about every deadline is read by nobody.
    """
    found = db.session.execute(
        queries.deadlines_of_creator(user_id, day, day + timedelta(days=LEAD_DAYS))
    )
    lines = [
        DigestLine(
            text=f"{meeting.title} · {deadline.kind.label}",
            url=f"/records/{meeting.id}",
            due=deadline.day.last_day,
        )
        for deadline, meeting in found
        if deadline.day is not None and deadline.day.precision is Precision.DAY
    ]
    return DigestSection(_("Deadlines of meetings"), lines)


def without_attendance(user_id: int, day: date) -> DigestSection:
    """Return the meetings that somebody has added and of which nobody has noted who came.

    Told the day after, then once a week: it is a reminder, not a reproach.
    """
    first = day - (LOOKED_BACK if day.weekday() == MONDAY else timedelta(days=1))
    found = queries.without_attendance(first, day - timedelta(days=1))
    lines = [
        DigestLine(meeting.title, f"/records/{meeting.id}", due=None)
        for meeting in db.session.scalars(found.where(Meeting.created_by_id == user_id))
    ]
    return DigestSection(_("Meetings without attendance"), lines)


def has_event(meeting: Meeting) -> bool:
    """Tell whether a meeting can stand in a calendar: it begins on a day that is known."""
    is_one = meeting.meeting_kind is not MeetingKind.SERIES
    return is_one and meeting.starts is not None and meeting.starts.precision is Precision.DAY


def file_event(meeting: Meeting) -> CalendarEvent | None:
    """Return a meeting for a file of its own, with those who come.

    The file may be sent on: whoever asks, it names those whom the whole team may see.
    """
    with acting_as(db.session, TEAM):
        network = db.session.scalar(queries.title_of(meeting.network_id))
        attendees = _attendees(meeting)
    event = _event(meeting, network)
    return replace(event, attendees=attendees, is_busy=True) if event else None


def _event(meeting: Meeting, network: str | None) -> CalendarEvent | None:
    if meeting.starts is None or not has_event(meeting):
        return None
    start, end = _times(meeting)
    # Where only a part of the hours fits the calendar, they stand in words.
    unfit = (
        None if isinstance(start, datetime) and (end or not meeting.end_time) else hours(meeting)
    )
    return CalendarEvent(
        uid=f"meeting-{meeting.id}",
        start=start,
        end=end,
        summary=meeting.title,
        url=f"/records/{meeting.id}",
        modified=meeting.updated_at,
        description="\n".join(filter(None, (network, meeting.themes, unfit))),
        location=place(meeting) or "",
        sequence=meeting.version,
        is_cancelled=meeting.is_cancelled,
        repeats_url=True,
    )


def _times(meeting: Meeting) -> tuple[date | datetime, date | datetime | None]:
    """Return from when to when: hours where they are known, else days, the last one included."""
    first = _day(meeting.starts)
    last = max(_day(meeting.ends), first)
    zone = meeting.time_zone
    start = moment(first, meeting.start_time, zone) if meeting.start_time else None
    end = moment(last, meeting.end_time, zone) if meeting.end_time else None
    if start is None or (end is None and last > first):
        return first, last  # Of several days, the hour of the last is not made up.
    return start, end if end is not None and end > start else None


def _day(known: PartialDate | None) -> date:
    """Return a day; the first of all days for what is known as a month or a year."""
    if known is None or known.precision is not Precision.DAY:
        return date.min
    return known.first_day


def _attendees(meeting: Meeting) -> list[Attendee]:
    found = db.session.execute(queries.replies_at(meeting.id)).all()
    mails = _mails([record_id for _status, record_id, *_rest in found])
    return [
        Attendee(
            name=title,
            status=REPLIES[status],
            url=f"/records/{record_id}",
            email=_best(mails.get(record_id, []), organisation_id),
            is_group=is_organisation,
        )
        for status, record_id, title, organisation_id, is_organisation in found
    ]


def _mails(record_ids: list[int]) -> dict[int, list[tuple[str, int | None]]]:
    """Return the addresses that may leave the team, each with the organisation it is valid at."""
    points = records.public_contact_points(record_ids).where(ContactPoint.kind == ContactKind.EMAIL)
    mails: dict[int, list[tuple[str, int | None]]] = {}
    for point in db.session.scalars(points):
        mails.setdefault(point.record_id, []).append((point.value, point.at_organisation_id))
    return mails


def _best(mails: list[tuple[str, int | None]], organisation_id: int | None) -> str | None:
    """Return the address at the organisation somebody comes for, or one that holds everywhere."""
    for wanted in (organisation_id, None):
        for mail, at in mails:
            if at == wanted:
                return mail
    return None

"""Questions about meetings. Each returns a statement; the caller fetches."""

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased, contains_eager, selectinload

from crm.core.partial_date import PartialDate
from crm.meetings.models import (
    PRESENT,
    Attendance,
    AttendanceRule,
    AttendanceStatus,
    Meeting,
    MeetingAim,
    MeetingKind,
    Organiser,
)
from crm.organisations.models import Organisation
from crm.records.models import Deadline, Record
from crm.records.search import matching

_MEETINGS: Any = Meeting.__table__
_START = type_coerce(Meeting.starts, String)
"""The first day as it is stored: ISO 8601 text, as far as it is known."""


def listed() -> Select[Meeting]:
    """Return meetings with what the list shows of each."""
    return select(Meeting).options(
        selectinload(Meeting.network),
        selectinload(Meeting.working_group),
        selectinload(Meeting.series),
    )


def with_organisation(organisation_id: int) -> ColumnElement[bool]:
    """Tell whether an organisation organises a meeting or takes part in it."""
    return or_(
        exists().where(
            Organiser.meeting_id == Meeting.id, Organiser.organisation_id == organisation_id
        ),
        exists().where(
            Attendance.meeting_id == Meeting.id, Attendance.organisation_id == organisation_id
        ),
    )


def attended_by(person_id: int) -> ColumnElement[bool]:
    """Tell whether a person is noted at a meeting."""
    other = aliased(Attendance)
    return exists().where(other.meeting_id == Meeting.id, other.person_id == person_id)


def is_noted_at(meeting_id: int, column: Any, record_id: Any) -> ColumnElement[bool]:
    """Tell whether the record of a list is noted at a meeting.

    :param column: of attendances, that names such a record.
    :param record_id: the column with the record's id.
    """
    noted = select(column).where(Attendance.meeting_id == meeting_id, column.is_not(None))
    condition: ColumnElement[bool] = record_id.in_(noted)
    return condition


def organisers_of(record: Record) -> Select[Organiser]:
    """Return who makes a meeting possible."""
    return (
        select(Organiser)
        .join(Organiser.organisation)
        .where(Organiser.meeting_id == record.id)
        .options(contains_eager(Organiser.organisation))
        .order_by(Organiser.role, Organisation.sort_key, Organiser.id)
    )


def attendance_of(record: Record) -> Select[Attendance]:
    """Return who is noted at a meeting: people, then groups, then organisations, by name."""
    person, organisation = aliased(Record), aliased(Record)
    return (
        select(Attendance)
        .outerjoin(person, person.id == Attendance.person_id)
        .outerjoin(organisation, organisation.id == Attendance.organisation_id)
        .where(Attendance.meeting_id == record.id)
        .options(selectinload(Attendance.person), selectinload(Attendance.organisation))
        .order_by(
            person.id.is_(None),
            person.sort_key,
            Attendance.category.is_(None),
            Attendance.category,
            organisation.sort_key,
            Attendance.id,
        )
    )


def attendance_ids(meeting: Meeting) -> Select[int]:
    """Return the ids of what is noted of who is at a meeting."""
    return select(Attendance.id).where(Attendance.meeting_id == meeting.id)


def organisation_lines(meeting_id: int, organisation_id: int) -> Select[int]:
    """Return the ids of the lines on which an organisation is noted at a meeting by itself."""
    return select(Attendance.id).where(
        Attendance.meeting_id == meeting_id,
        Attendance.organisation_id == organisation_id,
        Attendance.person_id.is_(None),
    )


def expected_at(meeting: Record) -> Select[Attendance]:
    """Return those one may meet at a meeting."""
    expected = select(AttendanceRule.status).where(AttendanceRule.is_expected)
    return attendance_of(meeting).where(Attendance.status.in_(expected))


def aims_at(meeting: Record) -> Select[MeetingAim]:
    """Return what we want from whom at a meeting, by the name of the organisation."""
    return (
        select(MeetingAim)
        .join(MeetingAim.organisation)
        .where(MeetingAim.meeting_id == meeting.id)
        .options(selectinload(MeetingAim.organisation), selectinload(MeetingAim.speaker))
        .order_by(Organisation.sort_key, MeetingAim.id)
    )


def held_before(meeting: Meeting, day: date) -> Select[Meeting]:
    """Return the last meeting of the same series that took place before this one.

    :param day: of this meeting.
    """
    query = select(Meeting).order_by(Meeting.starts.desc(), Meeting.id).limit(1)
    if meeting.series_id is None:
        return query.where(false())
    return query.where(
        Meeting.series_id == meeting.series_id,
        Meeting.id != meeting.id,
        Meeting.is_cancelled.is_(False),
        day.isoformat() > _START,
    )


def attendance_rules() -> Select[AttendanceRule]:
    """Return what each status of attendance means, in their order."""
    return select(AttendanceRule).order_by(AttendanceRule.position, AttendanceRule.id)


def meetings_of(record: Record) -> Select[Attendance]:
    """Return the meetings at which a person or organisation is noted, the newest first."""
    return (
        select(Attendance)
        .join(Attendance.meeting)
        .where(or_(Attendance.person_id == record.id, Attendance.organisation_id == record.id))
        .options(contains_eager(Attendance.meeting), selectinload(Attendance.person))
        .order_by(Meeting.starts.desc(), Attendance.id)
    )


def held_by(record: Record) -> Select[Meeting]:
    """Return the meetings of a network, the newest first."""
    return (
        select(Meeting)
        .where(Meeting.network_id == record.id)
        .options(selectinload(Meeting.working_group))
        .order_by(Meeting.starts.desc(), Meeting.sort_key)
    )


def occurrences_of(record: Record) -> Select[Meeting]:
    """Return the meetings of a series, the newest first, those without a date last."""
    return (
        select(Meeting)
        .where(Meeting.series_id == record.id)
        .order_by(Meeting.starts.is_(None), Meeting.starts.desc(), Meeting.sort_key, Meeting.id)
    )


def in_series(series_id: int) -> ColumnElement[bool]:
    """Tell whether a meeting belongs to a series that one may see."""
    series = aliased(Meeting)
    return exists().where(series.id == series_id, series.id == Meeting.series_id)


def last_of_series(series_id: int) -> Select[Meeting]:
    """Return the last meeting of a series, or the series itself before its first one."""
    return (
        select(Meeting)
        .where(or_(in_series(series_id), Meeting.id == series_id))
        .order_by(
            Meeting.id == series_id, Meeting.starts.is_(None), Meeting.starts.desc(), Meeting.id
        )
        .limit(1)
    )


def first_to_come(series: Record, day: date) -> Select[int]:
    """Return the id of the first meeting of a series that may still begin on a day or later."""
    return (
        select(Meeting.id)
        .where(
            Meeting.series_id == series.id,
            # "~" sorts after all digits: what begins in a month may begin on its last day.
            _START.concat("~") >= day.isoformat(),
            Meeting.is_cancelled.is_(False),
        )
        .order_by(Meeting.starts, Meeting.id)
        .limit(1)
    )


def previous_occurrence(meeting: Record) -> Select[Meeting]:
    """Return the meeting of the same series before this one."""
    this = aliased(Meeting, flat=True)
    return _of_the_series(this, meeting, Meeting.starts < this.starts).order_by(
        Meeting.starts.desc()
    )


def next_occurrence(meeting: Record) -> Select[Meeting]:
    """Return the meeting of the same series after this one."""
    this = aliased(Meeting, flat=True)
    return _of_the_series(this, meeting, Meeting.starts > this.starts).order_by(Meeting.starts)


def _of_the_series(this: Any, meeting: Record, when: ColumnElement[bool]) -> Select[Meeting]:
    """Return the first meeting of the series of this one that is before or after it."""
    return (
        select(Meeting)
        .join(this, this.series_id == Meeting.series_id)
        .where(this.id == meeting.id, Meeting.id != this.id, when)
    )


def themes_like(text: str) -> Select[str | None]:
    """Return the themes, as they are written, of the meetings of which something has the words."""
    return (
        select(Meeting.themes)
        .where(Meeting.themes.is_not(None), matching(Meeting.id, text))
        .distinct()
    )


def in_year(year: PartialDate) -> ColumnElement[bool]:
    """Tell whether a meeting begins in a year."""
    # "~" sorts after "-" and all digits: an index can find where the year begins and ends.
    return and_(str(year) <= _START, f"{year}~" > _START)


def deadlines_of_creator(user_id: int, first: date, last: date) -> Select[Deadline, Meeting]:
    """Return the deadlines of a span of days, of the meetings that somebody has added."""
    return (
        select(Deadline, Meeting)
        .join(Meeting, Meeting.id == Deadline.record_id)
        .where(
            Meeting.created_by_id == user_id,
            Meeting.is_cancelled.is_(False),
            Deadline.day >= PartialDate.of(first),
            Deadline.day <= PartialDate.of(last),
        )
        .order_by(Deadline.day, Deadline.id)
    )


def shared_meetings(one_id: int, other_id: int) -> Select[Meeting]:
    """Return the meetings at which both are noted, the newest first."""
    one, other = aliased(Attendance), aliased(Attendance)
    return (
        select(Meeting)
        .where(
            exists().where(
                one.meeting_id == Meeting.id,
                or_(one.person_id == one_id, one.organisation_id == one_id),
            ),
            exists().where(
                other.meeting_id == Meeting.id,
                or_(other.person_id == other_id, other.organisation_id == other_id),
            ),
        )
        .order_by(Meeting.starts.desc())
    )


def moments_of(record: Record) -> Select[int, PartialDate | None]:
    """Return the meetings a record was at or organised, and when."""
    # Each way by its own index: asked for together, PostgreSQL reads all meetings.
    ids = union_all(
        select(Attendance.meeting_id).where(Attendance.person_id == record.id),
        select(Attendance.meeting_id).where(Attendance.organisation_id == record.id),
        select(Organiser.meeting_id).where(Organiser.organisation_id == record.id),
        select(_MEETINGS.c.id).where(_MEETINGS.c.network_id == record.id),
    ).subquery()
    return select(_MEETINGS.c.id, _MEETINGS.c.starts).join(ids, ids.c[0] == _MEETINGS.c.id)


def between(first: date, last: date) -> Select[Meeting]:
    """Return the meetings that begin in a span of days, the earliest first."""
    return (
        select(Meeting)
        .where(Meeting.starts >= PartialDate.of(first), Meeting.starts <= PartialDate.of(last))
        .options(selectinload(Meeting.network))
        .order_by(Meeting.starts, Meeting.sort_key)
    )


def without_attendance(since: date, before: date) -> Select[Meeting]:
    """Return the meetings that took place and of which nobody has noted who came."""
    noted = exists().where(Attendance.meeting_id == Meeting.id, Attendance.status.in_(PRESENT))
    held = between(since, before).where(
        ~noted, Meeting.meeting_kind != MeetingKind.SERIES, Meeting.is_cancelled.is_(False)
    )
    return held.order_by(None).order_by(Meeting.starts.desc(), Meeting.sort_key)


def held_since(first: date) -> Select[Meeting]:
    """Return the meetings that begin from a day on, without the series they belong to."""
    return (
        select(Meeting)
        .where(Meeting.starts >= PartialDate.of(first), Meeting.meeting_kind != MeetingKind.SERIES)
        .options(selectinload(Meeting.network))
        .order_by(Meeting.starts, Meeting.id)
    )


def met_lately(first: date, last: date) -> Select[Meeting]:
    """Return the meetings of a span of days at which one may have met somebody, newest first."""
    held = between(first, last).where(
        Meeting.meeting_kind != MeetingKind.SERIES, Meeting.is_cancelled.is_(False)
    )
    return held.order_by(None).order_by(Meeting.starts.desc(), Meeting.sort_key)


def kind_of_meeting(meeting_id: int) -> Select[MeetingKind]:
    """Return the kind of a meeting."""
    return select(Meeting.meeting_kind).where(Meeting.id == meeting_id)


def title_of(record_id: int | None) -> Select[str]:
    """Return the title of a record."""
    return select(Record.title).where(Record.id == record_id)


def replies_at(meeting_id: int) -> Select[AttendanceStatus, int, str, int | None, bool]:
    """Return the people and organisations named at a meeting, by name.

    Each row is what they answered, their id and title, the organisation, and whether it is alone.
    """
    named = aliased(Record)
    who = func.coalesce(Attendance.person_id, Attendance.organisation_id)
    return (
        select(
            Attendance.status,
            named.id,
            named.title,
            Attendance.organisation_id,
            Attendance.person_id.is_(None),
        )
        .join(named, named.id == who)
        .where(Attendance.meeting_id == meeting_id)
        .order_by(named.sort_key, Attendance.id)
    )

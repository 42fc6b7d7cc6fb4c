"""Questions about what follows a meeting. Each returns a statement; the caller fetches."""

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import selectinload

from crm.meetings.models import PRESENT, Attendance, AttendanceRule, Meeting
from crm.meetings.queries import attendance_of
from crm.organisations.models import Organisation
from crm.people.models import Person
from crm.records.models import Record


def _is_of_us() -> ColumnElement[bool]:
    us = select(Organisation.id).where(Organisation.is_us)
    return Attendance.organisation_id.in_(us)


def awaited_at(meeting: Meeting) -> Select[Attendance]:
    """Return those named at a meeting who were expected and are not noted as present."""
    expected = select(AttendanceRule.status).where(
        AttendanceRule.is_expected, AttendanceRule.status.not_in(PRESENT)
    )
    return attendance_of(meeting).where(
        Attendance.status.in_(expected),
        or_(Attendance.person_id.is_not(None), Attendance.organisation_id.is_not(None)),
    )


def noted_at(meeting: Meeting, record_id: int) -> Select[Attendance]:
    """Return what is noted of a person or an organisation that came without a name."""
    return attendance_of(meeting).where(
        or_(
            Attendance.person_id == record_id,
            and_(Attendance.person_id.is_(None), Attendance.organisation_id == record_id),
        )
    )


def partners_at(meeting: Meeting) -> Select[Attendance]:
    """Return those noted as present who are not of our own organisation, with who they are."""
    return (
        attendance_of(meeting)
        .where(
            Attendance.status.in_(PRESENT),
            or_(Attendance.organisation_id.is_(None), ~_is_of_us()),
        )
        .options(
            selectinload(Attendance.person).selectinload(Person.positions),
            selectinload(Attendance.organisation),
        )
    )


def ids_among(record_ids: list[int]) -> Select[int]:
    """Return which of these records there are for whoever asks."""
    return select(Record.id).where(Record.id.in_(record_ids))

"""Questions of the briefing pack. Each returns a statement; the caller fetches."""

from collections.abc import Iterable

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from crm.meetings import queries as meetings
from crm.meetings.models import Attendance, Meeting
from crm.organisations.models import Organisation
from crm.people.models import Person, Position
from crm.records.models import Record


def meeting(meeting_id: int) -> Select[Meeting]:
    """Return a meeting with what the practical sheet shows."""
    return (
        select(Meeting)
        .where(Meeting.id == meeting_id)
        .options(selectinload(Meeting.network), selectinload(Meeting.series))
    )


def expected(found: Meeting) -> Select[Attendance]:
    """Return those expected, with the positions of each person."""
    return meetings.expected_at(found).options(
        selectinload(Attendance.person)
        .selectinload(Person.positions)
        .selectinload(Position.organisation)
    )


def organisations_with(organisation_ids: Iterable[int]) -> Select[Organisation]:
    """Return these organisations."""
    return select(Organisation).where(Organisation.id.in_(list(organisation_ids)))


def ids_of(record_ids: Iterable[int]) -> Select[int]:
    """Return those of these ids whose records may be seen."""
    return select(Record.id).where(Record.id.in_(list(record_ids)))

"""Somebody we met becomes a person: one transaction, and nothing that nobody asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.meetings import queries
from crm.meetings.models import Attendance, AttendanceStatus, Meeting
from crm.meetings.services import add_attendance, note_present
from crm.organisations.services import create_organisation
from crm.people.models import Person
from crm.people.services import (
    Reached,
    add_position_once,
    add_ways_to_reach,
    complete_person,
    create_person,
)


@dataclass(frozen=True)
class Work:
    """Where somebody works, and as what.

    :param new_name: the name of an organisation to add, where a person has asked for it.
    """

    organisation_id: int | None = None
    new_name: str = ""
    title: str | None = None
    department: str | None = None


@dataclass(frozen=True)
class Met:
    """Somebody as entered.

    :param person_id: who it is; None for somebody to be added.
    :param person: the values of a new person, or what completes a known one.
    :param confidentiality: who may see a new person; of a known one it stays as it is.
    """

    person_id: int | None
    person: dict[str, Any]
    work: Work
    ways: Sequence[Reached] = ()
    meeting_id: int | None = None
    confidentiality: dict[str, Any] = field(default_factory=dict)


def save(met: Met) -> Person:
    """Add somebody, or what is not known yet of them, and note where we met."""
    meeting = _begun(met.meeting_id)
    if met.person_id is None:
        person = create_person(**met.person, **met.confidentiality)
    else:
        person = complete_person(_known(met.person_id), **_without_name(met.person))
    add_ways_to_reach(person, met.ways)
    organisation_id = _organisation(met.work)
    if organisation_id is not None:
        add_position_once(
            person, organisation_id, title=met.work.title, department=met.work.department
        )
    if meeting is not None:
        _note_there(meeting, person, organisation_id)
    db.session.flush()
    return person


def _without_name(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != "name"}


def _known(person_id: int) -> Person:
    person = db.session.get(Person, person_id)
    if person is None:
        raise InvalidValue(None, _("This person is not there any more. Choose another"))
    return person


def _begun(meeting_id: int | None) -> Meeting | None:
    """Return the meeting at which somebody was met.

    :raises InvalidValue: at ``meeting_id``, when it is still to come.
    """
    meeting = db.session.get(Meeting, meeting_id) if meeting_id is not None else None
    if meeting is not None and not has_begun(meeting):
        raise InvalidValue(
            "meeting_id", _("This meeting is still to come. Choose another, or leave it empty")
        )
    return meeting


def has_begun(meeting: Meeting) -> bool:
    """Tell whether one may have met somebody at a meeting by now."""
    return meeting.starts is None or meeting.starts.first_day <= today()


def _organisation(work: Work) -> int | None:
    if not work.new_name:
        return work.organisation_id
    try:
        return create_organisation(name=work.new_name).id
    except InvalidValue as refused:
        raise InvalidValue("organisation_id", refused.message) from None


def _note_there(meeting: Meeting, person: Person, organisation_id: int | None) -> None:
    """Note that somebody was at a meeting; what is noted already is never made less."""
    known = queries.attendance_of(meeting).where(Attendance.person_id == person.id)
    there = db.session.scalars(known).first()
    if there is not None:
        note_present(there, AttendanceStatus.ATTENDED)
        return
    try:
        add_attendance(
            meeting_id=meeting.id,
            person_id=person.id,
            organisation_id=organisation_id,
            status=AttendanceStatus.ATTENDED,
        )
    except InvalidValue as refused:
        if refused.field != "person_id":
            raise
        # Noted already, on behalf of an organisation that one may not see.

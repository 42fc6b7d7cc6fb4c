"""What is noted after a meeting, all of it at once. No service commits."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from crm.commitments.services import add_commitment
from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.core.principal import TEAM, acting_as
from crm.debriefs import queries
from crm.interactions.models import InteractionKind
from crm.interactions.services import log
from crm.meetings.models import PRESENT, Attendance, AttendanceStatus, Meeting
from crm.meetings.services import add_attendance, change_attendance, change_meeting, note_present
from crm.people.models import Person
from crm.records.models import Record
from crm.tasks.services import create_task

Row = dict[str, Any]


@dataclass(frozen=True)
class Debrief:
    """What a person has noted after a meeting.

    :param texts: minutes and decisions, those that may have changed.
    :param present_ids: attendances of those who were there, as far as that was not noted.
    :param also_ids: people and organisations who were there, too.
    :param note: what is kept with everyone present.
    :param commitments: the values of each, by the number of its line.
    :param tasks: likewise; ``subject_id`` is the partner.
    :param each: a task to be made for every partner present; nothing without a name.
    """

    texts: Row = field(default_factory=dict)
    present_ids: Sequence[int] = ()
    also_ids: Sequence[int] = ()
    note: str | None = None
    commitments: dict[int, Row] = field(default_factory=dict)
    tasks: dict[int, Row] = field(default_factory=dict)
    each: Row = field(default_factory=dict)


@dataclass
class Noted:
    """What became of it."""

    present: int = 0
    partners: int = 0
    commitments: int = 0
    tasks: int = 0


def hold(meeting: Meeting, version: int, debrief: Debrief) -> Noted:
    """Note all that followed from a meeting.

    :raises Conflict: when somebody else changed the same text meanwhile.
    :raises InvalidValue: at a field; that of a line is named ``commitment_2_due``.
    """
    noted = Noted()
    change_meeting(meeting, version, **debrief.texts)
    noted.present = _note_present(meeting, debrief.present_ids)
    noted.present += sum(_add_present(meeting, record_id) for record_id in debrief.also_ids)
    if debrief.note:
        noted.partners = _log_note(meeting, debrief.note)
    for number, row in debrief.commitments.items():
        with _at_line("commitment", number):
            add_commitment(origin_id=meeting.id, **row)
            noted.commitments += 1
    for number, row in debrief.tasks.items():
        with _at_line("task", number):
            _add_task(meeting, row.pop("subject_id"), **row)
            noted.tasks += 1
    noted.tasks += _add_task_for_each(meeting, debrief.each)
    return noted


def _note_present(meeting: Meeting, present_ids: Iterable[int]) -> int:
    """Note that those who were awaited have come; the others stay as they are."""
    ticked = set(present_ids)
    awaited = db.session.scalars(queries.awaited_at(meeting)).all()
    came = [each for each in awaited if each.id in ticked]
    changed = [note_present(each, AttendanceStatus.ATTENDED) for each in came]
    db.session.flush()
    return sum(changed)


def _add_present(meeting: Meeting, record_id: int) -> bool:
    """Note that somebody was there who was not on the list, or put right what stands there.

    :returns: whether that was news.
    """
    record = db.session.get(Record, record_id)
    if record is None:
        return False
    known = db.session.scalars(queries.noted_at(meeting, record_id)).first()
    if known is not None:
        return known.status not in PRESENT and _come_after_all(known)
    is_person = isinstance(record, Person)
    house = _house_of(record) if isinstance(record, Person) else record_id
    add_attendance(
        meeting_id=meeting.id,
        person_id=record_id if is_person else None,
        organisation_id=house,
        status=AttendanceStatus.ATTENDED,
    )
    return True


def _come_after_all(attendance: Attendance) -> bool:
    """Note as present whom a person has named: the rules have their say."""
    change_attendance(attendance, attendance.version, status=AttendanceStatus.ATTENDED)
    return True


def _house_of(person: Person) -> int | None:
    """Return for whom a person comes: the one organisation where they work, if it is one."""
    open_ones = {each.organisation_id for each in person.positions if each.until is None}
    return open_ones.pop() if len(open_ones) == 1 else None


def _log_note(meeting: Meeting, note: str) -> int:
    """Log one exchange with everyone present.

    An exchange hides with whom it names. So that a person at risk does not hide it from the team,
    whoever the team may not see gets one of their own.

    :returns: with how many people and organisations.
    """
    who = _present_ids(meeting)
    if not who:
        raise InvalidValue("note", _("Nobody is noted as present. Tick who was there first"))
    with acting_as(db.session, TEAM):
        seen = set(db.session.scalars(queries.ids_among(who)))
    shared = [record_id for record_id in who if record_id in seen]
    apart = [[record_id] for record_id in who if record_id not in seen]
    for participants in filter(None, (shared, *apart)):
        log(
            participant_ids=participants,
            topic_ids=[meeting.id],
            interaction_kind=InteractionKind.EVENT,
            happened=_day_of(meeting),
            subject=meeting.title[:200],
            note=note,
        )
    return len(who)


def _present_ids(meeting: Meeting) -> list[int]:
    """Return the people who were there, and the organisations that nobody stood for by name."""
    found = [
        each.person_id or each.organisation_id
        for each in db.session.scalars(queries.partners_at(meeting))
    ]
    return list(dict.fromkeys(record_id for record_id in found if record_id is not None))


def _day_of(meeting: Meeting) -> PartialDate:
    """Return when a meeting ended; today while it goes on."""
    last = meeting.ends or meeting.starts
    now = PartialDate.of(today())
    return last if last is not None and last.last_day <= today() else now


def _add_task(meeting: Meeting, partner_id: int | None, **values: Any) -> None:
    """Add a task about a partner that comes from the meeting; about the meeting without one."""
    create_task(subject_id=partner_id or meeting.id, origin_id=meeting.id, **values)


def _add_task_for_each(meeting: Meeting, values: Row) -> int:
    """Add the same task for every partner present.

    :returns: how many were added.
    """
    if not values.get("name"):
        if values.get("due") or values.get("assignee_id"):
            raise InvalidValue("each_name", _("Enter what is to be done"))
        return 0
    partners = _partner_ids(db.session.scalars(queries.partners_at(meeting)))
    if not partners:
        raise InvalidValue("each_name", _("Nobody is noted as present. Tick who was there first"))
    for partner_id in partners:
        _add_task(meeting, partner_id, **values)
    return len(partners)


def _partner_ids(present: Iterable[Attendance]) -> list[int]:
    """Return the organisations that were there, and the people who came for none."""
    found = [each.organisation_id or each.person_id for each in present]
    return list(dict.fromkeys(record_id for record_id in found if record_id is not None))


@contextmanager
def _at_line(kind: str, number: int) -> Iterator[None]:
    """Say of what is refused on which line it stands."""
    try:
        yield
    except InvalidValue as refused:
        name = f"{kind}_{number}_{refused.field}" if refused.field else None
        raise InvalidValue(name, refused.message) from None

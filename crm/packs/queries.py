"""Questions of the briefing pack. Each returns a statement; the caller fetches."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload, undefer

from crm.meetings import queries as meetings
from crm.meetings.models import Attendance, Meeting, MeetingKind
from crm.organisations.models import Organisation
from crm.packs.models import KeptPack, PackPreset
from crm.people.models import Person, Position
from crm.records.models import Record, Visibility

MOST_KEPT = 30
"""As many packs of a meeting are offered, the newest first."""


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


def kept_from(levels: Sequence[Visibility]) -> Select[int]:
    """Return a record of one of these levels, if any may be seen."""
    return select(Record.id).where(Record.visibility.in_(levels)).limit(1)


def _kept(*, with_managers: bool) -> Select[KeptPack]:
    """Return kept packs.

    :param with_managers: also those that only managers may open.
    """
    query = select(KeptPack)
    return query if with_managers else query.where(KeptPack.is_for_managers.is_(False))


def pack_with(pack_id: int, meeting_id: int, *, with_managers: bool) -> Select[KeptPack]:
    """Return a pack of a meeting, with its content."""
    return (
        _kept(with_managers=with_managers)
        .where(KeptPack.id == pack_id, KeptPack.meeting_id == meeting_id)
        .options(undefer(KeptPack.content), selectinload(KeptPack.meeting))
    )


def pack_held(pack_id: int) -> Select[KeptPack]:
    """Return a pack, held until the end of the transaction: two must not decide at once."""
    return (
        _kept(with_managers=True)
        .where(KeptPack.id == pack_id)
        .options(undefer(KeptPack.content))
        .with_for_update(of=KeptPack, key_share=True)
    )


def packs_of(meeting_id: int, *, with_managers: bool) -> Select[KeptPack]:
    """Return the packs of a meeting that were made or are being made, the newest first."""
    return (
        _kept(with_managers=with_managers)
        .where(KeptPack.meeting_id == meeting_id, KeptPack.stopped_at.is_(None))
        .order_by(KeptPack.asked_at.desc(), KeptPack.id.desc())
        .limit(MOST_KEPT)
    )


def last_by(meeting_id: int, user_id: int) -> Select[KeptPack]:
    """Return the last pack that somebody has asked for of a meeting."""
    return packs_of(meeting_id, with_managers=True).where(KeptPack.user_id == user_id).limit(1)


def preset_for(kind: MeetingKind) -> Select[PackPreset]:
    """Return what managers have chosen for the packs of a kind of meeting."""
    return select(PackPreset).where(PackPreset.meeting_kind == kind)


def seen_among(record_ids: Sequence[int]) -> Select[int]:
    """Return those of these ids whose records may be seen, in the trash or not."""
    return ids_of(record_ids).execution_options(with_trash=True)

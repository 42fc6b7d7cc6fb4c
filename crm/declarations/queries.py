"""Questions about declarations. Each returns a statement; the caller fetches."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, selectinload

from crm.core.partial_date import PartialDate, begun_between
from crm.declarations.models import (
    Approval,
    Confirmation,
    Declaration,
    DeclarationText,
    FrozenList,
    Signature,
    SignatureStatus,
    Stage,
    Submission,
)
from crm.meetings.models import Meeting
from crm.networks.queries import members_on
from crm.records.models import Deadline, DeadlineKind, Record

_DECLARATIONS: Any = Declaration.__table__
WAITING = (
    SignatureStatus.INVITED,
    SignatureStatus.REMINDED,
    SignatureStatus.AGREED,
    SignatureStatus.CONDITIONAL,
)
"""Asked, and neither signed nor refused."""


def listed() -> Select[Declaration]:
    """Return declarations with what the list shows of each."""
    return select(Declaration).options(
        selectinload(Declaration.origin_meeting),
        selectinload(Declaration.signing_deadlines),
        selectinload(Declaration.signatures).load_only(Signature.status),
    )


def signed_by(signatory_id: int) -> ColumnElement[bool]:
    """Tell whether a record has signed a declaration."""
    other = aliased(Signature)
    return exists().where(
        other.declaration_id == Declaration.id,
        other.signatory_id == signatory_id,
        other.status == SignatureStatus.SIGNED,
    )


def has_signed(declaration_id: int, record_id: Any) -> ColumnElement[bool]:
    """Tell whether the record of a list has signed a declaration.

    :param record_id: the column with the record's id.
    """
    signed = aliased(Signature)
    return exists().where(
        signed.declaration_id == declaration_id,
        signed.signatory_id == record_id,
        signed.status == SignatureStatus.SIGNED,
    )


def was_asked(declaration_id: int, record_id: Any) -> ColumnElement[bool]:
    """Tell whether the record of a list was asked to sign a declaration, whatever it answered.

    :param record_id: the column with the record's id.
    """
    asked = aliased(Signature)
    return exists().where(asked.declaration_id == declaration_id, asked.signatory_id == record_id)


def submitted_to(organisation_id: int) -> ColumnElement[bool]:
    """Tell whether a declaration was handed to an organisation."""
    other = aliased(Submission)
    return exists().where(
        other.declaration_id == Declaration.id, other.recipient_id == organisation_id
    )


def texts_of(record: Record) -> Select[DeclarationText]:
    """Return the texts of a declaration, the newest first."""
    return (
        select(DeclarationText)
        .where(DeclarationText.declaration_id == record.id)
        .order_by(DeclarationText.edition.desc(), DeclarationText.language)
    )


def signatures_on(record: Record) -> Select[Signature]:
    """Return who signed or was asked to, in the order of the list."""
    return (
        select(Signature)
        .where(Signature.declaration_id == record.id)
        .options(
            selectinload(Signature.signatory),
            selectinload(Signature.signed_by),
            selectinload(Signature.text),
            selectinload(Signature.proof),
        )
        .order_by(Signature.rank.is_(None), Signature.rank, Signature.displayed_name, Signature.id)
    )


def approvals_of(record: Record) -> Select[Approval]:
    """Return our own decisions about a declaration, the newest first."""
    return (
        select(Approval)
        .where(Approval.declaration_id == record.id)
        .options(selectinload(Approval.text), selectinload(Approval.noted_by))
        .order_by(Approval.decided_on.desc().nulls_last(), Approval.id.desc())
    )


def to_confirm(record: Record) -> Select[Signature]:
    """Return who signed a text of which there is a newer frozen one, and has not confirmed it.

    Versions are counted in each language: a correction in one concerns those who signed in it.
    """
    signed, confirmed, newest = (aliased(DeclarationText) for _each in range(3))
    newer = exists().where(
        newest.declaration_id == record.id,
        newest.frozen_at.is_not(None),
        newest.language == signed.language,
        newest.edition > signed.edition,
        ~exists()
        .where(
            Confirmation.signature_id == Signature.id,
            confirmed.id == Confirmation.text_id,
            confirmed.language == newest.language,
            confirmed.edition >= newest.edition,
        )
        .correlate(Signature, newest),
    )
    return (
        signatures_on(record)
        .join(signed, signed.id == Signature.text_id)
        .where(Signature.status == SignatureStatus.SIGNED, newer)
    )


def on_the_list(record: Record) -> Select[Signature]:
    """Return who has signed a declaration."""
    return (
        select(Signature)
        .where(Signature.declaration_id == record.id, Signature.status == SignatureStatus.SIGNED)
        .options(selectinload(Signature.signatory))
        .order_by(Signature.id)
    )


def silent_on(record: Record) -> Select[Signature]:
    """Return who was asked and has not answered yet."""
    return select(Signature).where(
        Signature.declaration_id == record.id,
        Signature.status.in_((SignatureStatus.INVITED, SignatureStatus.REMINDED)),
    )


def lists_of(record: Record) -> Select[FrozenList]:
    """Return the lists of a declaration that were frozen, the newest first."""
    return (
        select(FrozenList)
        .where(FrozenList.declaration_id == record.id)
        .options(selectinload(FrozenList.declaration))
        .order_by(FrozenList.frozen_at.desc(), FrozenList.id)
    )


def unanswered_on(record: Record) -> Select[Signature]:
    """Return who gave no answer while one could."""
    return select(Signature).where(
        Signature.declaration_id == record.id, Signature.status == SignatureStatus.NO_ANSWER
    )


def open_past(moment: datetime) -> Select[Declaration]:
    """Return the declarations that managers have left open and that have a deadline to sign."""
    return (
        select(Declaration)
        .where(
            Declaration.stage == Stage.OPEN,
            exists().where(
                Deadline.record_id == Declaration.id,
                Deadline.kind == DeadlineKind.SIGNATURE,
                Deadline.is_soft.is_(False),
                Deadline.day.is_not(None),
                Deadline.day <= PartialDate.of(moment.date() + timedelta(days=1)),
            ),
        )
        .options(selectinload(Declaration.signing_deadlines))
    )


def confirmations_of(record: Record) -> Select[Confirmation]:
    """Return the confirmations of newer texts, with their texts."""
    return (
        select(Confirmation)
        .where(Confirmation.declaration_id == record.id)
        .options(selectinload(Confirmation.text))
        .order_by(Confirmation.id)
    )


def open_signature(declaration_id: int, signatory_id: int) -> Select[Signature]:
    """Return the signature of a record that was not withdrawn."""
    return select(Signature).where(
        Signature.declaration_id == declaration_id,
        Signature.signatory_id == signatory_id,
        Signature.status != SignatureStatus.WITHDRAWN,
    )


def signatures_of(record: Record) -> Select[Signature]:
    """Return the declarations a record signed or was asked to sign, the newest first."""
    return (
        select(Signature)
        .join(Signature.declaration)
        .where(Signature.signatory_id == record.id)
        .options(contains_eager(Signature.declaration))
        .order_by(Declaration.dated.desc().nulls_last(), Declaration.sort_key, Signature.id)
    )


def cosigned(one_id: int, other_id: int) -> Select[Declaration]:
    """Return the declarations that both have signed."""
    return (
        select(Declaration)
        .where(signed_by(one_id), signed_by(other_id))
        .order_by(Declaration.dated.desc().nulls_last(), Declaration.sort_key)
    )


def cosigned_with_many(one_id: int, other_ids: list[int]) -> Select[int, Declaration]:
    """Return (other id, declaration) for what one signed with each of the others."""
    return (
        select(Signature.signatory_id, Declaration)
        .join(Declaration, Declaration.id == Signature.declaration_id)
        .where(
            Signature.signatory_id.in_(other_ids),
            Signature.status == SignatureStatus.SIGNED,
            signed_by(one_id),
        )
        .order_by(Declaration.dated.desc().nulls_last(), Declaration.sort_key)
    )


def shared_with_us(us_id: int, day: date) -> Select[int, int]:
    """Return (signatory id, declaration id) of those who signed what we signed, too."""
    ours = aliased(Signature)
    return select(Signature.signatory_id, Signature.declaration_id).where(
        Signature.signatory_id != us_id,
        Signature.status == SignatureStatus.SIGNED,
        Signature.declaration_id.in_(
            select(ours.declaration_id).where(
                ours.signatory_id == us_id, ours.status == SignatureStatus.SIGNED
            )
        ),
    )


def newest_frozen_id(record: Record) -> Select[int]:
    """Return the id of the newest text that stays as it is."""
    return (
        select(DeclarationText.id)
        .where(DeclarationText.declaration_id == record.id, DeclarationText.frozen_at.is_not(None))
        .order_by(DeclarationText.edition.desc(), DeclarationText.language)
        .limit(1)
    )


def count_signed(record: Record) -> Select[int]:
    """Return how many have signed a declaration."""
    return select(func.count(Signature.id)).where(
        Signature.declaration_id == record.id, Signature.status == SignatureStatus.SIGNED
    )


def out_of(record: Record) -> Select[Declaration]:
    """Return the declarations that came out of a meeting."""
    return (
        select(Declaration)
        .where(Declaration.origin_meeting_id == record.id)
        .options(selectinload(Declaration.signing_deadlines))
        .order_by(Declaration.sort_key)
    )


def declaration(declaration_id: int) -> Select[Declaration]:
    """Return a declaration with its deadlines."""
    return (
        select(Declaration)
        .where(Declaration.id == declaration_id)
        .options(selectinload(Declaration.signing_deadlines))
    )


def successors_of(record: Record) -> Select[Declaration]:
    """Return the declarations that follow this one."""
    return (
        select(Declaration)
        .where(Declaration.predecessor_id == record.id)
        .order_by(Declaration.sort_key)
    )


def waiting_for_us() -> Select[Declaration]:
    """Return the declarations that wait for answers to be asked for, or to be handed in."""
    unanswered = exists().where(
        Signature.declaration_id == Declaration.id, Signature.status.in_(WAITING)
    )
    return (
        listed()
        .where(
            or_(
                and_(Declaration.stage == Stage.OPEN, unanswered),
                Declaration.stage == Stage.CLOSED,
            )
        )
        .order_by(Declaration.stage.desc(), Declaration.sort_key)
    )


def open_for(meeting: Meeting, signatory_ids: Sequence[int], day: date) -> Select[Declaration]:
    """Return the declarations open for signature that matter at a meeting.

    Some of these were asked to sign, or members of the network that holds it; it is open to them
    alone, or came out of the meeting or its series.
    """
    asked = select(Signature.declaration_id).where(
        or_(
            Signature.signatory_id.in_(signatory_ids),
            Signature.signatory_id.in_(members_on(meeting.network_id or 0, day)),
        )
    )
    origins = [each for each in (meeting.id, meeting.series_id) if each is not None]
    of_series = select(Meeting.id).where(Meeting.series_id == (meeting.series_id or 0))
    return (
        select(Declaration)
        .where(
            Declaration.stage == Stage.OPEN,
            or_(
                Declaration.id.in_(asked),
                Declaration.eligible_network_id == (meeting.network_id or 0),
                Declaration.origin_meeting_id.in_(origins),
                Declaration.origin_meeting_id.in_(of_series),
            ),
        )
        .options(selectinload(Declaration.signing_deadlines))
        .order_by(Declaration.sort_key, Declaration.id)
    )


def answers_to(declaration_ids: Sequence[int], signatory_ids: Sequence[int]) -> Select[Signature]:
    """Return what some have answered to declarations, by name; what was withdrawn left out."""
    signatory = aliased(Record)
    return (
        select(Signature)
        .join(signatory, signatory.id == Signature.signatory_id)
        .where(
            Signature.declaration_id.in_(declaration_ids),
            Signature.signatory_id.in_(signatory_ids),
            Signature.status != SignatureStatus.WITHDRAWN,
        )
        .options(selectinload(Signature.signatory))
        .order_by(signatory.sort_key, Signature.id)
    )


def signed_between(
    signatory_ids: Sequence[int], after: date, until: date
) -> Select[Signature, PartialDate | None]:
    """Return (signature, day) of what some have signed or withdrawn after a day.

    Where the day of a signature is not known, that of the declaration stands for it.
    """
    day = func.coalesce(Signature.signed_on, Declaration.dated)
    return (
        select(Signature, day)
        .join(Declaration, Declaration.id == Signature.declaration_id)
        .where(
            Signature.signatory_id.in_(signatory_ids),
            or_(
                and_(Signature.status == SignatureStatus.SIGNED, begun_between(day, after, until)),
                and_(
                    Signature.status == SignatureStatus.WITHDRAWN,
                    Signature.withdrawn_on > after,
                    Signature.withdrawn_on <= until,
                ),
            ),
        )
        .options(selectinload(Signature.declaration), selectinload(Signature.signatory))
        .order_by(day, Signature.id)
    )


def moments_of(record: Record) -> Select[int, PartialDate]:
    """Return the declarations a record signed, and when."""
    return (
        select(Signature.declaration_id, func.coalesce(Signature.signed_on, _DECLARATIONS.c.dated))
        .join(_DECLARATIONS, _DECLARATIONS.c.id == Signature.declaration_id)
        .where(Signature.signatory_id == record.id, Signature.status == SignatureStatus.SIGNED)
    )

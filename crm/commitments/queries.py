"""Questions about commitments. Each returns a statement; the caller fetches."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from crm.commitments.models import Commitment, CommitmentState, Debtor
from crm.core.partial_date import PartialDate
from crm.records.models import Record


def _listed() -> Select[Commitment]:
    """Return commitments with what tables show of each: the open ones first, by date."""
    return (
        select(Commitment)
        .options(
            joinedload(Commitment.owner),
            selectinload(Commitment.organisation),
            selectinload(Commitment.origin),
        )
        .order_by(
            Commitment.state != CommitmentState.OPEN,
            Commitment.due.is_(None),
            Commitment.due,
            Commitment.id,
        )
    )


def commitments_of(record: Record) -> Select[Commitment]:
    """Return the commitments towards a partner, or those said at a meeting or in an exchange."""
    return _listed().where(
        or_(Commitment.organisation_id == record.id, Commitment.origin_id == record.id)
    )


def open_with(organisation_ids: list[int]) -> Select[Commitment]:
    """Return the open commitments towards these partners and theirs towards us."""
    return _listed().where(
        Commitment.organisation_id.in_(organisation_ids), Commitment.state == CommitmentState.OPEN
    )


def settled_between(
    organisation_ids: Sequence[int], after: date, until: date
) -> Select[Commitment]:
    """Return the commitments with these partners that were kept or given up after a day."""
    return (
        _listed()
        .where(
            Commitment.organisation_id.in_(organisation_ids),
            Commitment.state != CommitmentState.OPEN,
            Commitment.settled_on > after,
            Commitment.settled_on <= until,
        )
        .order_by(None)
        .order_by(Commitment.settled_on, Commitment.id)
    )


def owed(organisation_id: int) -> Select[Debtor, PartialDate | None]:
    """Return who owes each open commitment between us and a partner, and when it is due."""
    return select(Commitment.debtor, Commitment.due).where(
        Commitment.organisation_id == organisation_id, Commitment.state == CommitmentState.OPEN
    )


def open_for(user_id: int, until: PartialDate | None = None) -> Select[Commitment]:
    """Return the open commitments that somebody of the team follows, the most urgent first."""
    query = _listed().where(
        Commitment.owner_id == user_id, Commitment.state == CommitmentState.OPEN
    )
    return query if until is None else query.where(Commitment.due <= until)


def one(commitment_id: int) -> Select[Commitment]:
    """Return a commitment."""
    return _listed().where(Commitment.id == commitment_id)

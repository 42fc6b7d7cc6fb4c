"""Questions about commitments. Each returns a statement; the caller fetches."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, and_, not_, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from crm.commitments.models import Commitment, CommitmentState, Debtor
from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.records.models import Record


def listed() -> Select[Commitment]:
    """Return commitments with what tables show of each: the open ones first, by date."""
    return (
        select(Commitment)
        .join(Commitment.organisation)
        .options(
            joinedload(Commitment.owner),
            contains_eager(Commitment.organisation),
            joinedload(Commitment.origin),
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
    return listed().where(
        or_(Commitment.organisation_id == record.id, Commitment.origin_id == record.id)
    )


def open_with(organisation_ids: list[int]) -> Select[Commitment]:
    """Return the open commitments towards these partners and theirs towards us."""
    return listed().where(
        Commitment.organisation_id.in_(organisation_ids), Commitment.state == CommitmentState.OPEN
    )


def settled_between(
    organisation_ids: Sequence[int], after: date, until: date
) -> Select[Commitment]:
    """Return the commitments with these partners that were kept or given up after a day."""
    return (
        listed()
        .where(
            Commitment.organisation_id.in_(organisation_ids),
            Commitment.state != CommitmentState.OPEN,
            Commitment.settled_on > after,
            Commitment.settled_on <= until,
        )
        .order_by(None)
        .order_by(Commitment.settled_on, Commitment.id)
    )


def in_state(state: str) -> ColumnElement[bool]:
    """Tell whether a commitment is open, late or settled.

    :raises ValueError: when this is no state.
    """
    is_open = Commitment.state == CommitmentState.OPEN
    if state == "late":
        # "2026~" sorts after every day of 2026: what is due within a year is late after it.
        due = sa.type_coerce(Commitment.due, sa.String)
        return and_(is_open, due.concat("~") < today().isoformat())
    if state not in ("open", "settled"):
        raise ValueError("not a state")
    return is_open if state == "open" else not_(is_open)


def owed(organisation_id: int) -> Select[Debtor, PartialDate | None]:
    """Return who owes each open commitment between us and a partner, and when it is due."""
    return select(Commitment.debtor, Commitment.due).where(
        Commitment.organisation_id == organisation_id, Commitment.state == CommitmentState.OPEN
    )


def open_for(user_id: int | None, until: PartialDate | None = None) -> Select[Commitment]:
    """Return the open commitments that somebody follows, the most urgent first; all for None."""
    query = listed().where(Commitment.state == CommitmentState.OPEN)
    if user_id is not None:
        query = query.where(Commitment.owner_id == user_id)
    return query if until is None else query.where(Commitment.due <= until)


def one(commitment_id: int) -> Select[Commitment]:
    """Return a commitment."""
    return listed().where(Commitment.id == commitment_id)

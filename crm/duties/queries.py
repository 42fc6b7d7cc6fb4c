"""Questions about duties. Each returns a statement; the caller fetches."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload, selectinload

from crm.duties.models import AppliesTo, Duty, DutyKind, DutyState, DutyTemplate
from crm.networks.models import Membership
from crm.networks.queries import ours
from crm.records.models import Record

OPEN = (DutyState.TO_DO, DutyState.SENT, DutyState.QUESTIONS, DutyState.ANSWERED)

OURS_TO_DO = (DutyState.TO_DO, DutyState.QUESTIONS)
"""It is our turn; in the other open states the network has it."""


def _duties() -> Select[Duty]:
    return select(Duty).options(
        joinedload(Duty.owner),
        joinedload(Duty.deputy),
        joinedload(Duty.template),
        selectinload(Duty.subject),
        selectinload(Duty.membership),
        selectinload(Duty.proof),
    )


def is_open() -> ColumnElement[bool]:
    """Tell whether something is left to do about a duty."""
    return Duty.state.in_(OPEN)


def _first() -> list[Any]:
    """Return the order of a list of duties: by date, what has none last."""
    return [Duty.due.is_(None), Duty.due, Duty.id]


def open_until(day: date, owner_id: int | None = None) -> Select[Duty]:
    """Return what is open and due by a day, and what is on call.

    :param owner_id: whose, as owner or deputy; everybody's when None.
    """
    due = sa.type_coerce(Duty.due, sa.String)
    query = _duties().where(
        Duty.state.in_(OPEN),
        or_(due.is_(None), due < (day + timedelta(days=1)).isoformat()),
    )
    if owner_id is not None:
        query = query.where(or_(Duty.owner_id == owner_id, Duty.deputy_id == owner_id))
    return query.order_by(*_first())


def closed_since(day: date, owner_id: int | None = None) -> Select[Duty]:
    """Return what was closed since a day, the latest first."""
    query = _duties().where(Duty.state.not_in(OPEN), Duty.done_on >= day)
    if owner_id is not None:
        query = query.where(or_(Duty.owner_id == owner_id, Duty.deputy_id == owner_id))
    return query.order_by(Duty.done_on.desc(), Duty.id)


def ours_until(day: date, user_id: int | None = None) -> Select[Duty]:
    """Return what is due by a day and waits for us, not for the network.

    :param user_id: who sees to it, or would have to: what nobody sees to is everybody's.
    """
    query = open_until(day).where(Duty.due.is_not(None), Duty.state.in_(OURS_TO_DO))
    if user_id is not None:
        query = query.where(
            or_(Duty.owner_id == user_id, Duty.deputy_id == user_id, Duty.owner_id.is_(None))
        )
    return query


def dated() -> Select[Duty]:
    """Return what is open and has a date."""
    return _duties().where(Duty.state.in_(OPEN), Duty.due.is_not(None)).order_by(*_first())


def duties_of(record: Record) -> Select[Duty]:
    """Return the duties about a record: the open ones by date, then those done, latest first."""
    is_closed = Duty.state.not_in(OPEN)
    return (
        _duties()
        .where(Duty.subject_id == record.id)
        .order_by(is_closed, Duty.done_on.desc(), *_first())
    )


def open_with(record_id: int, day: date) -> Select[Duty]:
    """Return what is open with a record and due by a day, and what is on call."""
    return open_until(day).where(Duty.subject_id == record_id)


def duty(duty_id: int) -> Select[Duty]:
    """Return one duty."""
    return _duties().where(Duty.id == duty_id)


def following(duty_id: int) -> Select[Duty]:
    """Return the duty that closing another one has made."""
    return select(Duty).where(Duty.previous_id == duty_id)


def fees_of(membership_id: int) -> Select[Duty]:
    """Return the open fees of a link, the first due first."""
    return (
        _duties()
        .where(
            Duty.membership_id == membership_id,
            Duty.kind == DutyKind.FEE,
            Duty.state.in_(OPEN),
        )
        .order_by(*_first())
    )


def templates_for_links(kind_ids: list[int]) -> Select[DutyTemplate]:
    """Return the templates of kinds of link, and those for every kind."""
    return _templates(AppliesTo.LINK).where(
        or_(
            DutyTemplate.membership_kind_id.in_(kind_ids),
            DutyTemplate.membership_kind_id.is_(None),
        )
    )


def templates_for(applies_to: AppliesTo) -> Select[DutyTemplate]:
    """Return the templates for projects or partners."""
    return _templates(applies_to)


def _templates(applies_to: AppliesTo) -> Select[DutyTemplate]:
    return (
        select(DutyTemplate)
        .where(DutyTemplate.is_active, DutyTemplate.applies_to == applies_to)
        .order_by(DutyTemplate.position, DutyTemplate.id)
    )


def taken_from_templates(record_id: int) -> Select[int | None]:
    """Return the ids of the templates from which a record has open duties already."""
    return select(Duty.template_id).where(
        Duty.subject_id == record_id, Duty.template_id.is_not(None), Duty.state.in_(OPEN)
    )


def our_links_with(record_id: int) -> Select[Membership]:
    """Return our links with a network."""
    return (
        select(Membership)
        .where(Membership.network_id == record_id, Membership.member_id.in_(ours()))
        .options(selectinload(Membership.terms))
        .order_by(Membership.id)
    )

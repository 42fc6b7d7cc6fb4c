"""Questions about exchanges. Each returns a statement; the caller fetches."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, CompoundSelect, Select, exists, func, select, union_all
from sqlalchemy.orm import aliased, joinedload, selectinload

from crm.accounts.models import User
from crm.core.partial_date import PartialDate, active_on, active_when
from crm.interactions.models import Interaction, InteractionKind, Participant, Topic
from crm.organisations.models import Organisation
from crm.people.models import Person, Position
from crm.records.models import RECORDS, Record

_EXCHANGES: Any = Interaction.__table__
"""Beside participants and topics, whose filter has asked of their exchange already."""


def listed() -> Select[Interaction]:
    """Return exchanges with what the list shows of each."""
    return select(Interaction).options(
        selectinload(Interaction.participants).selectinload(Participant.record),
        joinedload(Interaction.created_by),
    )


def with_record(record_id: int) -> ColumnElement[bool]:
    """Tell whether an exchange was with a record."""
    other = aliased(Participant)
    return exists().where(other.interaction_id == Interaction.id, other.record_id == record_id)


def about_record(record_id: int) -> ColumnElement[bool]:
    """Tell whether an exchange was about a record."""
    other = aliased(Topic)
    return exists().where(other.interaction_id == Interaction.id, other.record_id == record_id)


def contacts_of(
    record_ids: Sequence[int] | Select[int] | None = None, since: PartialDate | None = None
) -> CompoundSelect[Any]:
    """Return (record_id, interaction_id, happened, by_id) of the exchanges with each record.

    An exchange with somebody is one with whom they worked for that day, too (R-9.9). It comes
    twice where both took part: who counts exchanges counts each once.

    :param record_ids: people and organisations; all of them by default.
    :param since: those before are not looked at.
    """
    happened = _EXCHANGES.c.happened
    what = (
        Participant.interaction_id.label("interaction_id"),
        happened.label("happened"),
        RECORDS.c.created_by_id.label("by_id"),
    )
    direct = select(Participant.record_id.label("record_id"), *what).select_from(Participant)
    through = (
        select(Position.organisation_id.label("record_id"), *what)
        .join(Participant, Participant.record_id == Position.person_id)
        .where(active_when(Position.since, Position.until, happened))
    )
    if record_ids is not None:
        direct = direct.where(Participant.record_id.in_(record_ids))
        through = through.where(Position.organisation_id.in_(record_ids))
    direct, through = (
        each.join(_EXCHANGES, _EXCHANGES.c.id == Participant.interaction_id).join(
            RECORDS, RECORDS.c.id == Participant.interaction_id
        )
        for each in (direct, through)
    )
    if since is not None:
        direct, through = direct.where(happened >= since), through.where(happened >= since)
    return union_all(direct, through)


def with_any_of(record_ids: Select[int]) -> ColumnElement[bool]:
    """Tell whether an exchange was with one of these records, or with somebody there."""
    contacts = contacts_of(record_ids).subquery()
    return Interaction.id.in_(select(contacts.c.interaction_id))


def touching(record_id: int) -> ColumnElement[bool]:
    """Tell whether an exchange was with a record, with somebody there, or about it."""
    contacts = contacts_of([record_id]).subquery()
    return sa.or_(Interaction.id.in_(select(contacts.c.interaction_id)), about_record(record_id))


def in_touch_since(since: PartialDate, record_id: Any) -> ColumnElement[bool]:
    """Tell whether there was an exchange with the record of a list since a date.

    With an organisation, or with anybody who worked there that day.

    :param record_id: the column with the record's id.
    """
    contacts = contacts_of(since=since).subquery()
    found: ColumnElement[bool] = record_id.in_(select(contacts.c.record_id))
    return found


def last_with(record_ids: Sequence[int]) -> Select[int, PartialDate]:
    """Return (record id, date) of the last exchange with each of them, or with somebody there."""
    contacts = contacts_of(record_ids).subquery()
    return select(contacts.c.record_id, func.max(contacts.c.happened)).group_by(
        contacts.c.record_id
    )


def participants_of(record: Record) -> Select[Participant]:
    """Return with whom an exchange was."""
    return (
        select(Participant)
        .where(Participant.interaction_id == record.id)
        .options(selectinload(Participant.record))
        .order_by(Participant.id)
    )


def exchanges_naming(record_id: int) -> Select[int]:
    """Return the ids of the exchanges that were with a record or about it."""
    return select(Interaction.id).where(sa.or_(with_record(record_id), about_record(record_id)))


def topics_of(record: Record) -> Select[Topic]:
    """Return what an exchange was about."""
    return (
        select(Topic)
        .where(Topic.interaction_id == record.id)
        .options(selectinload(Topic.record))
        .order_by(Topic.id)
    )


def moments_of(record: Record) -> Select[int, PartialDate]:
    """Return the exchanges with a record, with its people, or about it, and when."""
    contacts = contacts_of([record.id]).subquery()
    about = (
        select(Topic.interaction_id, _EXCHANGES.c.happened)
        .join(_EXCHANGES, _EXCHANGES.c.id == Topic.interaction_id)
        .where(Topic.record_id == record.id)
    )
    told = union_all(select(contacts.c.interaction_id, contacts.c.happened), about).subquery()
    return select(told.c.interaction_id, told.c.happened)


def recent_with_organisations(
    organisation_ids: Sequence[int], most: int, since: PartialDate | None = None
) -> Select[int, Interaction]:
    """Return (organisation id, exchange) for the last exchanges with each or somebody there.

    :param since: those before are not looked at.
    """
    contacts = select(contacts_of(organisation_ids, since).subquery()).distinct().subquery()
    ranked = select(
        contacts.c.record_id,
        contacts.c.interaction_id,
        func.row_number()
        .over(
            partition_by=contacts.c.record_id,
            order_by=(contacts.c.happened.desc(), contacts.c.interaction_id.desc()),
        )
        .label("place"),
    ).subquery()
    return (
        select(ranked.c.record_id, Interaction)
        .join(Interaction, Interaction.id == ranked.c.interaction_id)
        .where(ranked.c.place <= most)
        .options(joinedload(Interaction.created_by))
        .order_by(ranked.c.record_id, ranked.c.place)
    )


def known_by(record_ids: Sequence[int], since: date) -> Select[int, int, str, int, PartialDate]:
    """Return (record id, colleague's id, name, number of exchanges, last one), the most first.

    Of the exchanges with each record, or with somebody there, since a day.
    """
    contacts = contacts_of(record_ids, PartialDate.of(since)).subquery()
    number, last = func.count(contacts.c.interaction_id.distinct()), func.max(contacts.c.happened)
    return (
        select(contacts.c.record_id, User.id, User.name, number, last)
        .join(User, User.id == contacts.c.by_id)
        .group_by(contacts.c.record_id, User.id, User.name)
        .order_by(contacts.c.record_id, number.desc(), last.desc(), User.name)
    )


def counted_ties(shared: Select[int, int], organisation_ids: Sequence[int]) -> Select[int, int]:
    """Return (organisation id, number of things shared) of some organisations.

    :param shared: what a :class:`crm.records.ties.Tie` asks.
    """
    found = shared.subquery()
    return (
        select(found.c[0], func.count(found.c[1].distinct()))
        .where(found.c[0].in_(organisation_ids))
        .group_by(found.c[0])
    )


def contacted_people(organisation_id: int, day: date, most: int = 3) -> Select[Person]:
    """Return the people who work at an organisation on a day, those contacted last first."""
    there = exists().where(
        Position.person_id == Person.id,
        Position.organisation_id == organisation_id,
        active_on(Position.since, Position.until, day),
    )
    last = (
        select(func.max(Interaction.happened))
        .join(Participant, Participant.interaction_id == Interaction.id)
        .where(Participant.record_id == Person.id)
        .scalar_subquery()
    )
    return (
        select(Person)
        .where(there)
        .order_by(func.coalesce(last, "").desc(), Person.sort_key, Person.id)
        .limit(most)
    )


def sole_employers(person_ids: Sequence[int], day: date) -> Select[Organisation]:
    """Return where those of some people work on a day who work at one organisation alone."""
    sole = (
        select(func.min(Position.organisation_id))
        .where(Position.person_id.in_(person_ids), active_on(Position.since, Position.until, day))
        .group_by(Position.person_id)
        .having(func.count(Position.organisation_id.distinct()) == 1)
    )
    return select(Organisation).where(Organisation.id.in_(sole)).order_by(Organisation.sort_key)


def kinds_used(user_id: int, since: date) -> Select[InteractionKind]:
    """Return by what means somebody noted to have been in touch, the last thing noted first."""
    return (
        select(Interaction.interaction_kind)
        .where(Interaction.created_by_id == user_id, Interaction.happened >= PartialDate.of(since))
        .order_by(Interaction.created_at.desc(), Interaction.id)
    )

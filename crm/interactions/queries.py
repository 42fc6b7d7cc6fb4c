"""Questions about exchanges. Each returns a statement; the caller fetches."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, exists, func, select, union
from sqlalchemy.orm import aliased, joinedload, selectinload

from crm.accounts.models import User
from crm.core.partial_date import PartialDate, active_on
from crm.interactions.models import Interaction, Participant, Topic
from crm.people.models import Person, Position
from crm.records.models import Record


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


def touching(record_id: int) -> ColumnElement[bool]:
    """Tell whether an exchange was with a record, with somebody there, or about it."""
    there = select(Position.person_id).where(Position.organisation_id == record_id)
    return sa.or_(
        with_record(record_id),
        about_record(record_id),
        exists().where(
            Participant.interaction_id == Interaction.id, Participant.record_id.in_(there)
        ),
    )


def in_touch_since(since: PartialDate, record_id: Any) -> ColumnElement[bool]:
    """Tell whether there was an exchange with the record of a list since a date.

    With an organisation, or with anybody who works or worked there.

    :param record_id: the column with the record's id.
    """
    touched = (
        select(Participant.record_id)
        .join(Interaction, Interaction.id == Participant.interaction_id)
        .where(Interaction.happened >= since)
    )
    there = select(Position.organisation_id).where(Position.person_id.in_(touched))
    return sa.or_(record_id.in_(touched), record_id.in_(there))


def last_with(record_ids: Sequence[int]) -> Select[int, PartialDate]:
    """Return (record id, date) of the last exchange with each of them, or with somebody there."""
    direct = select(Participant.record_id, Participant.interaction_id).where(
        Participant.record_id.in_(record_ids)
    )
    through = (
        select(Position.organisation_id, Participant.interaction_id)
        .join(Position, Position.person_id == Participant.record_id)
        .where(Position.organisation_id.in_(record_ids))
    )
    touched = union(direct, through).subquery()
    return (
        select(touched.c[0], func.max(Interaction.happened))
        .join(Interaction, Interaction.id == touched.c[1])
        .group_by(touched.c[0])
    )


def participants_of(record: Record) -> Select[Participant]:
    """Return with whom an exchange was."""
    return (
        select(Participant)
        .where(Participant.interaction_id == record.id)
        .options(selectinload(Participant.record))
        .order_by(Participant.id)
    )


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
    there = select(Position.person_id).where(Position.organisation_id == record.id)
    ids = union(
        select(Participant.interaction_id).where(Participant.record_id == record.id),
        select(Participant.interaction_id).where(Participant.record_id.in_(there)),
        select(Topic.interaction_id).where(Topic.record_id == record.id),
    ).subquery()
    return select(Interaction.id, Interaction.happened).where(Interaction.id.in_(select(ids)))


def recent_with_organisations(
    organisation_ids: Sequence[int], most: int, since: PartialDate | None = None
) -> Select[int, Interaction]:
    """Return (organisation id, exchange) for the last exchanges with each or somebody there.

    :param since: those before are not looked at.
    """
    direct = select(
        Participant.record_id.label("organisation_id"),
        Participant.interaction_id.label("interaction_id"),
    ).where(Participant.record_id.in_(organisation_ids))
    through = (
        select(Position.organisation_id, Participant.interaction_id)
        .join(Position, Position.person_id == Participant.record_id)
        .where(Position.organisation_id.in_(organisation_ids))
    )
    touched = union(direct, through).subquery()
    ranked = (
        select(
            touched.c.organisation_id,
            touched.c.interaction_id,
            func.row_number()
            .over(
                partition_by=touched.c.organisation_id,
                order_by=(Interaction.happened.desc(), Interaction.id.desc()),
            )
            .label("place"),
        )
        .join(Interaction, Interaction.id == touched.c.interaction_id)
        .where(Interaction.happened >= since if since is not None else sa.true())
        .subquery()
    )
    return (
        select(ranked.c.organisation_id, Interaction)
        .join(Interaction, Interaction.id == ranked.c.interaction_id)
        .where(ranked.c.place <= most)
        .options(joinedload(Interaction.created_by))
        .order_by(ranked.c.organisation_id, ranked.c.place)
    )


def colleagues_in_touch(
    record_ids: Sequence[int], since: date
) -> Select[int, str, int, PartialDate]:
    """Return (record id, colleague, number of exchanges, last one) since a day, the most first."""
    number, last = func.count(Interaction.id), func.max(Interaction.happened)
    return (
        select(Participant.record_id, User.name, number, last)
        .join(Interaction, Interaction.id == Participant.interaction_id)
        .join(User, User.id == Interaction.created_by_id)
        .where(
            Participant.record_id.in_(record_ids),
            Interaction.happened >= PartialDate.of(since),
        )
        .group_by(Participant.record_id, User.id, User.name)
        .order_by(Participant.record_id, number.desc(), last.desc(), User.name)
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
        select(Participant.record_id, func.max(Interaction.happened).label("happened"))
        .join(Interaction, Interaction.id == Participant.interaction_id)
        .group_by(Participant.record_id)
        .subquery()
    )
    return (
        select(Person)
        .outerjoin(last, last.c.record_id == Person.id)
        .where(there)
        .order_by(func.coalesce(last.c.happened, "").desc(), Person.sort_key, Person.id)
        .limit(most)
    )

"""Questions about organisations. Each returns a statement; the caller fetches."""

from sqlalchemy import ScalarSelect, Select, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from crm.accounts.models import User
from crm.organisations.models import Milestone, Organisation, Relation
from crm.records.models import Record


def listed() -> Select[Organisation]:
    """Return organisations with what the list shows of each."""
    return select(Organisation).options(joinedload(Organisation.owner))


def organisation(organisation_id: int) -> Select[Organisation]:
    """Return an organisation with who looks after it."""
    return listed().where(Organisation.id == organisation_id)


def name_of_owner() -> ScalarSelect[str]:
    """Return the name of the colleague who looks after an organisation."""
    return select(User.name).where(User.id == Organisation.owner_id).scalar_subquery()


def ourselves() -> Select[Organisation]:
    """Return our own organisation."""
    return select(Organisation).where(Organisation.is_us.is_(True)).limit(1)


def in_country(code: str) -> Select[int]:
    """Return the ids of the organisations in a country."""
    return select(Organisation.id).where(Organisation.country == code)


def children_of(record: Record) -> Select[Organisation]:
    """Return the organisations that are part of this one."""
    return (
        select(Organisation)
        .where(Organisation.parent_id == record.id)
        .order_by(Organisation.sort_key)
    )


def relations_of(record: Record) -> Select[Relation]:
    """Return the relations of an organisation, in either direction."""
    one, other = aliased(Organisation, flat=True), aliased(Organisation, flat=True)
    return (
        select(Relation)
        .join(Relation.organisation.of_type(one))
        .join(Relation.other.of_type(other))
        .where(or_(Relation.organisation_id == record.id, Relation.other_id == record.id))
        .options(
            contains_eager(Relation.organisation.of_type(one)),
            contains_eager(Relation.other.of_type(other)),
        )
        .order_by(Relation.kind, Relation.id)
    )


def milestones_of(record: Record) -> Select[Milestone]:
    """Return what happened and explains a record, or what an organisation brought about."""
    return (
        select(Milestone)
        .where(or_(Milestone.record_id == record.id, Milestone.actor_id == record.id))
        .options(joinedload(Milestone.record), selectinload(Milestone.actor))
        .order_by(Milestone.dated, Milestone.id)
    )


def ancestors_of(organisation_id: int) -> Select[int]:
    """Return the ids of the organisations this one is part of, at any depth."""
    step = (
        select(Organisation.id.label("id"), Organisation.parent_id.label("parent_id"))
        .where(Organisation.id == organisation_id)
        .cte("ancestry", recursive=True)
    )
    above = select(Organisation.id, Organisation.parent_id).where(
        Organisation.id == step.c.parent_id
    )
    return select(step.union(above).c.id)

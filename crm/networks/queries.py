"""Questions about networks. Each returns a statement; the caller fetches."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload, with_expression

from crm.core.clock import today
from crm.core.partial_date import active_on, begun_between, ended_between
from crm.networks.models import (
    Mandate,
    Membership,
    MembershipKind,
    MembershipStep,
    NetworkActivity,
    NetworkMeasure,
    NetworkProfile,
    Scope,
    Term,
    WorkingGroup,
)
from crm.organisations.models import Organisation, OrganisationKind, Relation, RelationKind
from crm.people import queries as people
from crm.people.models import Person, Position
from crm.records.models import Record


def listed() -> Select[Organisation]:
    """Return the networks with what the list shows of each."""
    return (
        select(Organisation)
        .where(Organisation.organisation_kind == OrganisationKind.NETWORK)
        .options(
            selectinload(Organisation.network_profile),  # type: ignore[attr-defined]
            selectinload(Organisation.own_links).selectinload(Membership.terms),  # type: ignore[attr-defined]
            selectinload(Organisation.member_measures),  # type: ignore[attr-defined]
        )
    )


def of_scope(scope: Scope) -> ColumnElement[bool]:
    """Tell whether a network has this scope."""
    return exists().where(
        NetworkProfile.organisation_id == Organisation.id, NetworkProfile.scope == scope
    )


def joined_by(member_id: int) -> ColumnElement[bool]:
    """Tell whether a record belongs to a network, today or before."""
    other = aliased(Membership)
    return exists().where(other.network_id == Organisation.id, other.member_id == member_id)


def belongs_to(network_id: int) -> ColumnElement[bool]:
    """Tell whether an organisation belongs to this network, today or before."""
    other = aliased(Membership)
    return exists().where(other.member_id == Organisation.id, other.network_id == network_id)


def memberships_of(record: Record) -> Select[Membership]:
    """Return the networks a record belongs to or belonged to."""
    return (
        select(Membership)
        .join(Membership.network)
        .where(Membership.member_id == record.id)
        .options(
            with_expression(Membership.is_shared, Membership.network_id.in_(_ours_today())),
            contains_eager(Membership.network),
            joinedload(Membership.member),
            joinedload(Membership.terms),
        )
        .order_by(Organisation.sort_key, Membership.id)
    )


def links_on_page_of(record: Record) -> Select[Membership]:
    """Return the links that a record's page may say more of: its own, or ours with a network."""
    return (
        select(Membership)
        .join(Membership.network)
        .where(
            or_(
                Membership.member_id == record.id,
                sa.and_(Membership.network_id == record.id, Membership.member_id.in_(ours())),
            )
        )
        .options(contains_eager(Membership.network))
        .order_by(Organisation.sort_key, Membership.id)
    )


def members_of(record: Record) -> Select[Membership]:
    """Return who belongs or belonged to a network, besides ourselves."""
    member = aliased(Record)
    return (
        select(Membership)
        .join(member, member.id == Membership.member_id)
        .where(Membership.network_id == record.id)
        .options(selectinload(Membership.member), selectinload(Membership.terms))
        .order_by(member.sort_key, Membership.id)
    )


def ours() -> Select[int]:
    """Return the id of our own organisation."""
    return select(Organisation.id).where(Organisation.is_us)


def _story(record: Record) -> Select[int]:
    """Return the ids of our links with a network, and of those before and after them."""
    begun = (
        select(Membership.id, Membership.predecessor_id)
        .where(Membership.network_id == record.id, Membership.member_id.in_(ours()))
        .cte(recursive=True)  # Unnamed: several panels of a page ask for it in one statement.
    )
    link = aliased(Membership)
    step = select(link.id, link.predecessor_id).join(
        begun, or_(link.id == begun.c.predecessor_id, link.predecessor_id == begun.c.id)
    )
    return select(begun.union(step).c.id)


def story_of(record: Record) -> Select[Membership]:
    """Return our links with a network, those they follow and those that follow them, in order."""
    begun = (
        select(sa.func.min(Term.since))
        .where(Term.membership_id == Membership.id)
        .correlate(Membership)
        .scalar_subquery()
    )
    return (
        select(Membership)
        .where(Membership.id.in_(_story(record)))
        .options(
            selectinload(Membership.network),
            selectinload(Membership.member),
            selectinload(Membership.terms),
        )
        .order_by(begun.nulls_first(), Membership.id)
    )


def steps_of(record: Record) -> Select[MembershipStep]:
    """Return what happened to our links with a network and those before and after, in order."""
    return (
        select(MembershipStep)
        .where(MembershipStep.membership_id.in_(_story(record)))
        .options(selectinload(MembershipStep.membership).selectinload(Membership.network))
        .order_by(MembershipStep.dated.nulls_first(), MembershipStep.id)
    )


def continues(record: Record) -> Select[bool]:
    """Tell whether one of our links with a network follows another or is followed by one."""
    link, other = aliased(Membership), aliased(Membership)
    return select(
        exists().where(
            link.network_id == record.id,
            or_(
                link.predecessor_id.is_not(None),
                exists().where(other.predecessor_id == link.id),
            ),
        )
    )


def places_per_station(record: Record) -> Select[int | None]:
    """Return how many designations a duty station takes, by our links with a network."""
    return (
        select(sa.func.max(MembershipKind.places_per_station))
        .select_from(Membership)
        .join(MembershipKind, MembershipKind.id == Membership.kind_id)
        .where(Membership.network_id == record.id, Membership.member_id.in_(ours()))
    )


def membership(membership_id: int) -> Select[Membership]:
    """Return a membership with what tells its status."""
    return (
        select(Membership)
        .where(Membership.id == membership_id)
        .options(
            selectinload(Membership.network),
            selectinload(Membership.member),
            selectinload(Membership.terms),
        )
    )


def sits_on(day: date) -> ColumnElement[bool]:
    """Tell whether a period of a membership covers a day."""
    term = aliased(Term)
    return exists().where(
        term.membership_id == Membership.id, active_on(term.since, term.until, day)
    )


def kinds_of_link(including: int | None = None) -> Select[MembershipKind]:
    """Return the kinds of link in use, in their order.

    :param including: one that is out of use and chosen already.
    """
    wanted: ColumnElement[bool] = MembershipKind.is_active.is_(True)
    if including is not None:
        wanted = or_(wanted, MembershipKind.id == including)
    return select(MembershipKind).where(wanted).order_by(MembershipKind.position)


def kind_with(code: str) -> Select[MembershipKind]:
    """Return the kind of link of a code."""
    return select(MembershipKind).where(MembershipKind.code == code)


def codes_of_kinds() -> Select[str]:
    """Return the codes of all kinds of link."""
    return select(MembershipKind.code)


def successions(new_id: int, old_id: int) -> Select[Relation]:
    """Return the relations that say that one organisation follows another."""
    return select(Relation).where(
        Relation.organisation_id == new_id,
        Relation.other_id == old_id,
        Relation.kind == RelationKind.SUCCEEDS,
    )


def sub_networks_of(record: Record) -> Select[Organisation]:
    """Return the networks inside a network."""
    return listed().where(Organisation.parent_id == record.id).order_by(Organisation.sort_key)


def our_terms_in(record: Record) -> Select[Term]:
    """Return our periods in a network, the newest first."""
    return (
        select(Term)
        .where(Term.network_id == record.id, Term.member_id.in_(ours()))
        .options(selectinload(Term.membership), selectinload(Term.proof))
        .order_by(Term.since.desc().nulls_last(), Term.id)
    )


def counted_members(network_id: int, day: date) -> Select[int]:
    """Count the members of a network that are noted here, on a day."""
    return (
        select(sa.func.count(Membership.member_id.distinct()))
        .select_from(Membership)
        .where(Membership.network_id == network_id, sits_on(day))
    )


def counted_countries(network_id: int, day: date) -> Select[int]:
    """Count the countries of the members that are noted here, on a day."""
    return (
        select(sa.func.count(Organisation.country.distinct()))
        .select_from(Membership)
        .join(Organisation, Organisation.id == Membership.member_id)
        .where(Membership.network_id == network_id, sits_on(day))
    )


def seats_to_watch(day: date, until: date) -> Select[Mandate]:
    """Return our seats in networks that need a person: vacant, about to end, or left behind.

    :param until: seats that end by then are about to end.
    """
    known, held = aliased(Position), aliased(Position)
    worked_there = exists().where(
        known.person_id == Mandate.person_id, known.organisation_id == Mandate.organisation_id
    )
    works_there = exists().where(
        held.person_id == Mandate.person_id,
        held.organisation_id == Mandate.organisation_id,
        active_on(held.since, held.until, day),
    )
    ends = sa.type_coerce(Mandate.until, sa.String)
    return (
        _mandates()
        .where(
            Mandate.organisation_id.in_(ours()),
            active_on(Mandate.since, Mandate.until, day),
            or_(
                Mandate.person_id.is_(None),
                ends.concat("~") < (until + timedelta(days=1)).isoformat(),
                sa.and_(worked_there, sa.not_(works_there)),
            ),
        )
        .order_by(None)
        .order_by(ends.nulls_last(), Mandate.id)
    )


def same_link(member_id: int, network_id: int) -> Select[Membership]:
    """Return the links a member has with a network already."""
    return select(Membership).where(
        Membership.member_id == member_id, Membership.network_id == network_id
    )


def reached_from(network_id: int) -> Select[int]:
    """Return the ids of all that belong to a network, at any depth."""
    step = (
        select(Membership.member_id.label("id"))
        .where(Membership.network_id == network_id)
        .cte("reached", recursive=True)
    )
    below = select(Membership.member_id).where(Membership.network_id == step.c.id)
    return select(step.union(below).c.id)


def members_on(network_id: int, day: date) -> Select[int]:
    """Return the ids of the members of a network on a day."""
    return (
        select(Membership.member_id)
        .join(Term, Term.membership_id == Membership.id)
        .where(Membership.network_id == network_id, active_on(Term.since, Term.until, day))
        .distinct()
    )


def is_member(network_id: int, day: date) -> ColumnElement[bool]:
    """Tell whether an organisation belongs to a network on a day."""
    return Organisation.id.in_(members_on(network_id, day))


def works_for_member(network_id: int, day: date) -> ColumnElement[bool]:
    """Tell whether a person works on a day for a member of a network."""
    return people.has_position(day, Position.organisation_id.in_(members_on(network_id, day)))


def sits_in_group(group_id: int, day: date) -> ColumnElement[bool]:
    """Tell whether a person sits in a working group on a day."""
    return exists().where(
        Mandate.person_id == Person.id,
        Mandate.working_group_id == group_id,
        active_on(Mandate.since, Mandate.until, day),
    )


def networks_of_many(member_ids: Sequence[int], day: date) -> Select[int, Organisation]:
    """Return (member id, network) for the networks each belongs to on a day."""
    return (
        select(Membership.member_id, Organisation)
        .join(Organisation, Organisation.id == Membership.network_id)
        .join(Term, Term.membership_id == Membership.id)
        .where(Membership.member_id.in_(member_ids), active_on(Term.since, Term.until, day))
        .distinct()
        .order_by(Organisation.sort_key, Organisation.id)
    )


def moved_between(
    network_id: int | None, member_ids: Sequence[int], after: date, until: date
) -> Select[Membership]:
    """Return the links of which a period was going on on one of two days alone.

    Those with a network, whoever has them, and those of some members, with whatever network.
    """
    moved = or_(begun_between(Term.since, after, until), ended_between(Term.until, after, until))
    return (
        select(Membership)
        .where(
            or_(Membership.network_id == network_id, Membership.member_id.in_(member_ids)),
            Membership.id.in_(select(Term.membership_id).where(moved)),
        )
        .options(
            selectinload(Membership.network),
            selectinload(Membership.member),
            selectinload(Membership.terms),
        )
        .order_by(Membership.network_id, Membership.id)
    )


def networks_on(member_id: int, day: date) -> Select[Organisation]:
    """Return the networks a record belongs to on a day."""
    return (
        select(Organisation)
        .where(Organisation.id.in_(_sitting(member_id, day)))
        .order_by(Organisation.sort_key, Organisation.id)
    )


def shared_networks(one_id: int, other_id: int, day: date) -> Select[Organisation]:
    """Return the networks in which both sit on a day."""
    return networks_on(one_id, day).where(Organisation.id.in_(_sitting(other_id, day)))


def shared_with_many(one_id: int, other_ids: list[int], day: date) -> Select[int, Organisation]:
    """Return (other id, network) for the networks that one shares with each of the others."""
    return (
        select(Membership.member_id, Organisation)
        .join(Organisation, Organisation.id == Membership.network_id)
        .join(Term, Term.membership_id == Membership.id)
        .where(
            Membership.member_id.in_(other_ids),
            active_on(Term.since, Term.until, day),
            Organisation.id.in_(_sitting(one_id, day)),
        )
        .distinct()
        .order_by(Organisation.sort_key, Organisation.id)
    )


def shared_with_us(us_id: int, day: date) -> Select[int, int]:
    """Return (member id, network id) of those who sit on a day where we sit, too."""
    return (
        select(Membership.member_id, Membership.network_id)
        .join(Term, Term.membership_id == Membership.id)
        .where(
            Membership.member_id != us_id,
            active_on(Term.since, Term.until, day),
            Membership.network_id.in_(_sitting(us_id, day)),
        )
    )


def _ours_today() -> Select[int]:
    """Return the ids of the networks in which we sit today."""
    return _sitting(ours().scalar_subquery(), today())


def _sitting(member_id: Any, day: date) -> Select[int]:
    link, term = aliased(Membership), aliased(Term)
    return (
        select(link.network_id)
        .join(term, term.membership_id == link.id)
        .where(link.member_id == member_id, active_on(term.since, term.until, day))
    )


def measures_of(record: Record) -> Select[NetworkMeasure]:
    """Return the sizes of a network, the newest first."""
    return (
        select(NetworkMeasure)
        .where(NetworkMeasure.network_id == record.id)
        .order_by(
            NetworkMeasure.counted,
            NetworkMeasure.as_of.desc().nulls_last(),
            NetworkMeasure.id.desc(),
        )
    )


def activities_of(record: Record) -> Select[NetworkActivity]:
    """Return what a network does."""
    return (
        select(NetworkActivity)
        .where(NetworkActivity.network_id == record.id)
        .order_by(NetworkActivity.activity, NetworkActivity.id)
    )


@cache
def all_groups() -> Select[int, str, str]:
    """Return (id, name, network as lists name it) of the groups one sees, by network and name."""
    # A group is seen where its network is: the row filter need not be asked of that again.
    network = Record.__table__.c
    return (
        select(WorkingGroup.id, WorkingGroup.name, network.title)
        .join(Record.__table__, network.id == WorkingGroup.network_id)
        .order_by(network.sort_key, WorkingGroup.name, WorkingGroup.id)
    )


def groups_of(record: Record) -> Select[WorkingGroup]:
    """Return the working groups of a network."""
    return (
        select(WorkingGroup)
        .where(WorkingGroup.network_id == record.id)
        .options(
            selectinload(WorkingGroup.mandates)
            .selectinload(Mandate.person)
            .selectinload(Person.positions)
        )
        .order_by(WorkingGroup.name, WorkingGroup.id)
    )


def mandates_in(record: Record) -> Select[Mandate]:
    """Return who sits in a network and its groups."""
    return _mandates().where(Mandate.network_id == record.id)


def mandates_of(record: Record) -> Select[Mandate]:
    """Return the seats a person or an organisation holds in networks."""
    return _mandates().where(
        or_(Mandate.person_id == record.id, Mandate.organisation_id == record.id)
    )


def _mandates() -> Select[Mandate]:
    return (
        select(Mandate)
        .options(
            joinedload(Mandate.working_group),
            selectinload(Mandate.network),
            selectinload(Mandate.organisation),
            selectinload(Mandate.person).selectinload(Person.positions),
        )
        .order_by(Mandate.until.is_not(None), Mandate.role, Mandate.id)
    )


def terms_of(record: Record) -> Select[Term]:
    """Return the periods during which a record belonged to networks."""
    return (
        select(Term)
        .where(Term.member_id == record.id)
        .options(
            selectinload(Term.membership).selectinload(Membership.network),
            selectinload(Term.proof),
        )
        .order_by(Term.network_id, Term.since.nulls_first(), Term.id)
    )


def hosts_of(record: Record) -> Select[Organisation]:
    """Return the organisations that run a network."""
    return (
        select(Organisation)
        .join(Relation, Relation.organisation_id == Organisation.id)
        .where(Relation.other_id == record.id, Relation.kind == RelationKind.HOSTS)
        .order_by(Organisation.sort_key)
    )


def hosts_on(record: Record, day: date) -> Select[Organisation]:
    """Return the organisations that run a network on a day."""
    return hosts_of(record).where(active_on(Relation.since, Relation.until, day))


def profile_of(organisation_id: int) -> Select[NetworkProfile]:
    """Return what makes an organisation a network."""
    return select(NetworkProfile).where(NetworkProfile.organisation_id == organisation_id)

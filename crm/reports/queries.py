"""The numbers of the pictures. Each function returns a statement; the caller fetches.

Each number is counted by the very condition of the list behind it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    union,
)
from sqlalchemy.orm import aliased, selectinload

from crm.core.among import among
from crm.core.partial_date import PartialDate, active_on
from crm.core.text import fold
from crm.declarations.models import Declaration, Signature, SignatureStatus, Submission
from crm.interactions.models import Interaction, Topic
from crm.interactions.queries import contacts_of
from crm.meetings.models import Meeting
from crm.networks.models import Membership, Term
from crm.organisations.models import (
    LIVING,
    Organisation,
    OrganisationKind,
    PartnershipStatus,
    Relation,
    Tier,
)
from crm.people.models import Position
from crm.projects.models import Involvement, Output
from crm.records.models import Record, Tag, Tagging
from crm.records.queries import tagged
from crm.records.search import matching
from crm.records.ties import Tie

PARTNERS = (*LIVING, PartnershipStatus.DORMANT)
"""The statuses of a partnership that has not ended."""


def counted(only_partners: bool) -> ColumnElement[bool]:
    """Tell which organisations a picture counts."""
    return Organisation.partnership_status.in_(PARTNERS) if only_partners else true()


def has_partners() -> Select[bool]:
    """Tell whether a partnership with anybody is noted."""
    return select(exists(select(Organisation.id).where(counted(only_partners=True))))


def exchanges_by_month(since: PartialDate) -> Select[str, int]:
    """Return (the month, or the year where no more is known, as ISO 8601; number) since a date."""
    month = func.substr(type_coerce(Interaction.happened, String), 1, len("2026-11"))
    return (
        select(month, func.count(Interaction.id))
        .where(Interaction.happened >= since)
        .group_by(month)
    )


def by_country(only_partners: bool) -> Select[str | None, int]:
    """Return (country, number of organisations)."""
    return (
        select(Organisation.country, func.count(Organisation.id))
        .where(counted(only_partners))
        .group_by(Organisation.country)
    )


def by_kind(only_partners: bool) -> Select[OrganisationKind, int]:
    """Return (kind, number of organisations)."""
    return (
        select(Organisation.organisation_kind, func.count(Organisation.id))
        .where(counted(only_partners))
        .group_by(Organisation.organisation_kind)
    )


def members_counted(network_ids: Sequence[int], day: date, only_partners: bool) -> Select[int, int]:
    """Return (network id, number of organisations that belong to it on a day)."""
    return (
        select(Membership.network_id, func.count(Membership.member_id.distinct()))
        .join(Term, Term.membership_id == Membership.id)
        .join(Organisation, Organisation.id == Membership.member_id)
        .where(
            Membership.network_id.in_(network_ids),
            active_on(Term.since, Term.until, day),
            counted(only_partners),
        )
        .group_by(Membership.network_id)
    )


def dormant_by_tier(dormant: ColumnElement[bool]) -> Select[Tier | None, int, int]:
    """Return (tier, number of living partnerships, number of those that are dormant).

    :param dormant: tells of an organisation whether it is.
    """
    return (
        select(
            Organisation.tier,
            func.count(Organisation.id),
            func.count(case((dormant, Organisation.id))),
        )
        .where(Organisation.partnership_status.in_(LIVING))
        .group_by(Organisation.tier)
    )


def participation(most: int) -> Select[int, str, int, int]:
    """Return (declaration id, title, organisations asked, organisations that signed), the last."""
    signatory = aliased(Organisation, flat=True)
    signed = case((Signature.status == SignatureStatus.SIGNED, Signature.signatory_id))
    return (
        select(
            Declaration.id,
            Declaration.title,
            func.count(Signature.signatory_id.distinct()),
            func.count(signed.distinct()),
        )
        .join(Signature, Signature.declaration_id == Declaration.id)
        .join(signatory, signatory.id == Signature.signatory_id)
        .group_by(Declaration.id, Declaration.title, Declaration.dated, Declaration.sort_key)
        .order_by(Declaration.dated.desc().nulls_last(), Declaration.sort_key, Declaration.id)
        .limit(most)
    )


# Whom an organisation is tied to

GROUPS = ("people", "networks", "projects", "declarations", "related", "shared")
"""In what way first; in the order of the page. What is shared counts where nothing else ties."""
SHARED = "shared-"
"""Begins the key of a way in which something is shared."""


def ties_of(organisation_id: int, day: date, shared: Sequence[Tie]) -> Select[int, int, str, int]:
    """Return (record id, place of the group, key of the way, id of the tie) on a day.

    :param shared: the ways in which organisations share something.
    """
    found = [
        *_direct_ties(organisation_id, day),
        *(
            (GROUPS.index("shared"), f"{SHARED}{tie.key}", tie.query(organisation_id, day))
            for tie in shared
        ),
    ]
    rows = [
        statement.with_only_columns(
            statement.selected_columns[0].label("record_id"),
            literal(group).label("place"),
            literal(way).label("way"),
            statement.selected_columns[1].label("tie_id"),
        )
        for group, way, statement in found
    ]
    every = union(*rows).subquery()
    return select(every.c.record_id, every.c.place, every.c.way, every.c.tie_id)


def _direct_ties(organisation_id: int, day: date) -> list[tuple[int, str, Select[int, int]]]:
    people, networks, projects, declarations, related, _shared = range(len(GROUPS))
    above = aliased(Organisation, flat=True)
    lasts = active_on(Relation.since, Relation.until, day)
    sits = (
        select(Membership.network_id, Membership.id)
        .join(Term, Term.membership_id == Membership.id)
        .where(active_on(Term.since, Term.until, day))
    )
    return [
        (
            people,
            "people",
            select(Position.person_id, Position.id).where(
                Position.organisation_id == organisation_id,
                active_on(Position.since, Position.until, day),
            ),
        ),
        (networks, "networks", sits.where(Membership.member_id == organisation_id)),
        (
            projects,
            "projects",
            select(Involvement.project_id, Involvement.id).where(
                Involvement.organisation_id == organisation_id
            ),
        ),
        (
            declarations,
            "declarations",
            select(Signature.declaration_id, Signature.id).where(
                Signature.signatory_id == organisation_id,
                Signature.status == SignatureStatus.SIGNED,
            ),
        ),
        (
            related,
            "relations",
            select(Relation.other_id, Relation.id).where(
                Relation.organisation_id == organisation_id, lasts
            ),
        ),
        (
            related,
            "relations",
            select(Relation.organisation_id, Relation.id).where(
                Relation.other_id == organisation_id, lasts
            ),
        ),
        (
            related,
            "parts",
            select(Organisation.id, Organisation.id).where(
                Organisation.parent_id == organisation_id
            ),
        ),
        (
            related,
            "whole",
            select(above.id, above.id).where(
                above.id.in_(
                    select(Organisation.parent_id).where(Organisation.id == organisation_id)
                )
            ),
        ),
        (
            related,
            "members",
            sits.with_only_columns(Membership.member_id, Membership.id).where(
                Membership.network_id == organisation_id
            ),
        ),
    ]


def closest(ties: Select[int, int, str, int], most: int) -> Select[Record, int, int, int]:
    """Return (record, place of the group, number of ties, size of the group), the closest first.

    :param ties: as :func:`ties_of` returns them.
    :param most: so many of each group.
    """
    rows = ties.subquery()
    counted = (
        select(
            rows.c.record_id,
            func.min(rows.c.place).label("place"),
            func.count().label("number"),
        )
        .group_by(rows.c.record_id)
        .subquery()
    )
    order = (counted.c.number.desc(), Record.sort_key, Record.id)
    ranked = (
        select(
            Record.id.label("id"),
            counted.c.place,
            counted.c.number,
            func.row_number().over(partition_by=counted.c.place, order_by=order).label("rank"),
            func.count().over(partition_by=counted.c.place).label("size"),
        )
        .join(counted, counted.c.record_id == Record.id)
        .where(or_(counted.c.place != GROUPS.index("shared"), Record.kind == "organisation"))
        .subquery()
    )
    return (
        select(Record, ranked.c.place, ranked.c.number, ranked.c.size)
        .join(ranked, ranked.c.id == Record.id)
        .where(ranked.c.rank <= most)
        .order_by(ranked.c.place, ranked.c.rank)
    )


def ways_to(ties: Select[int, int, str, int], record_ids: Sequence[int]) -> Select[int, str, int]:
    """Return (record id, key of the way, number of ties) for some records."""
    rows = ties.subquery()
    return (
        select(rows.c.record_id, rows.c.way, func.count())
        .where(rows.c.record_id.in_(record_ids))
        .group_by(rows.c.record_id, rows.c.place, rows.c.way)
        .order_by(rows.c.record_id, rows.c.place, rows.c.way)
    )


# What was done in a time, on a theme


def on_theme(theme: str) -> ColumnElement[bool]:
    """Tell whether a record has the theme as a tag or in its words."""
    return or_(tagged(fold(theme)), matching(Record.id, theme))


def about_theme(theme: str) -> ColumnElement[bool]:
    """Tell whether an exchange was about a record that is on the theme."""
    return Interaction.id.in_(_about(theme))


def _about(theme: str) -> Select[int]:
    return select(Topic.interaction_id).where(
        or_(
            matching(Topic.record_id, theme),
            Topic.record_id.in_(
                select(Tagging.record_id)
                .join(Tag, Tag.id == Tagging.tag_id)
                .where(Tag.key == fold(theme))
            ),
        )
    )


def matched_by(
    theme: str, record_ids: Sequence[int], has_theme: ColumnElement[bool]
) -> Select[int, str]:
    """Return (record id, by what it is on a theme) for some records that are.

    :param has_theme: tells of a meeting whether the theme is among its own.
    """
    ways = union(
        select(Record.id, literal("1-tag")).where(
            among(Record.id, record_ids), tagged(fold(theme))
        ),
        select(Meeting.id, literal("2-theme")).where(among(Meeting.id, record_ids), has_theme),
        select(Record.id, literal("3-words")).where(
            among(Record.id, record_ids), matching(Record.id, theme)
        ),
        _about(theme)
        .where(among(Topic.interaction_id, record_ids))
        .add_columns(literal("4-topic")),
    ).subquery()
    return select(ways.c[0], ways.c[1]).order_by(ways.c[0], ways.c[1])


def partners_by_country(
    interaction_ids: Select[int], since: PartialDate
) -> Select[str | None, int]:
    """Return (country, number of exchanges with somebody there), of some exchanges since a date."""
    contacts = contacts_of(since=since).subquery()
    return (
        select(Organisation.country, func.count(contacts.c.interaction_id.distinct()))
        .join(contacts, contacts.c.record_id == Organisation.id)
        .where(contacts.c.interaction_id.in_(interaction_ids), Organisation.country.is_not(None))
        .group_by(Organisation.country)
    )


def members_by_network(
    interaction_ids: Select[int], since: PartialDate, network_ids: Sequence[int], day: date
) -> Select[int, int]:
    """Return (network id, number of exchanges with its members of a day), of some since a date."""
    contacts = contacts_of(since=since).subquery()
    return (
        select(Membership.network_id, func.count(contacts.c.interaction_id.distinct()))
        .join(contacts, contacts.c.record_id == Membership.member_id)
        .join(Term, Term.membership_id == Membership.id)
        .where(
            contacts.c.interaction_id.in_(interaction_ids),
            Membership.network_id.in_(network_ids),
            active_on(Term.since, Term.until, day),
        )
        .group_by(Membership.network_id)
    )


def _among(column: Any, ids: Select[int]) -> ColumnElement[bool]:
    """Tell whether an id is among those of a list of the same kind, which stays a list of its own.

    SQLAlchemy would otherwise take the records of the list for those of the statement around it.
    """
    found: ColumnElement[bool] = column.in_(select(ids.subquery().c[0]))
    return found


def meetings_by_country(meeting_ids: Select[int]) -> Select[str | None, int]:
    """Return (country, number of meetings), of some meetings."""
    return (
        select(Meeting.country, func.count(Meeting.id))
        .where(_among(Meeting.id, meeting_ids), Meeting.country.is_not(None))
        .group_by(Meeting.country)
    )


def meetings_by_network(meeting_ids: Select[int]) -> Select[int | None, int]:
    """Return (network id, number of meetings it held), of some meetings."""
    return (
        select(Meeting.network_id, func.count(Meeting.id))
        .where(_among(Meeting.id, meeting_ids), Meeting.network_id.is_not(None))
        .group_by(Meeting.network_id)
    )


def handed_in(first: PartialDate, before: PartialDate, theme: str) -> Select[Submission]:
    """Return what was handed to whom between two dates, on a theme if one is asked."""
    query = (
        select(Submission)
        .join(Submission.declaration)
        .where(Submission.submitted_on >= first, Submission.submitted_on < before)
        .options(selectinload(Submission.declaration), selectinload(Submission.recipient))
        .order_by(Submission.submitted_on, Submission.id)
    )
    return query.where(on_theme(theme)) if theme else query


def published(first: PartialDate, before: PartialDate, theme: str) -> Select[Output]:
    """Return the outputs published between two dates, on a theme if one is asked."""
    query = (
        select(Output)
        .join(Output.record)
        .where(Output.published >= first, Output.published < before)
        .options(selectinload(Output.record))
        .order_by(Output.published, Output.id)
    )
    return query.where(on_theme(theme)) if theme else query

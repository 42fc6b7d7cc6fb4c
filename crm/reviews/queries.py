"""Questions about reviews and what they rest on. Each returns a statement or a condition."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, union
from sqlalchemy.orm import aliased, joinedload, selectinload, undefer

from crm.commitments.models import Commitment
from crm.core.partial_date import PartialDate, active_when, begun_between, ended_between
from crm.declarations.models import Declaration, Signature, SignatureStatus
from crm.interactions.models import Interaction
from crm.interactions.queries import contacts_of
from crm.meetings.models import PRESENT, Attendance, Meeting
from crm.organisations.models import Organisation, PartnershipStatus, Tier
from crm.people.models import Person, Position
from crm.projects.models import Involvement
from crm.projects.queries import joint_with_many
from crm.records.models import Record
from crm.reviews.models import Decision, Review, ReviewCommitment, ReviewCriterion

# Reviews


def _listed() -> Select[Review]:
    return select(Review).options(
        joinedload(Review.closed_by), joinedload(Review.begun_by), selectinload(Review.organisation)
    )


def review(review_id: int) -> Select[Review]:
    """Return a review with its evidence."""
    return _listed().where(Review.id == review_id).options(undefer(Review.evidence))


def with_ids(review_ids: Sequence[int]) -> Select[Review]:
    """Return these reviews."""
    return select(Review).where(Review.id.in_(review_ids))


def open_one(organisation_id: int) -> Select[Review]:
    """Return the review of a partner that somebody writes."""
    return _listed().where(Review.organisation_id == organisation_id, Review.closed_on.is_(None))


def reviews_of(record: Record) -> Select[Review]:
    """Return the closed reviews of a partner, the newest first."""
    return closed_of([record.id])


def closed_of(organisation_ids: Sequence[int]) -> Select[Review]:
    """Return the closed reviews of partners, the newest first, those corrected since left out."""
    return (
        _listed()
        .where(
            Review.organisation_id.in_(organisation_ids),
            Review.closed_on.is_not(None),
            sa.not_(_is_corrected()),
        )
        .order_by(Review.closed_on.desc(), Review.id.desc())
    )


def correction_of(review_id: int) -> Select[Review]:
    """Return the closed review that corrects one."""
    return _listed().where(Review.replaces_id == review_id, Review.closed_on.is_not(None))


def _is_corrected() -> ColumnElement[bool]:
    later = aliased(Review)
    return exists().where(later.replaces_id == Review.id, later.closed_on.is_not(None))


def closed_between(since: date, until: date) -> Select[Review]:
    """Return the reviews closed in a period, both days included, by decision and partner."""
    order = case(
        {decision: place for place, decision in enumerate(Decision)}, value=Review.decision
    )
    return (
        _listed()
        .join(Review.organisation)
        .where(Review.closed_on >= since, Review.closed_on <= until, sa.not_(_is_corrected()))
        .options(undefer(Review.evidence))
        .order_by(order, Organisation.sort_key, Review.id)
    )


def criteria() -> Select[ReviewCriterion]:
    """Return the criteria in use, in their order."""
    return (
        select(ReviewCriterion)
        .where(ReviewCriterion.is_active)
        .order_by(ReviewCriterion.position, ReviewCriterion.id)
    )


def agreed_in(review_id: int) -> Select[Commitment]:
    """Return the commitments that were agreed while a review was written."""
    agreed = select(ReviewCommitment.commitment_id).where(ReviewCommitment.review_id == review_id)
    return (
        select(Commitment)
        .where(Commitment.id.in_(agreed))
        .options(joinedload(Commitment.owner), joinedload(Commitment.origin))
        .order_by(Commitment.due.is_(None), Commitment.due, Commitment.id)
    )


# The queue


def is_partner() -> ColumnElement[bool]:
    """Tell whether we have a partnership with an organisation that is to be reviewed."""
    return and_(
        Organisation.partnership_status.is_not(None),
        Organisation.partnership_status != PartnershipStatus.ENDED,
        Organisation.is_us.is_(False),
    )


def is_overdue(day: date, oldest: Mapping[Tier, PartialDate]) -> ColumnElement[bool]:
    """Tell whether a partner should have been reviewed by a day, that day included.

    Where no date is noted it counts from the last review, or else from when we became partners;
    where neither is known nobody has looked at it yet.

    :param oldest: for each tier, from when on a review is recent enough. Without a tier a partner
        has the date of the last one named.
    """
    on = sa.type_coerce(Organisation.next_review, sa.String)
    # As in crm.core.partial_date: "~" sorts after all that may follow, and what is known by its
    # month has passed with the last day of it.
    has_passed = on.concat("~") < (day + date.resolution).isoformat()
    return or_(and_(on.is_not(None), has_passed), and_(on.is_(None), _is_long_ago(oldest)))


def _is_long_ago(oldest: Mapping[Tier, PartialDate]) -> ColumnElement[bool]:
    last = (
        select(func.max(Review.closed_on))
        .where(Review.organisation_id == Organisation.id)
        .scalar_subquery()
    )
    looked_at = func.coalesce(
        sa.cast(last, sa.String), sa.type_coerce(Organisation.partner_since, sa.String)
    )
    if not oldest:
        return sa.true()
    *named, (_tier, longest) = oldest.items()
    allowed: Any = sa.literal(str(longest))
    if named:
        allowed = case(
            *((Organisation.tier == tier, sa.literal(str(on))) for tier, on in named), else_=allowed
        )
    return or_(looked_at.is_(None), looked_at <= allowed)


def was_looked_at(day: date, since: date) -> ColumnElement[bool]:
    """Tell whether a partner was reviewed since a day, or its review postponed beyond today."""
    return exists().where(
        Review.organisation_id == Organisation.id,
        or_(Review.closed_on > since, Review.postponed_until > day),
    )


def queue(due: ColumnElement[bool], asked: Iterable[ColumnElement[bool]]) -> Select[Organisation]:
    """Return the partners to review: those waiting longest first, then by name."""
    return (
        select(Organisation)
        .where(is_partner(), due, *asked)
        .options(joinedload(Organisation.owner))
        .order_by(
            Organisation.next_review.is_(None),
            Organisation.next_review,
            Organisation.sort_key,
            Organisation.id,
        )
    )


def places(
    due: ColumnElement[bool], asked: Iterable[ColumnElement[bool]]
) -> Select[int, PartialDate | None, str]:
    """Return (id, next review, sort key) of the partners to review, in no order."""
    columns = (Organisation.id, Organisation.next_review, Organisation.sort_key)
    return queue(due, asked).with_only_columns(*columns).order_by(None)


def partners_with(organisation_ids: Sequence[int]) -> Select[Organisation]:
    """Return these partners with what the queue shows of each."""
    return listed(select(Organisation).where(Organisation.id.in_(organisation_ids)))


def listed(query: Select[Organisation]) -> Select[Organisation]:
    """Return partners of the queue with what it shows of each."""
    return query.options(joinedload(Organisation.owner))


def of_owner(user_id: int | None) -> ColumnElement[bool]:
    """Tell whether somebody of the team looks after an organisation; None is nobody."""
    return Organisation.owner_id == user_id if user_id else Organisation.owner_id.is_(None)


def open_reviews(organisation_ids: Sequence[int]) -> Select[Review]:
    """Return the reviews of these partners that somebody writes."""
    return _listed().where(Review.organisation_id.in_(organisation_ids), Review.closed_on.is_(None))


# What a review rests on


def contacts_with(organisation_id: int, since: PartialDate) -> Select[Interaction]:
    """Return the exchanges with a partner or somebody there since a date, the newest first."""
    contacts = contacts_of([organisation_id], since).subquery()
    return (
        select(Interaction)
        .where(Interaction.id.in_(select(contacts.c.interaction_id)))
        .options(joinedload(Interaction.created_by))
        .order_by(Interaction.happened.desc(), Interaction.id)
    )


def shared_meetings(one_id: int, other_id: int, after: date, until: date) -> Select[Meeting]:
    """Return the meetings of a period at which both were present, the newest first."""
    return (
        select(Meeting)
        .where(
            begun_between(Meeting.starts, after, until),
            Meeting.is_cancelled.is_(False),
            _was_there(one_id),
            _was_there(other_id),
        )
        .order_by(Meeting.starts.desc(), Meeting.id)
    )


def _was_there(organisation_id: int) -> ColumnElement[bool]:
    """Tell whether an organisation was at a meeting, or somebody who worked there that day."""
    held = aliased(Meeting)
    present = select(Attendance.meeting_id).where(Attendance.status.in_(PRESENT))
    by_name = present.where(Attendance.organisation_id == organisation_id)
    through = (
        present.join(Position, Position.person_id == Attendance.person_id)
        .join(held, held.id == Attendance.meeting_id)
        .where(
            # Found by the person: most attendances may name no organisation.
            func.coalesce(Attendance.organisation_id, 0) == 0,
            Position.organisation_id == organisation_id,
            active_when(Position.since, Position.until, held.starts),
        )
    )
    found: ColumnElement[bool] = Meeting.id.in_(union(by_name, through))
    return found


def asked_to_sign(signatory_id: int, after: date, until: date) -> Select[Signature]:
    """Return what somebody was asked to sign, or has signed, in a period.

    The day of the signature counts, or else that of the text; without either it is still to come.
    """
    day = func.coalesce(Signature.signed_on, Declaration.dated)
    return (
        select(Signature)
        .join(Signature.declaration)
        .where(
            Signature.signatory_id == signatory_id,
            Signature.status != SignatureStatus.WITHDRAWN,
            or_(day.is_(None), begun_between(day, after, until)),
        )
        .options(selectinload(Signature.declaration))
        .order_by(Declaration.dated.desc().nulls_first(), Declaration.sort_key, Signature.id)
    )


def is_theirs(organisation_id: int) -> ColumnElement[bool]:
    """Tell whether a declaration is one of a network: of its meetings, or for its members."""
    return or_(
        Declaration.eligible_network_id == organisation_id,
        Declaration.origin_meeting_id.in_(
            select(Meeting.id).where(Meeting.network_id == organisation_id)
        ),
    )


def positions_ended(organisation_id: int, after: date, until: date) -> Select[Position]:
    """Return the positions at a partner that ended in a period, the newest first."""
    return (
        select(Position)
        .join(Position.person)
        .where(
            Position.organisation_id == organisation_id,
            ended_between(Position.until, after, until),
        )
        .options(selectinload(Position.person))
        .order_by(Position.until.desc(), Person.sort_key, Position.id)
    )


def joint_projects(us_id: int, organisation_id: int) -> Select[int, Involvement]:
    """Return (partner's id, involvement) for the projects in which both take part."""
    return joint_with_many(us_id, [organisation_id])


def seen_among(record_ids: Iterable[int]) -> Select[int]:
    """Return those of these ids whose records may be seen, in the trash or not."""
    found = select(Record.id).where(Record.id.in_(list(record_ids)))
    return found.execution_options(with_trash=True)

"""Everything that changes a review. No service commits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from crm.commitments.models import Commitment
from crm.commitments.services import add_commitment
from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue, NotAllowed
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.core.principal import principal_of
from crm.organisations.models import Organisation, PartnershipStatus, Tier
from crm.organisations.services import change_organisation
from crm.permissions import Permission
from crm.records.history import from_json, to_json
from crm.records.services import add, because
from crm.reviews import queries, waiting
from crm.reviews.models import Decision, Review, ReviewCommitment

STATUS_BY_DECISION = {
    Decision.PAUSE: PartnershipStatus.SUSPENDED,
    Decision.END: PartnershipStatus.ENDED,
}
"""How a partnership stands after a decision, unless somebody says otherwise."""

MOVED = ("partnership_status", "tier", "next_review")
"""What a review sets of the partner."""


@dataclass(frozen=True)
class Entered:
    """What somebody has entered about a partner.

    :param partnership_status: None to let the decision say it.
    :param ratings: from 1 to 5, by the ids of the criteria; what is not rated is not in it.
    """

    decision: Decision | None = None
    reason: str | None = None
    partnership_status: PartnershipStatus | None = None
    tier: Tier | None = None
    next_review: PartialDate | None = None
    ratings: Mapping[int, int] = field(default_factory=dict)

    @property
    def is_begun(self) -> bool:
        """Tell whether more was entered than what a form begins with."""
        return bool(self.decision or self.reason or self.ratings or self.partnership_status)

    def to_json(self) -> dict[str, Any]:
        """Return it as a draft is kept."""
        return {
            "decision": to_json(self.decision),
            "reason": self.reason,
            "partnership_status": to_json(self.partnership_status),
            "tier": to_json(self.tier),
            "next_review": to_json(self.next_review),
            "ratings": {str(each): score for each, score in self.ratings.items()},
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Entered":
        """Return what a draft holds."""
        next_review = kept.get("next_review")
        return cls(
            decision=Decision(kept["decision"]) if kept.get("decision") else None,
            reason=kept.get("reason"),
            partnership_status=PartnershipStatus(kept["partnership_status"])
            if kept.get("partnership_status")
            else None,
            tier=Tier(kept["tier"]) if kept.get("tier") else None,
            next_review=PartialDate.parse_iso(next_review) if next_review else None,
            ratings={int(each): score for each, score in kept.get("ratings", {}).items()},
        )


def may_review(organisation: Organisation) -> bool:
    """Tell whether the person may review a partner: any as a manager, or one they look after."""
    principal = principal_of(db.session)
    if principal is None:
        return False
    owns = principal.user_id is not None and organisation.owner_id == principal.user_id
    return principal.can(Permission.REVIEWS_MAKE) or (
        owns and principal.can(Permission.RECORDS_EDIT)
    )


def check_may_review(organisation: Organisation) -> None:
    """Refuse whoever may not review a partner.

    :raises NotAllowed: with who may.
    """
    if not may_review(organisation):
        raise NotAllowed(_("Managers review any partner, contributors those they look after"))


def may_read_reasons(review: Review) -> bool:
    """Tell whether the person may read ratings and reasons, besides the decision."""
    principal = principal_of(db.session)
    if principal is None:
        return False
    # Whoever looks after the partner now may have made themselves its owner to read them.
    took_part = principal.user_id is not None and principal.user_id in (
        review.closed_by_id,
        review.owner_id,
    )
    return took_part or principal.can(Permission.REVIEWS_MAKE)


def keep(
    organisation: Organisation,
    review: Review | None,
    entered: Entered,
    replaces_id: int | None = None,
) -> Review:
    """Keep what was entered so far, and go on another time.

    :param replaces_id: the review that this one corrects.
    """
    check_may_review(organisation)
    review = _begun(organisation, review)
    review.replaces_id = review.replaces_id or replaces_id
    review.draft = entered.to_json()
    db.session.flush()
    return review


def postpone(
    organisation: Organisation,
    review: Review | None,
    entered: Entered,
    replaces_id: int | None = None,
) -> Review:
    """Put a review off for three months; what was entered so far is kept."""
    review = keep(organisation, review, entered, replaces_id)
    later = PartialDate.of(today()).in_months(waiting.PAUSE_MONTHS)
    review.postponed_until = later.first_day
    if organisation.next_review is None or organisation.next_review < later:
        with because(_("Review postponed")):
            change_organisation(organisation, organisation.version, next_review=later)
    return review


@dataclass(frozen=True)
class Basis:
    """What somebody had before them when they decided.

    :param version: of the partner's record.
    :param previous_id: the last review of the partner that was closed.
    :param replaces_id: the review that this one corrects.
    :param evidence: as :func:`crm.reviews.evidence.gather` returns it.
    :param kept: what stays of the partner as somebody else has set it meanwhile.
    """

    version: int
    previous_id: int | None
    evidence: Mapping[str, Any]
    replaces_id: int | None = None
    kept: frozenset[str] = frozenset()


def close(
    organisation: Organisation, review: Review | None, entered: Entered, basis: Basis
) -> Review:
    """Decide about a partnership, and keep on what that rests.

    :raises InvalidValue: without a decision, a reason or a date; when somebody else has closed a
        review of the partner meanwhile.
    :raises Conflict: when somebody else has changed the partner meanwhile.
    """
    check_may_review(organisation)
    last = _last(organisation, basis)
    decision = _check(entered)
    review = _begun(organisation, review)
    moves, ratings = _move(organisation, entered, basis), _rated(entered)
    principal = principal_of(db.session)
    closing = {
        "closed_on": today(),
        "closed_by_id": principal.user_id if principal else None,
        "owner_id": organisation.owner_id,
        "decision": decision,
        "reason": entered.reason,
        "next_review": organisation.next_review,
        "ratings": ratings,
        "moves": moves,
        "evidence": dict(basis.evidence),
        "replaces_id": basis.replaces_id,
        "previous_id": _before(last, basis),
        "draft": {},
        "postponed_until": None,
    }
    # All at once: from the first flush on, it stays as it is.
    for key, value in closing.items():
        setattr(review, key, value)
    db.session.flush()
    return review


def reopen(review: Review) -> None:
    """Take back that a review was closed today, and what it changed of the partner.

    :raises NotAllowed: on a later day, or when something rests on it by now.
    """
    obstacle = why_closed_for_good(review)
    if obstacle is not None:
        raise NotAllowed(obstacle)
    organisation = review.organisation
    entered = Entered(
        decision=review.decision,
        reason=review.reason,
        tier=organisation.tier,
        next_review=review.next_review,
        ratings={each["criterion_id"]: each["score"] for each in review.ratings if each["score"]},
    )
    _move_back(organisation, review.moves)
    review.draft = entered.to_json()
    review.closed_on = review.closed_by_id = review.owner_id = None
    review.decision = review.reason = None
    review.next_review = review.previous_id = None
    review.ratings, review.moves, review.evidence = [], {}, {}
    db.session.flush()


def why_closed_for_good(review: Review) -> str | None:
    """Say why a review is not opened again, or None when it can be: on the day it was closed."""
    principal = principal_of(db.session)
    if principal is None or review.closed_on is None:
        return _("This review is open")
    if principal.user_id != review.closed_by_id and not principal.can(Permission.REVIEWS_MAKE):
        return _("Managers review any partner, contributors those they look after")
    last = db.session.scalars(queries.closed_of([review.organisation_id]).limit(1)).first()
    is_last = last is not None and last.id == review.id
    if review.closed_on != today() or not is_last or _is_begun_again(review):
        return _("A closed review stays as it is. Write one that corrects it")
    return None


def _is_begun_again(review: Review) -> bool:
    return db.session.scalar(queries.open_one(review.organisation_id)) is not None


def agree(organisation: Organisation, review: Review | None, **values: Any) -> Commitment:
    """Note what was agreed while a review is written: who owes whom what."""
    check_may_review(organisation)
    review = _begun(organisation, review)
    commitment = add_commitment(organisation_id=organisation.id, **values)
    db.session.add(ReviewCommitment(review_id=review.id, commitment_id=commitment.id))
    db.session.flush()
    return commitment


def _begun(organisation: Organisation, review: Review | None) -> Review:
    if review is not None and not review.is_open:
        raise NotAllowed(_("A closed review stays as it is. Write one that corrects it"))
    if review is not None:
        return review
    known = db.session.scalar(queries.open_one(organisation.id))
    if known is not None:
        return known
    principal = principal_of(db.session)
    user_id = principal.user_id if principal else None
    try:
        with db.session.begin_nested():
            made: Review = add(Review(organisation_id=organisation.id, begun_by_id=user_id))
    except IntegrityError:  # Somebody else has begun it this very moment.
        return db.session.scalars(queries.open_one(organisation.id)).one()
    return made


def _last(organisation: Organisation, basis: Basis) -> Review | None:
    """Return the last review of a partner, unless somebody else has just closed it."""
    last = db.session.scalars(queries.closed_of([organisation.id]).limit(1)).first()
    if last is None or last.id == basis.previous_id:
        return last
    raise InvalidValue(
        None,
        _(
            "%(who)s closed a review of this partner meanwhile: “%(decision)s”. Read it beside "
            "yours, then save again to add yours",
            who=last.closed_by.name if last.closed_by else _("Somebody"),
            decision=last.decision.label if last.decision else "",
        ),
    )


def _before(last: Review | None, basis: Basis) -> int | None:
    """Return the review before the one that is closed; what it corrects does not come before it."""
    if last is None:
        return None
    return last.previous_id if last.id == basis.replaces_id else last.id


def _check(entered: Entered) -> Decision:
    if entered.decision is None:
        raise InvalidValue("decision", _("Choose what you decide"))
    if not entered.reason:
        raise InvalidValue("reason", _("Say why, in a sentence"))
    if entered.next_review is None and entered.decision is not Decision.END:
        raise InvalidValue("next_review", _("Enter when to look at it again"))
    if entered.next_review is not None and entered.next_review.last_day <= today():
        raise InvalidValue("next_review", _("The next review must be after today"))
    return entered.decision


def _move(organisation: Organisation, entered: Entered, basis: Basis) -> dict[str, Any]:
    """Set what was decided of the partner; return what it was and what it is, as JSON holds it."""
    status = (
        entered.partnership_status
        or STATUS_BY_DECISION.get(entered.decision or Decision.KEEP)
        or organisation.partnership_status
    )
    is_over = status is PartnershipStatus.ENDED
    wanted = {
        "partnership_status": status,
        "tier": entered.tier,
        "next_review": None if is_over else entered.next_review,
    }
    wanted = {key: value for key, value in wanted.items() if key not in basis.kept}
    before = {key: to_json(getattr(organisation, key)) for key in MOVED}
    with because(_("Partnership review")):
        change_organisation(organisation, basis.version, **wanted)
    return {key: [before[key], to_json(getattr(organisation, key))] for key in MOVED}


def _move_back(organisation: Organisation, moves: Mapping[str, Any]) -> None:
    """Put back what a review set, as far as nobody has changed it since."""
    columns = sa.inspect(Organisation).columns
    old = {
        key: from_json(columns[key], before)
        for key, (before, after) in moves.items()
        if to_json(getattr(organisation, key)) == after
    }
    with because(_("Review opened again")):
        change_organisation(organisation, organisation.version, **old)


def _rated(entered: Entered) -> list[dict[str, Any]]:
    """Return the criteria of today with their marks: what they are called may change later."""
    return [
        {
            "criterion_id": each.id,
            "fr": each.label_fr,
            "en": each.label_en,
            "score": entered.ratings.get(each.id),
        }
        for each in db.session.scalars(queries.criteria())
    ]

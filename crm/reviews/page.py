"""What the page of a review shows: while it is written, and once it is closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from babel.dates import format_date
from flask import url_for

from crm.core.clock import today
from crm.core.countries import country_name
from crm.core.db import db
from crm.core.i18n import _
from crm.core.lists import in_language
from crm.organisations.feature import status_chip
from crm.organisations.models import Organisation
from crm.records.history import from_json
from crm.records.kinds import registry
from crm.reviews import findings, queries, services, waiting
from crm.reviews.cells import begin_url, begun_by, decision_chip, name_of, url_of
from crm.reviews.forms import ReviewForm
from crm.reviews.models import Review
from crm.reviews.waiting import Question
from crm.web.cells import Action, Chip, Link, Long
from crm.web.templating import babel_locale, locale_code, shown


@dataclass(frozen=True)
class Mark:
    """A criterion with its mark, and the one at the review before."""

    label: str
    score: Any
    before: Any


@dataclass(frozen=True)
class Past:
    """The review before, as it stands beside."""

    url: str
    day: Any
    who: str
    decision: Chip | None
    reason: str | None
    marks: Sequence[tuple[str, Any]]


def open_context(
    organisation: Organisation,
    review: Review | None,
    form: ReviewForm | None,
    evidence: Mapping[str, Any],
    asked: Question,
) -> dict[str, Any]:
    """Return what the page of a review shows while somebody writes it.

    :param form: None for those who do not.
    """
    previous = db.session.scalars(queries.closed_of([organisation.id]).limit(1)).first()
    return {
        **_shared(organisation, evidence, previous),
        "title": _("Review – %(title)s", title=organisation.title),
        "summary_line": [
            value
            for value in (
                status_chip(organisation.partnership_status),
                organisation.tier,
                _place(organisation),
                _("Owner: %(name)s", name=organisation.owner.name) if organisation.owner else None,
            )
            if value
        ],
        "form": form,
        "review": review,
        "version": organisation.version,
        "previous_id": previous.id if previous else "",
        "has_errors": form is not None and bool(form.errors or form.form_errors),
        "begun_text": begun_by(review) if review else "",
        "beside": _beside(asked, organisation),
        "back_url": url_for("reviews.index", **asked.address_values()),
    }


def _place(organisation: Organisation) -> str | None:
    return country_name(organisation.country, locale_code()) if organisation.country else None


def _beside(asked: Question, organisation: Organisation) -> tuple[bool, bool]:
    before, after = waiting.queue_of(asked).beside(organisation.id)
    return before is not None, after is not None


def _shared(
    organisation: Organisation, evidence: Mapping[str, Any], previous: Review | None
) -> dict[str, Any]:
    evidence = findings.for_reader(evidence)
    past_evidence = findings.for_reader(previous.evidence) if previous else None
    agreed_columns, agreed_rows = findings.agreed(evidence.get("agreed", ()))
    return {
        "organisation": organisation,
        "organisation_url": registry.kind_of(organisation).url(organisation),
        "findings": findings.read(evidence, past_evidence),
        "since": _since(evidence),
        "knows_us": evidence.get("knows_us", True),
        "is_kept_back": evidence.get("is_kept_back", False),
        "agreed_columns": agreed_columns,
        "agreed_rows": agreed_rows,
        "past": _past(previous) if previous else None,
    }


def _since(evidence: Mapping[str, Any]) -> str:
    after, until = findings.period_of(evidence)
    first = after + after.resolution
    return _(
        "From %(first)s to %(last)s",
        first=format_date(first, "d MMMM y", babel_locale()),
        last=format_date(until, "d MMMM y", babel_locale()),
    )


def _past(review: Review) -> Past:
    is_read = services.may_read_reasons(review)
    return Past(
        url=url_of(review),
        day=review.closed_on,
        who=name_of(review.closed_by) or "",
        decision=decision_chip(review.decision),
        reason=review.reason if is_read else None,
        marks=[(in_language(each["fr"], each["en"]), each["score"]) for each in review.ratings]
        if is_read
        else [],
    )


def closed_context(review: Review) -> dict[str, Any]:
    """Return what the page of a closed review shows: nothing in it changes any more."""
    organisation = review.organisation
    previous = db.session.scalar(queries.review(review.previous_id)) if review.previous_id else None
    correction = db.session.scalar(queries.correction_of(review.id))
    is_read = services.may_read_reasons(review)
    return {
        **_shared(organisation, review.evidence, previous),
        "title": _("Review – %(title)s", title=review.evidence["title"])
        if "title" in review.evidence
        else _("Review"),
        "review": review,
        "facts": _facts(review, is_read=is_read),
        "marks": _marks(review, previous) if is_read else [],
        "correction_url": url_of(correction) if correction else None,
        "is_read": is_read,
        "actions": _actions(review, is_corrected=correction is not None),
        "back_url": url_for("reviews.index"),
    }


def _facts(review: Review, *, is_read: bool) -> list[tuple[str, Any]]:
    facts = [
        (_("Decision"), decision_chip(review.decision)),
        (_("Reason"), Long(review.reason) if review.reason and is_read else None),
        (_("Closed on"), review.closed_on),
        (_("Closed by"), name_of(review.closed_by)),
        (_("Next review"), review.next_review),
        (_("Partnership"), _moved(review, "partnership_status")),
        (_("Tier"), _moved(review, "tier")),
        (_("Corrects the review"), _corrected(review)),
    ]
    return [(label, value) for label, value in facts if value]


def _moved(review: Review, key: str) -> str | None:
    """Return what the review set of the partner, and what it was before."""
    column = sa.inspect(Organisation).columns[key]
    before, after = (shown(from_json(column, each)) for each in review.moves.get(key, (None, None)))
    if before == after:
        return str(after) or None
    return f"{before or '–'} → {after or '–'}"


def _corrected(review: Review) -> Link | None:
    if review.replaces_id is None:
        return None
    return Link(
        _("The review that it corrects"), url_for("reviews.show", review_id=review.replaces_id)
    )


def _marks(review: Review, previous: Review | None) -> list[Mark]:
    before = {each["criterion_id"]: each["score"] for each in previous.ratings} if previous else {}
    return [
        Mark(
            in_language(each["fr"], each["en"]),
            each["score"] or _("Not rated"),
            before.get(each["criterion_id"]),
        )
        for each in review.ratings
    ]


def _actions(review: Review, *, is_corrected: bool) -> list[Action]:
    if is_corrected or not services.may_review(review.organisation):
        return []
    actions = []
    if services.why_closed_for_good(review) is None:
        undo = url_for("reviews.reopen", review_id=review.id)
        actions.append(Action(_("Undo closing"), undo, "post"))
    if _is_last(review):
        correct = begin_url(review.organisation, corrects=review.id)
        actions.append(Action(_("Write a correction"), correct))
    return actions


@dataclass(frozen=True)
class JustClosed:
    """The review that was closed a moment ago, and how that is taken back."""

    link: Link
    decision: Chip | None
    undo: Action


def just_closed(review: Review) -> JustClosed | None:
    """Return what to say of a review that can still be opened again."""
    if services.why_closed_for_good(review) is not None:
        return None
    undo = Action(_("Undo"), url_for("reviews.reopen", review_id=review.id), "post")
    return JustClosed(
        Link(_("Reviewed: %(title)s", title=review.organisation.title), url_of(review)),
        decision_chip(review.decision),
        undo,
    )


def _is_last(review: Review) -> bool:
    last = db.session.scalars(queries.closed_of([review.organisation_id]).limit(1)).first()
    return last is not None and last.id == review.id


def begins_with(
    organisation: Organisation, review: Review | None, corrected: Review | None
) -> services.Entered:
    """Return what the form of a review begins with: what was kept, or the rhythm of the tier."""
    if review is not None and review.draft:
        return services.Entered.from_json(review.draft)
    proposed = waiting.next_after(organisation.tier, today())
    if corrected is None:
        return services.Entered(tier=organisation.tier, next_review=proposed)
    return services.Entered(
        decision=corrected.decision,
        reason=corrected.reason,
        tier=organisation.tier,
        next_review=corrected.next_review or proposed,
        ratings={
            each["criterion_id"]: each["score"] for each in corrected.ratings if each["score"]
        },
    )

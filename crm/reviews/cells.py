"""How reviews read in tables, and where their pages are."""

from typing import Any

from flask import url_for

from crm.core.i18n import _
from crm.organisations.models import Organisation
from crm.reviews.models import Decision, Review
from crm.web.cells import Chip, Tone
from crm.web.templating import shown

DECISION_LOOKS: dict[Decision, tuple[Tone, str]] = {
    Decision.DEEPEN: ("ok", "▲"),
    Decision.KEEP: ("ok", "●"),
    Decision.WATCH: ("warn", "◔"),
    Decision.PAUSE: ("neutral", "‖"),
    Decision.END: ("neutral", "■"),
}


def decision_chip(decision: Decision | None) -> Chip | None:
    """Return a decision as a chip."""
    return Chip(decision.label, *DECISION_LOOKS[decision]) if decision else None


def url_of(review: Review, **values: Any) -> str:
    """Return the address of a review."""
    return url_for("reviews.show", review_id=review.id, **values)


def begin_url(organisation: Organisation, **values: Any) -> str:
    """Return where a review of a partner is begun."""
    return url_for("reviews.begin", organisation=organisation.id, **values)


def name_of(user: Any) -> str | None:
    """Return the name of a colleague, where one is noted."""
    return user.name if user is not None else None


def begun_by(review: Review) -> str:
    """Say who began a review, and when."""
    who = name_of(review.begun_by) or _("Somebody")
    return _("Begun by %(who)s on %(day)s", who=who, day=shown(review.begun_at.date()))

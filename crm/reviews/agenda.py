"""What reviews put into the daily mail."""

from datetime import date

from crm.core.db import db
from crm.core.i18n import _
from crm.core.principal import principal_of
from crm.organisations.models import Organisation
from crm.permissions import Permission
from crm.records.agenda import DigestLine, DigestSection
from crm.reviews import waiting
from crm.reviews.waiting import NOBODY, OVERDUE, Question

MONDAY = 0
MOST = 20
"""Of one mail; the page of reviews has the rest."""


def due(user_id: int, day: date) -> DigestSection:
    """Return the reviews due of the partners somebody looks after; managers also those of nobody.

    On the day itself, then once a week: what waits for weeks need not be said each morning.
    """
    principal = principal_of(db.session)
    sees_to_all = principal is not None and principal.can(Permission.REVIEWS_MAKE)
    whose = [str(user_id), *([NOBODY] if sees_to_all else [])]
    lines = [
        DigestLine(
            text=_("Review due: %(title)s", title=each.title),
            url=f"/reviews/new?organisation={each.id}",
            due=each.next_review.last_day if each.next_review else None,
            is_late=each.next_review is not None and each.next_review.last_day < day,
        )
        for owner in whose
        for each in db.session.scalars(
            waiting.waiting(Question(owner=owner, why=OVERDUE)).limit(MOST)
        )
        if day.weekday() == MONDAY or _falls_due(each, day)
    ]
    return DigestSection(_("Partnership reviews"), lines)


def _falls_due(organisation: Organisation, day: date) -> bool:
    return organisation.next_review is not None and organisation.next_review.last_day == day

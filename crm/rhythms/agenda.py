"""What rhythms put into the daily mail: the partners of somebody that go dormant."""

from datetime import date

from crm.core.db import db
from crm.core.i18n import _
from crm.records.agenda import DigestLine, DigestSection
from crm.rhythms.dormancy import going_dormant

MONDAY = 0


def dormant(user_id: int, day: date) -> DigestSection | None:
    """Return the dormant partners of somebody, once a week: they do not change from day to day."""
    if day.weekday() != MONDAY:
        return None
    lines = [
        DigestLine(partner.title, f"/records/{partner.id}", due=None)
        for partner in db.session.scalars(going_dormant(day, user_id))
    ]
    return DigestSection(_("Partners going dormant"), lines)

"""What commitments put into the daily mail."""

from datetime import date

from crm.commitments import queries
from crm.commitments.cells import direction
from crm.core.db import db
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.records.agenda import DigestLine, DigestSection


def due(user_id: int, day: date) -> DigestSection:
    """Return the open commitments somebody follows that are due by a day."""
    lines = [
        DigestLine(
            text=f"{each.organisation.title} · {direction(each)} · {each.name}",
            url=f"/records/{each.organisation_id}",
            due=each.due.last_day,
            is_late=each.due.last_day < day,
        )
        for each in db.session.scalars(queries.open_for(user_id, until=PartialDate.of(day)))
        if each.due is not None and each.due.last_day <= day
    ]
    return DigestSection(_("Commitments"), lines)

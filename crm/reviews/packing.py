"""What reviews put into a briefing pack: what was decided last, without the reasons."""

from collections import defaultdict

from crm.core.db import db
from crm.core.i18n import _l
from crm.documents.model import Value
from crm.records.packing import PackContext, PackTable, Rows
from crm.reviews import queries
from crm.web.templating import shown


def last_reviews(context: PackContext) -> Rows:
    """Return the last review of the partnership with each organisation."""
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    for review in db.session.scalars(queries.closed_of(context.organisation_ids)):
        if rows[review.organisation_id] or review.decision is None:
            continue
        context.note("review", review.id)
        rows[review.organisation_id].append(
            [
                review.closed_on,
                str(review.decision.label),
                str(shown(review.next_review)) or None,
            ]
        )
    return rows


TABLES = (
    PackTable(
        "reviews",
        _l("Partnership review"),
        60,
        (_l("Reviewed on"), _l("Decision"), _l("Next review")),
        last_reviews,
        _l("Not reviewed yet."),
        is_spelt_out=True,
    ),
)

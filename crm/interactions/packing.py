"""What exchanges put into a briefing pack: the last ones with each organisation."""

from collections import defaultdict

from crm.core.db import db
from crm.core.i18n import _l
from crm.documents.model import Value
from crm.interactions import queries
from crm.interactions.wording import first_words
from crm.records.packing import PackContext, PackTable, Rows
from crm.web.templating import shown

MOST_EXCHANGES = 3


def last_exchanges(context: PackContext) -> Rows:
    """Return the last exchanges with each organisation or somebody there."""
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    found = db.session.execute(
        queries.recent_with_organisations(context.organisation_ids, MOST_EXCHANGES)
    )
    for organisation_id, exchange in found:
        by = exchange.created_by.name if exchange.created_by else None
        rows[organisation_id].append(
            [
                str(shown(exchange.happened)),
                str(exchange.interaction_kind.label),
                context.link(exchange),
                first_words(exchange),
                by,
            ]
        )
    return rows


TABLES = (
    PackTable(
        "exchanges",
        _l("Last exchanges"),
        20,
        (_l("When"), _l("By what means"), _l("Subject"), _l("Note"), _l("Noted by")),
        last_exchanges,
        _l("No exchange noted yet."),
    ),
)

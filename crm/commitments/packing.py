"""What commitments put into a briefing pack: what is owed to and by each organisation."""

from collections import defaultdict

from crm.commitments import queries
from crm.commitments.cells import direction
from crm.core.db import db
from crm.core.i18n import _l
from crm.documents.model import Value
from crm.records.packing import PackContext, PackTable, Rows
from crm.web.templating import shown


def open_commitments(context: PackContext) -> Rows:
    """Return the open commitments with each organisation."""
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    for each in db.session.scalars(queries.open_with(context.organisation_ids)):
        context.note("commitment", each.id)
        rows[each.organisation_id].append(
            [
                direction(each),
                each.name,
                str(shown(each.due)),
                each.owner.name if each.owner else None,
            ]
        )
    return rows


TABLES = (
    PackTable(
        "commitments",
        _l("Open commitments"),
        50,
        (_l("Who owes it"), _l("What is owed"), _l("Due"), _l("Who follows it")),
        open_commitments,
        _l("Nothing is owed."),
    ),
)

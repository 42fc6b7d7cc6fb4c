"""What declarations put into a briefing pack: what we signed with each organisation."""

from collections import defaultdict

from crm.core.db import db
from crm.core.i18n import _l
from crm.declarations import queries
from crm.documents.model import Value
from crm.records.packing import PackContext, PackTable, Rows
from crm.web.templating import shown


def cosigned(context: PackContext) -> Rows:
    """Return the declarations that we and each organisation have signed."""
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    if context.us_id is None:
        return rows
    found = db.session.execute(queries.cosigned_with_many(context.us_id, context.organisation_ids))
    for organisation_id, declaration in found:
        rows[organisation_id].append([context.link(declaration), str(shown(declaration.dated))])
    return rows


TABLES = (
    PackTable(
        "declarations",
        _l("Declarations signed together"),
        50,
        (_l("Declaration"), _l("Date")),
        cosigned,
        _l("No declaration signed together."),
    ),
)

"""What commitments put into a briefing pack: what is owed both ways, and what was settled since."""

from collections import defaultdict
from collections.abc import Sequence

from crm.commitments import queries
from crm.commitments.cells import direction
from crm.core.db import db
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.documents.model import Lines, Value
from crm.records.packing import (
    PackChange,
    PackChanges,
    PackContext,
    PackTable,
    Rows,
    Since,
)
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
                context.link(each.origin),
            ]
        )
    return rows


TABLES = (
    PackTable(
        "commitments",
        _l("Open commitments"),
        50,
        (_l("Who owes it"), _l("What is owed"), _l("Due"), _l("Who follows it"), _l("Said at")),
        open_commitments,
        _l("Nothing is owed."),
    ),
)


def changes(context: PackContext, since: Since) -> Sequence[PackChange]:
    """Return the commitments with those expected that were kept or given up since."""
    found = queries.settled_between(context.organisation_ids, since.after, since.until)
    told = []
    for each in db.session.scalars(found):
        context.note("commitment", each.id)
        day = PartialDate.of(each.settled_on) if each.settled_on else None
        detail = Lines(list(filter(None, (each.name, direction(each), each.outcome))))
        told.append(PackChange(day, str(each.state.label), context.link(each.organisation), detail))
    return told


CHANGES = (PackChanges(40, changes),)

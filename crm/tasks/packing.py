"""What tasks put into a briefing pack: what is to be done about each organisation."""

from collections import defaultdict

from crm.core.db import db
from crm.core.i18n import _l
from crm.documents.model import Value
from crm.records.packing import PackContext, PackTable, Rows
from crm.tasks import queries
from crm.web.templating import shown


def open_tasks(context: PackContext) -> Rows:
    """Return the open tasks about each organisation."""
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    for task in db.session.scalars(queries.open_about(context.organisation_ids)):
        if task.subject_id is None:
            continue
        rows[task.subject_id].append(
            [
                context.link(task),
                str(shown(task.due)),
                task.assignee.name if task.assignee else None,
            ]
        )
    return rows


TABLES = (
    PackTable(
        "tasks",
        _l("Open tasks"),
        60,
        (_l("What is to be done"), _l("Due"), _l("Who does it")),
        open_tasks,
        _l("Nothing to do."),
    ),
)

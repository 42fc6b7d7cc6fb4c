"""What projects put into a briefing pack: what we run with each organisation."""

from collections import defaultdict

from crm.core.db import db
from crm.core.i18n import _l
from crm.documents.model import Value
from crm.projects import queries
from crm.records.packing import PackContext, PackTable, Rows


def joint(context: PackContext) -> Rows:
    """Return the projects in which we and each organisation take part."""
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    if context.us_id is None:
        return rows
    found = db.session.execute(queries.joint_with_many(context.us_id, context.organisation_ids))
    for organisation_id, involvement in found:
        context.note("involvement", involvement.id)
        project = involvement.project
        rows[organisation_id].append(
            [context.link(project), str(involvement.role.label), str(project.status.label)]
        )
    return rows


TABLES = (
    PackTable(
        "projects",
        _l("Projects in common"),
        40,
        (_l("Project"), _l("Their role"), _l("Status")),
        joint,
        _l("No project in common."),
    ),
)

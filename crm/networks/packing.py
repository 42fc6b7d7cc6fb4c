"""What networks put into a briefing pack: where we and each organisation both sit."""

from collections import defaultdict

from crm.core.db import db
from crm.core.i18n import _l
from crm.documents.model import Value
from crm.networks import queries
from crm.records.packing import PackContext, PackTable, Rows


def shared(context: PackContext) -> Rows:
    """Return the networks in which we and each organisation sit today."""
    rows: dict[int, list[list[Value]]] = defaultdict(list)
    if context.us_id is None:
        return rows
    found = db.session.execute(
        queries.shared_with_many(context.us_id, context.organisation_ids, context.day)
    )
    for organisation_id, network in found:
        context.note("membership", network.id * 1_000_000_007 + organisation_id)
        rows[organisation_id].append([context.link(network)])
    return rows


TABLES = (
    PackTable(
        "networks",
        _l("Networks in common"),
        30,
        (_l("Network"),),
        shared,
        _l("No network in common."),
    ),
)

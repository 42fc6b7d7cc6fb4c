"""The search page."""

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.core.db import db
from crm.core.i18n import _
from crm.core.text import fold
from crm.permissions import Permission
from crm.records.kinds import record_link, registry
from crm.search import queries
from crm.web.blueprint import Blueprint
from crm.web.tables import HeaderCell, Row
from crm.web.templating import NavEntry

MOST_RESULTS = 50

bp = Blueprint("search", __name__)


@bp.get("/search", permission=Permission.RECORDS_VIEW)
def index() -> ResponseReturnValue:
    """Show the records that have every word that was typed."""
    text = request.args.get("q", "")[:200]
    kind = request.args.get("kind", "")
    chosen = registry.kinds[kind].stored_kind if kind in registry.kinds else None
    has_more = False
    rows: list[Row] = []
    kinds: list[NavEntry] = []
    if fold(text):
        records = db.session.scalars(queries.found(text, chosen).limit(MOST_RESULTS + 1)).all()
        has_more = len(records) > MOST_RESULTS
        rows = [
            Row([record_link(record), registry.kind_of(record).label])
            for record in records[:MOST_RESULTS]
        ]
        found = db.session.execute(queries.found_by_kind(text)).all()
        counts: dict[str, int] = {name: count for name, count in found}  # noqa: C416 - rows
        kinds = [
            NavEntry(
                f"{registry.kinds[name].label_plural} ({count})",
                url_for(".index", q=text, kind=name),
                current=name == chosen,
            )
            for name, count in sorted(counts.items())
            if name in registry.kinds
        ]
    return render_template(
        "search/index.html",
        q=text,
        kinds=kinds,
        columns=[HeaderCell(_("Name")), HeaderCell(_("Kind"))],
        rows=rows,
        has_more=has_more,
    )

"""The search page."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from crm.permissions import Permission
from crm.records.kinds import registry
from crm.search import page
from crm.web.blueprint import Blueprint

bp = Blueprint("search", __name__)


@bp.get("/search", permission=Permission.RECORDS_VIEW)
def index() -> ResponseReturnValue:
    """Show the records that have every word that was typed."""
    text = request.args.get("q", "")[:200]
    kind = request.args.get("kind", "")
    chosen = registry.kinds[kind].stored_kind if kind in registry.kinds else None
    results = page.results(text, chosen)
    return render_template("search/index.html", q=text, **results)

"""The search page."""

from dataclasses import asdict

from flask import current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from crm.permissions import Permission
from crm.records.kinds import registry
from crm.search import page, palette
from crm.web.blueprint import Blueprint
from crm.web.templating import navigation

bp = Blueprint("search", __name__)


@bp.get("/search", permission=Permission.RECORDS_VIEW)
def index() -> ResponseReturnValue:
    """Show the records that have every word that was typed."""
    text = request.args.get("q", "")[:200]
    kind = request.args.get("kind", "")
    chosen = registry.kinds[kind].stored_kind if kind in registry.kinds else None
    results = page.results(text, chosen)
    return render_template("search/index.html", q=text, **results)


@bp.get("/search/palette", permission=Permission.RECORDS_VIEW)
def propose() -> ResponseReturnValue:
    """Return what the search box proposes while one types."""
    places = navigation(current_app.extensions["navigation"])
    found = palette.proposals(request.args.get("q", "")[:200], places)
    return jsonify([asdict(each) for each in found])

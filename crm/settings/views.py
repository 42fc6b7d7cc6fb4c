"""The settings page."""

import os

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from crm.core.i18n import _
from crm.permissions import Permission
from crm.settings import queries
from crm.web.blueprint import Blueprint
from crm.web.checks import deployment_problems
from crm.web.tables import HeaderCell, Row

bp = Blueprint("settings", __name__, url_prefix="/admin/settings")


@bp.get("/", permission=Permission.ADMIN_SETTINGS, strict_slashes=False)
def index() -> ResponseReturnValue:
    """List the configuration, the versions in use, and what a server open to others lacks."""
    return render_template(
        "settings/index.html",
        setting_columns=[
            HeaderCell(_("Variable")),
            HeaderCell(_("Value")),
            HeaderCell(_("Meaning")),
        ],
        setting_rows=[
            Row([line.name, line.value, line.meaning]) for line in queries.settings(os.environ)
        ],
        fact_columns=[HeaderCell(_("What")), HeaderCell(_("In use"))],
        fact_rows=[Row([line.name, line.value]) for line in queries.facts(current_app.config)],
        problems=deployment_problems(current_app),
    )

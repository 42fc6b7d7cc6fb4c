"""The help page."""

from flask import render_template
from flask.typing import ResponseReturnValue

from crm.core.i18n import _, _l
from crm.help.shortcuts import SHORTCUTS, Shortcut
from crm.permissions import Permission
from crm.web.blueprint import Blueprint
from crm.web.cells import Keys
from crm.web.tables import HeaderCell, Row

bp = Blueprint("help", __name__)

NAMES = {
    "Escape": _l("Esc"),
    "Enter": _l("Enter (key)"),
    "ArrowDown": "↓",
    "ArrowUp": "↑",
}
"""What is printed on keys that browsers call otherwise."""


def _keys(shortcut: Shortcut) -> Keys:
    return Keys([[NAMES.get(key, key) for key in stroke.split("+")] for stroke in shortcut.keys])


@bp.get("/help", permission=Permission.ACCOUNT_OWN)
def index() -> ResponseReturnValue:
    """Show the keys, and where the things are that one does most."""
    return render_template(
        "help/index.html",
        columns=[HeaderCell(_("Key")), HeaderCell(_("What it does"))],
        groups=[
            (group, [Row([_keys(each), each.does]) for each in shortcuts])
            for group, shortcuts in SHORTCUTS
        ],
    )

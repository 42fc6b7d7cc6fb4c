"""The page on which one sees who of a network has signed what."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from crm.gaps import page
from crm.permissions import Permission
from crm.web.blueprint import Blueprint


def add_routes(bp: Blueprint) -> None:
    """Add the page to the blueprint of declarations."""

    @bp.get("/gaps", permission=Permission.RECORDS_VIEW)
    def gaps() -> ResponseReturnValue:
        return render_template("gaps/matrix.html", **page.context(request.args))

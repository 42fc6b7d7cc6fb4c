"""The page of organisations with which we work in more than one way."""

from flask import render_template
from flask.typing import ResponseReturnValue

from crm.permissions import Permission
from crm.ties import page
from crm.web.blueprint import Blueprint


def add_routes(bp: Blueprint) -> None:
    """Add the page to the blueprint of organisations."""

    @bp.get("/several-ways", permission=Permission.RECORDS_VIEW)
    def several_ways() -> ResponseReturnValue:
        return render_template("ties/index.html", **page.context())

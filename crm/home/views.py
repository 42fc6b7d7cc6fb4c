"""The page Today, made of the blocks of all features."""

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.core.i18n import _
from crm.home import blocks
from crm.home.dates import next_dates
from crm.home.steps import first_steps
from crm.permissions import Permission
from crm.web.blueprint import Blueprint
from crm.web.templating import NavEntry

bp = Blueprint("home", __name__)


@bp.get("/", permission=Permission.RECORDS_VIEW)
def today() -> ResponseReturnValue:
    """Show what needs the person, or the team."""
    user_id = _whose()
    views = [blocks.first_rows(block, user_id) for block in blocks.in_order()]
    shown = [view for view in views if view.rows or view.has_failed]
    return render_template(
        "home/today.html",
        tabs=_tabs(user_id),
        is_team=user_id is None,
        steps=first_steps(),
        blocks=shown,
        quiet=[view for view in views if view not in shown],
        dates=[] if shown else next_dates(current_user.id),
    )


@bp.get("/today/<string(maxlength=60):key>", permission=Permission.RECORDS_VIEW)
def block(key: str) -> ResponseReturnValue:
    """Show all rows of a block."""
    found = blocks.with_key(key)
    if found is None:
        abort(404)
    user_id = _whose()
    page = request.args.get("page", 1, type=int)
    page = page if 1 <= page <= blocks.MOST_PAGES else 1
    view = blocks.all_rows(found, user_id, page)
    who = blocks.TEAM if user_id is None else None

    def address(number: int) -> str:
        return url_for("home.block", key=key, who=who, page=number)

    return render_template(
        "home/block.html",
        block=view,
        back_url=url_for("home.today", who=who),
        previous_url=address(page - 1) if page > 1 else None,
        next_url=address(page + 1) if page * blocks.PAGE_ROWS < view.count else None,
    )


def _whose() -> int | None:
    """Return whose day the address asks for: the reader's, unless it asks for the team's."""
    return None if request.args.get("who") == blocks.TEAM else current_user.id


def _tabs(user_id: int | None) -> list[NavEntry]:
    is_mine = user_id is not None
    return [
        NavEntry(_("For me"), url_for("home.today"), current=is_mine),
        NavEntry(_("For the team"), url_for("home.today", who=blocks.TEAM), current=not is_mine),
    ]

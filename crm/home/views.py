"""The page Today, made of the blocks of all features."""

import logging
from dataclasses import dataclass, field

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from crm.core.db import db
from crm.core.i18n import _
from crm.permissions import Permission
from crm.records.kinds import HomeBlock, registry
from crm.records.listing import headings
from crm.web.blueprint import Blueprint
from crm.web.tables import HeaderCell, Row

logger = logging.getLogger(__name__)

MOST_ROWS = 5

bp = Blueprint("home", __name__)


@dataclass
class BlockView:
    """A block as the template draws it."""

    key: str
    title: str
    empty: str
    columns: list[HeaderCell] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    more_url: str | None = None
    has_failed: bool = False


@bp.get("/", permission=Permission.RECORDS_VIEW)
def today() -> ResponseReturnValue:
    """Show what needs the person."""
    blocks = [_block(block) for block in sorted(registry.home, key=lambda each: each.order)]
    return render_template("home/today.html", blocks=blocks)


def _block(block: HomeBlock) -> BlockView:
    """Return a block; one that fails says so alone, and the others are shown."""
    view = BlockView(block.key, str(block.title), str(block.empty))
    try:
        with db.session.begin_nested():
            found = db.session.scalars(block.query().limit(MOST_ROWS + 1)).unique().all()
            view.columns = headings(block.columns)
            view.rows = [
                Row(
                    [column.cell(row) for column in block.columns],
                    actions=block.row_actions(row) if block.row_actions else (),
                )
                for row in found[:MOST_ROWS]
            ]
            if len(found) > MOST_ROWS and block.more_url:
                view.more_url = block.more_url()
    except SQLAlchemyError:
        logger.exception("block failed: %s", block.key)
        view.has_failed = True
        view.empty = _("This block could not be shown. Try again")
    return view

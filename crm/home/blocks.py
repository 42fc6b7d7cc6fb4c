"""The blocks of the page Today: the first rows of each, and a page with all of them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from sqlalchemy import func

from crm.core.db import db
from crm.records.kinds import HomeBlock, registry
from crm.records.listing import count_of, headings, ids_of
from crm.web.returning import coming_back
from crm.web.tables import HeaderCell, Row

logger = logging.getLogger(__name__)

MOST_ROWS = 5
PAGE_ROWS = 100
MOST_PAGES = 10_000
TEAM = "team"
"""What the address says of the day of the whole team."""


@dataclass
class BlockView:
    """A block as the template draws it.

    :param count: how many rows there are, of which the first are shown.
    """

    key: str
    title: str
    empty: str
    columns: list[HeaderCell] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    count: int = 0
    more_url: str | None = None
    has_failed: bool = False


def in_order() -> list[HomeBlock]:
    """Return the blocks of all features, in the order of the page."""
    return sorted(registry.home, key=lambda each: each.order)


def with_key(key: str) -> HomeBlock | None:
    """Return a block by its name."""
    return next((each for each in registry.home if each.key == key), None)


def first_rows(block: HomeBlock, user_id: int | None) -> BlockView:
    """Return a block; one that fails says so alone, and the others are shown.

    :param user_id: whose rows; those of the team for None.
    """
    view = BlockView(block.key, str(block.title), str(block.empty))
    try:
        with db.session.begin_nested():
            found, view.count = _first(block, user_id)
            _show(view, block, found)
            if view.count > MOST_ROWS:
                view.more_url = _url_of_all(block, user_id)
    except Exception:
        logger.exception("block failed: %s", block.key)
        view.rows, view.has_failed = [], True
    return view


def _first(block: HomeBlock, user_id: int | None) -> tuple[list[Any], int]:
    """Return the first rows and how many there are: some blocks read far, and should once."""
    counted = block.query(user_id).add_columns(func.count().over()).limit(MOST_ROWS)
    found = db.session.execute(counted).unique().all()
    return [row[0] for row in found], found[0][-1] if found else 0


def all_rows(block: HomeBlock, user_id: int | None, page: int) -> BlockView:
    """Return a page of the rows of a block."""
    view = BlockView(block.key, str(block.title), str(block.empty))
    view.count = count_of(ids_of(block.query(user_id)))
    _show(view, block, _rows(block, user_id, PAGE_ROWS, skip=(page - 1) * PAGE_ROWS))
    return view


def _rows(block: HomeBlock, user_id: int | None, most: int, skip: int = 0) -> Sequence[Any]:
    query = block.query(user_id).limit(most).offset(skip or None)
    return db.session.scalars(query).unique().all()


def _show(view: BlockView, block: HomeBlock, found: Sequence[Any]) -> None:
    cells = [column.cells(found) for column in block.columns]
    view.columns = headings(block.columns)
    view.rows = [
        Row(
            list(values),
            actions=coming_back(block.row_actions(row)) if block.row_actions else (),
        )
        for row, values in zip(found, zip(*cells, strict=True), strict=True)
    ]


def _url_of_all(block: HomeBlock, user_id: int | None) -> str:
    if block.more_url is not None:
        return block.more_url(user_id)
    return url_for("home.block", key=block.key, who=TEAM if user_id is None else None)

"""Keeps the index of the search quick."""

from crm.core.db import db
from crm.core.queue import periodic, without_write_lock
from crm.records import search


@periodic("search.merge")
def merge_index() -> None:
    """Merge a part of the index when writing has left it in many pieces."""
    with without_write_lock():
        is_in_pieces = search.is_in_pieces(db.session.connection())
    if is_in_pieces:
        search.merge_some(db.session.connection())

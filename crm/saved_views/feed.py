"""What is new or has changed in a saved view, for feed readers."""

from typing import Any

from sqlalchemy import select

from crm.core.db import db
from crm.core.principal import TEAM
from crm.documents.atom import Entry
from crm.feeds.models import PrivateAddress
from crm.records.kinds import registry
from crm.records.models import Record
from crm.records.visibility import alone
from crm.saved_views import queries, services, sources
from crm.saved_views.models import SavedView

MOST_ENTRIES = 50


def view_of(address: PrivateAddress) -> SavedView | None:
    """Return the view a private address leads to, while its owner may still use it."""
    _purpose, _colon, number = address.subject.partition(":")
    if not number.isdigit():
        return None
    view = db.session.scalar(queries.offered(int(number), address.user_id))
    if view is None or address.subject != services.feed_subject(view):
        return None
    return view if view.kind in registry.kinds else None


def entries(view: SavedView, server: str) -> list[Entry] | None:
    """Return the records of a view that changed last and that the whole team may see.

    None when it asks for something that is gone: without that it would mean more of them.
    """
    stored = (view.kind, view.address)
    with alone(TEAM):
        listing = sources.listing_at(*stored)
        if listing.notices:
            return None
        ids = listing.query.with_only_columns(listing.kind.model.id).order_by(None).subquery()
        newest: Any = (
            select(Record)
            .where(Record.id.in_(select(ids)))
            .order_by(Record.updated_at.desc(), Record.id.desc())
            .limit(MOST_ENTRIES)
        )
        return [
            Entry(
                title=record.title,
                url=server + registry.kind_of(record).url(record),
                updated=record.updated_at,
            )
            for record in db.session.scalars(newest)
        ]

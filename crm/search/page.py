"""What the search page shows."""

from typing import Any

from flask import url_for

from crm.core.db import db
from crm.core.i18n import _
from crm.core.text import searched
from crm.records.kinds import record_link, registry
from crm.search import queries
from crm.search.guessing import guess
from crm.web.tables import HeaderCell, Row
from crm.web.templating import NavEntry

MOST_RESULTS = 50


def results(text: str, kind: str | None) -> dict[str, Any]:
    """Return what is found by a text, or by what was meant where it was mistyped.

    :param kind: only records of this kind.
    """
    meant = None
    if searched(text) and db.session.scalar(queries.has_any(text)) is None:
        guessed = guess(text)
        meant = guessed.text if guessed is not None else None
    return {
        "columns": [HeaderCell(_("Name")), HeaderCell(_("Kind"))],
        "meant": meant,
        **_found(meant or text, kind),
    }


def _found(text: str, kind: str | None) -> dict[str, Any]:
    if not searched(text):
        return {"rows": [], "kinds": [], "has_more": False}
    records = db.session.scalars(
        queries.found(text, [kind] if kind else ()).limit(MOST_RESULTS + 1)
    ).all()
    counts = dict(db.session.execute(queries.found_by_kind(text)).all())
    return {
        "has_more": len(records) > MOST_RESULTS,
        "rows": [
            Row([record_link(record), registry.kind_of(record).label])
            for record in records[:MOST_RESULTS]
        ],
        "kinds": [
            NavEntry(
                f"{registry.kinds[name].label_plural} ({_count(count)})",
                url_for("search.index", q=text, kind=name),
                current=name == kind,
            )
            for name, count in sorted(counts.items())
            if name in registry.kinds
        ],
    }


def _count(count: int) -> str:
    """Return a number of results; of a common word not all are counted."""
    return str(count) if count < queries.MOST_LOOKED_AT else f"{queries.MOST_LOOKED_AT}+"

"""What the search page shows."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import url_for

from crm.core.i18n import _
from crm.core.text import searched
from crm.records.kinds import link_to, registry
from crm.search import queries
from crm.search.guessing import guess
from crm.web.tables import HeaderCell, Row
from crm.web.templating import NavEntry

MOST_RESULTS = 50


def results(text: str, kind: str | None) -> dict[str, Any]:
    """Return what is found by a text, or by what was meant where it was mistyped.

    :param kind: only records of this kind.
    """
    places = _places(text)
    meant = None
    if not places and searched(text):
        guessed = guess(text)
        meant = guessed.text if guessed is not None else None
        places = _places(meant) if meant else []
    return {
        "columns": [HeaderCell(_("Name")), HeaderCell(_("Kind"))],
        "meant": meant,
        **_found(places, meant or text, kind),
    }


def _places(text: str) -> list[tuple[int, str]]:
    """Return the ids and kinds of what is found, the closest first."""
    if not searched(text):
        return []
    found = queries.places().run(**queries.asked(text))
    return [(record_id, name) for record_id, name in found]


def _found(places: Sequence[tuple[int, str]], text: str, kind: str | None) -> dict[str, Any]:
    wanted = [record_id for record_id, name in places if kind in (None, name)]
    shown = wanted[:MOST_RESULTS]
    counts = Counter(name for _record_id, name in places)
    is_cut = len(places) >= queries.MOST_LOOKED_AT
    return {
        "has_more": len(wanted) > MOST_RESULTS,
        "rows": _rows(shown),
        "kinds": [
            NavEntry(
                f"{registry.kinds[name].label_plural} ({_count(count, is_cut=is_cut)})",
                url_for("search.index", q=text, kind=name),
                current=name == kind,
            )
            for name, count in sorted(counts.items())
            if name in registry.kinds
        ],
    }


def _rows(record_ids: Sequence[int]) -> list[Row]:
    if not record_ids:
        return []
    known = {
        record_id: Row([link_to(kind, record_id, title), str(registry.kinds[kind].label)])
        for kind, record_id, title in queries.titles().run(ids=record_ids)
        if kind in registry.kinds
    }
    return [known[record_id] for record_id in record_ids if record_id in known]


def _count(count: int, *, is_cut: bool) -> str:
    """Return a number of results; of a common word not all are counted."""
    return f"{count}+" if is_cut else str(count)

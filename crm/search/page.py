"""What the search page shows."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import url_for

from crm.core.db import db
from crm.core.i18n import _
from crm.core.text import searched
from crm.records.kinds import link_to, registry
from crm.records.search import few_with
from crm.search import queries
from crm.search.guessing import guess
from crm.web.tables import HeaderCell, Row
from crm.web.templating import NavEntry

MOST_RESULTS = 50


class Place(NamedTuple):
    """A record that was found.

    :param title: read later, of those that are shown, where there are many.
    """

    id: int
    kind: str
    title: str | None = None


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


def _places(text: str) -> list[Place]:
    """Return what is found, the closest first."""
    if not searched(text):
        return []
    few = few_with(db.session.connection(), text, MOST_RESULTS)
    if few == []:
        return []
    asked = queries.asked(text)
    if few is not None:
        return [Place(*row) for row in queries.few_places().run(ids=few, **asked)]
    return [Place(*row) for row in queries.places().run(**asked)]


def _found(places: Sequence[Place], text: str, kind: str | None) -> dict[str, Any]:
    wanted = [place for place in places if kind in (None, place.kind)]
    shown = wanted[:MOST_RESULTS]
    counts = Counter(place.kind for place in places)
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


def _rows(places: Sequence[Place]) -> list[Row]:
    ids = [place.id for place in places if place.title is None]
    named = {row[0]: Place(*row) for row in queries.titles().run(ids=ids)} if ids else {}
    known = (named.get(place.id, place) for place in places)
    return [
        Row([link_to(each.kind, each.id, each.title), str(registry.kinds[each.kind].label)])
        for each in known
        if each.title is not None and each.kind in registry.kinds
    ]


def _count(count: int, *, is_cut: bool) -> str:
    """Return a number of results; of a common word not all are counted."""
    return f"{count}+" if is_cut else str(count)

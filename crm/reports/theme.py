"""What is on a theme, and by what it was found to be."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from crm.core.db import db
from crm.core.i18n import _l
from crm.core.text import tokens
from crm.records.filed import Gathered, Rows
from crm.records.kinds import Column, Filter, registry
from crm.reports import queries
from crm.web.cells import lines

KEY = "on_theme"
KINDS = ("interaction", "meeting", "declaration")

WAYS: dict[str, Any] = {
    "1-tag": _l("tag"),
    "2-theme": _l("theme"),
    "3-words": _l("words"),
    "4-topic": _l("what it was about"),
}


def _checked(value: str) -> str:
    if not tokens(value):
        raise ValueError("no word")
    return value


def _filter(kind: str) -> Filter:
    def where(value: str) -> Any:
        found = queries.on_theme(_checked(value))
        return found | queries.about_theme(value) if kind == "interaction" else found

    return Filter(KEY, _l("On the theme (tag or words)"), where=where, kind="text")


FILTERS = tuple((kind, _filter(kind)) for kind in KINDS)


def matched_by(theme: str) -> Column:
    """Return the column that says by what each record of a list is on a theme."""
    # The list of meetings knows what a theme of theirs is.
    has_theme = registry.filters_of(registry.kinds["meeting"])["theme"].where(theme)
    rows = Rows(lambda ids: queries.matched_by(theme, ids, has_theme))

    def together(found: Sequence[Any]) -> dict[int, Any]:
        ways: dict[int, list[Any]] = defaultdict(list)
        for record_id, way in db.session.execute(rows.query([row.id for row in found])):
            ways[record_id].append(WAYS[way])
        return {record_id: lines(known) for record_id, known in ways.items()}

    return Column(
        "matched",
        _l("Found by"),
        together=together,
        filed=Gathered(rows, say=lambda way: str(WAYS[way])),
    )

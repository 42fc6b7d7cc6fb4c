"""How it reads with whom we work in more than one way."""

from collections import defaultdict
from typing import Any

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _, _n
from crm.organisations.queries import ourselves
from crm.records import queries as records
from crm.records.kinds import record_link, registry
from crm.ties import queries
from crm.web.cells import Chip, lines
from crm.web.tables import HeaderCell, Row

FEWEST = 2
MOST_ROWS = 200
MOST_NAMED = 10
"""Things shared with one organisation in one way; of more the number is told."""


def context() -> dict[str, Any]:
    """Return what the page shows."""
    ties, us, day = registry.ties, db.session.scalars(ourselves()).first(), today()
    columns = [HeaderCell(_("Organisation")), HeaderCell(_("Ways"), numeric=True)]
    columns += [HeaderCell(str(tie.label)) for tie in ties]
    if us is None or not ties:
        return {"columns": columns, "rows": [], "notes": [], "count_text": ""}
    query = queries.in_several_ways(ties, us.id, day, FEWEST)
    found = db.session.execute(query.limit(MOST_ROWS + 1)).all()
    shared: dict[tuple[int, str], list[int]] = defaultdict(list)
    for organisation_id, record_id, way in db.session.execute(
        queries.shared_with(ties, us.id, day, [row[0].id for row in found[:MOST_ROWS]])
    ):
        shared[organisation_id, way].append(record_id)
    ids = {record_id for each in shared.values() for record_id in each}
    titles = {each.id: each for each in db.session.scalars(records.with_ids(ids))}

    def named(organisation_id: int, way: str) -> Any:
        known = [titles[each] for each in shared[organisation_id, way] if each in titles]
        known.sort(key=lambda each: each.sort_key)
        more = len(known) - MOST_NAMED
        rest = _n("and %(num)d more", "and %(num)d more", more) if more > 0 else None
        return lines([*(record_link(each) for each in known[:MOST_NAMED]), rest])

    rows = [
        Row(
            [
                record_link(organisation),
                Chip(str(ways), "ok" if ways == len(ties) else "neutral"),
                *(named(organisation.id, tie.key) for tie in ties),
            ]
        )
        for organisation, ways, _things in found[:MOST_ROWS]
    ]
    is_cut = len(found) > MOST_ROWS
    return {
        "columns": columns,
        "rows": rows,
        "notes": [_("The first %(num)d are shown", num=MOST_ROWS)] if is_cut else [],
        "count_text": _n("%(num)d organisation", "%(num)d organisations", len(rows)),
    }

"""How a report of activity reads on the screen."""

from typing import Any

from flask import url_for
from flask_login import current_user

from crm.core.i18n import _, _n
from crm.permissions import Permission
from crm.records.listing import headings
from crm.reports.activity import MOST_PARTS, Activity, Question
from crm.web.cells import Action, Link
from crm.web.tables import Row, Table
from crm.web.templating import locale_code

MOST_NAMED = 20
"""Records of each list; all of them are in the list itself."""


def context(question: Question) -> dict[str, Any]:
    """Return what the page shows of the answer."""
    found = Activity(question)
    return {
        "period": question.period.in_words(locale_code()),
        "is_empty": found.is_empty,
        "findings": found.findings(),
        "figures": found.figures(),
        "tables": [each for each in (found.by_country, found.by_network) if each.rows],
        "lists": [_named(found, key) for key in found.lists if found.counts[key]],
        "parts": [
            (key, each, _cut(each))
            for key, each in (
                ("handed-in", found.table_of_submissions()),
                ("published", found.table_of_outputs()),
            )
        ],
        "actions": [] if found.is_empty else _actions(question),
    }


def _actions(question: Question) -> list[Action]:
    if not current_user.can(Permission.EXPORTS_MAKE):
        return []
    arguments: dict[str, Any] = question.args
    return [Action(_("Make a file"), url_for("reports.activity_file", **arguments))]


def _named(found: Activity, key: str) -> tuple[Table, Link | None]:
    """Return the first records of a list as a table, and where all of them are."""
    listing, columns = found.lists[key], found.columns(key)
    records = listing.piece().rows[:MOST_NAMED]
    cells = [column.cells(records) for column in columns]
    table = Table(
        str(listing.kind.label_plural),
        headings(columns),
        [Row(list(row)) for row in zip(*cells, strict=True)],
    )
    number = found.counts[key]
    if number <= MOST_NAMED:
        return table, None
    return table, Link(_n("See all %(num)d", "See all %(num)d", number), listing.address())


def _cut(table: Table) -> str:
    if len(table.rows) < MOST_PARTS:
        return ""
    return _("The first %(num)d are shown", num=MOST_PARTS)

"""The page of whom an organisation is tied to: a table, and the closest of them as a drawing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from flask import url_for

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _, _l, _n
from crm.organisations.models import Organisation, OrganisationKind
from crm.records.kinds import record_link, registry
from crm.records.models import Record
from crm.reports import queries
from crm.web.cells import Link, lines
from crm.web.graphs import Graph, Node, NodeGroup, around
from crm.web.tables import HeaderCell, Row, Table

MOST_DRAWN = 40
MOST_NAMED = 60
"""Of each group, in the table."""
FEWEST = 2
"""Of one alone no drawing is made."""

LABELS: dict[str, Any] = {
    "people": _l("People"),
    "networks": _l("Networks"),
    "projects": _l("Projects"),
    "declarations": _l("Declarations"),
    "related": _l("Related organisations"),
    "shared": _l("Sharing most with it"),
}
"""Of the groups."""
WAYS: dict[str, Any] = {
    "people": _l("works there"),
    "networks": _l("it belongs there"),
    "projects": _l("takes part"),
    "declarations": _l("has signed"),
    "relations": _l("relation"),
    "parts": _l("part of it"),
    "whole": _l("it is part of this"),
    "members": _l("member"),
}
"""Besides what is shared, which has the labels of the features."""


@dataclass(frozen=True)
class Neighbour:
    """A record that an organisation is tied to.

    :param ties: in how many ways.
    """

    record: Record
    ties: int


@dataclass(frozen=True)
class Group:
    """What an organisation is tied to in one way first.

    :param known: the closest of them.
    :param size: how many they all are.
    """

    key: str
    known: Sequence[Neighbour]
    size: int

    @property
    def label(self) -> str:
        """Return what they are called, with their number."""
        return _("%(label)s (%(num)d)", label=LABELS[self.key], num=self.size)


def context(organisation: Organisation) -> dict[str, Any]:
    """Return what the page shows."""
    ties = queries.ties_of(organisation.id, today(), registry.ties)
    groups = _groups(ties)
    total = sum(each.size for each in groups)
    return {
        "organisation": organisation,
        "title": _("Ties of %(title)s", title=organisation.title),
        "back_url": registry.kind_of(organisation).url(organisation),
        "count_text": _n("%(num)d link", "%(num)d links", total),
        "tables": _tables(organisation, groups, ties),
        "graph": _graph(organisation, groups, total) if total >= FEWEST else None,
    }


def _groups(ties: Any) -> list[Group]:
    found: dict[str, list[Neighbour]] = defaultdict(list)
    sizes: dict[str, int] = {}
    for record, place, number, size in db.session.execute(queries.closest(ties, MOST_NAMED)):
        key = queries.GROUPS[place]
        found[key].append(Neighbour(record, number))
        sizes[key] = size
    return [Group(key, known, sizes[key]) for key, known in found.items()]


def _tables(
    organisation: Organisation, groups: Sequence[Group], ties: Any
) -> list[tuple[Table, Link | str | None]]:
    """Return a table for each group, and where those are who are not in it."""
    ids = [each.record.id for group in groups for each in group.known]
    ways: dict[int, list[str]] = defaultdict(list)
    for record_id, way, number in db.session.execute(queries.ways_to(ties, ids)):
        ways[record_id].append(_way(way, number))
    columns = [HeaderCell(_("Name")), HeaderCell(_("How")), HeaderCell(_("Ties"), numeric=True)]
    return [
        (
            Table(
                group.label,
                columns,
                [
                    Row([record_link(each.record), lines(ways[each.record.id]), each.ties])
                    for each in group.known
                ],
            ),
            _rest(organisation, group),
        )
        for group in groups
    ]


def _way(key: str, number: int) -> str:
    shared = {tie.key: tie.label for tie in registry.ties}
    label = WAYS.get(key) or _("shares: %(what)s", what=shared[key.removeprefix(queries.SHARED)])
    return str(label) if number == 1 else _("%(way)s (%(num)d)", way=label, num=number)


def _rest(organisation: Organisation, group: Group) -> Link | str | None:
    more = group.size - len(group.known)
    if not more:
        return None
    words = _and_more(more)
    url = _list_of(organisation, group.key)
    return Link(words, url) if url else words


def _list_of(organisation: Organisation, key: str) -> str | None:
    """Return the list that shows the whole group, where there is one."""
    match key:
        case "people":
            return url_for("people.index", organisation=organisation.id)
        case "projects":
            return url_for("projects.index", partner=organisation.id)
        case "declarations":
            return url_for("declarations.index", signatory=organisation.id)
        case "related" if organisation.organisation_kind == OrganisationKind.NETWORK:
            return url_for("organisations.index", network=organisation.id)
    return None


def _graph(organisation: Organisation, groups: Sequence[Group], total: int) -> Graph:
    drawn = drawn_of(groups)
    more = total - sum(len(each) for each in drawn.values())
    rest = [NodeGroup(_("Not drawn"), [Node(_and_more(more), "#ties")])] if more else []
    return around(
        _("The closest of each kind"),
        organisation.title,
        [
            *(
                NodeGroup(
                    group.label,
                    [
                        Node(
                            each.record.title,
                            registry.kind_of(each.record).url(each.record),
                            each.ties,
                        )
                        for each in drawn[group.key]
                    ],
                )
                for group in groups
            ),
            *rest,
        ],
    )


def _and_more(more: int) -> str:
    return _n("and %(num)d more", "and %(num)d more", more)


def drawn_of(groups: Sequence[Group]) -> dict[str, Sequence[Neighbour]]:
    """Return whom of each group there is room for: the closest of each group in turn."""
    turns = zip_longest(*([(group.key, each) for each in group.known] for group in groups))
    first = [each for each in chain.from_iterable(turns) if each is not None][:MOST_DRAWN]
    return {
        group.key: [neighbour for key, neighbour in first if key == group.key] for group in groups
    }

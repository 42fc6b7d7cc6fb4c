"""What the search box proposes while one types: records, who we know there, and things to do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.core.text import fold, searched
from crm.records.kinds import registry
from crm.records.models import Record
from crm.search import queries
from crm.search.guessing import guess
from crm.web.templating import NavEntry, locale_code

MOST_RECORDS = 8
MOST_PEOPLE = 3
MOST_RECENT = 6
MOST_COMMANDS = 4
SHORTEST = 2
"""Letters: of one alone nearly everything begins with."""


@dataclass(frozen=True)
class Proposal:
    """A line of the box.

    :param group: under which heading it stands.
    :param context: what it is, or who of us knows whom.
    """

    group: str
    value: str
    context: str
    url: str


def proposals(text: str, places: Sequence[NavEntry]) -> list[Proposal]:
    """Return what the box proposes for a text.

    :param places: where the person may go to.
    """
    words = searched(text)
    if not words:
        return [*_recent(), *_commands("", places)] if not text.strip() else []
    if len("".join(words)) < SHORTEST:
        return []
    records = _records(text)
    if not records and (meant := guess(text)) is not None:
        records = _records(meant.text)
    found = []
    for place, record in enumerate(records):
        found.append(_proposal(record))
        if place == 0 and record.kind == "organisation":
            found += _people_at(record)
    by_group: dict[str, list[Proposal]] = {}
    for each in found:
        by_group.setdefault(each.group, []).append(each)
    return [each for group in by_group.values() for each in group] + _commands(text, places)


def _records(text: str) -> list[Record]:
    return list(db.session.scalars(queries.found().limit(MOST_RECORDS), queries.asked(text)))


def _proposal(record: Record, group: str | None = None) -> Proposal:
    kind = registry.kind_of(record)
    return Proposal(
        group or str(kind.label_plural), record.title, str(kind.label), kind.url(record)
    )


def _recent() -> list[Proposal]:
    """Return what the person has worked on last."""
    found = db.session.scalars(queries.changed_last_by(current_user.id).limit(MOST_RECENT))
    return [_proposal(record, _("Recent")) for record in found if record.kind in registry.kinds]


def _people_at(organisation: Record) -> list[Proposal]:
    """Return whom we know at an organisation, whom we spoke to last first."""
    people = db.session.scalars(queries.people_at(organisation.id, today())).all()
    known = _known_by([person.id for person in people])
    ordered = sorted(people, key=lambda each: _last(known.get(each.id)), reverse=True)
    return [
        Proposal(
            str(registry.kind_of(organisation).label_plural),
            person.title,
            _acquaintance(known.get(person.id)),
            registry.kind_of(person).url(person),
        )
        for person in ordered[:MOST_PEOPLE]
    ]


Known = tuple[str | None, PartialDate]
"""Who of us had the last exchange with somebody, and when."""


def _known_by(person_ids: Sequence[int]) -> dict[int, Known]:
    known: dict[int, Known] = {}
    rows: Iterable[Any] = (
        db.session.execute(queries.exchanges_with(person_ids)) if person_ids else ()
    )
    for person_id, name, last in rows:
        if person_id not in known or last > known[person_id][1]:
            known[person_id] = (name, last)
    return known


def _last(known: Known | None) -> str:
    return str(known[1]) if known is not None else ""


def _acquaintance(known: Known | None) -> str:
    if known is None:
        return _("No exchange yet")
    name, last = known
    when = last.format(locale_code())
    if name is None:
        return _("last exchange: %(when)s", when=when)
    return _("known by %(who)s, %(when)s", who=name, when=when)


def _commands(text: str, places: Sequence[NavEntry]) -> list[Proposal]:
    """Return what can be done or opened whose words begin as those that were typed."""
    group = _("Go to")
    offered = [
        Proposal(_("Do"), str(kind.add_label), "", url_for(f"{kind.path}.create"))
        for kind in registry.kinds.values()
        if kind.create is not None and current_user.can(kind.edit_permission)
    ]
    offered += [
        Proposal(_("Do"), str(way.label), "", way.url)
        for kind in registry.kinds
        for way in registry.other_ways_to_add(kind)
    ]
    offered += [Proposal(group, each.label, "", each.url) for each in places]
    asked = searched(text)
    kept = [each for each in offered if _begins(each.value, asked)] if asked else offered
    return kept[:MOST_COMMANDS]


def _begins(label: str, asked: Sequence[str]) -> bool:
    """Tell whether each word that was typed begins a word of a label."""
    words = fold(label).split()
    return all(any(word.startswith(each) for word in words) for each in asked)

"""Whom and what a line means, among what may be seen: nobody is chosen who could be another."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from crm.accounts import queries as accounts
from crm.capture import line, queries
from crm.capture.line import Reading
from crm.capture.vocabulary import MYSELF
from crm.core.clock import today
from crm.core.db import db
from crm.core.text import fold, tokens
from crm.people.models import Person
from crm.records import queries as records

ORGANISATION, PERSON = "organisation", "person"
TOPIC_KINDS = ("meeting", "declaration", "project", ORGANISATION)
LONGEST = 300
"""Characters of a name that are looked for."""


@dataclass
class Understood:
    """A line, with the records it names.

    :param chosen: ids of those that are meant for certain.
    :param typed: names that several bear, or nobody: a person decides.
    :param likely: people who may be meant and work where the line says.
    :param topic_ids: records whose very name is the subject.
    """

    reading: Reading
    chosen: list[int] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)
    likely: list[Person] = field(default_factory=list)
    topic_ids: list[int] = field(default_factory=list)


def understand(text: str, user_id: int) -> Understood:
    """Read a line, as somebody of the team means it."""
    day = today()
    reading = line.read(text, day, known=_known(line.phrases(text)), team=_team(user_id))
    understood = Understood(reading)
    people = [name for name in reading.names if not _take_organisation(name, understood)]
    at = list(understood.chosen)
    for name in people:
        _take_person(name, at, day, understood)
    understood.topic_ids = _topics(reading.subject) if reading.subject else []
    return understood


def _known(phrases: Sequence[str]) -> set[str]:
    """Return which phrases are the name of an organisation, or the full name of a person."""
    if not phrases:
        return set()
    known: set[str] = set()
    for kind, names in db.session.execute(queries.bearing_any(phrases, [ORGANISATION, PERSON])):
        found = set(names.split(queries.LINE_END)) & set(phrases)
        known |= {name for name in found if kind != PERSON or len(name.split()) > 1}
    return known


def _team(user_id: int) -> dict[str, int]:
    """Return whom each name of a colleague means, where it is one alone."""
    colleagues = db.session.scalars(accounts.team()).all()
    named = [
        (name, each.id) for each in colleagues for name in {fold(each.name), *tokens(each.name)}
    ]
    bearers = Counter(name for name, _id in named)
    team = {name: colleague_id for name, colleague_id in named if bearers[name] == 1}
    return {**team, **dict.fromkeys(MYSELF, user_id)}


def _bearers(name: str, kind: str) -> list[int]:
    """Return the ids of those whose whole name or acronym it is."""
    found = db.session.execute(records.bearing(name[:LONGEST], [kind]))
    return [record_id for record_id, how_close in found if how_close == 0]


def _topics(subject: str) -> list[int]:
    """Return the one record whose very name a subject is."""
    found = [record_id for kind in TOPIC_KINDS for record_id in _bearers(subject, kind)]
    return found if len(found) == 1 else []


def _take_organisation(name: str, understood: Understood) -> bool:
    """Take the name of one organisation; what a person bears as well is left to decide."""
    bearers = _bearers(name, ORGANISATION)
    if len(bearers) != 1 or _bearers(name, PERSON):
        return False
    understood.chosen += bearers
    return True


def _take_person(name: str, at: Sequence[int], day: date, understood: Understood) -> None:
    """Take somebody whose full name is unmistakable, or who alone is called so where they work."""
    bearers = _bearers(name, PERSON)
    if len(bearers) == 1 and len(tokens(name)) > 1 and not _bearers(name, ORGANISATION):
        understood.chosen += bearers
        return
    there = _working(name, at, day)
    if len(there) == 1:
        understood.chosen.append(there[0].id)
    else:
        understood.typed.append(name)
        understood.likely += there


def _working(name: str, organisation_ids: Sequence[int], day: date) -> list[Person]:
    """Return those who work at the organisations named and have every word of a name in theirs."""
    if not organisation_ids or not tokens(name):
        return []
    found = db.session.scalars(queries.named_at(name[:LONGEST], organisation_ids, day))
    return [person for person in found if set(tokens(name)) <= _words(person)]


def _words(person: Person) -> set[str]:
    names = (person.name, person.given_name, person.family_name, person.native_name)
    known = (*names, *(each.text for each in person.names))
    return {word for name in known if name for word in tokens(name)}

"""Questions of the search page. Each returns a statement; the caller fetches.

Those that every search asks are prepared: they are made once.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, bindparam, func, select

from crm.accounts.models import User
from crm.core.literals import constant
from crm.core.partial_date import PartialDate, active_on
from crm.core.text import searched
from crm.interactions.models import Interaction, Participant
from crm.people.models import Person, Position
from crm.records import search
from crm.records.models import Record, SearchWord
from crm.records.search import (
    closeness_as_asked,
    having_asked_words,
    matching_any,
)
from crm.records.visibility import Prepared

MOST_LOOKED_AT = 2_000
"""Records of a common word that are compared; what begins with it is among them in any case."""
MOST_BEGINNING = 200
MOST_GUESSES = 500
MOST_COLLEAGUES = 50
"""People of one organisation among whom those we know are looked for."""
KINDS = ("organisation", "person", "meeting", "declaration", "project", "interaction", "task")
"""Whom one looks for most often comes first among equals."""


def asked(text: str) -> dict[str, Any]:
    """Return what :func:`found` and :func:`places` take to look for a text that has words."""
    words = " ".join(searched(text))
    return {**search.asked(text), "first": words, "beyond": f"{words}{LAST}"}


def _candidates() -> Select[int]:
    """Return the ids of the records that have every word, as many as are compared."""
    has_words = having_asked_words(Record)
    beginning = (
        select(Record.id)
        .where(
            Record.kind.in_(KINDS),
            Record.sort_key >= bindparam("first"),
            Record.sort_key < bindparam("beyond"),
            has_words,
        )
        .limit(MOST_BEGINNING)
    )
    others = select(Record.id).where(has_words).limit(MOST_LOOKED_AT)
    both = sa.union(select(beginning.subquery().c.id), select(others.subquery().c.id)).subquery()
    return select(both.c.id)


LAST = "{"
"""Sorts after every letter and digit, byte by byte."""


def _in_order(query: Any) -> Any:
    order = sa.case({kind: place for place, kind in enumerate(KINDS)}, value=Record.kind, else_=99)
    return query.order_by(
        closeness_as_asked(Record.search_names), order, Record.sort_key, Record.id
    )


@cache
def found() -> Select[Record]:
    """Return the records that have every word that is asked for, the closest first."""
    query: Select[Record] = _in_order(select(Record).where(Record.id.in_(_candidates())))
    return query


@cache
def places() -> Prepared:
    """Return (id, kind) of the records that have every word asked for, the closest first."""
    query = select(Record.id, Record.kind).where(Record.id.in_(_candidates()))
    return Prepared(_in_order(query))


@cache
def few_places() -> Prepared:
    """Return (id, kind, title) of records, the closest first; takes ``ids``, too."""
    return Prepared(_in_order(_titled()))


@cache
def titles() -> Prepared:
    """Return (id, kind, title) of records; takes ``ids``."""
    return Prepared(_titled())


def _titled() -> Select[int, str, str]:
    ids: Any = bindparam("ids", expanding=True)
    return select(Record.id, Record.kind, Record.title).where(Record.id.in_(ids))


@cache
def one_found() -> Prepared:
    """Return the id of one record that has every word asked for; takes ``words``."""
    return Prepared(select(Record.id).where(having_asked_words(Record)).limit(constant(1)))


@cache
def words_like() -> Select[str]:
    """Return words that share one half with a word, or two letters of it in the other order.

    One mistake is in one half or the other, so that the right word is among them. Takes what
    :func:`halves` returns.
    """
    word, backwards = SearchWord.word, SearchWord.backwards
    return select(word).where(
        func.length(word).between(bindparam("shortest"), bindparam("longest")),
        sa.or_(
            sa.and_(word >= bindparam("half"), word < bindparam("after_half")),
            sa.and_(backwards >= bindparam("end"), backwards < bindparam("after_end")),
            word.in_(bindparam("swapped", expanding=True)),
        ),
    )


def halves(word: str) -> dict[str, Any]:
    """Return by what :func:`words_like` finds the words like one."""
    half, end = word[: len(word) // 2], word[len(word) // 2 :][::-1]
    return {
        "shortest": len(word) - 1,
        "longest": len(word) + 1,
        "half": half,
        "after_half": f"{half}{LAST}",
        "end": end,
        "after_end": f"{end}{LAST}",
        "swapped": [
            word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)
        ],
    }


def changed_last_by(user_id: int) -> Select[Record]:
    """Return the records that somebody of us has added or changed, the last first."""
    return (
        select(Record)
        .where(Record.updated_by_id == user_id)
        .order_by(Record.updated_at.desc(), Record.id.desc())
    )


def people_at(organisation_id: int, day: date) -> Select[Person]:
    """Return those who work at an organisation on a day."""
    return (
        select(Person)
        .join(Position, Position.person_id == Person.id)
        .where(
            Position.organisation_id == organisation_id,
            active_on(Position.since, Position.until, day),
        )
        .order_by(Person.sort_key, Person.id)
        .distinct()
        .limit(MOST_COLLEAGUES)
    )


def exchanges_with(record_ids: Sequence[int]) -> Select[int, str | None, PartialDate]:
    """Return (record id, name of one of us, when the last exchange was) for each of us.

    The name is missing where an exchange was loaded rather than logged by somebody.
    """
    return (
        select(Participant.record_id, User.name, func.max(Interaction.happened))
        .join(Interaction, Interaction.id == Participant.interaction_id)
        .outerjoin(User, User.id == Interaction.created_by_id)
        .where(Participant.record_id.in_(list(record_ids)))
        .group_by(Participant.record_id, User.id, User.name)
    )


def names_with_any(words: Iterable[str]) -> Select[str]:
    """Return the names of the records that have one of the words, as whoever asks sees them."""
    return (
        select(Record.search_names).where(matching_any(Record.id, list(words))).limit(MOST_GUESSES)
    )

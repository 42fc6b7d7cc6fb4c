"""Questions of the search page. Each returns a statement; the caller fetches."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy import Select, func, select

from crm.core.text import searched
from crm.records.models import Record, SearchWord
from crm.records.search import closeness, matching, matching_any

MOST_LOOKED_AT = 2_000
"""Records of a common word that are compared; what begins with it is among them in any case."""
MOST_BEGINNING = 200
MOST_GUESSES = 500
KINDS = ("organisation", "person", "meeting", "declaration", "project", "interaction", "task")
"""Whom one looks for most often comes first among equals."""


def _candidates(text: str) -> Select[int]:
    """Return the ids of the records that have every word, as many as are compared."""
    words = " ".join(searched(text))
    beginning = (
        select(Record.id)
        .where(
            Record.kind.in_(KINDS),
            Record.sort_key >= words,
            Record.sort_key < f"{words}{LAST}",
            matching(Record.id, text),
        )
        .limit(MOST_BEGINNING)
    )
    others = select(Record.id).where(matching(Record.id, text)).limit(MOST_LOOKED_AT)
    both = sa.union(select(beginning.subquery().c.id), select(others.subquery().c.id)).subquery()
    return select(both.c.id)


LAST = "{"
"""Sorts after every letter and digit, byte by byte."""


def found(text: str, kinds: Sequence[str] = ()) -> Select[Record]:
    """Return the records that have every word of a text, the closest first."""
    query = select(Record).where(Record.id.in_(_candidates(text)))
    if kinds:
        query = query.where(Record.kind.in_(kinds))
    order = sa.case({kind: place for place, kind in enumerate(KINDS)}, value=Record.kind, else_=99)
    return query.order_by(closeness(Record.search_names, text), order, Record.sort_key, Record.id)


def found_by_kind(text: str) -> Select[str, int]:
    """Return (kind, number) of the records that have every word of a text."""
    ids = _candidates(text)
    return select(Record.kind, func.count()).where(Record.id.in_(ids)).group_by(Record.kind)


def has_any(text: str) -> Select[int]:
    """Return the id of one record that has every word of a text."""
    return select(Record.id).where(matching(Record.id, text)).limit(1)


def words_like(word: str) -> Select[str]:
    """Return words that share one half with a word, or two letters of it in the other order.

    One mistake is in one half or the other, so that the right word is among them.
    """
    half = len(word) // 2
    beginning, end = word[:half], word[half:][::-1]
    swapped = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(len(word) - 1)]
    return select(SearchWord.word).where(
        func.length(SearchWord.word).between(len(word) - 1, len(word) + 1),
        sa.or_(
            sa.and_(SearchWord.word >= beginning, SearchWord.word < f"{beginning}{LAST}"),
            sa.and_(SearchWord.backwards >= end, SearchWord.backwards < f"{end}{LAST}"),
            SearchWord.word.in_(swapped),
        ),
    )


def names_with_any(words: Iterable[str]) -> Select[str]:
    """Return the names of the records that have one of the words, as whoever asks sees them."""
    return (
        select(Record.search_names).where(matching_any(Record.id, list(words))).limit(MOST_GUESSES)
    )

"""Guesses what was meant where a word was mistyped."""

from dataclasses import dataclass

from rapidfuzz.distance import DamerauLevenshtein

from crm.core.db import db
from crm.core.text import searched
from crm.search import queries

SHORTEST = 5
"""Letters: of a shorter word too many others are one letter away."""
LONGEST = 40
MOST_WORDS = 6


@dataclass(frozen=True)
class Guess:
    """What was meant instead: the words, of which at least one differs from what was typed."""

    text: str


def guess(text: str) -> Guess | None:
    """Return the words that were meant where nothing has all that were typed.

    Only names of records that whoever asks may see are guessed: each candidate is looked for as
    if it had been typed.
    """
    words = searched(text)[:MOST_WORDS]
    meant = [_meant(word) for word in words]
    if meant == words or None in meant:
        return None
    corrected = " ".join(word for word in meant if word)
    if db.session.scalar(queries.has_any(corrected)) is None:
        return None
    return Guess(corrected)


def _meant(word: str) -> str | None:
    """Return the word itself where it is found, or the nearest one that is; None for neither."""
    if db.session.scalar(queries.has_any(word)) is not None:
        return word
    if not SHORTEST <= len(word) <= LONGEST or word.isdigit():
        return None
    near = [
        each
        for each in db.session.scalars(queries.words_like(word))
        if DamerauLevenshtein.distance(each, word, score_cutoff=1) <= 1
    ]
    if not near:
        return None
    seen = {
        each for names in db.session.scalars(queries.names_with_any(near)) for each in names.split()
    }
    return min((each for each in near if each in seen), default=None)

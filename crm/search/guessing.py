"""Guesses what was meant where a word was mistyped."""

from dataclasses import dataclass

from crm.core.db import db
from crm.core.lazily import LoadedWhenUsed
from crm.core.text import searched
from crm.search import queries

distances = LoadedWhenUsed("rapidfuzz.distance")

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
    is_alone = len(words) == 1  # Then it is known that nothing has it.
    meant = [word if not is_alone and _finds([word]) else _nearest(word) for word in words]
    if meant == words or None in meant:
        return None
    corrected = [word for word in meant if word]
    return Guess(" ".join(corrected)) if _finds(corrected) else None


def _finds(words: list[str]) -> bool:
    """Tell whether a record has all these words."""
    return queries.one_found().run(words=words).first() is not None


def _nearest(word: str) -> str | None:
    """Return the nearest word that is found, if there is one."""
    if not SHORTEST <= len(word) <= LONGEST or word.isdigit():
        return None
    distance = distances.DamerauLevenshtein.distance
    near = [
        each
        for each in db.session.scalars(queries.words_like(), queries.halves(word))
        if distance(each, word, score_cutoff=1) <= 1
    ]
    if not near:
        return None
    seen = {
        each for names in db.session.scalars(queries.names_with_any(near)) for each in names.split()
    }
    return min((each for each in near if each in seen), default=None)

"""Which organisation is meant by a name on a list: known for certain, to be checked, or new.

Nothing is recognised that could be somebody else: a name that two bear, one in another country,
an acronym, another spelling are left to a person to decide.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.core.choice import Choice
from crm.core.db import db
from crm.core.i18n import _l
from crm.core.lazily import LoadedWhenUsed
from crm.core.text import fold
from crm.people.matching import ALIKE, alike
from crm.records.models import NameKind
from crm.rolls import queries
from crm.rolls.reading import Signer

rapidfuzz = LoadedWhenUsed("rapidfuzz")

MOST_CANDIDATES = 3
MOST_LOOKED_AT = 12
NEAR = 84
"""Of 100: names whose letters are less alike than this are not compared word by word."""
RARE = 5
"""A word that so many organisations at most bear tells which one is meant."""
SHORTEST_NAME = 5

_CHUNK = 200
_PARTS = re.compile(r"[()\[\]/|]|\s[–—-]+\s")
_SMALL_WORDS = frozenset({
    "of", "the", "and", "for", "in", "on", "at", "to", "a", "an", "de", "du", "des", "d", "la",
    "le", "les", "l", "et", "en", "pour", "sur", "aux", "au", "y", "el", "los", "las", "del", "e",
    "di", "da", "do", "dos", "della", "delle", "dei", "degli", "per", "der", "die", "das", "den",
    "und", "fur", "von", "van", "het", "een", "voor", "i", "w", "na", "och", "og", "ja",
})  # fmt: skip

# Alone these name nobody: “Union” is not meant by “Union of Teachers”.
_KINDS = frozenset({
    "union", "association", "network", "council", "federation", "confederation", "foundation",
    "university", "institute", "centre", "center", "house", "academy", "society", "agency",
    "alliance", "platform", "commission", "committee", "europe", "european", "national",
    "international", "research", "reseau", "conseil", "fondation", "universite", "institut",
    "maison", "academie", "societe", "agence", "plateforme", "comite", "europeen", "europeenne",
    "collectif", "coalition", "forum", "group", "groupe", "school", "ecole", "ministry",
    "ministere", "parliament", "parlement",
})  # fmt: skip

Words = tuple[str, ...]


class Doubt(Choice):
    """Why a person must decide which organisation is meant."""

    NAMESAKES = "namesakes", _l("Several organisations bear this name")
    ELSEWHERE = "elsewhere", _l("Same name, other country")
    ACRONYM = "acronym", _l("Same acronym")
    PART = "part", _l("One name is a part of the other")
    SPELLING = "spelling", _l("Nearly the same name")
    TWICE = "twice", _l("Two lines of the list may mean this organisation")


@dataclass(frozen=True)
class Known:
    """An organisation that may be meant."""

    id: int
    title: str
    country: str | None


@dataclass(frozen=True)
class Candidate:
    """An organisation that may be meant, and why that is not certain."""

    known: Known
    doubt: Doubt


@dataclass
class Match:
    """What was found for a name on a list: one that is certain, some to check, or none."""

    known: Known | None = None
    candidates: list[Candidate] = field(default_factory=list)


def match_all(signers: Sequence[Signer]) -> list[Match]:
    """Find everybody on a list among the organisations that may be seen."""
    pool = _Pool(signers)
    matches = []
    seen: set[int] = set()
    for signer in signers:
        match = pool.match(signer)
        known = match.known
        if known is not None and known.id in seen:
            match = Match(candidates=[Candidate(known, Doubt.TWICE)])
        elif known is not None:
            seen.add(known.id)
        matches.append(match)
    return matches


class _Pool:
    """The organisations that a list may mean, fetched at once."""

    def __init__(self, signers: Sequence[Signer]) -> None:
        self.known: dict[int, Known] = {}
        self.names: dict[str, set[int]] = defaultdict(set)
        self.parts: dict[str, set[int]] = defaultdict(set)
        self.acronyms: dict[str, set[int]] = defaultdict(set)
        self._fetch(signers)
        self.words = {name: _words(name) for name in self.names}
        self.keys = {name: " ".join(sorted(words)) for name, words in self.words.items()}
        self.by_word: dict[str, list[str]] = defaultdict(list)
        for name, words in self.words.items():
            for word in set(words):
                self.by_word[word].append(name)
        self.common = Counter(word for signer in signers for word in set(_words(fold(signer.name))))

    def _fetch(self, signers: Sequence[Signer]) -> None:
        words = {word for each in signers for word in _asked(each)}
        for chunk in _chunks(sorted(words)):
            for row in db.session.execute(queries.bearing_any_word(chunk)):
                organisation_id, title, name, acronym, country, other, kind = row
                self.known[organisation_id] = Known(organisation_id, title, country)
                is_acronym = kind is NameKind.ACRONYM
                for text in (title, name, None if is_acronym else other):
                    self._index(organisation_id, text)
                for text in (acronym, other if is_acronym else None):
                    if text and fold(text):
                        self.acronyms[fold(text)].add(organisation_id)

    def _index(self, organisation_id: int, text: str | None) -> None:
        if text and fold(text):
            self.names[fold(text)].add(organisation_id)
            for part in _parts(text):
                self.parts[part].add(organisation_id)

    def match(self, signer: Signer) -> Match:
        """Find the organisation that a name means."""
        bearing = sorted(self.names.get(fold(signer.name), ()))
        if len(bearing) == 1:
            known = self.known[bearing[0]]
            if signer.country and known.country and signer.country != known.country:
                return Match(candidates=[Candidate(known, Doubt.ELSEWHERE)])
            return Match(known)
        doubts: dict[int, Doubt] = dict.fromkeys(bearing, Doubt.NAMESAKES)
        if not bearing:
            for organisation_id, doubt in self._doubtful(signer):
                doubts.setdefault(organisation_id, doubt)
        found = [Candidate(self.known[each], doubt) for each, doubt in doubts.items()]
        found.sort(key=lambda each: not _is_there(each.known, signer))
        return Match(candidates=found[:MOST_CANDIDATES])

    def _doubtful(self, signer: Signer) -> Iterator[tuple[int, Doubt]]:
        """Return who may be meant although the name is another one, the likeliest first."""
        whole, parts = fold(signer.name), _parts(signer.name)
        for text in filter(None, (whole, fold(signer.acronym), *parts)):
            for organisation_id in sorted(self.acronyms.get(text, ())):
                yield organisation_id, Doubt.ACRONYM
        for named in (self.parts.get(whole), *(self.names.get(part) for part in parts)):
            for organisation_id in sorted(named or ()):
                yield organisation_id, Doubt.PART
        words = _words(whole)
        for name in self._spelled_alike(words):
            for organisation_id in sorted(self.names[name]):
                yield organisation_id, Doubt.SPELLING
        for name in self._within(words):
            for organisation_id in sorted(self.names[name]):
                yield organisation_id, Doubt.PART

    def _spelled_alike(self, words: Words) -> list[str]:
        """Return the names that have nearly the same words, in whatever order."""
        near = rapidfuzz.process.extract(
            " ".join(sorted(words)),
            self.keys,
            scorer=rapidfuzz.fuzz.ratio,
            processor=None,
            score_cutoff=NEAR,
            limit=MOST_LOOKED_AT,
        )
        scores = {name: alike(words, self.words[name]) for _key, _score, name in near}
        # “University of Turin” is not “University of Turku”: every word must be alike.
        return sorted(
            (name for name, score in scores.items() if score >= ALIKE),
            key=lambda name: -scores[name],
        )

    def _within(self, words: Words) -> list[str]:
        """Return the names of which this is a part or the other way round, by a rare word."""
        near = {
            name
            for word in words
            if len(self.by_word.get(word, ())) <= RARE and self.common[word] <= RARE
            for name in self.by_word.get(word, ())
        }
        return sorted(name for name in near if _contains(words, self.words[name]))


def _contains(one: Words, other: Words) -> bool:
    """Tell whether the words of one name are all in the other, and tell something."""
    short, long = sorted((set(one), set(other)), key=len)
    telling = short - _KINDS
    return short <= long and any(len(short) > 1 or len(word) >= SHORTEST_NAME for word in telling)


def _is_there(known: Known, signer: Signer) -> bool:
    return signer.country is not None and known.country == signer.country


def _words(folded: str) -> Words:
    """Return the words of a name that tell something; all of them where none does."""
    words = folded.split()
    return tuple(word for word in words if word not in _SMALL_WORDS) or tuple(words)


def _asked(signer: Signer) -> set[str]:
    return {*_words(fold(signer.name)), *fold(signer.acronym).split()}


def _parts(text: str) -> list[str]:
    """Return what stands in brackets and before them, or on both sides of a dash."""
    parts = [fold(part) for part in _PARTS.split(text)]
    parts = [part for part in parts if len(part) >= 2]
    return parts if len(parts) > 1 or (parts and parts[0] != fold(text)) else []


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]

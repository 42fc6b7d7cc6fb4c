"""Who is meant by a name on a list: recognised for certain, to be checked, or new.

Nothing is recognised that could be somebody else: a name that two people bear, a name at another
organisation, another spelling are left to a person to decide.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.core.choice import Choice
from crm.core.db import db
from crm.core.i18n import _l
from crm.core.lazily import LoadedWhenUsed
from crm.core.text import fold, tokens
from crm.people import queries
from crm.people.models import Person

rapidfuzz = LoadedWhenUsed("rapidfuzz")
distances = LoadedWhenUsed("rapidfuzz.distance")

ALIKE = 88
"""Of 100: names this alike may be one person's, spelled in two ways."""

SAME = 100
ORGANISATIONS_ALIKE = 90
MOST_CANDIDATES = 5
MOST_BEARERS = 20

Words = tuple[str, ...]


class Doubt(Choice):
    """Why a person must decide who is meant."""

    NAMESAKES = "namesakes", _l("Several people bear this name")
    ELSEWHERE = "elsewhere", _l("Same name, other organisation")
    SPELLING = "spelling", _l("Another spelling of the name")
    INITIAL = "initial", _l("Only a part of the name is given")
    MAIL = "mail", _l("Same e-mail address, other name")
    OTHER_MAIL = "other_mail", _l("Same name, other e-mail address")
    TWICE = "twice", _l("Two lines of the list may mean this person")


@dataclass(frozen=True)
class Sought:
    """Somebody on a list."""

    name: str
    organisation: str = ""
    email: str = ""


@dataclass
class Match:
    """What was found for somebody on a list.

    :param person: who it is, when that is certain.
    :param candidates: who it may be, the likeliest first.
    :param organisation_id: the organisation named, when it is known for certain.
    """

    person: Person | None = None
    candidates: list[Person] = field(default_factory=list)
    doubt: Doubt | None = None
    organisation_id: int | None = None

    @property
    def is_new(self) -> bool:
        """Tell whether nobody known is meant."""
        return self.person is None and not self.candidates


def match_all(sought: Sequence[Sought]) -> list[Match]:
    """Find everybody on a list among those that may be seen.

    A person recognised twice is left to check the second time: it may be a namesake.
    """
    pool = _Pool(sought)
    matches = [pool.match(each) for each in sought]
    seen: dict[int, tuple[str, str, str]] = {}
    for each, match in zip(sought, matches, strict=True):
        if match.person is None:
            continue
        line = (fold(each.name), fold(each.organisation), each.email.casefold())
        known = seen.setdefault(match.person.id, line)
        if known != line:
            match.candidates, match.doubt = [match.person], Doubt.TWICE
            match.person = None
    return matches


class _Pool:
    """The people and organisations that a list may mean, fetched at once."""

    def __init__(self, sought: Sequence[Sought]) -> None:
        self.names: dict[int, set[Words]] = defaultdict(set)
        self.mails: dict[str, set[int]] = defaultdict(set)
        self._fetch_names(sought)
        self.by_word: dict[str, set[int]] = defaultdict(set)
        for person_id, names in self.names.items():
            for word in {word for name in names for word in name}:
                self.by_word[word].add(person_id)
        self.organisations = organisations_named(each.organisation for each in sought)
        self.found = {each: self._look_up(each) for each in sought}
        self.people: dict[int, Person] = {}
        self.mails_of: dict[int, set[str]] = defaultdict(set)
        self._fetch_people()

    def _fetch_names(self, sought: Sequence[Sought]) -> None:
        words = {word for each in sought for word in tokens(_whole(each))}
        for chunk in _chunks(sorted(words)):
            for row in db.session.execute(queries.names_with_any_word(chunk)):
                person_id, name, given, family, native, other = row
                full = f"{given or ''} {family}" if family else ""
                self.names[person_id] |= _words_of((name, full, native, other))
        mails = {each.email.casefold() for each in sought if each.email}
        for chunk in _chunks(sorted(mails)):
            for person_id, value in db.session.execute(queries.bearers_of_mails(chunk)):
                self.mails[value.casefold()].add(person_id)

    def _look_up(self, sought: Sought) -> "_Found":
        """Return who comes into question, before anybody is fetched."""
        readings = _readings(sought)
        scores = self._scores(readings)
        by_mail = sorted(self.mails.get(sought.email.casefold(), ())) if sought.email else []
        partly = [] if scores or by_mail else self._partly(readings)
        return _Found(scores, by_mail, partly)

    def _fetch_people(self) -> None:
        wanted = {
            person_id
            for found in self.found.values()
            for person_id in (*found.scores, *found.by_mail, *found.partly)
        }
        for chunk in _chunks(sorted(wanted)):
            for person in db.session.scalars(queries.with_ids(chunk)):
                self.people[person.id] = person
            for person_id, value in db.session.execute(queries.mails_of(chunk)):
                self.mails_of[person_id].add(value.casefold())
        for person in self.people.values():
            texts = (person.name, f"{person.given_name or ''} {person.family_name or ''}")
            self.names[person.id] |= _words_of(texts)

    def match(self, sought: Sought) -> Match:
        """Find somebody."""
        found = self.found[sought]
        organisation_id = self.organisations.get(fold(sought.organisation))
        match = Match(organisation_id=organisation_id)
        exact = [person_id for person_id, score in found.scores.items() if score >= SAME]
        if found.by_mail:
            return self._by_mail(match, sought, found)
        if exact:
            return self._by_name(match, sought, exact)
        if found.scores:
            likeliest = sorted(found.scores, key=lambda each: (-found.scores[each], each))
            return self._doubtful(match, likeliest, Doubt.SPELLING)
        there = [each for each in found.partly if self._is_at(each, sought, organisation_id)]
        partly = there or found.partly
        return self._doubtful(match, partly, Doubt.INITIAL) if partly else match

    def _by_mail(self, match: Match, sought: Sought, found: "_Found") -> Match:
        """Recognise who has the address, where the name is hers too, be it misspelled."""
        by_mail = found.by_mail
        named = [each for each in by_mail if each in found.scores] if sought.name else by_mail
        if len(named) == 1:
            match.person = self.people[named[0]]
            return match
        doubt = Doubt.MAIL if len(by_mail) == 1 else Doubt.NAMESAKES
        return self._doubtful(match, [*named, *by_mail, *found.scores], doubt)

    def _by_name(self, match: Match, sought: Sought, exact: list[int]) -> Match:
        if sought.email and any(self.mails_of.get(each) for each in exact):
            return self._doubtful(match, exact, Doubt.OTHER_MAIL)
        is_whole_name = _is_one_name(sought)
        there = [each for each in exact if self._is_at(each, sought, match.organisation_id)]
        if len(exact) == 1 and (there or is_whole_name):
            match.person = self.people[exact[0]]
            return match
        if len(there) == 1 and sought.organisation and not is_whole_name:
            match.person = self.people[there[0]]
            return match
        doubt = Doubt.NAMESAKES if len(exact) > 1 else Doubt.ELSEWHERE
        return self._doubtful(match, [*there, *exact], doubt)

    def _doubtful(self, match: Match, person_ids: Iterable[int], doubt: Doubt) -> Match:
        found = list(dict.fromkeys(person_ids))[:MOST_CANDIDATES]
        match.candidates, match.doubt = [self.people[each] for each in found], doubt
        return match

    def _is_at(self, person_id: int, sought: Sought, organisation_id: int | None) -> bool:
        """Tell whether somebody works or worked at the organisation that is named."""
        wanted = fold(sought.organisation)
        if not wanted:
            return True
        for position in self.people[person_id].positions:
            known: Any = position.organisation  # Nothing where it is hidden.
            if known is None:
                continue
            if known.id == organisation_id:
                return True
            names = (known.title, known.name, known.acronym or "", *(n.text for n in known.names))
            alike_by = rapidfuzz.fuzz.token_sort_ratio
            if any(alike_by(wanted, fold(name)) >= ORGANISATIONS_ALIKE for name in names):
                return True
        return False

    def _scores(self, readings: Sequence[Words]) -> dict[int, float]:
        """Return those whose names are alike to one of the readings, and how alike at best."""
        scores: dict[int, float] = {}
        for words in readings:
            near = {person_id for word in words for person_id in self.by_word.get(word, ())}
            for person_id in near:
                score = max(alike(words, name) for name in self.names[person_id])
                if score >= ALIKE and score > scores.get(person_id, 0):
                    scores[person_id] = score
        return scores

    def _partly(self, readings: Sequence[Words]) -> list[int]:
        """Return those of whose name a part is given: “Z. Łukaszewska”, or the family name."""
        found: dict[int, None] = {}
        for words in readings:
            long = [word for word in words if len(word) > 2]
            near = [self.by_word.get(word, set()) for word in long]
            for person_id in sorted(set.intersection(*near)) if near else ():
                if any(_fits(words, name) for name in self.names[person_id]):
                    found[person_id] = None
        # A name that very many bear tells nothing.
        return list(found) if len(found) <= MOST_BEARERS else []


@dataclass(frozen=True)
class _Found:
    scores: dict[int, float]
    by_mail: list[int]
    partly: list[int]


def alike(words: Sequence[str], name: Sequence[str]) -> float:
    """Return how alike two names are, 100 when they have the same words in whatever order.

    Words are compared in pairs: a slip of the pen in one word is little, another word is much.
    """
    if sorted(words) == sorted(name):
        return 100.0
    if not words or not name or abs(len(words) - len(name)) > 1:
        return 0.0
    short, long = sorted((list(words), list(name)), key=len)
    if len(short) == 1 < len(long):
        return 0.0  # One name of two is a part of a name, not another spelling.
    left, total, worst = list(long), 0.0, 100.0
    for word in short:
        best = max(left, key=lambda other: _word_alike(word, other))
        score = _word_alike(word, best)
        left.remove(best)
        total, worst = total + score, min(worst, score)
    if worst < 60:
        return 0.0
    # A second given name or a second family name that one side leaves out.
    return min(99.0, total / len(short) - 6 * len(left))


def _word_alike(one: str, other: str) -> float:
    if one == other:
        return 100.0
    if len(one) > 1 and len(other) > 1 and one[:1] != other[:1] and min(len(one), len(other)) < 5:
        return 0.0
    similarity: float = distances.DamerauLevenshtein.normalized_similarity(one, other)
    return similarity * 100


def _fits(words: Sequence[str], name: Sequence[str]) -> bool:
    left = list(name)
    for word in words:
        fitting = [other for other in left if other == word or other.startswith(word)]
        if not fitting:
            return False
        left.remove(fitting[0])
    return True


def _whole(sought: Sought) -> str:
    return f"{sought.name} {sought.organisation}" if _may_be_name(sought) else sought.name


def _may_be_name(sought: Sought) -> bool:
    """Tell whether “Test, Ada” may be one name: then what follows the comma is no organisation."""
    return len(tokens(sought.name)) <= 2 and 1 <= len(tokens(sought.organisation)) <= 2


def _is_one_name(sought: Sought) -> bool:
    """Tell whether a single word stands before the comma, so that both are the name."""
    return _may_be_name(sought) and len(tokens(sought.name)) == 1


def _readings(sought: Sought) -> list[Words]:
    """Return the words of the name, in each way the line can be read."""
    texts = [sought.name]
    if _may_be_name(sought):
        texts.append(f"{sought.organisation} {sought.name}")
    return sorted(_words_of(texts))


def _words_of(texts: Iterable[str | None]) -> set[Words]:
    """Return names as words; a double name is also read as one word."""
    found = {tuple(tokens(text)) for text in texts if text}
    found |= {tuple(tokens(text.replace("-", ""))) for text in texts if text and "-" in text}
    return {words for words in found if words}


def organisations_named(names: Iterable[str]) -> dict[str, int]:
    """Return the ids of the organisations with these names, where the name is one's alone.

    :returns: by the folded name (:func:`crm.core.text.fold`).
    """
    wanted = {fold(each) for each in names if fold(each)}
    words = {word for name in wanted for word in name.split()}
    bearing: dict[str, set[int]] = defaultdict(set)
    for chunk in _chunks(sorted(words)):
        for organisation_id, *found in db.session.execute(
            queries.organisations_with_any_word(chunk)
        ):
            for name in found:
                if name:
                    bearing[fold(name)].add(organisation_id)
    return {name: next(iter(bearing[name])) for name in wanted if len(bearing.get(name, ())) == 1}


def _chunks(values: Sequence[Any], size: int = 200) -> Iterable[list[Any]]:
    for start in range(0, len(values), size):
        yield list(values[start : start + size])

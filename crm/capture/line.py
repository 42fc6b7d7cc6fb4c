"""Reads an exchange written in one line: when, by what means, with whom, about what, what is next.

Nothing here touches the database. Each word ends up in what was understood, or in the note.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date

from crm.capture import vocabulary as words
from crm.capture.days import day_to_come, past_day
from crm.core.clock import hour_of
from crm.core.partial_date import PartialDate
from crm.core.text import fold
from crm.interactions.models import InteractionKind

MOST_CHARACTERS = 2_000
LONGEST_NAME = 6
"""Words of the longest name that is recognised without quotes."""
LONGEST_HEAD = 30
"""Words among which names are recognised without a mark."""
MOST_NAMES = 20
LONGEST_DAY = 5
LONGEST_PHRASE = 3
LONGEST_SUBJECT = 200

_WORD = re.compile(
    r"""(?:re|objet|obj|sujet|subject|todo)\s?:
    |@(?:"[^"]+"|«[^»]+»|“[^”]+”)
    |;|[^\s;]+""",
    re.IGNORECASE | re.VERBOSE,
)
_SUBJECT = re.compile(r"(?:re|objet|obj|sujet|subject)\s?:", re.IGNORECASE)
_AROUND = " ,.:()[]–—-…+&\u00a0\u202f"
_QUOTES = ' "«»“”\u00a0\u202f'


@dataclass
class Reading:
    """What a line says.

    :param names: those it was with, as the line calls them.
    :param read_from: the words of the line from which each field was read.
    :param note: all that was not understood, as it was written.
    """

    when: PartialDate | None = None
    means: InteractionKind | None = None
    names: list[str] = field(default_factory=list)
    subject: str = ""
    follow_up: str = ""
    due: PartialDate | None = None
    assignee_id: int | None = None
    note: str = ""
    read_from: dict[str, str] = field(default_factory=dict)

    def take(self, name: str, text: str) -> None:
        """Note the words that a field was read from."""
        known = self.read_from.get(name)
        self.read_from[name] = f"{known} {text}" if known else text


def phrases(text: str) -> list[str]:
    """Return, folded, what may be a name that is written without a mark at the beginning."""
    begun = next(_segments(text))[:LONGEST_HEAD]
    found = {
        fold(_joined(begun[at : at + size])): None
        for at, word in enumerate(begun)
        if _may_begin_name(word)
        for size in range(1, min(LONGEST_NAME, len(begun) - at) + 1)
    }
    return [phrase for phrase in found if phrase]


def read(
    text: str, today: date, *, known: AbstractSet[str] = frozenset(), team: Mapping[str, int]
) -> Reading:
    """Read a line.

    :param known: the names, folded, among its ``phrases`` that organisations or people bear.
    :param team: ids of colleagues by a folded name that means one of them alone.
    """
    reading = Reading()
    notes: list[str] = []
    for place, segment in enumerate(_segments(text)):
        begun = _begun_by(segment, words.TO_DO)
        if begun < len(segment) and begun and not reading.follow_up:
            _read_follow_up(segment, begun, reading, today, team)
        elif place == 0:
            head = _Head(segment, reading, today, known)
            notes.append(_note_of(head.rest(), reading, head.asides))
        else:
            notes.append(_note_of(segment, reading))
    reading.note = "; ".join(filter(None, notes))
    return reading


# Words


def _segments(text: str) -> Iterator[list[str]]:
    """Yield the words between semicolons; “todo” begins a part of its own."""
    segment: list[str] = []
    for word in _WORD.findall(text[:MOST_CHARACTERS]):
        if word == ";" or fold(word) == "todo":
            yield segment
            segment = []
        if word != ";":
            segment.append(word)
    yield segment


def _bare(word: str) -> str:
    return word.strip(_AROUND)


def _joined(part: Iterable[str]) -> str:
    return " ".join(part).strip(_AROUND)


def _may_begin_name(word: str) -> bool:
    first = _bare(word)[:1]
    return first.isupper() or first.isdigit()


def _begun_by(segment: Sequence[str], beginnings: AbstractSet[str]) -> int:
    """Return how many words of the beginnings a segment starts with, 0 when it does not."""
    for size in range(LONGEST_PHRASE, 0, -1):
        if size <= len(segment) and fold(" ".join(segment[:size])) in beginnings:
            return size
    return 0


# The first part: when, by what means, with whom


class _Head:
    """Takes words from the beginning as long as they are understood."""

    def __init__(
        self, segment: Sequence[str], reading: Reading, today: date, known: AbstractSet[str]
    ) -> None:
        self.segment = segment
        self.reading = reading
        self.today = today
        self.known = known
        self.at = 0
        self.since = 0
        self.asides: list[str] = []

    def rest(self) -> Sequence[str]:
        """Return the words that are left once no more is understood."""
        steps = (self._when, self._means, self._mention, self._name, self._aside, self._link)
        while self.at < len(self.segment) and not self._is_over():
            if not any(step() for step in steps):
                break
        return self.segment[self.since :]

    def _is_over(self) -> bool:
        """Tell whether a colon behind a name ends it: what follows is said, not who it is."""
        before = self.segment[self.at - 1] if self.at else ""
        return bool(self.reading.names) and before.endswith(":")

    def _text(self, size: int) -> str:
        if self.at + size > len(self.segment):
            return ""
        return _joined(self.segment[self.at : self.at + size])

    def _take(self, name: str, size: int) -> bool:
        self.at += size
        self.reading.take(name, " ".join(self.segment[self.since : self.at]))
        self.since = self.at
        return True

    def _when(self) -> bool:
        if self.reading.when is not None:
            return False
        for size in range(LONGEST_DAY, 0, -1):
            text = self._text(size)
            found = past_day(text, self.today) if text else None
            if found is not None:
                self.reading.when = found
                return self._take("happened", size)
        return False

    def _means(self) -> bool:
        if self.reading.means is not None:
            return False
        for size in range(LONGEST_PHRASE, 0, -1):
            found = words.MEANS.get(fold(self._text(size)))
            if found is not None:
                self.reading.means = found
                return self._take("interaction_kind", size)
        return False

    def _mention(self) -> bool:
        size = _mention_size(self.segment, self.at, self._is_other)
        if not size or len(self.reading.names) >= MOST_NAMES:
            return False
        text = " ".join(self.segment[self.at : self.at + size])
        self.reading.names.append(_mentioned(text))
        return self._take("participant_ids", size)

    def _is_other(self, at: int) -> bool:
        """Tell whether a word begins something else, and so is no part of the name before it."""
        ends = range(at + 1, min(at + LONGEST_NAME, len(self.segment)) + 1)
        texts = [_joined(self.segment[at:end]) for end in ends]
        return any(fold(text) in self.known for text in texts) or any(
            past_day(text, self.today) is not None for text in texts
        )

    def _name(self) -> bool:
        if not _may_begin_name(self.segment[self.at]) or len(self.reading.names) >= MOST_NAMES:
            return False
        for size in range(LONGEST_NAME, 0, -1):
            text = self._text(size)
            if text and fold(text) in self.known:
                self.reading.names.append(text)
                return self._take("participant_ids", size)
        return False

    def _aside(self) -> bool:
        """Pass over an hour, or words on how it was: they stay in the note."""
        for size in (2, 1):
            text = self._text(size)
            if fold(text) in words.ASIDES or hour_of(text) is not None:
                self.at += size
                self.asides += self.segment[self.since : self.at]
                self.since = self.at
                return True
        return False

    def _link(self) -> bool:
        """Pass over a small word, which goes with what is understood next, if anything is."""
        word = self.segment[self.at]
        if fold(word) and not all(each in words.LINKS for each in fold(word).split()):
            return False
        self.at += 1
        return True


def _mention_size(
    segment: Sequence[str], at: int, is_other: Callable[[int], bool] = lambda at: False
) -> int:
    """Return of how many words a name behind an ``@`` is, 0 where there is none."""
    word = segment[at]
    if not (word.startswith("@") and fold(word)):
        return 0
    size = 1
    if word[1] in '"«“' or word != word.rstrip(_AROUND):
        return size
    while at + size < len(segment) and size < LONGEST_NAME:
        following = segment[at + size]
        if not _is_capitalised(following) or is_other(at + size):
            break
        size += 1
        if following != following.rstrip(_AROUND):
            break
    return size


def _is_capitalised(word: str) -> bool:
    """Tell whether a word is written like a part of a name, and not like an acronym."""
    bare = _bare(word)
    return bare[:1].isupper() and any(each.islower() for each in bare[1:])


def _mentioned(text: str) -> str:
    return text.strip(_AROUND + _QUOTES + "@")


# What is left: about what, and the note


def _note_of(rest: Sequence[str], reading: Reading, asides: Sequence[str] | None = None) -> str:
    """Take the subject and the people mentioned out of words; return what is to be noted.

    :param asides: what was passed over before, where the words follow on what was understood.
    """
    at, begun = _subject_at(rest, is_head=asides is not None)
    subject = _joined(rest[at + begun :])
    _take_mentions(rest, reading)
    if subject and len(subject) <= LONGEST_SUBJECT and not reading.subject:
        reading.subject = subject
        reading.take("subject", " ".join(rest[at:]))
        rest = rest[:at]
    noted = [*(asides or ()), *rest]
    return " ".join(noted).strip(" ,–—:") if any(fold(word) for word in noted) else ""


def _subject_at(rest: Sequence[str], *, is_head: bool) -> tuple[int, int]:
    """Return where the subject begins, and how many words say so."""
    for at, word in enumerate(rest):
        if _SUBJECT.fullmatch(word):
            return at, 1
    begun = _begun_by(rest, words.ABOUT) if is_head else 0
    return (0, begun) if begun else (len(rest), 0)


def _take_mentions(part: Sequence[str], reading: Reading) -> None:
    """Take those whom a note names with an ``@`` as taking part; the note stays as it is."""
    for at in range(len(part)):
        size = _mention_size(part, at)
        if size and len(reading.names) < MOST_NAMES:
            text = " ".join(part[at : at + size])
            reading.names.append(_mentioned(text))
            reading.take("participant_ids", text)


# What is to be done


def _read_follow_up(
    segment: Sequence[str], begun: int, reading: Reading, today: date, team: Mapping[str, int]
) -> None:
    left = list(segment[begun:])
    _take_assignee(left, reading, team)
    _take_due(left, reading, today)
    reading.follow_up = _joined(left)
    reading.take("follow_up", " ".join([*segment[:begun], *left]))


def _take_assignee(left: list[str], reading: Reading, team: Mapping[str, int]) -> None:
    for at, word in enumerate(left):
        colleague = team.get(fold(word)) if word.startswith("!") else None
        if colleague is not None:
            reading.assignee_id = colleague
            reading.take("follow_up_for", word)
            del left[at]
            return


def _take_due(left: list[str], reading: Reading, today: date) -> None:
    """Take the last day out of what is to be done, from the word before it to its end."""
    since = min(today, reading.when.first_day) if reading.when is not None else today
    for at in range(len(left)):
        begun = _begun_by(left[at:], words.UNTIL)
        for end in range(min(at + begun + LONGEST_DAY, len(left)), at + begun, -1) if begun else ():
            found = day_to_come(_joined(left[at + begun : end]), today, since)
            if found is not None:
                reading.due = found
                reading.take("follow_up_due", " ".join(left[at:end]))
                del left[at:end]
                return

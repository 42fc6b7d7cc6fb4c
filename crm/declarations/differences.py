"""The difference between two versions of a text, as a person reads it: word by word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from crm.core.lazily import LoadedWhenUsed

distances = LoadedWhenUsed("rapidfuzz.distance")

LONGEST = 10_000
"""Lines, or words of a passage that differs: what is longer is shown as replaced."""

_WORD = re.compile(r"\s+|[^\s\w]|\w+")

Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True)
class Passage:
    """A piece of text that is in both versions, or in one of them."""

    kind: Kind
    text: str


def compare(old: str, new: str) -> list[Passage]:
    """Return the passages of both texts in order: of what differs, the old one first.

    Joined without what was added they are the old text; without what was removed, the new one.
    """
    found: list[Passage] = []
    # Lines first, and words only in those that differ: texts are long, changes short.
    for line in _aligned(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if line.is_same:
            found.append(Passage("same", line.removed))
        else:
            found += _by_word(line)
    return found


@dataclass
class _Stretch:
    """Pieces that both texts share, or that one has instead of the other's."""

    is_same: bool
    removed: str = ""
    added: str = ""


def _by_word(line: _Stretch) -> Iterator[Passage]:
    for words in _aligned(_WORD.findall(line.removed), _WORD.findall(line.added)):
        if words.is_same:
            yield Passage("same", words.removed)
            continue
        if words.removed:
            yield Passage("removed", words.removed)
        if words.added:
            yield Passage("added", words.added)


def _aligned(old: Sequence[str], new: Sequence[str]) -> list[_Stretch]:
    if max(len(old), len(new)) > LONGEST:
        return [_Stretch(is_same=False, removed="".join(old), added="".join(new))]
    found: list[_Stretch] = []
    for step in distances.Indel.opcodes(old, new):
        is_same = step.tag == "equal"
        if not found or found[-1].is_same != is_same:
            found.append(_Stretch(is_same))
        found[-1].removed += "".join(old[step.src_start : step.src_end])
        found[-1].added += "".join(new[step.dest_start : step.dest_end])
    return found

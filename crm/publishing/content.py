"""What the public page says, in one language, apart from where it comes from and how it looks."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from crm.records.publishing import LANGUAGES, Language

Kept = TypeVar("Kept", bound="Line | Fact | Entry | Section | Page")
EMPTY: Mapping[Any, Any] = {int: 0, Sequence[str]: ()}
"""What stands for what an older edition did not say; an empty text otherwise."""


@dataclass(frozen=True)
class Line:
    """A value of a fact, in one language."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Fact:
    """What the page says of a record, in one language."""

    key: str
    label: str
    lines: Sequence[Line]
    source: str


@dataclass(frozen=True)
class Entry:
    """A record on the page, in one language.

    :param also: other names under which readers may know it.
    :param day: the date by which a reader would look for it, in ISO 8601 as far as it is known.
    """

    record_id: int
    kind: str
    title: str
    also: Sequence[str]
    text: str
    schema: str
    day: str
    facts: Sequence[Fact]
    sources: Sequence[str]

    @property
    def anchor(self) -> str:
        """Return the part of the page's address that leads to it."""
        return f"{self.kind}-{self.record_id}"


@dataclass(frozen=True)
class Section:
    """A section of the page, in one language."""

    key: str
    title: str
    intro: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Page:
    """The page in one language."""

    language: Language
    us: str
    title: str
    intro: str
    sections: Sequence[Section]


def fingerprint(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a page says."""
    packed = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(packed.encode()).hexdigest()


def read(content: Mapping[str, Any]) -> dict[Language, Page]:
    """Return the pages of an edition from what was kept, whatever version kept it."""
    return {language: _page(content[language]) for language in LANGUAGES if language in content}


def _page(kept: Mapping[str, Any]) -> Page:
    sections = [
        _known(Section, section, entries=[_entry(each) for each in section.get("entries", ())])
        for section in kept.get("sections", ())
    ]
    return _known(Page, kept, sections=sections)


def _entry(kept: Mapping[str, Any]) -> Entry:
    facts = [
        _known(Fact, each, lines=[_known(Line, line) for line in each.get("lines", ())])
        for each in kept.get("facts", ())
    ]
    return _known(Entry, kept, facts=facts)


def _known(kind: type[Kept], kept: Mapping[str, Any], **read: Any) -> Kept:
    """Return what was kept: what a later version left out is ignored, what it added is empty."""
    names = {each.name: each for each in fields(kind)}
    values = {name: kept[name] for name in names if name in kept}
    empty = {name: EMPTY.get(each.type, "") for name, each in names.items()}
    return kind(**{**empty, **values, **read})

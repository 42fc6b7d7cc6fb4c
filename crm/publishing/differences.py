"""What one edition of the public page says and another does not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from crm.core.i18n import _
from crm.publishing.content import Entry, Page, Section
from crm.records.publishing import Language

Kind = Literal["added", "removed", "changed"]
Key = tuple[str, int, str]
Said = tuple[str, str, str, Sequence[str]]
"""Section, title of the record, what is said, and the values."""


@dataclass(frozen=True)
class Difference:
    """A fact, a text or a heading that is new, gone or changed."""

    kind: Kind
    language: Language
    section: str
    title: str
    label: str
    before: Sequence[str]
    after: Sequence[str]


def between(before: Mapping[Language, Page], after: Mapping[Language, Page]) -> list[Difference]:
    """Return what differs, in the order of the page, language by language."""
    found: list[Difference] = []
    for language, page in after.items():
        found += _of_language(language, before.get(language), page)
    return found


def _of_language(language: Language, before: Page | None, after: Page) -> Iterator[Difference]:
    old = dict(_said(before)) if before is not None else {}
    new = dict(_said(after))
    for key, (section, title, label, values) in new.items():
        if key not in old:
            yield Difference("added", language, section, title, label, (), values)
        elif list(old[key][3]) != list(values):
            yield Difference("changed", language, section, title, label, old[key][3], values)
    for key, (section, title, label, values) in old.items():
        if key not in new:
            yield Difference("removed", language, section, title, label, values, ())
    yield from _moved(language, before, after)


def _moved(language: Language, before: Page | None, after: Page) -> Iterator[Difference]:
    """Tell of sections, and of records within one, that stand in another order."""
    if before is None:
        return
    orders: list[tuple[str, str, Sequence[Section | Entry], Sequence[Section | Entry]]] = [
        ("", before.title, before.sections, after.sections)
    ]
    known = {section.key: section for section in before.sections}
    orders += [
        (section.title, "", known[section.key].entries, section.entries)
        for section in after.sections
        if section.key in known
    ]
    for section_title, title, old, new in orders:
        both = {_key(each) for each in old} & {_key(each) for each in new}
        first = [each.title for each in old if _key(each) in both]
        then = [each.title for each in new if _key(each) in both]
        was = [_key(each) for each in old if _key(each) in both]
        if was != [_key(each) for each in new if _key(each) in both]:
            yield Difference(
                "changed", language, section_title or title, "", _("Order"), first, then
            )


def _key(each: Section | Entry) -> str:
    return each.anchor if isinstance(each, Entry) else each.key


def _said(page: Page) -> Iterator[tuple[Key, Said]]:
    """Return all a page says, each with the key under which it is compared."""
    yield ("", 0, "title"), (page.title, "", _("Heading"), [page.title])
    if page.intro:
        yield ("", 0, "intro"), (page.title, "", _("Introduction"), [page.intro])
    for section in page.sections:
        yield (section.key, 0, "title"), (section.title, "", _("Heading"), [section.title])
        if section.intro:
            said = (section.title, "", _("Introduction"), [section.intro])
            yield (section.key, 0, "intro"), said
        for entry in section.entries:
            title = [entry.title, *entry.also]
            named = (section.title, entry.title, _("Name"), title)
            yield (section.key, entry.record_id, "title"), named
            if entry.text:
                told = (section.title, entry.title, _("Presentation"), [entry.text])
                yield (section.key, entry.record_id, "text"), told
            if entry.sources:
                cited = (section.title, entry.title, _("Sources"), list(entry.sources))
                yield (section.key, entry.record_id, "sources"), cited
            for fact in entry.facts:
                values = [
                    f"{line.text} ({line.url})" if line.url else line.text for line in fact.lines
                ]
                said = (section.title, entry.title, fact.label, values)
                yield (section.key, entry.record_id, f"fact:{fact.key}"), said

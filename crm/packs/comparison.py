"""What one pack of a meeting says that another does not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from crm.core.choice import Choice
from crm.core.i18n import _l
from crm.documents.model import (
    Bullets,
    Empty,
    Facts,
    Heading,
    Lines,
    Linked,
    Paragraph,
    Section,
    Table,
    Value,
)
from crm.records.packing import SHORT_ADDRESS
from crm.web.templating import shown


class Kind(Choice):
    """What became of a line."""

    ADDED = "added", _l("Added")
    REMOVED = "removed", _l("Gone")
    CHANGED = "changed", _l("Changed")


@dataclass(frozen=True)
class Line:
    """A line of a pack.

    :param address: of the record it is about, by which a line is found again when it changes.
    """

    text: str
    address: str = ""


@dataclass(frozen=True)
class Difference:
    """A line that is otherwise in the newer pack."""

    kind: Kind
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Place:
    """What differs under one heading."""

    title: str
    differences: Sequence[Difference]


def compare(old: Sequence[Section], new: Sequence[Section]) -> list[Place]:
    """Return what differs, heading by heading, in the order of the newer pack."""
    before, after = _by_heading(old), _by_heading(new)
    headings = [*after, *(heading for heading in before if heading not in after)]
    places = (
        Place(heading, list(_differences(before.get(heading, []), after.get(heading, []))))
        for heading in headings
    )
    return [place for place in places if place.differences]


def _by_heading(sections: Sequence[Section]) -> dict[str, list[Line]]:
    """Return the lines of a pack under their headings: section, organisation, table."""
    found: dict[str, list[Line]] = {}
    chapter = ""
    for section in sections:
        if section.level == 1:
            chapter, path = section.title, [section.title]
        else:
            path = [chapter, section.title]
        heading = " · ".join(path)
        found.setdefault(heading, [])
        for block in section.blocks:
            if isinstance(block, Heading):
                heading = " · ".join([*path, block.text])
                found.setdefault(heading, [])
            else:
                found[heading] += _lines(block)
    return found


def _lines(block: object) -> Iterator[Line]:
    match block:
        case Facts(rows):
            for label, value in rows:
                yield Line(f"{label} – {_text(value)}", label)
        case Table(rows=rows):
            for row in rows:
                texts = [_text(value) for value in row if not _is_number(value)]
                yield Line(" · ".join(filter(None, texts)), _address(row))
        case Paragraph(text):
            for line in _text(text).split("\n"):
                if line.strip():
                    yield Line(line)
        case Bullets(items):
            yield from (Line(_text(item)) for item in items)
        case Empty(text):
            yield Line(text)


def _is_number(value: Value) -> bool:
    """Tell whether a value is the number of a record, which says nothing more."""
    return isinstance(value, Linked) and value.url == f"{SHORT_ADDRESS}{value.text}"


def _text(value: Value) -> str:
    if isinstance(value, Lines):
        return ", ".join(filter(None, (_text(each) for each in value.lines)))
    if isinstance(value, Linked):
        return value.text
    return str(shown(value))


def _address(row: Sequence[Value]) -> str:
    for value in row:
        for each in value.lines if isinstance(value, Lines) else [value]:
            if isinstance(each, Linked) and each.url.startswith(SHORT_ADDRESS):
                return each.url
    return ""


def _differences(old: Sequence[Line], new: Sequence[Line]) -> Iterator[Difference]:
    """Yield what differs; lines about one record that differ are one line that changed."""
    gone: list[Line] = []
    come: list[Line] = []
    matcher = SequenceMatcher(
        None, [line.text for line in old], [line.text for line in new], autojunk=False
    )
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            gone += old[old_start:old_end]
            come += new[new_start:new_end]
    stayed = {line.text for line in gone} & {line.text for line in come}
    gone = [line for line in gone if line.text not in stayed]  # Another order says nothing new.
    for line in come:
        if line.text in stayed:
            continue
        same = next((each for each in gone if each.address and each.address == line.address), None)
        if same is None:
            yield Difference(Kind.ADDED, after=line.text)
        else:
            gone.remove(same)
            yield Difference(Kind.CHANGED, before=same.text, after=line.text)
    for line in gone:
        yield Difference(Kind.REMOVED, before=line.text)

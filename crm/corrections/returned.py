"""The table of a file that came back: its lines, and which columns of a list they hold."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import force_locale

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.text import clean_line
from crm.documents.sheet_model import Cell, Language
from crm.documents.sheet_reading import ReadTable, untagged
from crm.documents.workbook_process import tagged
from crm.exports.gathering import KEYS
from crm.records.kinds import Column, RecordKind, registry
from crm.web.templating import locale_code

LANGUAGES: tuple[Language, Language] = ("fr", "en")
KEY, VERSION = (column.heading for column in KEYS)
LONGEST_CELL = 10_000
"""No field takes a longer text: what is beyond is refused all the same."""


@dataclass(frozen=True)
class Line:
    """A line of the file."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Returned:
    """The table of a file that came back."""

    headings: Sequence[str]
    lines: Sequence[Line]

    def place_of(self, heading: str) -> int | None:
        """Return where a hidden column stands: at the end, whatever is called the same before."""
        found = [each for each, text in enumerate(self.headings) if text.casefold() == heading]
        return found[-1] if found else None

    def only(self, numbers: set[int]) -> "Returned":
        """Return the table with some of its lines."""
        return Returned(self.headings, [each for each in self.lines if each.number in numbers])

    def as_json(self) -> dict[str, Any]:
        """Return the table as JSON holds it."""
        lines = [[each.number, list(map(_as_json, each.cells))] for each in self.lines]
        return {"headings": list(self.headings), "lines": lines}


def _as_json(cell: Cell) -> Any:
    if isinstance(cell, date):
        return tagged(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    return cell[:LONGEST_CELL] if isinstance(cell, str) else cell


def from_json(kept: Mapping[str, Any]) -> Returned:
    """Return a table that was kept."""
    lines = [
        Line(number, [untagged(cell) if isinstance(cell, dict) else cell for cell in cells])
        for number, cells in kept["lines"]
    ]
    return Returned(kept["headings"], lines)


def returned_table(tables: Sequence[ReadTable]) -> Returned:
    """Return the table that has keys.

    :raises InvalidValue: at ``upload`` when none has.
    """
    for table in tables:
        lines = [
            Line(number, cells)
            for number, cells in enumerate(table.rows, start=table.line + 1)
            if any(cell is not None for cell in cells)
        ]
        found = Returned(table.headings, lines)
        if found.place_of(KEY) is not None and found.place_of(VERSION) is not None:
            return found
    raise InvalidValue(
        "upload",
        _("This file has no column of keys: only files made here for the team can come back"),
    )


class Keyed:
    """The lines of a file by the keys of their records.

    What is left out: lines without a key, and lines whose key stands in several.
    """

    def __init__(self, returned: Returned) -> None:
        self._version = returned.place_of(VERSION)
        place = returned.place_of(KEY)
        keys = [(_number(line, place), line) for line in returned.lines]
        counted = Counter(key for key, _line in keys)
        self.lines = {key: line for key, line in keys if key is not None and counted[key] == 1}
        self.without_key = [line.number for key, line in keys if key is None]
        self.repeated = [line.number for key, line in keys if key is not None and counted[key] > 1]

    def version_of(self, line: Line) -> int | None:
        """Return at which version a record was exported."""
        return _number(line, self._version)


def _number(line: Line, place: int | None) -> int | None:
    """Return a key or version: whole, and no longer than one can be."""
    cell = None if place is None else line.cells[place]
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = str(cell).strip() if isinstance(cell, (int, str)) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@dataclass(frozen=True)
class Headings:
    """What the headings of a file say.

    :param language: in which most of them are.
    :param columns: the columns of the list by their places.
    :param unknown: headings that are no columns of the list.
    :param repeated: columns that stand in the file before.
    """

    language: Language
    columns: Mapping[int, Column]
    unknown: Sequence[str]
    repeated: Sequence[str]


def understood(kind: RecordKind, returned: Returned) -> Headings:
    """Return which columns of a list stand in a file, in whichever language."""
    offered = {language: _by_heading(kind, language) for language in LANGUAGES}
    own = "en" if locale_code() == "en" else "fr"
    texts = [_comparable(each) for each in returned.headings]
    language = max(
        LANGUAGES, key=lambda each: (sum(text in offered[each] for text in texts), each == own)
    )
    names = {**offered["en"], **offered["fr"], **offered[language]}
    hidden = {returned.place_of(KEY), returned.place_of(VERSION)}
    columns: dict[int, Column] = {}
    unknown, repeated = [], []
    for place, text in enumerate(texts):
        if not text or place in hidden:
            continue
        column = names.get(text)
        if column is None:
            unknown.append(returned.headings[place])
        elif column in columns.values():
            repeated.append(returned.headings[place])
        else:
            columns[place] = column
    return Headings(language, columns, unknown, repeated)


def _by_heading(kind: RecordKind, language: Language) -> dict[str, Column]:
    found: dict[str, Column] = {}
    with force_locale(language):
        for column in registry.columns_of(kind).values():
            found.setdefault(_comparable(str(column.label)), column)
    return found


def _comparable(heading: str) -> str:
    return clean_line(heading).casefold()

"""What all writers of sheets do alike with rows and cells."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import chain, islice
from operator import itemgetter
from typing import Any, NamedTuple

from crm.documents.sheet_model import Cell, Language, Row, SheetColumn
from crm.documents.text import LARGEST_NUMBER, clean

MOST_ROWS = 1_048_576
"""As many fit on a sheet, with its headings."""
FIRST_DATE = date(1900, 3, 1)
"""Before it, Excel counts a 29 February that never was."""

_ROWS_AT_ONCE = 500
TRUTHS = {"fr": ("FAUX", "VRAI"), "en": ("FALSE", "TRUE")}
"""What spreadsheets call no and yes."""
NARROWEST, WIDEST = 8, 50
"""Widths of columns, in characters."""
_WIDTHS = {"date": 12, "moment": 17}
_BUTTON_OF_FILTER = 2
_AROUND = 2


_FIRST = itemgetter(0)


class Rows:
    """The rows of a sheet, a piece at a time; what one sheet does not hold is left for the next."""

    def __init__(self, chunks: Iterable[Sequence[Row]]) -> None:
        self._rows = chain.from_iterable(chunks)
        self._ahead: list[Row] = []

    @property
    def ahead(self) -> list[Row]:
        """Return the piece that comes next; an empty one when there are no more rows."""
        if not self._ahead:
            self._ahead = list(islice(self._rows, _ROWS_AT_ONCE))
        return self._ahead

    def take(self, most: int) -> Iterator[list[Row]]:
        """Yield pieces of at most so many rows together."""
        while most and (piece := self.ahead[:most]):
            self._ahead = self._ahead[most:]
            most -= len(piece)
            yield piece

    def take_all(self) -> Iterator[list[Row]]:
        """Yield all pieces."""
        while piece := self.ahead:
            self._ahead = []
            yield piece


@contextmanager
def closed_at_the_end(chunks: Iterable[Sequence[Row]]) -> Iterator[None]:
    """Close where rows come from, also when nobody wants the rest."""
    try:
        yield
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()


@contextmanager
def rows_of(chunks: Iterable[Sequence[Row]]) -> Iterator[Rows]:
    """Give the rows, and close where they come from, also when nobody wants the rest."""
    with closed_at_the_end(chunks):
        yield Rows(chunks)


def kept(text: str) -> str:
    """Return the text as every file can hold it; tabs are a part of it here."""
    if _is_kept(text):
        return text
    return "\t".join(map(clean, text.split("\t")))


def _is_kept(text: str) -> bool:
    return text.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text))


class PlainTexts(NamedTuple):
    """A column of texts that every file can hold as they are, and all of them in one."""

    cells: list[str]
    together: str


def plain_texts(column: Sequence[Cell]) -> PlainTexts | None:
    """Return a column as texts that need no care; nothing where one does, or where one is no text.

    Asked of hundreds of rows at once, this costs little, and most columns need none.
    """
    if not any(column) and set(column) <= {None, ""}:
        return PlainTexts([""] * len(column), "")
    cells: list[Any] = ["" if cell is None else cell for cell in column]
    try:
        together = "".join(cells)
    except TypeError:
        return None
    # What begins with a letter or a figure is no formula.
    begins_plainly = "".join(set(map(_FIRST, filter(None, cells)))).isalnum() or not together
    return PlainTexts(cells, together) if begins_plainly and _is_kept(together) else None


def is_exact(value: float) -> bool:
    """Tell whether spreadsheets hold the number as it is."""
    return -LARGEST_NUMBER < value < LARGEST_NUMBER


def is_real_date(value: date) -> bool:
    """Tell whether spreadsheets count with the date, a moment or not."""
    return (value.date() if isinstance(value, datetime) else value) >= FIRST_DATE


def without_zone(moment: datetime) -> datetime:
    """Return the moment as a sheet holds it, which knows no zones: in UTC where it has one."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def written_date(value: date, language: Language) -> str:
    """Return a date or a moment as a spreadsheet of that language reads it from a text."""
    iso = value.isoformat()
    day = f"{iso[8:10]}/{iso[5:7]}/{iso[:4]}" if language == "fr" else iso[:10]
    return f"{day} {iso[11:16]}" if isinstance(value, datetime) else day


def widths(columns: Sequence[SheetColumn], rows: Iterable[Row]) -> list[int]:
    """Return the width of each column in characters, by its heading and the first rows."""
    found = [
        max(_WIDTHS.get(column.kind, NARROWEST), len(column.heading) + _BUTTON_OF_FILTER)
        for column in columns
    ]
    for row in rows:
        for place, cell in zip(range(len(found)), row, strict=False):
            if isinstance(cell, str) and len(cell) > found[place]:
                found[place] = max(found[place], *map(len, cell.split("\n", 10)[:10]))
    return [min(width + _AROUND, WIDEST) for width in found]


def column_letters(place: int) -> str:
    """Return what a column is called, from 1: A to Z, AA and on."""
    letters = ""
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

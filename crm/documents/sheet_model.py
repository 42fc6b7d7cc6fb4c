"""What a sheet is made of, whatever file it ends in. Every word comes already translated."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, overload

Cell = str | int | float | bool | date | datetime | None
Row = Sequence[Cell]
Language = Literal["fr", "en"]


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet.

    :param kind: of most of its cells; one of another type is written as what it is.
    :param is_hidden: it is there for programs, and people need not see it.
    :param key: its name in JSON, the same in every language; the heading where there is none.
    """

    heading: str
    kind: Literal["text", "number", "date", "moment", "flag"] = "text"
    is_hidden: bool = False
    key: str = ""


class RowsByColumn(Sequence[Row]):
    """Rows that were made column by column, for writers that look at whole columns."""

    def __init__(self, columns: Sequence[Sequence[Cell]]) -> None:
        """Take the columns, all of one length."""
        self.columns = columns

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.columns[0]) if self.columns else 0

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows."""
        return zip(*self.columns, strict=True)

    @overload
    def __getitem__(self, place: int) -> Row: ...

    @overload
    def __getitem__(self, place: slice) -> "RowsByColumn": ...

    def __getitem__(self, place: int | slice) -> "Row | RowsByColumn":
        """Return a row, or some rows."""
        if isinstance(place, slice):
            return RowsByColumn([column[place] for column in self.columns])
        return tuple(column[place] for column in self.columns)


@dataclass(frozen=True)
class Sheet:
    """A table under one row of headings.

    :param chunks: its rows in pieces, pulled one after the other as the file goes out.
    """

    name: str
    columns: Sequence[SheetColumn]
    chunks: Iterable[Sequence[Row]]


@dataclass(frozen=True)
class About:
    """The properties of a file.

    :param note: what the reader should know of its rows, such as the filters, as a sentence.
    """

    title: str
    author: str
    made_at: datetime
    language: Language
    note: str = ""

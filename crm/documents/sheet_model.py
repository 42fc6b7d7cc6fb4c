"""What a sheet is made of, whatever file it ends in. Every word comes already translated."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

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

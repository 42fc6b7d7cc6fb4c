"""What a document is made of, whatever file it ends in. Every word comes already translated."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal


@dataclass(frozen=True)
class Linked:
    """A text that leads to a web page or writes a mail."""

    text: str
    url: str


@dataclass(frozen=True)
class Lines:
    """Several texts in one place, one below the other."""

    lines: Sequence[str | Linked]


Inline = str | Linked | Lines
Value = Inline | date | int | float | None


@dataclass(frozen=True)
class Heading:
    """A heading inside a section; level 1 is that of a first-level section."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Facts:
    """Labels, each with its value."""

    rows: Sequence[tuple[str, Value]]


@dataclass(frozen=True)
class Table:
    """Rows under named columns; widths are shares of the page, worked out when not given."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]
    widths: Sequence[float] | None = None


@dataclass(frozen=True)
class Paragraph:
    """A text; its line breaks are kept."""

    text: Inline


@dataclass(frozen=True)
class Bullets:
    """A list of texts."""

    items: Sequence[Inline]


@dataclass(frozen=True)
class Empty:
    """A calm sentence in the place of what does not exist."""

    text: str


@dataclass(frozen=True)
class BlankLines:
    """Lines to write on by hand."""

    count: int


Block = Heading | Facts | Table | Paragraph | Bullets | Empty | BlankLines


@dataclass(frozen=True)
class Section:
    """A part of the document; a sheet of its own in a spreadsheet."""

    title: str
    blocks: Sequence[Block]
    level: int = 1
    page_break: bool = False
    sheet: str | None = None


@dataclass(frozen=True)
class Document:
    """All that a writer needs to know."""

    title: str
    subtitle: str
    language: Literal["fr", "en"]
    author: str
    made_at: datetime
    stamp: Sequence[str]
    sections: Sequence[Section]
    format_date: Callable[[date], str] = date.isoformat
    contents: str = ""
    """The heading of the table of contents; without one there is no table of contents."""
    note: str = ""
    """What stands once, quietly, below the head of the first page."""

"""PDF: archived (PDF/A-3a) and accessible (PDF/UA-1), set by Typst without the network."""

import json
import re
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from crm.core.lazily import LoadedWhenUsed
from crm.documents import fonts
from crm.documents.layout import (
    LONGEST_HEADING,
    PADDING,
    PAGE_WIDTH,
    TABLE_SIZE,
    column_widths,
    flow,
    numeric_columns,
)
from crm.documents.model import (
    BlankLines,
    Block,
    Bullets,
    Document,
    Empty,
    Facts,
    Heading,
    Paragraph,
    Table,
    Value,
)
from crm.documents.text import Piece, clean_line, is_right_to_left, lines_of, moment, runs

typst = LoadedWhenUsed("typst")

_FOLDER = Path(__file__).parent
_TEMPLATE = _FOLDER / "document.typ"
_BODY_SIZE = 10.0
_HEADING_SIZE = 23.0  # of the largest
_LABEL_WIDTH = 120.0
_LONGEST_WHOLE_CELL = 600
_LONGEST_FOOTER = 400
_MOST_LINES = 200
_MOST_NAMES = 6
_NAME_SHARE = 0.8
_BREAK = "\u200b"

_lock = threading.Lock()  # a compiler serves one thread at a time


@cache
def _compiler() -> Any:
    """Return the compiler, which reads the fonts and the template once."""
    return typst.Compiler(
        input=_TEMPLATE,
        root=_FOLDER,
        font_paths=typst.Fonts(
            include_system_fonts=False,
            include_embedded_fonts=False,
            font_paths=[fonts.FOLDER],
        ),
    )


def write_pdf(document: Document) -> bytes:
    """Return the document as a PDF file."""
    # Texts travel as data: nothing in them is read as Typst.
    data = json.dumps(_Page(document).data(), ensure_ascii=False, separators=(",", ":"))
    with _lock:
        file = _compiler().compile(
            format="pdf",
            sys_inputs={"data": data},
            pdf_standards=["a-3a", "ua-1"],
            timestamp=int(moment(document).timestamp()),
        )
    if not isinstance(file, bytes):
        raise TypeError("The PDF is not one file.")
    return file


class _Page:
    """Turns a document into what the template reads."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.widths = column_widths(document)

    def data(self) -> dict[str, Any]:
        document = self.document
        title = fonts.drawable(clean_line(document.title, LONGEST_HEADING))
        stamp = [line for each in document.stamp if (line := clean_line(each, LONGEST_HEADING))]
        return {
            "language": document.language,
            "title": title or "–",  # PDF/UA asks for one.
            "author": fonts.drawable(clean_line(document.author, LONGEST_HEADING)),
            "heading": self.title(title),
            "subtitle": self.text(clean_line(document.subtitle, LONGEST_HEADING)),
            "stamp": [self.text(line) for line in stamp],
            "footer": self.text(clean_line(" · ".join(stamp), _LONGEST_FOOTER)),
            "note": self.text(clean_line(document.note, LONGEST_HEADING)),
            "contents": self.title(clean_line(document.contents, LONGEST_HEADING)),
            "blocks": [
                {**self.block(part.block), "break": part.page_break} for part in flow(document)
            ],
        }

    def block(self, block: Block) -> dict[str, Any]:
        match block:
            case Heading(text, level):
                shown = self.title(text) or fonts.UNKNOWN  # PDF/UA allows no empty heading.
                return {"kind": "heading", "level": level, "text": shown}
            case Facts(rows):
                return {
                    "kind": "facts",
                    "width": _LABEL_WIDTH,
                    "rows": [
                        [
                            self.text(clean_line(label), _LABEL_WIDTH - PADDING),
                            self.inline(value, PAGE_WIDTH - _LABEL_WIDTH),
                        ]
                        for label, value in rows
                    ],
                }
            case Table():
                return self.table(block)
            case Paragraph(text):
                return {"kind": "paragraph", "text": self.inline(text)}
            case Bullets(items):
                return {"kind": "bullets", "items": [self.inline(item) for item in items]}
            case Empty(text):
                return {"kind": "empty", "text": self.inline(text)}
            case BlankLines(count):
                return {"kind": "lines", "count": min(max(count, 0), _MOST_LINES)}

    def table(self, table: Table) -> dict[str, Any]:
        widths = self.widths.get(id(table), [])
        rows = [
            [
                self.inline(value, width - PADDING, TABLE_SIZE)
                for value, width in zip(_filled(row, len(widths)), widths, strict=True)
            ]
            for row in table.rows
        ]
        return {
            "kind": "table",
            "caption": self.text(clean_line(table.caption, LONGEST_HEADING)),
            "widths": [round(width, 2) for width in widths],
            "numeric": numeric_columns(table),
            "columns": [
                self.text(clean_line(column, LONGEST_HEADING), width - PADDING, TABLE_SIZE)
                for column, width in zip(table.columns, widths, strict=False)
            ],
            "rows": rows,
            # A row stays on one page, unless it might not fit on one.
            "whole": all(_is_short(cell) for row in rows for cell in row),
        }

    def inline(self, value: Value, width: float = PAGE_WIDTH, size: float = _BODY_SIZE) -> Any:
        """Return a value as a string, or as lines of parts where a string does not say it."""
        lines = lines_of(value, self.document)
        if len(lines) == 1 and len(lines[0]) == 1 and lines[0][0].url is None:
            return self.text(lines[0][0].text, width, size)
        return {
            "rtl": is_right_to_left("".join(piece.text for line in lines for piece in line)),
            "lines": [
                [part for piece in line for part in _parts(piece, width / size)] for line in lines
            ],
        }

    def text(
        self,
        text: str,
        width: float = PAGE_WIDTH,
        size: float = _BODY_SIZE,
        *,
        by_word: bool = True,
    ) -> Any:
        """Return one line as a string, or as parts where its direction changes."""
        parts = _parts(Piece(text), width / size, by_word=by_word)
        if len(parts) == 1 and isinstance(parts[0], str):
            return parts[0]
        return {"rtl": is_right_to_left(text), "lines": [parts]} if parts else ""

    def title(self, text: str) -> Any:
        """Return a heading, which a bookmark must be able to repeat."""
        return self.text(text, PAGE_WIDTH, _HEADING_SIZE, by_word=False)


def _parts(piece: Piece, width: float, *, by_word: bool = True) -> list[Any]:
    """Return a piece cut by direction; what is not a mere string says how it is set."""
    cut = list(runs(_breakable(fonts.drawable(piece.text), width)))
    by_word = by_word and sum(rtl for _, rtl in cut) == 1
    parts: list[Any] = []
    for text, rtl in cut:
        if rtl or piece.url:
            words = _words(text, width) if rtl and by_word else []
            parts.append({"text": text, "rtl": rtl, "words": words, "url": piece.url})
        else:
            parts.append(text)
    return parts


def _words(text: str, width: float) -> list[str]:
    """Return the words of a name written right to left, each with the space before it.

    A line is drawn from left to right, its last word first, which is how simple readers extract it.
    The template draws the words of a name in their own order. A longer text must be free to break.
    """
    words = re.findall(r"\s*\S+", text)
    if 1 < len(words) <= _MOST_NAMES and fonts.width(text) <= width * _NAME_SHARE:
        return words
    return []


def _breakable(text: str, width: float) -> str:
    """Let a word break that is wider than its place, in em; it would cover its neighbour."""
    # No letter is wider than 1.3 em, so that a short text needs no measuring.
    if len(text) * 1.3 <= width:
        return text
    return re.sub(
        rf"[^\s]{{{max(int(width / 1.3), 2)},}}",
        lambda found: _broken(found.group(), width * 0.95),
        text,
    )


def _broken(word: str, width: float) -> str:
    if fonts.width(word) <= width:
        return word
    pieces, piece, room = [], "", width
    for letter in word:
        room -= (taken := fonts.width(letter))
        if room < 0 and piece:
            pieces.append(piece)
            piece, room = "", width - taken
        piece += letter
    return _BREAK.join([*pieces, piece])


def _filled(row: Sequence[Value], count: int) -> list[Value]:
    """Return a row of as many cells as there are columns."""
    return [*row[:count], *[None] * (count - len(row))]


def _is_short(cell: Any) -> bool:
    if isinstance(cell, str):
        return len(cell) <= _LONGEST_WHOLE_CELL
    return len(cell["lines"]) <= 12 and len(str(cell)) <= _LONGEST_WHOLE_CELL * 2

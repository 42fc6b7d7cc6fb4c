"""XLSX: a sheet for each section, to sort and to count; no cell is ever a formula."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from itertools import count
from typing import Any

from crm.core.lazily import LoadedWhenUsed
from crm.documents.cells import is_real_date, without_zone
from crm.documents.model import (
    BlankLines,
    Block,
    Bullets,
    Document,
    Empty,
    Facts,
    Heading,
    Linked,
    Paragraph,
    Section,
    Table,
    Value,
)
from crm.documents.sheet_names import cut, unique_sheet_name
from crm.documents.text import (
    LARGEST_NUMBER,
    clean,
    clean_line,
    flat,
    lines_of,
    moment,
    number,
    safe_link,
)

xlsxwriter = LoadedWhenUsed("xlsxwriter")

_LONGEST_CELL = 32_767
_LONGEST_HEADER = 250
_LONGEST_PROPERTY = 255
_NARROWEST, _WIDEST = 12, 55
_LEAST_COLUMNS = 4
_MOST_LINES = 200
_MOST_LINKS = 60_000  # a sheet takes 65,530
_LINE_HEIGHT = 15
_WIDER = 1.1  # what words that do not fit leave free at the end of a line
_TALLEST_ROW = 400
_HEIGHTS = {"title": 24, "heading": 20}
"""Of lines larger than the others, in points."""

_PLAIN = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16},
    "stamp": {"font_color": "#555555", "font_size": 9},
    "heading": {"bold": True, "font_size": 13},
    "caption": {"bold": True},
    "header": {"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"},
    "label": {"font_color": "#555555", "text_wrap": True},
    "text": {"text_wrap": True},
    "link": {"text_wrap": True, "underline": 1, "font_color": "#0B4A8F"},
    "empty": {"italic": True, "font_color": "#555555"},
    "date": {"num_format": "dd/mm/yyyy", "align": "left"},
    "moment": {"num_format": "dd/mm/yyyy hh:mm", "align": "left"},
    "whole": {"num_format": "General"},
    "decimal": {"num_format": "#,##0.00"},
    "line": {"bottom": 4},
}


def write_xlsx(document: Document) -> bytes:
    """Return the document as an XLSX file."""
    file = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        made = moment(document)
        book.set_properties(
            {
                "title": clean_line(document.title, _LONGEST_PROPERTY),
                "subject": clean_line(document.subtitle, _LONGEST_PROPERTY),
                "author": clean_line(document.author, _LONGEST_PROPERTY),
                "created": made.replace(tzinfo=None),
            }
        )
        formats = {name: book.add_format({**_PLAIN, **extra}) for name, extra in _FORMATS.items()}
        taken: set[str] = set()
        for section in document.sections or [Section(document.title, [])]:
            name = unique_sheet_name(section.sheet or section.title, taken)
            _Sheet(document, section, book.add_worksheet(name), formats).write()
    return file.getvalue()


class _Sheet:
    """Writes a section from the top of its sheet to the bottom."""

    def __init__(
        self, document: Document, section: Section, sheet: Any, formats: dict[str, Any]
    ) -> None:
        self.document = document
        self.section = section
        self.sheet = sheet
        self.formats = formats
        self.row = 0
        self.links = 0
        self.tables = [block for block in section.blocks if isinstance(block, Table)]
        self.widths = self._column_widths()

    def write(self) -> None:
        document, sheet = self.document, self.sheet
        for column, width in enumerate(self.widths):
            sheet.set_column(column, column, width)
        stamp = " · ".join(line for each in document.stamp if (line := clean_line(each)))
        self._line(clean_line(self.section.title), "title")
        self._line(" · ".join(filter(None, [clean_line(document.title), stamp])), "stamp")
        self.row += 1
        for block in self.section.blocks:
            self._block(block)
        self._page(clean_line(stamp))

    def _page(self, stamp: str) -> None:
        """Set how the sheet is printed; `&` begins a code in a footer."""
        sheet = self.sheet
        sheet.set_paper(9)  # A4
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.hide_gridlines(2)
        sheet.set_footer(f"&L{cut(stamp, 180).replace('&', '&&')}&R&P / &N")

    def _column_widths(self) -> list[float]:
        """Return widths in characters: the longest line of each column, within reason."""
        widths = [float(_NARROWEST)] * _LEAST_COLUMNS
        rows: list[Sequence[Value]] = []
        for block in self.section.blocks:
            if isinstance(block, Table):
                rows += [block.columns, *block.rows]
                widths += [_NARROWEST] * (len(block.columns) - len(widths))
            elif isinstance(block, Facts):
                rows += block.rows
        for row in rows:
            for i, value in enumerate(row[: len(widths)]):
                longest = max(map(len, flat(value, self.document)[:2000].split("\n")))
                # Room for the button of the filter.
                widths[i] = max(widths[i], min(longest + 3, _WIDEST))
        return widths

    def _block(self, block: Block) -> None:
        match block:
            case Heading(text):
                self._line(clean_line(text), "heading")
                return
            case Facts(rows):
                for label, value in rows:
                    self._text(self.row, 0, clean(label), "label")
                    self._value(self.row, 1, value)
                    self.row += 1
            case Table():
                self._table(block)
            case Paragraph(text):
                self._wide(text)
            case Bullets(items):
                for item in items:
                    self._wide(item, "– ")
            case Empty(text):
                self._line(clean_line(text), "empty")
            case BlankLines(lines):
                for _ in range(min(max(lines, 0), _MOST_LINES)):
                    self.sheet.set_row(self.row, 24)
                    for column in range(len(self.widths)):
                        self.sheet.write_blank(self.row, column, None, self.formats["line"])
                    self.row += 1
        self.row += 1

    def _line(self, text: str, style: str) -> None:
        """Write a text that may run over the columns to its right."""
        if style in _HEIGHTS:
            self.sheet.set_row(self.row, _HEIGHTS[style])
        self._text(self.row, 0, text, style)
        self.row += 1

    def _wide(self, value: Value, before: str = "") -> None:
        """Write a text over all columns, in a row as tall as it needs."""
        url = safe_link(value.url) if isinstance(value, Linked) else None
        text = before + flat(value, self.document)
        self._set_height(_height(text, sum(self.widths) / _WIDER))
        last = len(self.widths) - 1
        self.sheet.merge_range(self.row, 0, self.row, last, "", self.formats["text"])
        self._text(self.row, 0, text, "link" if url else "text", url)
        self.row += 1

    def _table(self, table: Table) -> None:
        if table.caption:
            self._line(clean_line(table.caption), "caption")
        if not table.columns:
            return
        top, last = self.row, len(table.columns) - 1
        headers = _headers(table.columns)
        for column, header in enumerate(headers):
            self._text(top, column, header, "header")
        self.row += 1
        for row in table.rows:
            for column, value in enumerate(row[: last + 1]):
                self._value(self.row, column, value)
            self._set_height(
                max(
                    _height(flat(value, self.document), width)
                    for value, width in zip(row, self.widths, strict=False)
                )
                if row
                else 1
            )
            self.row += 1
        if len(self.tables) == 1:
            self.sheet.autofilter(top, 0, self.row - 1, last)
            self.sheet.freeze_panes(top + 1, 0)
            self.sheet.repeat_rows(top)
        elif table.rows:
            # A sheet has one filter, but each table in it has its own; and Excel shows the headers
            # of a table in place of the letters of the columns, as nothing can be frozen here.
            self.sheet.add_table(
                top,
                0,
                self.row - 1,
                last,
                {
                    "style": None,
                    "columns": [
                        {"header": header, "header_format": self.formats["header"]}
                        for header in headers
                    ],
                },
            )

    def _set_height(self, lines: int) -> None:
        """Make the row as tall as its text; not every program does so by itself."""
        if lines > 1:
            self.sheet.set_row(self.row, min(lines * _LINE_HEIGHT, _TALLEST_ROW))

    def _value(self, row: int, column: int, value: Value) -> None:
        if value is None:
            return
        if isinstance(value, date):
            self._date(row, column, value)
        elif isinstance(value, int | float):
            self._number(row, column, value)
        else:
            urls = [piece.url for line in lines_of(value, self.document) for piece in line]
            url = urls[0] if len(urls) == 1 else None  # a cell leads to one place
            self._text(row, column, flat(value, self.document), "link" if url else "text", url)

    def _date(self, row: int, column: int, value: date) -> None:
        if not is_real_date(value):
            self._text(row, column, flat(value, self.document), "text")
        elif isinstance(value, datetime):
            self.sheet.write_datetime(row, column, without_zone(value), self.formats["moment"])
        else:
            self.sheet.write_datetime(row, column, value, self.formats["date"])

    def _number(self, row: int, column: int, value: float) -> None:
        if abs(value) >= LARGEST_NUMBER or not math.isfinite(value):
            self._text(row, column, number(value, self.document.language), "text")
        else:
            style = "whole" if value == int(value) else "decimal"
            self.sheet.write_number(row, column, +value, self.formats[style])

    def _text(self, row: int, column: int, text: str, style: str, url: str | None = None) -> None:
        text = cut(text, _LONGEST_CELL)
        # Never `write`, which guesses what a text may be.
        if url and self.links < _MOST_LINKS and len(text) <= 255:
            self.links += 1
            self.sheet.write_url(row, column, url, self.formats[style], text)
        elif text:
            self.sheet.write_string(row, column, text, self.formats[style])


def _height(text: str, width: float) -> int:
    """Return how many lines a text takes in a place of so many characters."""
    return sum(math.ceil(max(len(line), 1) / width) for line in text.split("\n"))


def _headers(columns: Sequence[str]) -> list[str]:
    """Return the names of columns, made unique: a table with two alike does not open."""
    taken: set[str] = set()
    headers = []
    for column in columns:
        wanted = cut(clean_line(column), _LONGEST_HEADER) or "–"
        names = (wanted if i == 1 else f"{wanted} ({i})" for i in count(1))
        header = next(name for name in names if name.casefold() not in taken)
        taken.add(header.casefold())
        headers.append(header)
    return headers

"""CSV: one table for spreadsheets and programs, written and read; no cell is ever a formula."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

from crm.documents.cells import TRUTHS, closed_at_the_end, kept, plain_texts, written_date
from crm.documents.formulas import harmless
from crm.documents.sheet_model import Cell, Language, Row, RowsByColumn, Sheet

SEPARATORS = {"fr": ";", "en": ","}
"""What spreadsheets of the country expect."""

_MARK = "\ufeff"
"""By this spreadsheets know that it is UTF-8."""
_ROWS_AT_ONCE = 2_000
_QUOTED = re.compile(r'"[^"]*"')


def write_csv(
    columns: Sequence[str], rows: Iterable[Sequence[str]], language: Literal["fr", "en"]
) -> bytes:
    """Return a table of texts, as spreadsheets of that language read it."""
    return b"".join(_pieces(columns, [list(rows)], SEPARATORS[language], _local(language), _MARK))


def csv_file(sheet: Sheet, *, language: Language, standard: bool = False) -> Iterator[bytes]:
    """Yield a sheet piece by piece, as spreadsheets of that language read it.

    :param standard: as programs of any country read it: RFC 4180, with commas and ISO dates.
    """
    headings = [column.heading for column in sheet.columns]
    if standard:
        return _pieces(headings, sheet.chunks, ",", _standard, "")
    return _pieces(headings, sheet.chunks, SEPARATORS[language], _local(language), _MARK)


def _pieces(
    headings: Sequence[str],
    chunks: Iterable[Sequence[Row]],
    separator: str,
    write: Callable[[Cell], str | float | None],
    mark: str,
) -> Iterator[bytes]:
    lines = _Lines(separator, write)
    yield f"{mark}{lines.of_unlike([headings])}".encode()  # So that the reader sees it has begun.
    with closed_at_the_end(chunks):
        for chunk in chunks:
            for first in range(0, len(chunk), _ROWS_AT_ONCE):
                yield lines.of(chunk[first : first + _ROWS_AT_ONCE]).encode()
            del chunk  # Not kept while the next is made.


class _Lines:
    """Writes rows as lines, looking at whole columns: few cells need any care.

    As :class:`csv.writer` writes them, which looks at each character of each cell and takes half
    the time of a file of a list.
    """

    def __init__(self, separator: str, write: Callable[[Cell], str | float | None]) -> None:
        self.separator = separator
        self.write = write
        self.needs_quotes = re.compile(f'[{separator}"\r\n]').search

    def of(self, piece: Sequence[Row]) -> str:
        """Return the lines of some rows."""
        columns = _columns_of(piece)
        if columns is None:
            return self.of_unlike(piece)
        written = map(self._column, columns)
        return "\r\n".join([*map(self.separator.join, zip(*written, strict=True)), ""])

    def of_unlike(self, piece: Iterable[Row]) -> str:
        """Return the lines of rows of any length."""
        # A line with nothing on it would be no row.
        lines = [self.separator.join(map(self._cell, row)) or '""' * len(row) for row in piece]
        return "\r\n".join([*lines, ""])

    def _column(self, column: Sequence[Cell]) -> Iterable[str]:
        texts = plain_texts(column)
        if texts is None:
            return map(self._cell, column)
        if '"' in texts.together:
            return map(self._quoted, texts.cells)
        if self.separator in texts.together:
            separator = self.separator
            return [f'"{text}"' if separator in text else text for text in texts.cells]
        return texts.cells

    def _cell(self, cell: Cell) -> str:
        written = self.write(cell)
        return "" if written is None else self._quoted(str(written))

    def _quoted(self, text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if self.needs_quotes(text) else text


def _columns_of(piece: Sequence[Row]) -> Sequence[Sequence[Cell]] | None:
    """Return the columns of rows that have as many cells each, more than one."""
    if isinstance(piece, RowsByColumn):
        columns = piece.columns
    elif len(set(map(len, piece))) > 1:
        return None
    else:
        columns = list(zip(*piece, strict=True))
    return columns if len(columns) > 1 else None


def _local(language: Language) -> Callable[[Cell], str | float | None]:
    """Return what writes a cell as people of the country type it."""
    false, true = TRUTHS[language]

    def write(cell: Cell) -> str | float | None:
        if isinstance(cell, str):
            return _text(cell)
        if isinstance(cell, bool):
            return true if cell else false
        if isinstance(cell, date):
            return written_date(cell, language)
        if isinstance(cell, float) and language == "fr":
            return repr(cell).replace(".", ",")
        return cell

    return write


def _standard(cell: Cell) -> str | float | None:
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell.isoformat() if isinstance(cell, date) else cell


def _text(text: str) -> str:
    return harmless(kept(text))


def decoded(content: bytes) -> str | None:
    """Return the text of a file, whatever its encoding; nothing when it holds no text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    low, high = content[0:400:2], content[1:400:2]
    if high.count(0) > len(high) * 0.6 and low.count(0) < len(low) * 0.2:
        return content.decode("utf-16-le", "replace")
    if b"\x00" in content[:4096]:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def separator_of(line: str, separators: str = "\t;,") -> str | None:
    """Return what stands between the cells of a line, outside quotes; nothing for one cell."""
    bare = _QUOTED.sub("", line)
    best = max(separators, key=bare.count)
    return best if best in bare else None

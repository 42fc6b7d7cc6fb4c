"""CSV: one table for spreadsheets and programs, written and read; no cell is ever a formula."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from io import StringIO
from typing import Literal

from crm.documents.cells import TRUTHS, kept, rows_of, written_date
from crm.documents.formulas import harmless
from crm.documents.sheet_model import Cell, Language, Row, Sheet

SEPARATORS = {"fr": ";", "en": ","}
"""What spreadsheets of the country expect."""

_MARK = "\ufeff"
"""By this spreadsheets know that it is UTF-8."""
_PLAIN_TYPES = frozenset({str, int, type(None)})
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
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    out.write(mark)
    writer.writerow(map(write, headings))
    yield _taken(out)  # The reader sees that it has begun, however long the first rows take.
    with rows_of(chunks) as rows:
        for piece in rows.take_all():
            writer.writerows(_written(piece, write))
            yield _taken(out)
    if out.tell():
        yield _taken(out)


def _written(
    piece: Sequence[Row], write: Callable[[Cell], str | float | None]
) -> Iterable[Iterable[str | float | None]]:
    """Return the rows as they are written, looking at whole columns: few cells need any care."""
    if len(set(map(len, piece))) > 1:
        return (map(write, row) for row in piece)
    columns = (
        column if _is_plain(column) else list(map(write, column))
        for column in zip(*piece, strict=True)
    )
    return zip(*columns, strict=True)


def _is_plain(column: Sequence[Cell]) -> bool:
    """Tell whether all cells of a column are written as they are."""
    if not set(map(type, column)) <= _PLAIN_TYPES:
        return False
    texts = [cell for cell in column if cell and type(cell) is str]
    if not texts:
        return True
    return "".join(texts).isprintable() and "".join([text[0] for text in texts]).isalnum()


def _taken(out: StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode()


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
    if text.isascii() and text.isprintable() and text[:1].isalnum():
        return text  # as most are; the rest is asked for nothing else
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

"""Reads tables back from the files people work on: XLSX, ODS and CSV of any kind."""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import PurePath
from zipfile import BadZipFile, ZipFile

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.text import clean_line
from crm.documents.cells import is_exact, kept
from crm.documents.delimited import decoded, separator_of
from crm.documents.formulas import restored
from crm.documents.sheet_model import Cell
from crm.documents.workbook_process import MOST_COLUMNS, MOST_ROWS, Outcome

MOST_BYTES = 20 * 1024 * 1024
"""A larger file is refused."""

_MOST_UNPACKED = 300 * 1024 * 1024
_LONGEST_WAIT = 25  # seconds; gunicorn gives a request 30
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # a file locked with a password begins so too
_SEPARATORS = ";,\t|"
_NAMED_SEPARATOR = re.compile(r"sep=([;,\t|])\r?\n", re.IGNORECASE)  # Excel understands it
_ONE_COLUMN = "\x1f"  # a separator that no text holds


@dataclass(frozen=True)
class ReadTable:
    """A table that was read.

    :param name: of the sheet; of the file, where it has no sheets.
    :param rows: as wide as the headings; empty ones between others stay, to be counted.
    :param line: where the headings stand, from 1: the first row stands on the next.
    """

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    line: int = 1


def read_tables(name: str, content: bytes) -> list[ReadTable]:
    """Return the tables of a file, which have headings; texts are as they were before the export.

    :param name: of the file, as it was sent.
    :raises InvalidValue: at ``upload`` when there is no table, or too large a one.
    """
    if len(content) > MOST_BYTES:
        raise _refusal(_("This file is larger than 20 MB. Send it in parts"))
    if content.startswith(_OLD_EXCEL):
        raise _refusal(
            _(
                "Files of old versions and files with a password are not read. Save it as XLSX, "
                "without a password"
            )
        )
    if content.startswith(_ZIP):
        found = _of_workbook(content)
    else:
        found = _of_text(PurePath(name.replace("\\", "/")).stem, content)
    tables = [table for table in found if table]
    if not tables:
        raise _refusal(
            _("There is no table in this file. Put the names of the columns into its first row")
        )
    return tables


def _refusal(sentence: str) -> InvalidValue:
    return InvalidValue("upload", sentence)


# XLSX and ODS


def _of_workbook(content: bytes) -> Iterator[ReadTable | None]:
    _check_unpacked(content)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "crm.documents.workbook_process"],
            input=content,
            capture_output=True,
            timeout=_LONGEST_WAIT,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    except subprocess.TimeoutExpired:
        raise _refusal(_too_large()) from None
    if done.returncode != Outcome.READ:
        raise _refusal(_why(done.returncode))
    for line in done.stdout.splitlines():
        name, first, rows = json.loads(line, object_hook=untagged)
        yield _table(name, first, [[_value(cell) for cell in row] for row in rows])


def _check_unpacked(content: bytes) -> None:
    """Refuse a file that says of itself that it unpacks to more than can be read."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (BadZipFile, NotImplementedError, ValueError, OSError):
        raise _refusal(_why(Outcome.UNREADABLE)) from None
    if unpacked > _MOST_UNPACKED:
        raise _refusal(_too_large())


def _why(code: int) -> str:
    """Return the sentence for how reading ended; the system itself ends what takes too much."""
    match code:
        case Outcome.LOCKED:
            return _("This file is locked with a password. Save it without one and try again")
        case Outcome.TOO_MANY_ROWS:
            return _too_many_rows()
        case Outcome.TOO_MANY_COLUMNS:
            return _too_many_columns()
        case Outcome.UNREADABLE:
            return _(
                "This file cannot be read. Open it in a spreadsheet program, save it as XLSX, ODS "
                "or CSV and try again"
            )
    return _too_large()


def _too_large() -> str:
    return _(
        "This file holds more than can be read at once. Keep the rows and columns that are needed, "
        "or save it as CSV"
    )


def _too_many_rows() -> str:
    return _("This file has more than 100,000 rows. Send it in parts")


def _too_many_columns() -> str:
    return _("This file has more than 200 columns. Delete those that are not needed")


def untagged(tagged: dict[str, str]) -> date:
    """Return the date that JSON holds as :func:`crm.documents.workbook_process.tagged` says it."""
    if "moment" in tagged:
        return datetime.fromisoformat(tagged["moment"])
    return date.fromisoformat(tagged["date"])


def _value(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return _text(cell)
    if isinstance(cell, float) and is_exact(cell) and cell.is_integer():
        return int(cell)
    return cell


# CSV


def _of_text(name: str, content: bytes) -> Iterator[ReadTable | None]:
    text = decoded(content)
    if text is None:
        raise _refusal(_("Only XLSX, ODS and CSV files can be read. Save it as one of these"))
    separator, first_line = _separator(text), 1
    if named := _NAMED_SEPARATOR.match(text):
        separator, text, first_line = named[1], text[named.end() :], 2
    rows: list[list[Cell]] = []
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            if len(rows) > MOST_ROWS:
                raise _refusal(_too_many_rows())
            if len(row) > MOST_COLUMNS:
                raise _refusal(_too_many_columns())
            rows.append([_text(cell) for cell in row])
    except csv.Error:
        raise _refusal(
            _("Line %(line)d cannot be read. Look at its quotation marks", line=reader.line_num)
        ) from None
    yield _table(name, first_line, rows)


def _separator(text: str) -> str:
    """Return what stands between the cells, by the first line that is not empty."""
    first = next((line for line in StringIO(text) if line.strip()), "")
    return separator_of(first, _SEPARATORS) or _ONE_COLUMN


# Both


def _text(text: str) -> str | None:
    return restored(kept(text)) or None


def _table(name: str, first_line: int, rows: Sequence[list[Cell]]) -> ReadTable | None:
    """Return the table that begins with the first row that is not empty."""
    lengths = [_length(row) for row in rows]
    filled = [place for place, length in enumerate(lengths) if length]
    if not filled:
        return None
    top, last, width = filled[0], filled[-1], max(lengths)
    headings, *others = (
        [*row[:width], *[None] * (width - len(row))] for row in rows[top : last + 1]
    )
    return ReadTable(name, list(map(_heading, headings)), others, first_line + top)


def _length(row: Sequence[Cell]) -> int:
    """Return how many cells there are up to the last that is not empty."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1] is not None), 0)


def _heading(cell: Cell) -> str:
    return "" if cell is None else clean_line(str(cell))

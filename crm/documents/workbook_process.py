"""Reads an XLSX or ODS file from its standard input, in a process that has only so much room.

A file of a few kilobytes can name a cell in the last row of the last column, or repeat a text a
billion times, and the library makes room for all of it. Here it ends this process alone. Run by
:mod:`crm.documents.sheet_reading`, which reads each sheet as a line of JSON: its name, the number
of its first row, its rows.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime
from enum import IntEnum
from io import BytesIO
from typing import Any

MOST_ROWS = 100_000
MOST_COLUMNS = 200
_MOST_ROOM = 1024 * 1024 * 1024
_MOST_SECONDS = 15
_MOST_WRITTEN = 128 * 1024 * 1024


class Outcome(IntEnum):
    """How the process ended."""

    READ = 0
    UNREADABLE = 70
    LOCKED = 71
    TOO_MANY_ROWS = 72
    TOO_MANY_COLUMNS = 73
    TOO_LARGE = 74


class _Refused(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def main() -> Outcome:
    """Read the file and write its sheets."""
    _limit()
    import python_calamine  # noqa: PLC0415 - within the limits

    try:
        for sheet in _sheets(python_calamine, sys.stdin.buffer.read()):
            sys.stdout.write(sheet + "\n")
    except _Refused as refusal:
        return refusal.outcome
    except python_calamine.PasswordError:
        return Outcome.LOCKED
    except MemoryError:
        return Outcome.TOO_LARGE
    except BaseException:  # noqa: BLE001 - what the library calls a panic is no Exception
        return Outcome.UNREADABLE
    return Outcome.READ


def _limit() -> None:
    with suppress(ImportError):  # where the system knows no such limits
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_ROOM, _MOST_ROOM))
        resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _sheets(library: Any, content: bytes) -> Iterator[str]:
    book = library.CalamineWorkbook.from_filelike(BytesIO(content))
    rows = written = 0
    for about in book.sheets_metadata:
        if about.typ != library.SheetTypeEnum.WorkSheet:
            continue
        if about.visible != library.SheetVisibleEnum.Visible:
            continue
        sheet = book.get_sheet_by_name(about.name)
        if sheet.start is None:
            continue
        rows += sheet.height
        if rows > MOST_ROWS + 1:
            raise _Refused(Outcome.TOO_MANY_ROWS)
        if sheet.width > MOST_COLUMNS:
            raise _Refused(Outcome.TOO_MANY_COLUMNS)
        line = json.dumps([about.name, sheet.start[0] + 1, sheet.to_python()], default=tagged)
        written += len(line)
        if written > _MOST_WRITTEN:
            raise _Refused(Outcome.TOO_LARGE)
        yield line


def tagged(value: object) -> object:
    """Return what JSON has no type for."""
    if isinstance(value, datetime):
        return {"moment": value.isoformat()}
    return {"date": value.isoformat()} if isinstance(value, date) else str(value)


if __name__ == "__main__":
    sys.exit(main())

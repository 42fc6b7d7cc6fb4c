"""JSON: the rows for programs, with real types, dates of ISO 8601 and names that never change."""

import json
import math
from collections.abc import Iterator
from typing import Any

from crm.documents.cells import rows_of
from crm.documents.sheet_model import About, Cell, Row, Sheet


def json_file(sheet: Sheet, about: About) -> Iterator[bytes]:
    """Yield the file piece by piece; rows are pulled as the pieces go out."""
    columns = [
        {"key": column.key or column.heading, "label": column.heading} for column in sheet.columns
    ]
    keys = [column["key"] for column in columns]
    head = {"title": about.title, "made_at": about.made_at, "columns": columns}
    yield _encoded(f'{_written(head)[:-1]}, "rows": [')
    before = "\n"
    with rows_of(sheet.chunks) as rows:
        for piece in rows.take_all():
            yield _encoded(before + ",\n".join(_written(_record(keys, row)) for row in piece))
            before = ",\n"
    yield b"\n]}\n"


def _record(keys: list[str], row: Row) -> dict[str, Cell]:
    return dict(zip(keys, map(_exact, row), strict=False))


def _exact(cell: Cell) -> Cell:
    """Return the value as JSON can hold it, which knows no infinity."""
    return str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda day: day.isoformat())


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")

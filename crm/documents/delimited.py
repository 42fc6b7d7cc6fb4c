"""CSV: one table for spreadsheets and programs; no cell is ever a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Literal

from crm.documents.text import clean

SEPARATORS = {"fr": ";", "en": ","}
"""What spreadsheets of the country expect."""

# The full-width signs too: some spreadsheets read them as the plain ones.
_BEGINS_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # noqa: RUF001


def write_csv(
    columns: Sequence[str], rows: Iterable[Sequence[str]], language: Literal["fr", "en"]
) -> bytes:
    """Return a table as UTF-8, with the mark by which spreadsheets know it."""
    file = StringIO(newline="")
    writer = csv.writer(file, delimiter=SEPARATORS[language])
    for row in (columns, *rows):
        writer.writerow([_harmless(each) for each in row])
    return file.getvalue().encode("utf-8-sig")


def _harmless(text: str) -> str:
    """Return a text that a spreadsheet shows and does not reckon."""
    text = clean(text)
    return f"'{text}" if text.lstrip().startswith(_BEGINS_FORMULA) else text

"""What PDF and DOCX share: the order of headings and the widths of columns."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crm.documents import fonts
from crm.documents.model import Block, Document, Heading, Table
from crm.documents.text import clean_line, flat

PAGE_WIDTH = 170 * 72 / 25.4
"""The width of the text on A4, in points."""
TABLE_SIZE = 8.5
"""The size of the letters of a table, in points."""
PADDING = 9.0
"""What a column needs beside its text, in points."""
LONGEST_HEADING = 400

_WIDEST_WORD = 150.0
_WIDEST_LINE = 260.0
_MEASURED_ROWS = 400
_MEASURED_LENGTH = 300
_BOLD = 1.08  # how much wider bold letters are


class Part(NamedTuple):
    """A heading or another block, in the order of reading."""

    block: Block
    page_break: bool = False
    opens_section: bool = False


def flow(document: Document) -> Iterator[Part]:
    """Yield the blocks of a document; no level of heading is skipped, none is empty."""
    level = 0
    for section in document.sections:
        page_break = section.page_break
        headed: list[tuple[Block, bool]] = [(Heading(section.title, section.level), True)]
        for block, opens in headed + [(block, False) for block in section.blocks]:
            if isinstance(block, Heading):
                text = clean_line(block.text, LONGEST_HEADING)
                if not text:
                    continue
                level = min(max(block.level, 1), level + 1, 3)
                yield Part(Heading(text, level), page_break, opens)
            else:
                yield Part(block, page_break)
            page_break = False


def is_number(value: object) -> bool:
    """Tell if a value is set to the right of its column."""
    return isinstance(value, int | float)


def numeric_columns(table: Table) -> list[bool]:
    """Tell which columns hold numbers alone."""
    held = [
        [row[i] for row in table.rows if i < len(row) and row[i] is not None]
        for i in range(len(table.columns))
    ]
    return [bool(values) and all(map(is_number, values)) for values in held]


def column_widths(document: Document) -> dict[int, list[float]]:
    """Return the widths in points of each table's columns, by the table's identity.

    Tables of the same columns get the same widths, so that the eye finds its place again.
    """
    alike: defaultdict[tuple[str, ...], list[Table]] = defaultdict(list)
    chosen = {}
    for section in document.sections:
        for block in section.blocks:
            if not isinstance(block, Table) or not block.columns:
                continue
            if (given := block.widths) and len(given) == len(block.columns) and min(given) > 0:
                chosen[id(block)] = [share * PAGE_WIDTH / sum(given) for share in given]
            else:
                alike[tuple(block.columns)].append(block)
    for columns, tables in alike.items():
        grows = [not all(held) for held in zip(*map(numeric_columns, tables), strict=True)]
        fitting = _fit(*_needs(columns, tables, document), grows)
        chosen.update((id(table), fitting) for table in tables)
    return chosen


def _needs(
    columns: Sequence[str], tables: Sequence[Table], document: Document
) -> tuple[list[float], list[float]]:
    """Return what the columns need for their longest word and for their longest line."""
    heads = [clean_line(column, LONGEST_HEADING) for column in columns]
    words = [_measure(max(head.split(), key=len, default="")) * _BOLD for head in heads]
    lines = [_measure(head) * _BOLD for head in heads]
    rows = [row for table in tables for row in table.rows][:_MEASURED_ROWS]
    for row in rows:
        for i, value in enumerate(row[: len(columns)]):
            for line in flat(value, document)[:_MEASURED_LENGTH].split("\n"):
                lines[i] = max(lines[i], _measure(line))
                words[i] = max(words[i], _measure(max(line.split(), key=len, default="")))
    return (
        [min(word, _WIDEST_WORD) + PADDING for word in words],
        [min(line, _WIDEST_LINE) + PADDING for line in lines],
    )


def _measure(text: str) -> float:
    return fonts.width(text) * TABLE_SIZE


def _fit(words: list[float], lines: list[float], grows: list[bool]) -> list[float]:
    """Share the page between columns, so that words stay whole and then lines."""
    needed, wished = sum(words), sum(lines)
    if wished <= PAGE_WIDTH:
        # What is left goes to the texts: a number stays near what it counts.
        weights = [line * grow for line, grow in zip(lines, grows, strict=True)]
        if not any(weights):
            weights = lines
        spare = (PAGE_WIDTH - wished) / sum(weights)
        return [line + weight * spare for line, weight in zip(lines, weights, strict=True)]
    if needed >= PAGE_WIDTH:
        return [word * PAGE_WIDTH / needed for word in words]
    share = (PAGE_WIDTH - needed) / (wished - needed)
    return [word + (line - word) * share for word, line in zip(words, lines, strict=True)]

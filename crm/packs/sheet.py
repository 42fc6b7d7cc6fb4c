"""Makes a sheet of a record: the facts and tables of its page, as a file that leaves the house."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.core.clock import PARIS, now
from crm.core.db import Base, db
from crm.core.i18n import _
from crm.core.partial_date import PartialDate, Precision
from crm.core.principal import OUTSIDE, principal_of
from crm.core.text import slug
from crm.documents.model import Document, Facts, Lines, Linked, Section, Table, Value
from crm.packs import queries
from crm.packs.files import (
    File,
    Format,
    Language,
    file_of,
    in_words,
    stamped,
    withheld_of,
)
from crm.records import asof, page
from crm.records.history import record_columns
from crm.records.kinds import Panel, RecordKind, registry
from crm.records.models import Record
from crm.records.visibility import alone
from crm.web import cells
from crm.web.templating import shown, yes_no

MOST_ROWS = 1000
"""Of one panel; more than anybody reads on paper."""

PREFIXES = {"email": "mailto:", "phone": "tel:", "url": ""}


@dataclass(frozen=True)
class _Found:
    """All a sheet shows, no rows of the database any more."""

    title: str
    summary: list[str]
    facts: list[tuple[str, Value]]
    tables: list[tuple[str, Table]]


def make(
    kind: RecordKind,
    record_id: int,
    *,
    author: str,
    language: Language,
    file_format: Format,
    base_url: str = "",
) -> File:
    """Make the sheet of a record, as on the day of :mod:`crm.records.asof`.

    :param author: who is named on it.
    :raises LookupError: when the team does not see the record.
    """
    base = (Base.metadata.info.get("base_url") or base_url).rstrip("/")
    asking = principal_of(db.session)
    with alone(OUTSIDE):
        found = _gather(kind, record_id, base)
    ids: set[int] = set()
    if asking is not None:
        with alone(asking):
            ids = _ids_shown(kind, record_id)
    withheld = withheld_of(ids)
    day = asof.asked_day()
    sections = [Section(str(kind.label), [Facts(found.facts)])]
    sections += [Section(title, [table], sheet=title) for title, table in found.tables]
    document = Document(
        title=found.title,
        subtitle=" · ".join(filter(None, [asof.sentence(), str(kind.label), *found.summary])),
        language=language,
        author=author,
        made_at=now().astimezone(PARIS),
        stamp=[*stamped(author, language, withheld), *filter(None, [asof.sentence()])],
        sections=sections,
        format_date=lambda each: in_words(each, language),
    )
    name = slug(found.title) or _("sheet")
    return file_of(document, file_format, f"{name}-{day.isoformat()}" if day else name)


def _record(kind: RecordKind, record_id: int) -> Record:
    found: Record | None = db.session.scalar(
        sa.select(kind.model).where(kind.model.id == record_id)
    )
    if found is None:
        raise LookupError(record_id)
    return found


def _gather(kind: RecordKind, record_id: int, base_url: str) -> _Found:
    record = _record(kind, record_id)
    tables = []
    for panel in _panels(record):
        rows = page.rows_of(panel, record, MOST_ROWS)
        table = _table(panel, record, rows, base_url)
        if table is not None:
            tables.append((str(panel.title), table))
    facts = [
        (str(label), value_of(value, base_url)) for label, value in page.facts_of(kind, record)
    ]
    summary = [str(shown(value)) for value in kind.summary(record) if value not in (None, "")]
    return _Found(record.title, summary, facts, tables)


def _panels(record: Record) -> list[Panel]:
    """Return the panels of the page as it is read: the wide ones, then those beside them."""
    return sorted(registry.panels_of(record), key=lambda panel: panel.side)


def _table(panel: Panel, record: Record, rows: Sequence[Any], base_url: str) -> Table | None:
    """Return the rows that may leave the house, without the columns that say nothing of them."""
    leaving = [row for row in rows if not getattr(row, "is_private", False)]
    columns = page.columns_of(panel, record)
    filled: dict[str, list[Value]] = {}
    for column in columns:
        values = [value_of(column.cell(row), base_url) for row in leaving]
        if any(value is not None for value in values):
            filled[str(column.label)] = values
    if not filled:
        return None
    lines = [list(line) for line in zip(*filled.values(), strict=True)]
    return Table("", list(filled), lines)


# What is withheld


def _ids_shown(kind: RecordKind, record_id: int) -> set[int]:
    """Return the records that the sheet would show to who asks for it, and that they see."""
    record = _record(kind, record_id)
    ids = set(_named_by(record))
    for panel in _panels(record):
        for row in page.rows_of(panel, record, MOST_ROWS):
            ids.update(_named_by(row))
    return set(db.session.scalars(queries.ids_of(ids)))


def _named_by(row: Any) -> Iterator[int]:
    """Return the row itself where it is a record, and the records it names."""
    if isinstance(row, Record):
        yield row.id
        names = list(record_columns(type(row)))
    else:
        names = list(getattr(row, "__records__", ()))
    for name in names:
        value = getattr(row, name)
        if value is not None:
            yield value


# Cells


def value_of(cell: Any, base_url: str = "") -> Value:
    """Return what a page shows as a value of a document."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, cells.Lines):
        return Lines([_inline(each, base_url) for each in cell.lines if each not in (None, "")])
    if isinstance(cell, bool):
        return yes_no(cell)
    if isinstance(cell, datetime):
        return cell.astimezone(PARIS).date()
    if isinstance(cell, PartialDate) and cell.precision is Precision.DAY:
        return cell.first_day
    if isinstance(cell, Decimal):
        return float(cell)
    if isinstance(cell, date | int | float):
        return cell
    return _inline(cell, base_url)


def _inline(cell: Any, base_url: str) -> str | Linked:
    text = str(shown(cell))
    if isinstance(cell, cells.Address):
        return Linked(text, f"{PREFIXES[cell.cell_kind]}{''.join(text.split())}")
    if isinstance(cell, cells.Link):
        if not cell.url.startswith("/"):
            return Linked(text, cell.url)
        if base_url:
            return Linked(text, f"{base_url}{cell.url}")
    return text

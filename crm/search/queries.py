"""Questions of the search page. Each returns a statement; the caller fetches."""

from typing import Any

from sqlalchemy import Select, func, select

from crm.records.models import Record
from crm.records.queries import matching_text


def found(text: str, kind: str | None) -> Select[Record]:
    """Return the records that have every word of a text, by kind and name."""
    query = matching_text(text, [kind] if kind else ())
    return query.order_by(Record.sort_key, Record.id)


def found_by_kind(text: str) -> Select[Any]:
    """Return (kind, number) of the records that have every word of a text."""
    matching = matching_text(text).subquery()
    return select(matching.c.kind, func.count()).group_by(matching.c.kind)

"""Keeps the text by which a record is found equal to what the record and its parts say.

A part that names a record which is kept to some people is left out: its words would tell others
that there is something they may not see.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm import selectin_polymorphic

from crm.core.db import Base
from crm.core.text import fold
from crm.records.models import RECORDS, Record
from crm.records.visibility import seen_by_team

Touched = Sequence[tuple[Any, Mapping[str, Any]]]
"""Rows that a flush wrote, each with the values that changed."""


@cache
def _searched_parts() -> tuple[type[Any], ...]:
    """Return the kinds of parts whose texts find a record."""
    mapped = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda it: it.__name__)
    return tuple(each for each in mapped if getattr(each, "__search_columns__", ()))


def refresh(session: AnySession, rows: Touched) -> None:
    """Rewrite the search text of the records that were touched, or whose parts were."""
    touched: dict[int, Record | None] = {}
    for row, values in rows:
        if isinstance(row, Record):
            touched[row.id] = row
            if "visibility" in values:
                for record_id in _named_beside(session, row.id):
                    touched.setdefault(record_id, None)
        elif getattr(row, "__search_columns__", ()):
            touched.setdefault(row.named_records()[0], None)
    if touched:
        _rewrite(session, touched)


def _named_beside(session: AnySession, record_id: int) -> set[int]:
    """Return the records that are found by parts which name this one, too."""
    found: set[int] = set()
    for part in _searched_parts():
        table = part.__table__
        owner, *others = (table.c[name] for name in part.__records__)
        if others:
            names = sa.or_(*(other == record_id for other in others))
            found.update(session.connection().scalars(sa.select(owner).where(names)))
    return found


def _rewrite(session: AnySession, touched: Mapping[int, Record | None]) -> None:
    words = _words_of_parts(session, list(touched))
    updates = []
    for record_id, record in touched.items():
        known = record if record is not None else session.get(Record, record_id)
        if known is None:
            continue
        updates.append({"row_id": record_id, "text": _text(known, words)})
    if updates:
        session.connection().execute(
            sa.update(RECORDS)
            .where(RECORDS.c.id == sa.bindparam("row_id"))
            .values(search_text=sa.bindparam("text")),
            updates,
        )


def _text(record: Record, words: Mapping[int, Sequence[str]]) -> str:
    terms = [record.title, *record.search_terms(), *words[record.id]]
    return " ".join(dict.fromkeys(fold(term) for term in terms if term))


def _words_of_parts(session: AnySession, record_ids: Sequence[int]) -> dict[int, list[str]]:
    """Return for each record what its parts say, but for those that name a hidden record."""
    words: dict[int, list[str]] = {record_id: [] for record_id in record_ids}
    found: list[tuple[int, list[int], list[str]]] = []
    for part in _searched_parts():
        table = part.__table__
        owner, *others = (table.c[name] for name in part.__records__)
        texts = [table.c[column] for column in part.__search_columns__]
        query = sa.select(owner, *others, *texts).where(owner.in_(record_ids))
        for record_id, *values in session.connection().execute(query):
            beside = [each for each in values[: len(others)] if each is not None]
            found.append((record_id, beside, [text for text in values[len(others) :] if text]))
    named = {each for _record_id, beside, _texts in found for each in beside}
    seen = _seen(session, named)
    for record_id, beside, texts in found:
        if seen.issuperset(beside):
            words[record_id] += texts
    return words


def _seen(session: AnySession, record_ids: Iterable[int]) -> set[int]:
    ids = list(record_ids)
    return set(session.connection().scalars(seen_by_team(ids))) if ids else set()


BATCH = 500
"""Records that are read at once when the whole index is looked at."""


def rebuild(session: AnySession) -> int:
    """Write the search text of every record again.

    :returns: of how many it was not what it should be.
    """
    wrong = 0
    for batch in _batches(session):
        for record_id, text in stale(session, batch).items():
            wrong += 1
            session.connection().execute(
                sa.update(RECORDS).where(RECORDS.c.id == record_id).values(search_text=text)
            )
    return wrong


def count_stale(session: AnySession) -> int:
    """Return how many records are not found by what they say."""
    return sum(len(stale(session, batch)) for batch in _batches(session))


def stale(session: AnySession, record_ids: Sequence[int]) -> dict[int, str]:
    """Return the text by which each record should be found and is not."""
    models = [mapper.class_ for mapper in sa.inspect(Record).self_and_descendants]
    query = (
        sa.select(Record)
        .where(Record.id.in_(record_ids))
        .options(selectin_polymorphic(Record, models))
        .execution_options(with_trash=True)
    )
    words = _words_of_parts(session, record_ids)
    texts = {record.id: _text(record, words) for record in session.scalars(query)}
    session.expunge_all()
    # What the session knows of the text may be older than what a flush has written.
    stored = sa.select(RECORDS.c.id, RECORDS.c.search_text).where(RECORDS.c.id.in_(record_ids))
    known = dict(session.connection().execute(stored).all())
    return {record_id: text for record_id, text in texts.items() if known[record_id] != text}


def _batches(session: AnySession) -> Iterator[list[int]]:
    last = 0
    while True:
        query = sa.select(RECORDS.c.id).where(RECORDS.c.id > last).order_by(RECORDS.c.id)
        ids = list(session.connection().scalars(query.limit(BATCH)))
        if not ids:
            return
        yield ids
        last = ids[-1]

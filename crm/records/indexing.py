"""Keeps the text by which a record is found equal to what the record and its parts say.

A part that names a record which is kept to some people is left out: its words would tell others
that there is something they may not see.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm import selectin_polymorphic

from crm.core.db import Base
from crm.core.text import spellings
from crm.records import search
from crm.records.models import RECORDS, Name, Record, SearchWord
from crm.records.visibility import seen_by_team

Touched = Sequence[tuple[Any, Mapping[str, Any]]]
"""Rows that a flush wrote, each with the values that changed."""


WORDS: Any = SearchWord.__table__
SHORTEST_WORD, LONGEST_WORD = 4, 40
"""Letters of a word that can be guessed from one that was mistyped."""


@cache
def _searched_parts() -> tuple[type[Any], ...]:
    """Return the kinds of parts whose texts find a record."""
    mapped = sorted((mapper.class_ for mapper in Base.registry.mappers), key=lambda it: it.__name__)
    return tuple(each for each in mapped if getattr(each, "__search_columns__", ()))


def refresh(session: AnySession, rows: Touched, new: AbstractSet[int] = frozenset()) -> None:
    """Rewrite the search text of the records that were touched, or whose parts were.

    :param new: the records that were just added: they have no parts but those written with them.
    """
    touched: dict[int, Record | None] = {}
    owners: set[int] = set()
    for row, values in rows:
        if isinstance(row, Record):
            touched[row.id] = row
            if "visibility" in values and row.id not in new:
                for record_id in _named_beside(session, row.id):
                    touched.setdefault(record_id, None)
        elif getattr(row, "__search_columns__", ()):
            owners.add(row.named_records()[0])
            touched.setdefault(row.named_records()[0], None)
    if touched:
        _rewrite(session, touched, new - owners)


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


@dataclass(frozen=True)
class Index:
    """By what a record is found.

    :param names: its names, one a line, in every spelling.
    :param text: these and all else, as one text of words.
    """

    names: str
    text: str


def _rewrite(
    session: AnySession, touched: Mapping[int, Record | None], without_parts: AbstractSet[int]
) -> None:
    words = {record_id: _Words() for record_id in without_parts}
    if with_parts := [record_id for record_id in touched if record_id not in without_parts]:
        words |= _words_of_parts(session, with_parts)
    found = {}
    for record_id, record in touched.items():
        known = record if record is not None else session.get(Record, record_id)
        if known is not None:
            found[record_id] = _index(known, words)
    _write(session, found)


def _write(session: AnySession, found: Mapping[int, Index]) -> None:
    if not found:
        return
    connection = session.connection()
    connection.execute(
        sa.update(RECORDS)
        .where(RECORDS.c.id == sa.bindparam("row_id"))
        .values(search_names=sa.bindparam("names"), search_text=sa.bindparam("text")),
        [
            {"row_id": record_id, "names": index.names, "text": index.text}
            for record_id, index in found.items()
        ],
    )
    words = sorted({word for index in found.values() for word in index.names.split()})
    rows = [
        {"word": word, "backwards": word[::-1]}
        for word in words
        if SHORTEST_WORD <= len(word) <= LONGEST_WORD
    ]
    if rows:
        insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(insert(WORDS).on_conflict_do_nothing(), rows)


def _index(record: Record, words: Mapping[int, "_Words"]) -> Index:
    known = words[record.id]
    acronym = getattr(record, "acronym", None)
    names = [
        line for name in (record.title, acronym, *known.names) if name for line in spellings(name)
    ]
    more = [
        line for term in (*record.search_terms(), *known.others) if term for line in spellings(term)
    ]
    return Index("\n".join(dict.fromkeys(names)), " ".join(dict.fromkeys([*names, *more])))


@dataclass
class _Words:
    """What the parts of a record say."""

    names: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def _words_of_parts(session: AnySession, record_ids: Sequence[int]) -> dict[int, _Words]:
    """Return for each record what its parts say, but for those that name a hidden record."""
    words = {record_id: _Words() for record_id in record_ids}
    found: list[tuple[type[Any], int, list[int], list[str]]] = []
    for part in _searched_parts():
        table = part.__table__
        owner, *others = (table.c[name] for name in part.__records__)
        texts = [table.c[column] for column in part.__search_columns__]
        query = sa.select(owner, *others, *texts).where(owner.in_(record_ids)).order_by(table.c.id)
        for record_id, *values in session.connection().execute(query):
            beside = [each for each in values[: len(others)] if each is not None]
            found.append(
                (part, record_id, beside, [text for text in values[len(others) :] if text])
            )
    named = {each for _part, _record_id, beside, _texts in found for each in beside}
    seen = _seen(session, named)
    for part, record_id, beside, texts in found:
        if seen.issuperset(beside):
            known = words[record_id]
            (known.names if part is Name else known.others).extend(texts)
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
    session.connection().execute(sa.delete(WORDS))
    wrong = 0
    for batch in _batches(session):
        should = _should(session, batch)
        wrong += len(_differing(session, should))
        _write(session, should)
    search.merge_all(session.connection())
    return wrong


def count_stale(session: AnySession) -> int:
    """Return how many records are not found by what they say."""
    return sum(len(_differing(session, _should(session, batch))) for batch in _batches(session))


def _should(session: AnySession, record_ids: Sequence[int]) -> dict[int, Index]:
    """Return by what each record should be found."""
    models = [mapper.class_ for mapper in sa.inspect(Record).self_and_descendants]
    query = (
        sa.select(Record)
        .where(Record.id.in_(record_ids))
        .options(selectin_polymorphic(Record, models))
        .execution_options(with_trash=True)
    )
    words = _words_of_parts(session, record_ids)
    found = {record.id: _index(record, words) for record in session.scalars(query)}
    session.expunge_all()
    return found


def _differing(session: AnySession, should: Mapping[int, Index]) -> list[int]:
    """Return the records that are found by something else."""
    # What the session knows of the texts may be older than what a flush has written.
    stored = sa.select(RECORDS.c.id, RECORDS.c.search_names, RECORDS.c.search_text)
    query = stored.where(RECORDS.c.id.in_(list(should)))
    return [
        record_id
        for record_id, names, text in session.connection().execute(query)
        if Index(names, text) != should[record_id]
    ]


def _batches(session: AnySession) -> Iterator[list[int]]:
    last = 0
    while True:
        query = sa.select(RECORDS.c.id).where(RECORDS.c.id > last).order_by(RECORDS.c.id)
        ids = list(session.connection().scalars(query.limit(BATCH)))
        if not ids:
            return
        yield ids
        last = ids[-1]

"""Search inside the database: the only module that writes SQL by hand.

SQLite keeps an FTS5 table beside ``records``, PostgreSQL a GIN index; triggers and the index
follow ``records.search_text`` in the same transaction (see the migration).
Only letters and digits reach the query, so that no operator can be slipped in.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from crm.core.text import searched

MOST_WORDS = 12
_LINE_END = "\n"
"""Between the names of a record."""


class found_by_words(GenericFunction[Any]):  # noqa: N801 - named as the SQL it stands for
    """A subquery of the ids of the records that have all the words of a search."""

    type = sa.Integer()
    inherit_cache = True
    name = "found_by_words"


@compiles(found_by_words, "sqlite")
def _found_in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    query = compiler.process(element.clauses, **options)
    return f"(SELECT rowid FROM records_fts WHERE records_fts MATCH ({query}))"


@compiles(found_by_words, "postgresql")
def _found_in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    query = compiler.process(element.clauses, **options)
    # The array is made once. A plain subquery may be asked again for each row it is joined to,
    # where PostgreSQL believes a table small that was just filled.
    return (
        "(SELECT unnest(ARRAY(SELECT found.id FROM records AS found"
        f" WHERE to_tsvector('simple', found.search_text) @@ to_tsquery('simple', {query}))))"
    )


class _Words(sa.TypeDecorator[list[str]]):
    """Words to look for, written in the query language of the database."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str:
        """Ask for every word by its beginning."""
        if dialect.name == "sqlite":
            return " ".join(f'"{word}"*' for word in value)
        return " & ".join(f"{word}:*" for word in value)


class _AnyWord(_Words):
    """Words of which one is enough, each written in full."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str:
        """Ask for one word or another."""
        if dialect.name == "sqlite":
            return " OR ".join(f'"{word}"' for word in value)
        return " | ".join(value)


def matching_any(column: Any, words: Sequence[str]) -> sa.ColumnElement[bool]:
    """Tell whether the record whose id is in the column has one of the words, as they are folded.

    :param words: of letters and digits only, as ``tokens`` returns them.
    """
    known = [word for word in words if word.isascii() and word.isalnum()]
    if not known:
        return sa.false()
    asked = sa.bindparam(None, known, type_=_AnyWord(), unique=True)
    condition: sa.ColumnElement[bool] = column.op("IN")(found_by_words(asked))
    return condition


def matching(column: Any, text: str) -> sa.ColumnElement[bool]:
    """Tell whether the record whose id is in the column has every word of the text."""
    words = searched(text)[:MOST_WORDS]
    if not words:
        return sa.false()
    asked = sa.bindparam(None, words, type_=_Words(), unique=True)
    condition: sa.ColumnElement[bool] = column.op("IN")(found_by_words(asked))
    return condition


class has_words(GenericFunction[Any]):  # noqa: N801 - named as the SQL it stands for
    """Whether the record at hand has all the words of a search: (id, search text, words)."""

    type = sa.types.NullType()  # Of a truth SQLite would be asked whether it is 1, past the index.
    inherit_cache = True
    name = "has_words"


@compiles(has_words, "sqlite")
def _has_in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    record_id, _text, query = (compiler.process(each, **options) for each in element.clauses)
    return f"{record_id} IN (SELECT rowid FROM records_fts WHERE records_fts MATCH ({query}))"


@compiles(has_words, "postgresql")
def _has_in_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    _record_id, text, query = (compiler.process(each, **options) for each in element.clauses)
    return f"to_tsvector('simple', {text}) @@ to_tsquery('simple', {query})"


def having_words(record: Any, text: str) -> sa.ColumnElement[bool]:
    """Tell whether a record has every word of a text; for statements about records alone.

    They end as soon as they have enough; joined to other tables, use :func:`matching`.
    """
    words = searched(text)[:MOST_WORDS]
    if not words:
        return sa.false()
    asked = sa.bindparam(None, words, type_=_Words(), unique=True)
    return has_words(record.id, record.search_text, asked)


def having_asked_words(record: Any) -> sa.ColumnElement[bool]:
    """Tell the same for statements that are made once; they take what :func:`asked` returns."""
    return has_words(record.id, record.search_text, sa.bindparam("words", type_=_Words()))


def asked(text: str) -> dict[str, Any]:
    """Return what statements take that are made once and ask for the words of a text.

    :param text: of which some word is searched.
    """
    words = searched(text)[:MOST_WORDS]
    whole, beginning, inside = _patterns(" ".join(words))
    return {"words": words, "whole": whole, "beginning": beginning, "inside": inside}


def few_with(connection: sa.Connection, text: str, most: int) -> list[int] | None:
    """Return the ids of the records with every word of a text, or None where they are too many.

    Whoever asks: it decides how a statement looks for them, not who sees them.
    """
    words = searched(text)[:MOST_WORDS]
    if not words:
        return []
    asked = {"words": words, "most": most + 1}
    ids = list(connection.scalars(_some_with(connection.dialect.name), asked))
    return ids if len(ids) <= most else None


@cache
def _some_with(dialect: str) -> sa.Select[int]:
    """Return the ids of as many records with every word; takes ``words`` and ``most``."""
    return sa.select(sa.column("id", sa.Integer)).select_from(
        sa.text(
            "(SELECT rowid AS id FROM records_fts WHERE records_fts MATCH :words LIMIT :most) AS f"
            if dialect == "sqlite"
            else "(SELECT id FROM records WHERE to_tsvector('simple', search_text)"
            " @@ to_tsquery('simple', :words) LIMIT :most) AS f"
        ).bindparams(sa.bindparam("words", type_=_Words()), sa.bindparam("most", type_=sa.Integer))
    )


def closeness(names: Any, text: str) -> sa.ColumnElement[int]:
    """Return how close names are to a search: 0 the very name, 1 its beginning, 2 and 3 further.

    :param names: a column that holds one folded name a line.
    """
    return _closeness(names, *_patterns(" ".join(searched(text)[:MOST_WORDS])))


def closeness_as_asked(names: Any) -> sa.ColumnElement[int]:
    """Return the same for statements that are made once; they take what :func:`asked` returns."""
    return _closeness(names, *(sa.bindparam(key) for key in ("whole", "beginning", "inside")))


def _patterns(words: str) -> tuple[str, str, str]:
    """Return how words stand among names; they are of a-z, 0-9 and spaces: no wildcard in them."""
    return f"%{_LINE_END}{words}{_LINE_END}%", f"%{_LINE_END}{words}%", f"% {words}%"


def _closeness(names: Any, whole: Any, beginning: Any, inside: Any) -> sa.ColumnElement[int]:
    lines = sa.literal(_LINE_END) + names + sa.literal(_LINE_END)
    return sa.case(
        (lines.like(whole), 0), (lines.like(beginning), 1), (lines.like(inside), 2), else_=3
    )


MOST_PIECES = 6
"""Pieces of SQLite's index that are left alone. Writing adds one each time; each search looks into
all of them, into some of the large for a millisecond."""
_PAGES_AT_ONCE = 1_000
"""About 4 MB, a tenth of a second in which nobody else writes."""
_PIECES = sa.text("SELECT count(DISTINCT segid) FROM records_fts_idx")
_WRITTEN = sa.text("SELECT total_changes()")
_MERGE = sa.text("INSERT INTO records_fts(records_fts, rank) VALUES ('merge', :pages)")
_MERGE_ALL = sa.text("INSERT INTO records_fts(records_fts) VALUES ('optimize')")


def is_in_pieces(connection: sa.Connection) -> bool:
    """Tell whether the index should be merged; PostgreSQL looks after its own."""
    if connection.dialect.name != "sqlite":
        return False
    return int(connection.scalar(_PIECES) or 0) > MOST_PIECES


def merge_some(connection: sa.Connection) -> bool:
    """Merge a part of the pieces of the index into one; tell whether there was any to merge.

    As FTS5 has it: a negative number asks for one piece, and one change is none.
    """
    before = int(connection.scalar(_WRITTEN) or 0)
    connection.execute(_MERGE, {"pages": -_PAGES_AT_ONCE})
    return int(connection.scalar(_WRITTEN) or 0) - before > 1


def merge_all(connection: sa.Connection) -> None:
    """Merge the index into one piece at once; on PostgreSQL there is nothing to do."""
    if connection.dialect.name == "sqlite":
        connection.execute(_MERGE_ALL)


SQLITE_INDEX = (
    """CREATE VIRTUAL TABLE records_fts USING fts5(
        search_text, content='records', content_rowid='id',
        tokenize='unicode61 remove_diacritics 2', prefix='2 3')""",
    "INSERT INTO records_fts(records_fts, rank) VALUES ('secure-delete', 1)",
    """CREATE TRIGGER records_fts_insert AFTER INSERT ON records BEGIN
        INSERT INTO records_fts(rowid, search_text) VALUES (new.id, new.search_text); END""",
    """CREATE TRIGGER records_fts_delete AFTER DELETE ON records BEGIN
        INSERT INTO records_fts(records_fts, rowid, search_text)
        VALUES ('delete', old.id, old.search_text); END""",
    """CREATE TRIGGER records_fts_update AFTER UPDATE OF search_text ON records BEGIN
        INSERT INTO records_fts(records_fts, rowid, search_text)
        VALUES ('delete', old.id, old.search_text);
        INSERT INTO records_fts(rowid, search_text) VALUES (new.id, new.search_text); END""",
)
POSTGRESQL_INDEX = (
    "CREATE INDEX ix_records_search ON records USING gin (to_tsvector('simple', search_text))",
)

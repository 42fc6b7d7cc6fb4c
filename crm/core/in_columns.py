"""Columns of many rows as the driver read them: for files, which read a hundred thousand."""

from collections.abc import Generator, Sequence
from typing import Any

import sqlalchemy as sa

from crm.core.db import db


def in_columns(
    statement: sa.Select[*tuple[Any, ...]], at_once: int | None = None
) -> Generator[list[Sequence[Any]]]:
    """Yield the rows of a statement of columns, many at a time, and each time column by column.

    To make a row of SQLAlchemy of each, and to take it apart again, takes as long as to read it.
    What the session adds to its statements, such as the row filter, it adds to this one.

    :param at_once: how many rows a piece has; all of them by default.
    """
    options = {"yield_per": at_once} if at_once else {}
    with db.session.execute(statement, execution_options=options) as result:
        # Where columns of models are asked for, the session stands before what the driver answers.
        answer: Any = getattr(result, "raw", result)
        readers = [_reader(each["type"]) for each in statement.column_descriptions]
        while rows := _fetched(answer, at_once):
            columns: list[Sequence[Any]] = [
                column if read is None else list(map(read, column))
                for read, column in zip(readers, zip(*rows, strict=True), strict=True)
            ]
            del rows  # A piece is let go of before the next is read: that is what a file weighs.
            yield columns
            del columns


def _fetched(answer: Any, at_once: int | None) -> Sequence[Any]:
    """Return the next rows as the driver gives them; none at the end."""
    source = answer.cursor_strategy  # It holds the first row of a cursor already.
    if at_once is None:
        return source.fetchall(answer, answer.cursor)  # type: ignore[no-any-return]
    return source.fetchmany(answer, answer.cursor, at_once)  # type: ignore[no-any-return]


def _reader(kind: sa.types.TypeEngine[Any]) -> Any:
    """Return what makes of a value of the driver what its column holds; None for nothing."""
    dialect = db.session.get_bind().dialect
    return kind.dialect_impl(dialect).result_processor(dialect, None)

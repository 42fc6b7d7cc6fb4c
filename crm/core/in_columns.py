"""Columns of many rows as the driver read them: for files, which read a hundred thousand."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Self

import psycopg
import sqlalchemy as sa
from psycopg import sql

from crm.core.db import db

Piece = list[Sequence[Any]]
"""The columns of some rows."""


def in_columns(statement: sa.Select[*tuple[Any, ...]]) -> Piece:
    """Return the rows of a statement of columns, column by column; nothing for no row."""
    with Pieces(statement, is_streamed=False) as pieces:
        return next(pieces, [])


class Pieces(Iterator[Piece]):
    """The rows of a statement of columns, many at a time, and each time column by column.

    To make a row of SQLAlchemy of each, and to take it apart again, takes as long as to read it.
    What the session adds to its statements, such as the row filter, it adds to this one.
    """

    def __init__(
        self,
        statement: sa.Select[*tuple[Any, ...]],
        at_once: int | None = None,
        *,
        is_streamed: bool = True,
    ) -> None:
        """Ask the database.

        :param at_once: how many rows a piece has; all of them by default.
        :param is_streamed: whether the rows stay with the database until they are fetched.
        """
        self._readers = [_reader(each["type"]) for each in statement.column_descriptions]
        self._at_once = at_once
        options = {"stream_results": is_streamed}
        self._result = db.session.execute(statement, execution_options=options)
        # Where columns of models are asked for, the session stands before what the driver answers.
        self._answer: Any = getattr(self._result, "raw", self._result)
        self._ahead = _Ahead.of(self._answer)
        # With what is streamed the first row has come already.
        self._come = self._fetched(1) if is_streamed else []
        self._is_over = is_streamed and not self._come

    def __enter__(self) -> Self:
        """Return the pieces, to be closed at the end."""
        return self

    def __exit__(self, *_failure: object) -> None:
        """Let the database forget what it was asked."""
        self.close()

    def __next__(self) -> Piece:
        """Return the next piece.

        :raises StopIteration: when there is none.
        """
        rows = [] if self._is_over else self._next()
        self._is_over = self._at_once is None or len(rows) < self._at_once
        if self._is_over:
            self.close()
        if not rows:
            raise StopIteration
        return [
            column if read is None else list(map(read, column))
            for read, column in zip(self._readers, zip(*rows, strict=True), strict=True)
        ]

    def read_ahead(self) -> None:
        """Let the database read the next piece while something else is worked on.

        What else the session asks meanwhile waits for it.
        """
        if self._ahead is not None and not self._is_over and self._missing != 0:
            with self._failing_alike():
                self._ahead.ask(self._missing)

    def close(self) -> None:
        """Let the database forget what it was asked."""
        try:
            if self._ahead is not None:
                ahead, self._ahead = self._ahead, None
                with self._failing_alike():
                    ahead.close()
        finally:
            self._result.close()

    @property
    def _missing(self) -> int | None:
        """Return how many rows make a piece of those that have come; None for all there are."""
        return None if self._at_once is None else self._at_once - len(self._come)

    def _next(self) -> Sequence[Any]:
        """Return the rows of the next piece as the driver gives them."""
        rows = None
        if self._ahead is not None:
            with self._failing_alike():
                rows = self._ahead.rows()
        if rows is None:
            rows = self._fetched(self._missing)
        come, self._come = self._come, []
        return [*come, *rows] if come else rows

    def _fetched(self, count: int | None) -> Sequence[Any]:
        """Return so many rows, or all of them, as the driver gives them."""
        answer, source = self._answer, self._answer.cursor_strategy
        if count is None:
            return source.fetchall(answer, answer.cursor)  # type: ignore[no-any-return]
        return source.fetchmany(answer, answer.cursor, count)  # type: ignore[no-any-return]

    @contextmanager
    def _failing_alike(self) -> Iterator[None]:
        """Let what the driver raises be what SQLAlchemy makes of it."""
        answer = self._answer
        try:
            yield
        except psycopg.Error as error:
            answer.cursor_strategy.handle_exception(answer, answer.cursor, error)


_OTHER_WORK = ("before_cursor_execute", "commit", "rollback")


class _Ahead:
    """Asks a cursor of PostgreSQL for its next rows without waiting for them (pipeline mode)."""

    def __init__(self, connection: sa.Connection, cursor: psycopg.ServerCursor[Any]) -> None:
        self._connection = connection
        self._driver = cursor.connection
        self._name = sql.Identifier(cursor.name)
        self._awaited: tuple[ExitStack, psycopg.Cursor[Any]] | None = None
        self._come: Sequence[Any] | None = None
        # SQLAlchemy looks at once at what a statement answers: the rows are taken out of its way.
        for event in _OTHER_WORK:
            sa.event.listen(connection, event, self._wait)

    @classmethod
    def of(cls, answer: Any) -> Self | None:
        """Return what reads ahead of an answer; nothing where that cannot be done."""
        can = isinstance(answer.cursor, psycopg.ServerCursor) and psycopg.Pipeline.is_supported()
        return cls(answer.connection, answer.cursor) if can else None

    def ask(self, count: int | None) -> None:
        """Ask for so many rows, or all of them, once."""
        if self._awaited is not None or self._come is not None:
            return
        many = sql.SQL("ALL") if count is None else sql.SQL(str(count))
        with ExitStack() as begun:
            begun.enter_context(self._driver.pipeline())
            cursor = begun.enter_context(self._driver.cursor())
            cursor.execute(sql.SQL("FETCH {} FROM {}").format(many, self._name), prepare=False)
            self._awaited = begun.pop_all(), cursor

    def rows(self) -> Sequence[Any] | None:
        """Return the rows that were asked for; nothing when none were."""
        self._wait()
        come, self._come = self._come, None
        return come

    def close(self) -> None:
        """Let the rows come that were asked for, and go; ask for no more."""
        for event in _OTHER_WORK:
            sa.event.remove(self._connection, event, self._wait)
        self.rows()

    def _wait(self, *_statement: object) -> None:
        if self._awaited is None:
            return
        begun, cursor = self._awaited
        self._awaited = None
        with begun:
            self._come = cursor.fetchall()


def _reader(kind: sa.types.TypeEngine[Any]) -> Any:
    """Return what makes of a value of the driver what its column holds; None for nothing."""
    dialect = db.session.get_bind().dialect
    return kind.dialect_impl(dialect).result_processor(dialect, None)

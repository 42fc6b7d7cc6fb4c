"""What pages of records read besides the rows of their panels."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select

from crm.core.db import db

MOST = 100


@dataclass(frozen=True, eq=False)
class Reading:
    """A question about the record of a page, asked in one statement with those of its panels.

    :param on: kinds of record on whose pages it is asked.
    :param query: takes something with the record's id and returns the question; its rows are
        things, or columns with numbers, texts and dates.
    :param when: whether it concerns a record at all.
    :param most: how many rows are wanted; all when None.
    :param take: what else is done with its rows, as soon as the page has them.
    """

    on: Sequence[str]
    query: Callable[[Any], Select[*tuple[Any, ...]]]
    when: Callable[[Any], bool] = lambda record: True
    most: int | None = MOST
    take: Callable[[Sequence[Any]], None] | None = None

    def rows(self, record: Any) -> Sequence[Any]:
        """Return its rows: those that the page has read, or else asked for now."""
        found = _read.get().get((self, record.id))
        if found is None:
            result = db.session.execute(self.query(record).limit(self.most))
            rows = result.all()
            found = [row[0] for row in rows] if len(result.keys()) == 1 else rows
        return found

    def first(self, record: Any) -> Any:
        """Return its first row, or None."""
        return next(iter(self.rows(record)), None)


_read: ContextVar[Mapping[tuple[Reading, int], Sequence[Any]]] = ContextVar("read", default={})  # noqa: B039 - never changed


@contextmanager
def having_read(rows: Mapping[tuple[Reading, int], Sequence[Any]]) -> Iterator[None]:
    """Let readings answer with these rows inside the block."""
    token = _read.set(rows)
    try:
        yield
    finally:
        _read.reset(token)

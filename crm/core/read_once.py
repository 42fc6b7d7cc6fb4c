"""Lists that a page asks for many times, and the database once."""

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, event
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm import UOWTransaction

from crm.core.db import Session, db

Shape = TypeVar("Shape")


class ReadOnce(Generic[Shape]):
    """The rows of a list, read once by a session, and again after one of them has changed."""

    def __init__(
        self,
        model: type[Any],
        query: Callable[[], Select[Any]],
        shape: Callable[[Iterable[Any]], Shape],
    ) -> None:
        """Say what is read, and in which shape it is kept."""
        self._model, self._query, self._shape = model, query, shape
        event.listen(Session, "after_flush", self._forget_changed)
        event.listen(Session, "after_rollback", self._forget)

    def __call__(self) -> Shape:
        """Return the rows in their shape."""
        info = db.session.info
        if self not in info:
            info[self] = self._shape(db.session.scalars(self._query()))
        found: Shape = info[self]
        return found

    def take(self, rows: Iterable[Any]) -> None:
        """Take its rows from whoever has read them together with other things."""
        db.session.info[self] = self._shape(rows)

    def _forget_changed(self, session: AnySession, context: UOWTransaction) -> None:
        rows: Any = (*session.new, *session.dirty, *session.deleted)
        if any(isinstance(row, self._model) for row in rows):
            self._forget(session)

    def _forget(self, session: AnySession) -> None:
        session.info.pop(self, None)

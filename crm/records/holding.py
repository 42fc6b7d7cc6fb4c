"""What somebody of the team is in charge of, and hands over before leaving."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select


@dataclass(frozen=True)
class Holding:
    """A kind of thing that a colleague is in charge of.

    :param key: names it in forms.
    :param column: the column that says who is in charge.
    :param counts: tells which of the things count, when not all do: those still open.
    :param url: the list of somebody's, by id, where there is one.
    """

    key: str
    label: Any
    column: Any
    counts: Callable[[], ColumnElement[bool]] = sa.true
    url: Callable[[int], str] | None = None

    @property
    def model(self) -> Any:
        """Return the class of the things."""
        return self.column.class_

    def of(self, user_id: int) -> Select[Any]:
        """Return the things that somebody is in charge of."""
        return select(self.model).where(self.column == user_id, self.counts())

    def ids_of(self, user_id: int) -> Select[int]:
        """Return the ids of the things that somebody is in charge of."""
        return select(self.model.id).where(self.column == user_id, self.counts())

    def numbers(self, user_ids: list[int]) -> Select[int, int]:
        """Return (user id, number of things) of those who are in charge of some."""
        return (
            select(self.column, sa.func.count(self.model.id))
            .where(self.column.in_(user_ids), self.counts())
            .group_by(self.column)
        )

"""For whom a file is made: what may stand in it, and whom it may name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from crm.core.choice import Choice
from crm.core.i18n import _l
from crm.records.models import Record


class Audience(Choice):
    """Who will read a file; each reaches further than the one before and learns less."""

    INTERNAL = "internal", _l("Internal: the team")
    PARTNER = "partner", _l("Partner: an organisation that we work with")
    PUBLIC = "public", _l("Public: anybody")

    def may_learn(self, widest: "Audience") -> bool:
        """Tell whether what may reach no further than ``widest`` may reach these readers."""
        order = list(Audience)
        return order.index(self) <= order.index(widest)


@dataclass(frozen=True)
class Withheld:
    """Records that stand in no file that leaves the house, whoever makes it.

    :param key: its name where what was left out is counted.
    :param reason: which records, in a few words.
    :param model: the kind of record.
    :param where: takes the columns of its table; tells which. An index of these alone makes it
        cheap to ask of every row.

    What hides with them (an exchange, a task) is withheld, too: its words may name them.
    """

    key: str
    model: type[Record]
    reason: Any
    where: Callable[[Any], ColumnElement[bool]]

    def ids(self) -> Select[int]:
        """Return the ids of the records; not filtered by what anybody may see."""
        table = self.model.__table__.alias()
        return select(table.c.id).where(self.where(table.c))

"""For whom a file is made: what may stand in it, and whom it may name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, not_

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
    """Records that stand in no file, or in none for some readers, whoever makes it.

    :param key: its name where what was left out is counted.
    :param reason: which records, in a few words.
    :param model: the kind of record it is about.
    :param unless: takes any kind of record, or an alias of one; tells of which this is not true.
        Of the root table it must ask by id: that is how cells of other lists name records.
    :param audiences: the readers from whom they are kept.
    """

    key: str
    model: type[Record]
    reason: Any
    unless: Callable[[Any], ColumnElement[bool]]
    audiences: frozenset[Audience] = frozenset(Audience)

    def condition(self) -> ColumnElement[bool]:
        """Tell which records are withheld, in a statement that reads the model itself."""
        return not_(self.unless(self.model))

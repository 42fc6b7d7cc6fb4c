"""What briefing packs need of every feature: sections, and a table per organisation.

A feature says in its manifest what it contributes; :mod:`crm.packs` puts it together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm.documents.model import Block, Linked, Value
from crm.records.models import Record

Rows = Mapping[int, Sequence[Sequence[Value]]]


@dataclass
class PackContext:
    """A meeting as a pack sees it, for the eyes of one principal.

    :param attendances: those expected, with person and organisation.
    :param organisations: those expected, by country and name, our own left out.
    :param base_url: in front of short addresses; empty when it is not known.
    :param shown: what was put into the pack: kind and id. Two packs for two principals differ
        by what one of them may not see.
    """

    meeting: Any
    attendances: Sequence[Any]
    organisations: Sequence[Any]
    day: date
    us_id: int | None
    base_url: str = ""
    shown: set[tuple[str, int]] = field(default_factory=set)

    @property
    def organisation_ids(self) -> list[int]:
        """Return the ids of the organisations expected."""
        return [organisation.id for organisation in self.organisations]

    def note(self, kind: str, row_id: int) -> None:
        """Note that something is shown."""
        self.shown.add((kind, row_id))

    def link(self, record: Record | None) -> Linked | str | None:
        """Return the title of a record with its short address, and note that it is shown."""
        if record is None:
            return None
        self.note("record", record.id)
        if not self.base_url:
            return record.title
        return Linked(record.title, f"{self.base_url}/records/{record.id}")


@dataclass(frozen=True)
class PackSection:
    """A section of the pack.

    :param build: returns its blocks, or nothing to leave it out.
    """

    key: str
    title: Any
    order: int
    build: Callable[[PackContext], Sequence[Block]]


@dataclass(frozen=True)
class PackTable:
    """What a feature knows of each organisation expected.

    :param columns: headings of the table.
    :param rows: returns the rows of every organisation at once, by its id.
    :param empty: the sentence for an organisation without rows.
    """

    key: str
    title: Any
    order: int
    columns: Sequence[Any]
    rows: Callable[[PackContext], Rows]
    empty: Any

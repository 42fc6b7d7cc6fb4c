"""What briefing packs need of every feature: sections, tables per organisation, changes.

A feature says in its manifest what it contributes; :mod:`crm.packs` puts it together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm.core.partial_date import PartialDate
from crm.documents.model import Block, Linked, Value
from crm.records.models import Record

Rows = Mapping[int, Sequence[Sequence[Value]]]

SHORT_ADDRESS = "/records/"
"""In front of a record's id; what a file is written for puts the address of the site before it."""


@dataclass
class PackContext:
    """A meeting as a pack sees it, for the eyes of one principal.

    :param attendances: those expected, with person and organisation.
    :param organisations: those the pack tells of, by country and name, our own left out.
    :param shown: what was put into the pack: kind and id. Two packs for two principals differ
        by what one of them may not see.
    """

    meeting: Any
    attendances: Sequence[Any]
    organisations: Sequence[Any]
    day: date
    us_id: int | None
    shown: set[tuple[str, int]] = field(default_factory=set)

    @property
    def organisation_ids(self) -> list[int]:
        """Return the ids of the organisations the pack tells of."""
        return [organisation.id for organisation in self.organisations]

    @property
    def our_ids(self) -> list[int]:
        """Return the id of our own organisation, where it is known."""
        return [] if self.us_id is None else [self.us_id]

    def note(self, kind: str, row_id: int) -> None:
        """Note that something is shown."""
        self.shown.add((kind, row_id))

    def link(self, record: Record | None) -> Linked | None:
        """Return the title of a record with its short address, and note that it is shown."""
        if record is None:
            return None
        self.note("record", record.id)
        return Linked(record.title, f"{SHORT_ADDRESS}{record.id}")


@dataclass(frozen=True)
class PackSection:
    """A section of the pack.

    :param order: where it stands unless somebody chooses otherwise.
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
    :param is_spelt_out: its one row reads from top to bottom, each value beside its heading.
    """

    key: str
    title: Any
    order: int
    columns: Sequence[Any]
    rows: Callable[[PackContext], Rows]
    empty: Any
    is_spelt_out: bool = False


@dataclass(frozen=True)
class PackChange:
    """Something that changed since the last meeting of the series.

    :param day: when, as far as it is known.
    :param record: whom or what it is about.
    """

    day: PartialDate | None
    what: str
    record: Value
    detail: Value = None


@dataclass(frozen=True)
class Since:
    """The day of the last meeting of the series and that of this one.

    What has changed is what a page would tell otherwise as on the one day and on the other: what
    is known to have begun in 2025 counts from the first day of that year, as everywhere.
    """

    after: date
    until: date

    def saw_begin(self, day: PartialDate | None) -> bool:
        """Tell whether what begins on a date counts on the second day and not on the first."""
        return day is not None and self.after < day.first_day <= self.until

    def saw_end(self, day: PartialDate | None) -> bool:
        """Tell whether what ends on a date counts on the first day and not on the second."""
        return day is not None and self.after <= day.last_day < self.until


@dataclass(frozen=True)
class PackChanges:
    """What a feature knows to have changed since the last meeting of the series.

    :param rows: returns what is otherwise on the second day than on the first.
    """

    order: int
    rows: Callable[[PackContext, Since], Sequence[PackChange]]

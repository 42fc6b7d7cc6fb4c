"""What a file of a list holds: its rows, many at a time, as values that a table can show."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crm.core.db import db
from crm.core.principal import TEAM, Principal, acting_as
from crm.documents.sheets import Cell, SheetColumn
from crm.exports import queries
from crm.records.audience import Audience
from crm.records.filed import SEPARATOR, Gathered, Rows, Stored, filed
from crm.records.kinds import Column, RecordKind, registry
from crm.records.leaving import is_withheld, leaving
from crm.records.listing import Listing
from crm.records.models import Record

CHUNK = 3_000
"""Rows read, looked up and written together."""

CONFIDENTIAL = "confidential"
"""Counts the records left out because not the whole team may see them."""


def columns_for(kind: RecordKind, audience: Audience) -> dict[str, Column]:
    """Return the columns of a list that a file for these readers may hold, by their keys."""
    return {
        key: column
        for key, column in registry.columns_of(kind).items()
        if audience.may_learn(column.widest)
    }


def audiences_of(kind: RecordKind) -> list[Audience]:
    """Return the readers for whom a file of the list can be made: its names must reach them."""
    widest = registry.columns_of(kind)["title"].widest
    return [audience for audience in Audience if audience.may_learn(widest)]


def count(listing: Listing, principal: Principal, most: int | None = None) -> int:
    """Count the rows of a file, no further than asked."""
    with leaving(principal), listing.on_day():
        return listing.count(most)


def withheld(listing: Listing, principal: Principal) -> dict[str, int]:
    """Count what a file leaves out of what the person sees, by reason; reasons without any, not.

    :param principal: for whom the rows are read.
    """
    with listing.on_day():
        seen = listing.count()
        with acting_as(db.session, principal):
            found = {CONFIDENTIAL: seen - listing.count()}
            for each in registry.withheld:
                condition = is_withheld(listing.kind.model, each)
                met = queries.count_among(listing.query_of_ids(), condition)
                found[each.key] = db.session.scalar(met) or 0
    return {key: number for key, number in found.items() if number}


@dataclass
class Table:
    """The rows of a list for a file.

    :param columns: which of its columns, in order.
    :param is_for_people: dates then read as people write them, else as programs do.
    :param keyed: whether each row ends with the record's key and version, by which a corrected
        file is recognised.
    """

    listing: Listing
    columns: Sequence[Column]
    principal: Principal = TEAM
    is_for_people: bool = True
    keyed: bool = False
    count: int = 0

    def headings(self) -> list[SheetColumn]:
        """Return the columns of the table."""
        shown = [SheetColumn(str(column.label), key=column.key) for column in self.columns]
        return [*shown, *(KEYS if self.keyed else ())]

    def rows(self) -> Iterator[list[tuple[Cell, ...]]]:
        """Yield the rows, piece by piece, and count them."""
        reader = _Reader(self)
        db.session.flush()
        db.session.expunge_all()  # What was loaded for who asks must not slip in.
        with leaving(self.principal), self.listing.on_day():
            statement = self.listing.values(*reader.expressions)
            options = {"yield_per": CHUNK}
            with db.session.execute(statement, execution_options=options) as found:
                for piece in found.partitions():
                    rows = reader.read(piece)
                    db.session.expunge_all()  # Or the session would hold every record of the list.
                    self.count += len(rows)
                    yield rows

    def rows_of(self, ids: Sequence[int]) -> list[tuple[Any, ...]]:
        """Return the rows of these records, as far as the file may hold them."""
        reader = _Reader(self)
        with leaving(self.principal), self.listing.on_day():
            statement = self.listing.values(*reader.expressions)
            found = db.session.execute(queries.ids_in(statement, self.listing.kind.model, ids))
            return [row for piece in found.partitions(CHUNK) for row in reader.read(piece)]


KEYS = (
    SheetColumn("key", "number", is_hidden=True, key="key"),
    SheetColumn("version", "number", is_hidden=True, key="version"),
)


class _Reader:
    """Turns what the database says of some records into the rows of the table."""

    def __init__(self, table: Table) -> None:
        self.table = table
        stored = [each.filed for each in table.columns if isinstance(each.filed, Stored)]
        model = table.listing.kind.model
        self.expressions = [each.of(model) for each in stored]
        if table.keyed:
            self.expressions.append(model.version)
        self.places = {id(each): place for place, each in enumerate(stored, start=1)}
        self.needs_records = any(each.filed is None for each in table.columns)

    def read(self, piece: Sequence[Any]) -> list[tuple[Cell, ...]]:
        """Return the rows of these records."""
        held = list(zip(*piece, strict=True))
        ids = held[0]
        gathered = self._gathered(ids)
        records = self._records(ids) if self.needs_records else []
        columns = [
            self._column(column, held, ids, gathered, records) for column in self.table.columns
        ]
        if self.table.keyed:
            columns += [ids, held[-1]]
        return list(zip(*columns, strict=True))

    def _column(
        self,
        column: Column,
        held: Sequence[Sequence[Any]],
        ids: Sequence[int],
        gathered: dict[int, dict[int, list[Any]]],
        records: Sequence[Record],
    ) -> Sequence[Cell]:
        match column.filed:
            case Stored(_expression, say):
                values = held[self.places[id(column.filed)]]
                return values if say is None else self._said(say, values)
            case Gathered() as asked:
                return _values(gathered[id(asked.rows)], ids, asked)
        people = self.table.is_for_people
        return [filed(cell, is_for_people=people) for cell in column.cells(records)]

    def _said(self, say: Callable[[Any], Any], values: Sequence[Any]) -> list[Cell]:
        """Say each value once: a list has many rows of few countries."""
        people = self.table.is_for_people
        words = {value: filed(say(value), is_for_people=people) for value in set(values)}
        return [words[value] for value in values]

    def _gathered(self, ids: Sequence[int]) -> dict[int, dict[int, list[Any]]]:
        asked: dict[int, Rows] = {
            id(each.filed.rows): each.filed.rows
            for each in self.table.columns
            if isinstance(each.filed, Gathered)
        }
        found: dict[int, dict[int, list[Any]]] = {}
        for name, rows in asked.items():
            of: defaultdict[int, list[Any]] = defaultdict(list)
            for row in db.session.execute(rows.query(ids)):
                of[row[0]].append(row)
            found[name] = of
        return found

    def _records(self, ids: Sequence[int]) -> list[Record]:
        """Return the records themselves, in the order of their ids.

        Afresh: what was read of them before was read for other eyes.
        """
        kind = self.table.listing.kind
        records = db.session.scalars(
            queries.ids_in(kind.query(), kind.model, ids),
            execution_options={"populate_existing": True},
        )
        found = {record.id: record for record in records}
        return [found[each] for each in ids]


def _values(rows: dict[int, list[Any]], ids: Sequence[int], asked: Gathered) -> list[Cell]:
    """Return what a column shows of each record: one value, or several in one cell."""
    place, say = asked.place, asked.say or str
    values: list[Cell] = []
    for each in ids:
        found = rows.get(each)
        if found is None:
            values.append(None)
        elif not place:
            values.append(say(found[0][1:]))
        elif len(found) == 1 or asked.is_first:
            value = found[0][place]
            values.append(None if value is None else say(value))
        else:
            said = (say(row[place]) for row in found if row[place] not in (None, ""))
            values.append(SEPARATOR.join(dict.fromkeys(said)) or None)
    return values

"""What a file of a list holds: its rows, many at a time, as values that a table can show."""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

import sqlalchemy as sa

from crm.core.db import db
from crm.core.in_columns import Piece, Pieces, in_columns
from crm.core.principal import TEAM, Principal, acting_as, principal_of
from crm.documents.sheets import Cell, Row, RowsByColumn, SheetColumn
from crm.exports import queries
from crm.records.audience import Audience
from crm.records.filed import SEPARATOR, Gathered, Rows, Stored, filed
from crm.records.kinds import Column, RecordKind, registry
from crm.records.leaving import leaving, withheld_ids
from crm.records.listing import Listing, count_of
from crm.records.models import Record
from crm.records.visibility import hidden_from_team

CHUNK = 10_000
"""Rows read, looked up and written together."""

MOST_TITLES = 30_000
"""Titles kept while a file is made: some megabytes."""

_TEXTS = frozenset({str, type(None)})

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


def people_among(counts: Mapping[str, int]) -> int:
    """Return how many records of these kinds name people."""
    return sum(count for kind, count in counts.items() if registry.kinds[kind].names_people)


def withheld(listing: Listing, principal: Principal, most: int | None = None) -> dict[str, int]:
    """Count what a file leaves out of what the person sees, by reason; reasons without any, not.

    :param principal: for whom the rows are read: the team, or the person.
    :param most: no further than this for each reason; a longer list is then not gone through.
    """
    with listing.on_day():
        found = {CONFIDENTIAL: _hidden(listing, principal, most)}
        with acting_as(db.session, principal):
            for each in registry.withheld:
                found[each.key] = _count_among(listing, withheld_ids(each), most)
    return {key: number for key, number in found.items() if number}


def _hidden(listing: Listing, principal: Principal, most: int | None) -> int:
    """Count what the person sees of a list and the principal does not."""
    if principal == principal_of(db.session):
        return 0
    seen = listing.count(most)
    if most is not None and seen >= most:
        return _count_among(listing, hidden_from_team(), most)
    # What is found by what is hidden counts, too (who works at such an organisation); who is left
    # out by it is in the file all the same.
    with acting_as(db.session, principal):
        return max(0, seen - listing.count(most))


def _count_among(listing: Listing, ids: sa.CompoundSelect[int], most: int | None) -> int:
    """Count the records of a list that are among these few: each is looked up in the list."""
    return count_of(queries.among_few(listing.query_of_ids(), listing.kind.model, ids), most)


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

    def rows(self) -> Iterator[RowsByColumn]:
        """Yield the rows, piece by piece, and count them."""
        db.session.flush()
        db.session.expunge_all()  # What was loaded for who asks must not slip in.
        reader = _Reader(self)
        with leaving(self.principal), self.listing.on_day():
            statement = self.listing.values(*reader.expressions)
            with Pieces(statement, CHUNK) as pieces, closing(reader.read(pieces)) as found:
                for rows in found:
                    db.session.expunge_all()  # Or the session would hold every record of the list.
                    self.count += len(rows)
                    yield rows
                    del rows

    def rows_of(self, ids: Sequence[int]) -> list[Row]:
        """Return the rows of these records, as far as the file may hold them."""
        reader = _Reader(self)
        with leaving(self.principal), self.listing.on_day():
            statement = self.listing.values(*reader.expressions)
            chosen = queries.ids_in(statement, self.listing.kind.model, ids)
            with Pieces(chosen) as pieces, closing(reader.read(pieces)) as found:
                return [row for rows in found for row in rows]


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
        self.titles: dict[int, str | None] = {}

    def read(self, pieces: Pieces) -> Generator[RowsByColumn]:
        """Yield the rows of records, of which the ids and the expressions come in pieces.

        While a piece is written the database works on what is asked about the next.
        """
        begun = self._begun(pieces)
        try:
            while begun is not None:
                answered = self._answered(begun)
                pieces.read_ahead()
                rows = self._rows(answered)
                begun = self._begun(pieces)
                del answered  # A piece is let go of before the next is read.
                yield rows
                del rows
        finally:
            if begun is not None:
                begun.close()

    def _begun(self, pieces: Pieces) -> "_Begun | None":
        """Take the next piece, and ask what it does not hold."""
        held = next(pieces, None)
        if held is None:
            return None
        begun = _Begun(held)
        for each in self.table.columns:
            if isinstance(each.filed, Gathered):
                begun.ask(each.filed.rows)
        return begun

    def _answered(self, begun: "_Begun") -> "_Answered":
        """Wait for what was asked about a piece."""
        answers = {
            name: self._answer(rows, next(question, []))
            for name, (rows, question) in begun.questions.items()
        }
        records = self._records(begun.held[0]) if self.needs_records else []
        return _Answered(begun.held, answers, records)

    def _rows(self, answered: "_Answered") -> RowsByColumn:
        columns = [self._column(column, answered) for column in self.table.columns]
        if self.table.keyed:
            columns += [answered.held[0], answered.held[-1]]
        return RowsByColumn(columns)

    def _column(self, column: Column, answered: "_Answered") -> Sequence[Cell]:
        match column.filed:
            case Stored(_expression, say):
                values = answered.held[self.places[id(column.filed)]]
                return values if say is None else self._said(say, values)
            case Gathered() as asked:
                values_of = answered.answers[id(asked.rows)].values(asked)
                return list(map(values_of.get, answered.held[0]))
        people = self.table.is_for_people
        return [filed(cell, is_for_people=people) for cell in column.cells(answered.records)]

    def _said(self, say: Callable[[Any], Any], values: Sequence[Any]) -> list[Cell]:
        """Say each value once: a list has many rows of few countries."""
        people = self.table.is_for_people
        words = {value: filed(say(value), is_for_people=people) for value in set(values)}
        return list(map(words.__getitem__, values))

    def _answer(self, rows: Rows, columns: Piece) -> "_Answer":
        if rows.titled is None or not columns:
            return _Answer(columns)
        columns[rows.titled] = titles = self._titles(columns[rows.titled])
        if None in titles:
            is_seen = [title is not None for title in titles]
            columns = [list(compress(column, is_seen)) for column in columns]
        return _Answer(columns)

    def _titles(self, ids: Sequence[int]) -> list[str | None]:
        """Return the titles of records, none of what may not be seen.

        Each is asked for once, as long as they are few enough to be kept.
        """
        if len(self.titles) > MOST_TITLES:
            self.titles.clear()
        if unknown := set(ids).difference(self.titles):  # It goes through these ids alone.
            self.titles |= dict.fromkeys(unknown)
            if found := in_columns(queries.titles(list(unknown))):
                self.titles |= zip(*found, strict=True)
        return list(map(self.titles.__getitem__, ids))

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


@dataclass
class _Begun:
    """Some records, and what is asked about them."""

    held: Piece
    questions: dict[int, tuple[Rows, Pieces]] = field(default_factory=dict)

    def ask(self, rows: Rows) -> None:
        """Ask a question, once for all columns that share it, and do not wait for the answer."""
        if id(rows) not in self.questions:
            question = Pieces(rows.query(self.held[0]))
            self.questions[id(rows)] = rows, question
            question.read_ahead()

    def close(self) -> None:
        """Let go of what nobody wants to know any more."""
        for _rows, question in self.questions.values():
            question.close()


@dataclass
class _Answered:
    """Some records, and what the database says about them."""

    held: Piece
    answers: dict[int, "_Answer"]
    records: Sequence[Record]


class _Answer:
    """The rows that answer a question about many records, looked at by column: most have one."""

    def __init__(self, columns: Sequence[Sequence[Any]]) -> None:
        self.columns = columns
        self.ids = columns[0] if columns else ()
        self.several = self._several()

    def values(self, asked: Gathered) -> dict[int, Cell]:
        """Return what a column shows of each record that has any: one value, or several."""
        if not self.ids:
            return {}
        if not asked.place:
            say = asked.say or str
            rows = list(zip(*self.columns[1:], strict=True))
            return dict(zip(reversed(self.ids), map(say, reversed(rows)), strict=True))
        said = self._said(asked)
        # Of two rows the first counts, which comes last here.
        values = dict(zip(reversed(self.ids), reversed(said), strict=True))
        if not asked.is_first:
            for record_id, places in self.several.items():
                known = (said[place] for place in places if self._has_value(asked, place))
                values[record_id] = SEPARATOR.join(dict.fromkeys(known)) or None
        return values

    def _has_value(self, asked: Gathered, place: int) -> bool:
        """Tell whether a row says anything in the column."""
        return self.columns[asked.place][place] not in (None, "")

    def _said(self, asked: Gathered) -> Sequence[Any]:
        values = self.columns[asked.place]
        if asked.say is None and set(map(type, values)) <= _TEXTS:
            return values
        say = asked.say or str
        return [None if value is None else say(value) for value in values]

    def _several(self) -> dict[int, list[int]]:
        """Return where the rows of the records are that have more than one."""
        counted = Counter(self.ids)
        if len(counted) == len(self.ids):
            return {}
        found: dict[int, list[int]] = {}
        for place, record_id in enumerate(self.ids):
            if counted[record_id] > 1:
                found.setdefault(record_id, []).append(place)
        return found

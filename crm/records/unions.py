"""Rows of many kinds in one statement: each question is an arm, each kind of thing has its columns.

Nothing of a question is lost on the way: the row filter is added to each arm as to any other
statement, and the session makes the things of them, each once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import Mapper, with_polymorphic

from crm.core.db import db
from crm.core.literals import NOTHING, constant
from crm.records.models import Record
from crm.records.visibility import Prepared

NUMBERS, TEXTS = 6, 4
"""How many numbers and texts a row may have besides the columns of things."""
SLOTS = (
    *(f"arm_number_{place}" for place in range(NUMBERS)),
    *(f"arm_text_{place}" for place in range(TEXTS)),
)
HEAD = ("arm", "arm_rank", "arm_total", *SLOTS)


@dataclass(frozen=True)
class Arm:
    """A question that is asked together with others.

    :param query: its statement, of one kind of thing or of columns.
    :param most: how many of its rows are wanted; all when None.
    :param extras: numbers besides the things.
    :param reads_whole: whether the records are read whose ids it asks for, of whichever kind.
    """

    query: Select[*tuple[Any, ...]]
    most: int | None = None
    extras: Sequence[Any] = ()
    reads_whole: bool = False

    @property
    def entity(self) -> Any:
        """Return the class of the things it asks for; None where it asks for columns."""
        return Record if self.reads_whole else thing_asked(self.query)

    @property
    def is_by_id(self) -> bool:
        """Tell whether its rows are ids of records."""
        entity = self.entity
        return entity is not None and not self.reads_whole and _is_record(entity)


def thing_asked(query: Any) -> Any:
    """Return the class of the things that a statement asks for, or None."""
    first = query.column_descriptions[0]
    entity = first.get("entity")
    return entity if first["expr"] is entity else None


def _is_record(entity: Any) -> bool:
    return issubclass(sa.inspect(entity).mapper.class_, Record)


@dataclass
class Answer:
    """The rows of an arm: things, ids of records or values; and how many there are in all."""

    rows: list[Any] = field(default_factory=list)
    extras: list[Any] = field(default_factory=list)
    total: int = 0


class Union:
    """Questions as arms of one statement, which is made once."""

    def __init__(self, arms: Sequence[Arm]) -> None:
        """Make the statement; its values are named parameters."""
        self._arms = arms
        self._things: list[Any] = []
        for arm in arms:
            thing = _thing_of(arm)
            if thing is not None and thing not in self._things:
                self._things.append(thing)
        if not self._things:  # Only a statement of things is filtered.
            self._things.append(sa.inspect(Record))
        self._places = [
            len(HEAD) + self._things.index(thing) if (thing := _thing_of(arm)) is not None else None
            for arm in arms
        ]
        self._columns = [column for thing in self._things for column in _columns_of(thing)]
        self._are_ids = [arm.is_by_id for arm in arms]
        self._shapers = [_shaper(arm) for arm in arms]
        selects = [self._nothing(), *(self._select(place, arm) for place, arm in enumerate(arms))]
        head = [sa.column(name, _type_of(name)) for name in HEAD]
        wanted = select(*head, *(_loaded(thing) for thing in self._things))
        self._prepared = Prepared(wanted.from_statement(sa.union_all(*selects)))

    def run(self, values: Mapping[str, Any]) -> list[Answer]:
        """Ask; return the answers of the arms."""
        answers = [Answer() for _arm in self._arms]
        rows: Sequence[Any] = self._prepared.run(**values).all()
        found = sorted(rows, key=itemgetter(0, 1))
        for row in found:
            arm = row[0]
            answer, place = answers[arm], self._places[arm]
            answer.total = row[2]
            shaped = self._shapers[arm](row)
            if place is not None:
                answer.rows.append(row[place])
                answer.extras.append(shaped)
            elif self._are_ids[arm]:
                answer.rows.append(shaped[0])
                answer.extras.append(shaped[1:])
            else:
                answer.rows.append(shaped if len(shaped) > 1 else shaped[0])
        return answers

    def _nothing(self) -> Any:
        """Return an arm without rows that says which column is where, and of which type."""
        source: Any = select(constant(0).label("no_row")).subquery()
        for table in dict.fromkeys(column.table for column in self._columns):
            source = source.outerjoin(table, sa.false())
        head = [sa.cast(sa.null(), _type_of(name)).label(name) for name in HEAD]
        return select(*head, *self._columns).select_from(source).where(sa.false())

    def _select_whole(self, place: int, arm: Arm) -> Any:
        """Return an arm with records of all kinds.

        The filter is asked of their ids alone, once for each; their tables are read by these.
        """
        asked = arm.query.subquery()
        (record_id,) = asked.c
        root = Record.__table__
        source: Any = asked.join(root, root.c.id == record_id)
        for each in _submappers():
            source = source.outerjoin(each.local_table, each.local_table.c.id == root.c.id)
        read = {*_columns_of(sa.inspect(Record))}
        return select(
            constant(place),
            *([NOTHING] * (len(HEAD) - 1)),
            *(each if each in read else NOTHING for each in self._columns),
        ).select_from(source)

    def _select(self, place: int, arm: Arm) -> Any:
        if arm.reads_whole:
            return self._select_whole(place, arm)
        thing = _thing_of(arm)
        columns = _attributes_of(arm.query, thing) if thing is not None else {}
        values = [*_values_of(arm), *arm.extras]
        order = arm.query._order_by_clauses  # noqa: SLF001 - there is no other way to ask
        rank = sa.func.row_number().over(order_by=order or None)
        total = sa.func.count().over()
        labels = {column: f"c{number}" for number, column in enumerate(columns)}
        slots = dict(_slots(values))
        inner = arm.query.with_only_columns(
            rank.label("arm_rank"),
            *([total.label("arm_total")] if arm.most is not None else []),
            *(value.label(slot) for slot, value in slots.items()),
            *(columns[column].label(label) for column, label in labels.items()),
        )
        if arm.most is not None:
            # Written out: SQLite plans a statement anew each time its limit is bound.
            inner = inner.limit(constant(arm.most))
        rows = inner.subquery()
        return select(
            constant(place),
            rows.c.arm_rank,
            rows.c.arm_total if arm.most is not None else NOTHING,
            *(rows.c[slot] if slot in slots else NOTHING for slot in SLOTS),
            *(rows.c[labels[each]] if each in labels else NOTHING for each in self._columns),
        )


def _type_of(name: str) -> Any:
    return sa.String() if name.startswith("arm_text") else sa.Integer()


def _thing_of(arm: Arm) -> Any:
    """Return the mapper of the things an arm reads whole; None for ids of records and values."""
    if arm.entity is None or arm.is_by_id:
        return None
    return sa.inspect(Record if _is_record(arm.entity) else arm.entity).mapper


def _submappers() -> list[Mapper[Any]]:
    """Return the kinds of records that have columns of their own."""
    return [each for each in sa.inspect(Record).self_and_descendants if each.inherits is not None]


def all_kinds() -> Any:
    """Return an entity of records of every kind, with all their columns."""
    return with_polymorphic(Record, [each.class_ for each in _submappers()])


def _loaded(mapper: Mapper[Any]) -> Any:
    return all_kinds() if mapper.class_ is Record else mapper.class_


def _columns_of(mapper: Mapper[Any]) -> list[Any]:
    """Return the columns of a thing that are read with it."""
    mappers = [mapper, *(_submappers() if mapper.class_ is Record else [])]
    return [
        column
        for each in mappers
        for column in each.local_table.c
        if not each.get_property_by_column(column).deferred
    ]


def _attributes_of(query: Any, mapper: Mapper[Any]) -> dict[Any, Any]:
    """Return by which expression each column of a thing is read."""
    entity = query.column_descriptions[0]["entity"]
    return {
        column: getattr(entity, mapper.get_property_by_column(column).key)
        for column in _columns_of(mapper)
    }


def _values_of(arm: Arm) -> list[Any]:
    if _thing_of(arm) is not None:
        return []
    if arm.is_by_id:
        return [arm.entity.id]
    return [each["expr"] for each in arm.query.column_descriptions]


def _is_number(value: Any) -> bool:
    return isinstance(value.type, sa.Integer | sa.Boolean)


def _slots(values: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return in which place of the row each value stands, as it stands there."""
    numbers, texts = iter(SLOTS[:NUMBERS]), iter(SLOTS[NUMBERS:])
    return [
        (next(numbers), sa.cast(value, sa.Integer))
        if _is_number(value)
        else (next(texts), sa.type_coerce(value, sa.String))
        for value in values
    ]


def _shaper(arm: Arm) -> Any:
    """Return what makes the values of an arm of a row."""
    values = [*_values_of(arm), *arm.extras]
    places = [HEAD.index(slot) for slot, _value in _slots(values)]
    readers = [_reader(value) for value in values]
    return lambda row: tuple(
        reader(row[place]) for reader, place in zip(readers, places, strict=True)
    )


def _reader(value: Any) -> Any:
    """Return what makes of a value in the row what its column holds."""
    if isinstance(value.type, sa.Boolean):
        return bool
    if _is_number(value):
        return lambda stored: stored
    made = value.type.result_processor(db.engine.dialect, None)
    return made or (lambda stored: stored)

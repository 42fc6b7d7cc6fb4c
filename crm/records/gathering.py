"""All that the page of a record shows, gathered in two or three statements.

Each panel, each reading and the timeline say what they need as a statement of their own; here they
become the arms of one, made once and kept (decision 0027). What their rows point at, as far as
their options ask for it, is then fetched by id, for all of them together.
"""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import (
    Mapper,
    RelationshipDirection,
    RelationshipProperty,
    aliased,
    joinedload,
)
from sqlalchemy.orm.attributes import set_committed_value

from crm.core.clock import today
from crm.core.db import db
from crm.records import asof
from crm.records.kinds import Panel, RecordKind, registry
from crm.records.models import Part, Record
from crm.records.reading import Reading
from crm.records.unions import Answer, Arm, Union, thing_asked
from crm.records.visibility import look_now

PAGE = "page_record_id"
MOST_KEPT = 20
"""Some megabytes each: for each kind of page one for managers and one for others."""
NOBODY = 0
"""An id that no row has, where a list of ids must not be empty."""
ROUNDS = 4
GLANCED = 50
EAGER = ("joined", "selectin")

Condition = Callable[[Any], Any]
Needs = dict[Any, set[int]]
"""Ids of things, by where they are looked for."""

Wants = dict[RelationshipProperty[Any], "Wants"]
"""Relationships to load, each with those to load of what it leads to."""


@dataclass(frozen=True)
class AnyRecord:
    """Stands for the record of a page in its statements, which ask for nothing but its id."""

    id: Any


ANY_RECORD: Any = AnyRecord(sa.bindparam(PAGE, type_=sa.Integer))


@dataclass(frozen=True)
class Telling:
    """How the timeline of a page is asked for.

    :param name: tells it from others that are asked for in another way.
    :param query: makes the statement of (record id, day) of what happened.
    :param values: of its parameters.
    """

    name: str
    query: Callable[[], Select[*tuple[Any, ...]]]
    most: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Gathered:
    """What a page has read.

    :param panels: the answers by the keys of panels.
    :param readings: rows by reading and record.
    :param moments: the records of the timeline with their days.
    """

    panels: Mapping[str, Answer]
    readings: Mapping[tuple[Reading, int], Sequence[Any]]
    moments: Sequence[tuple[Record, str | None]]


def query_of(panel: Panel, record: Any) -> Select[*tuple[Any, ...]]:
    """Return the question of a panel, on the day that was asked."""
    query = panel.query(record)
    day = asof.asked_day()
    if day is not None and panel.on_day is not None:
        query = query.where(panel.on_day(day))
    return query


def gather(
    kind: RecordKind,
    record: Record,
    panels: Sequence[Panel],
    readings: Sequence[Reading],
    telling: Telling | None,
) -> Gathered:
    """Read all that the page of a record shows."""
    name = telling.name if telling else None
    values = telling.values if telling else {}
    if asof.asked_day() is not None:  # There are as many days as anybody asks for.
        return Shape(kind, panels, readings, telling).read(record, values)
    parts = (*map(id, panels), *map(id, readings))
    # What a panel asks may depend on who reads, by what they may see: never by their person.
    key = (kind.name, parts, name, look_now(), db.engine.dialect.name, today())
    shape = _shapes.get(key)
    if shape is None:
        shape = _shapes[key] = Shape(kind, panels, readings, telling)
        while len(_shapes) > MOST_KEPT:
            _shapes.popitem(last=False)
    _shapes.move_to_end(key)
    return shape.read(record, values)


class Shape:
    """The statements of the pages that have the same panels and readings."""

    def __init__(
        self,
        kind: RecordKind,
        panels: Sequence[Panel],
        readings: Sequence[Reading],
        telling: Telling | None,
    ) -> None:
        """Make the statements."""
        self._panels, self._readings = tuple(panels), tuple(readings)
        asked: list[tuple[Select[*tuple[Any, ...]], int | None]] = [
            (query_of(panel, ANY_RECORD), _rows_read(panel) + 1) for panel in panels
        ]
        asked += [(reading.query(ANY_RECORD), reading.most) for reading in readings]
        self._wants = [_wanted(thing_asked(query), _options(query)) for query, _most in asked]
        arms = [
            _arm(query, most, wants)
            for (query, most), wants in zip(asked, self._wants, strict=True)
        ]
        self._has_timeline = telling is not None
        if telling is not None:
            arms.append(Arm(telling.query(), telling.most))
        self._own = _wanted(kind.model, (*kind.needs, joinedload(Record.checked_by)))
        self._lists = [each for each in self._own if _way(each).key is None]
        self._union = Union([*arms, *(_listed(each, _is_page) for each in self._lists)])
        self._arms = arms
        self._are_things = [arm.entity is not None for arm in arms]
        self._are_ids = [arm.is_by_id for arm in arms]
        self._expressions = [_expression(arm.query) for arm in arms]
        self._links = Links([self._own, *self._wants])

    def read(self, record: Record, values: Mapping[str, Any]) -> Gathered:
        """Read what the page of a record shows."""
        answers = self._union.run({PAGE: record.id, **values})
        found = Found(record)
        starts: list[tuple[Wants, list[Any]]] = [(self._own, [record])]
        for place, relationship in enumerate(self._lists, len(self._arms)):
            rows = answers[place].rows
            found.lists[relationship, record.id] = rows
            found.asked.add((relationship, record.id))
            starts.append((self._own[relationship], rows))
        answers = answers[: len(self._arms)]
        needed: Needs = defaultdict(set)
        for place, wants in enumerate(self._wants):
            answer = answers[place]
            if not self._are_things[place]:
                continue
            starts.append((wants, answer.rows))
            if self._are_ids[place]:
                _foresee(wants, answer.extras, needed)
            elif (expression := self._expressions[place]) is not None:
                for row, value in zip(answer.rows, answer.extras, strict=True):
                    set_committed_value(row, expression[0], bool(value[0]))
        told = answers[-1].rows if self._has_timeline else []
        starts.append(({}, [record_id for record_id, _day in told]))
        self._links.follow(starts, needed, found)
        for is_thing, answer in zip(self._are_things, answers, strict=True):
            if is_thing:
                answer.rows = found.known(answer.rows)
        panels = {panel.key: answers[place] for place, panel in enumerate(self._panels)}
        read = {}
        for place, reading in enumerate(self._readings, len(self._panels)):
            read[reading, record.id] = answers[place].rows
            if reading.take is not None:
                reading.take(answers[place].rows)
        moments = [
            (found.records[record_id], day) for record_id, day in told if record_id in found.records
        ]
        return Gathered(panels, read, moments)


_shapes: "OrderedDict[tuple[Any, ...], Shape]" = OrderedDict()


def _rows_read(panel: Panel) -> int:
    """Return how many rows a page reads: what stands at its top is told of more than it draws."""
    is_glanced = any(each.panel == panel.key for each in registry.glances)
    return max(panel.limit, GLANCED) if is_glanced else panel.limit


def _arm(query: Select[*tuple[Any, ...]], most: int | None, wants: Wants) -> Arm:
    """Return an arm; of records, of which only the ids are read, also the ids that they name."""
    arm = Arm(query, most)
    if arm.is_by_id:
        return replace(arm, extras=[getattr(arm.entity, key) for key, _target in _named(wants)])
    expression = _expression(query)
    return replace(arm, extras=[expression[1]]) if expression else arm


def _named(wants: Wants) -> list[tuple[str, Any]]:
    """Return by which attributes things name what is wanted, and what that is."""
    ways = [_way(relationship) for relationship in wants]
    return [(way.key, way.target) for way in ways if way.key is not None]


def _foresee(wants: Wants, named: Iterable[Sequence[Any]], needed: "Needs") -> None:
    """Say what records will need that are not there yet."""
    targets = [target for _key, target in _named(wants)]
    for ids in named:
        for target, thing_id in zip(targets, ids, strict=True):
            if thing_id is not None:
                needed[target].add(thing_id)


# What a statement asks to have loaded with its rows


def _options(query: Any) -> Sequence[Any]:
    return query._with_options  # type: ignore[no-any-return]  # noqa: SLF001 - no other way


def _elements(options: Iterable[Any]) -> Iterator[Any]:
    for option in options:
        yield from getattr(option, "context", ())


def _expression(query: Any) -> tuple[str, Any] | None:
    """Return the attribute that a statement computes for each row, with the expression."""
    for element in _elements(_options(query)):
        if dict(element.strategy or ()).get("query_expression"):
            attribute = element.path.natural_path[-1]
            return attribute.key, element._extra_criteria[0]  # noqa: SLF001 - no other way
    return None


def _wanted(entity: Any, options: Iterable[Any]) -> Wants:
    """Return the relationships that options ask to load, and those that are always loaded."""
    wants: Wants = {}
    for element in _elements(options):
        if dict(element.strategy or ()).get("lazy") in EAGER:
            inner = wants
            for step in element.path.natural_path:
                if isinstance(step, RelationshipProperty):
                    inner = inner.setdefault(step, {})
    if entity is not None:
        _add_usual(sa.inspect(entity).mapper, wants)
    return wants


def _add_usual(mapper: Mapper[Any], wants: Wants) -> None:
    for relationship in mapper.relationships:
        if relationship.lazy in EAGER:
            wants.setdefault(relationship, {})
    for relationship, inner in wants.items():
        _add_usual(relationship.mapper, inner)


# Following links


class Found:
    """What was found by following links, and what was looked for in vain."""

    def __init__(self, record: Record) -> None:
        """Begin with the record of the page."""
        self.things: dict[tuple[Any, int], Any] = {}
        self.records: dict[int, Record] = {record.id: record}
        self.lists: dict[tuple[Any, int], list[Any]] = {}
        self.asked: set[tuple[Any, int]] = {(Record, record.id)}

    def thing(self, target: Any, thing_id: int) -> Any:
        """Return a thing, if it was found."""
        return (
            self.records.get(thing_id) if target is Record else self.things.get((target, thing_id))
        )

    def known(self, rows: Iterable[Any]) -> list[Any]:
        """Return rows of which some are ids of records as things."""
        known = (self.records.get(row) if isinstance(row, int) else row for row in rows)
        return [row for row in known if row is not None]


@dataclass(frozen=True)
class Way:
    """How a relationship is followed.

    :param target: to which things it leads: ``Record``, or a class that is no record.
    :param key: the attribute with their id; None where they name the row, which then has a list.
    """

    target: Any
    key: str | None


@lru_cache(maxsize=512)
def _way(relationship: RelationshipProperty[Any]) -> Way:
    target = relationship.mapper.class_
    target = Record if issubclass(target, Record) else target
    if relationship.direction is not RelationshipDirection.MANYTOONE:
        return Way(target, None)
    (column,) = relationship.local_columns
    return Way(target, relationship.parent.get_property_by_column(column).key)


class Links:
    """One statement that fetches things by their ids, and lists of things by whose they are."""

    def __init__(self, wants: Iterable[Wants]) -> None:
        """Make the statement for all relationships that are wanted."""
        self._looks: dict[Any, str] = {Record: "ids_0"}
        arms = [Arm(_records("ids_0"), reads_whole=True)]
        for relationship in dict.fromkeys(_all_of(wants)):
            way = _way(relationship)
            look = way.target if way.key is not None else relationship
            if look in self._looks:
                continue
            name = self._looks[look] = f"ids_{len(self._looks)}"
            arms.append(
                _things(way.target, name)
                if way.key is not None
                else _listed(relationship, _among(name))
            )
        self._union = Union(arms)

    def follow(
        self, starts: Sequence[tuple[Wants, list[Any]]], foreseen: "Needs", found: Found
    ) -> None:
        """Fetch all that rows lead to, and tell the rows."""
        needed = foreseen
        for _round in range(ROUNDS):
            for wants, rows in starts:
                _look(wants, rows, found, needed)
            if not needed:
                break
            self._fetch(needed, found)
            needed = defaultdict(set)
        for wants, rows in starts:
            _tell(wants, found.known(rows), found)

    def _fetch(self, needed: Mapping[Any, set[int]], found: Found) -> None:
        values = {name: _padded(needed.get(look, ())) for look, name in self._looks.items()}
        answers = self._union.run(values)
        for look, answer in zip(self._looks, answers, strict=True):
            if look is Record:
                found.records.update({each.id: each for each in answer.rows})
            elif isinstance(look, RelationshipProperty):
                for owner_id in needed.get(look, ()):
                    found.lists[look, owner_id] = []
                for row, (owner_id,) in zip(answer.rows, answer.extras, strict=True):
                    found.lists[look, owner_id].append(row)
            else:
                found.things.update({(look, each.id): each for each in answer.rows})
        found.asked.update((look, each) for look, ids in needed.items() for each in ids)


def _look(  # noqa: C901 - each way is one line
    wants: Wants, rows: Iterable[Any], found: Found, needed: Needs
) -> None:
    """Say which things are needed that were not asked for yet."""

    def need(look: Any, thing_id: int) -> None:
        if (look, thing_id) not in found.asked:
            needed[look].add(thing_id)

    for each in rows:
        row = each
        if isinstance(each, int):
            need(Record, each)
            row = found.records.get(each)
        row_id = each if isinstance(each, int) else each.id
        for relationship, inner in wants.items():
            way = _way(relationship)
            if way.key is None:
                need(relationship, row_id)
                if inner:
                    _look(inner, found.lists.get((relationship, row_id), ()), found, needed)
            elif row is not None and (thing_id := getattr(row, way.key)) is not None:
                need(way.target, thing_id)
                if not inner:
                    continue
                if way.target is Record:
                    _look(inner, [thing_id], found, needed)
                elif (thing := found.things.get((way.target, thing_id))) is not None:
                    _look(inner, [thing], found, needed)
                elif isinstance(row, Part):  # It names the records that the other one leads to.
                    for record_id in row.named_records():
                        need(Record, record_id)


def _tell(wants: Wants, rows: Iterable[Any], found: Found) -> None:
    """Let rows know what was found for them."""
    for row in rows:
        for relationship, inner in wants.items():
            way = _way(relationship)
            if way.key is None:
                listed = found.lists.get((relationship, row.id), [])
                value: Any = listed if relationship.uselist else next(iter(listed), None)
                set_committed_value(row, relationship.key, value)
                _tell(inner, listed, found)
                continue
            thing_id = getattr(row, way.key)
            thing = None if thing_id is None else found.thing(way.target, thing_id)
            set_committed_value(row, relationship.key, thing)
            if thing is not None and inner:
                _tell(inner, [thing], found)


def _all_of(wants: Iterable[Wants]) -> Iterator[RelationshipProperty[Any]]:
    for each in wants:
        for relationship, inner in each.items():
            yield relationship
            yield from _all_of([inner])


def _padded(ids: Iterable[int]) -> list[int]:
    """Return ids as a list of few possible lengths: each length is a statement of its own."""
    listed = sorted(ids)
    length = 1
    while length < len(listed):
        length *= 4
    return [*listed, *([NOBODY] * (length - len(listed)))]


def _among(name: str) -> Condition:
    """Return the condition that a column is one of the ids that are asked for."""
    return lambda column: column.in_(sa.bindparam(name, expanding=True, type_=sa.Integer))


def _is_page(column: Any) -> Any:
    return column == ANY_RECORD.id


def _records(name: str) -> Any:
    return select(Record.id).where(_among(name)(Record.id))


def _things(target: Any, name: str) -> Arm:
    return Arm(select(target).where(_among(name)(target.id)))


def _listed(relationship: RelationshipProperty[Any], is_wanted: Condition) -> Arm:
    """Return an arm with the things of a relationship that name their owner."""
    target, order = relationship.mapper.class_, relationship.order_by or ()
    pairs = relationship.local_remote_pairs or []
    if len(pairs) == 1 and isinstance(relationship.primaryjoin, sa.BinaryExpression):
        mapper = relationship.mapper
        owner = getattr(target, mapper.get_property_by_column(pairs[0][1]).key)
        return Arm(select(target).where(is_wanted(owner)).order_by(*order), extras=[owner])
    parent = aliased(relationship.parent.class_, flat=True)
    joined = select(target).select_from(parent).join(getattr(parent, relationship.key))
    return Arm(joined.where(is_wanted(parent.id)).order_by(*order), extras=[parent.id])

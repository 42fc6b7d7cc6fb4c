"""The one row filter: what the session's principal may see.

Every SELECT of a record, a part or a change goes through it, relationships and counts included.
A session without a principal sees no rows.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import count
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, UserDefinedOption, with_loader_criteria

from crm.core.db import Session, db
from crm.core.literals import NO_LIMIT, constant
from crm.core.principal import SYSTEM, TEAM, Principal, acting_as, principal_of
from crm.permissions import Permission
from crm.records.models import (
    Change,
    ChangedRecord,
    Guard,
    Part,
    Reader,
    Record,
    Visibility,
)


def _narrow(model: type[Any], *columns: str) -> Any:
    """Return a table with the few columns the filter asks for.

    Every alias copies every column: with the whole tables, making the statements of a page for
    the first time would take seconds.
    """
    table = model.__table__
    return sa.table(table.name, *(sa.column(name, table.c[name].type) for name in columns))


ROWS = _narrow(Record, "id", "visibility", "deleted_at")
# Written out: values that are the same for everybody need not be bound hundreds of times a page.
ONE = constant(1)
TO_TEAM, TO_NAMED, TO_MANAGERS = (
    constant(level.value) for level in (Visibility.TEAM, Visibility.NAMED, Visibility.MANAGERS)
)

READERS = _narrow(Reader, "record_id", "user_id")
GUARDS = _narrow(Guard, "record_id", "guard_id")
CHANGED = _narrow(ChangedRecord, "record_id", "change_id")


def _exists(rows: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Return EXISTS over these rows, looked up for each row that the statement comes to.

    PostgreSQL otherwise turns it into a join; where it believes a table small (never analysed,
    just filled) it then reads the whole table again for each row: 30 s for 303 signatures.
    ``OFFSET 0`` is its documented fence.
    """
    return sa.exists(rows.limit(NO_LIMIT).offset(constant(0)))


def _open(row: Any, user_id: Any, level: Any) -> sa.ColumnElement[bool]:
    """Tell whether the row's own level lets the user see it."""
    reader = READERS.alias()
    named = _exists(
        sa.select(ONE)
        .select_from(reader)
        .where(reader.c.record_id == row.id, reader.c.user_id == user_id)
    )
    return sa.or_(
        row.visibility == TO_TEAM,
        row.visibility == level,
        sa.and_(row.visibility == TO_NAMED, named),
    )


def _seen(row: Any, user_id: Any, level: Any) -> sa.ColumnElement[bool]:
    """Tell whether the user may see the row: by its level, and those of the records it names.

    What a record names may itself name others (a task about an exchange with a person): two steps.
    Each step is a question of its own, asked only where the one before has found something: most
    records name none, and SQLite opens all tables of a question whether it comes to them or not.
    """
    near, far = GUARDS.alias(), GUARDS.alias()
    first, second = ROWS.alias(), ROWS.alias()
    is_first_closed = _exists(
        sa.select(ONE)
        .select_from(first)
        .where(first.c.id == near.c.guard_id, sa.not_(_open(first.c, user_id, level)))
    )
    is_second_closed = _exists(
        sa.select(ONE)
        .select_from(far.join(second, second.c.id == far.c.guard_id))
        .where(far.c.record_id == near.c.guard_id, sa.not_(_open(second.c, user_id, level)))
    )
    hidden = _exists(
        sa.select(ONE)
        .select_from(near)
        .where(near.c.record_id == row.id, sa.or_(is_first_closed, is_second_closed))
    )
    return sa.and_(_open(row, user_id, level), sa.not_(hidden))


def seen_by_team(record_ids: Sequence[int]) -> sa.Select[Any]:
    """Return which of the records the whole team may see, by ids; the session plays no part."""
    row = ROWS.alias()
    return sa.select(row.c.id).where(
        row.c.id.in_(list(record_ids)), _seen(row.c, TEAM.user_id, TO_TEAM)
    )


def hidden_from_team() -> sa.CompoundSelect[int]:
    """Return the ids of all records that not the whole team may see; the session plays no part."""
    return _hidden(TEAM.user_id, TO_TEAM)


def _hidden(user_id: Any, level: Any) -> sa.CompoundSelect[int]:
    """Return the ids of all records that the user may not see, by their level or a guard's.

    The contrary of ``_seen``, for long lists: few are hidden, and an index leads to them.
    """

    def closed() -> sa.Select[int]:
        row = ROWS.alias()
        return sa.select(row.c.id).where(
            row.c.visibility != TO_TEAM, sa.not_(_open(row.c, user_id, level))
        )

    near, between, far = (GUARDS.alias() for _each in range(3))
    return sa.union(  # Each once, whatever it hides for: they are counted, too.
        closed(),
        sa.select(near.c.record_id).where(near.c.guard_id.in_(closed())),
        sa.select(between.c.record_id)
        .select_from(between.join(far, far.c.record_id == between.c.guard_id))
        .where(far.c.guard_id.in_(closed())),
    )


@dataclass(frozen=True)
class _Root:
    """The row of the root table that belongs to a record, as the filter looks at it."""

    id: Any
    visibility: Any


def _root_of(record: Any) -> Any:
    """Return the row of the root table that belongs to a record of a statement."""
    found = sa.inspect(record, raiseerr=False)
    kinds = found.selectable if found is not None and found.is_aliased_class else None
    if isinstance(kinds, sa.Join) and kinds.isouter:
        # Records of all kinds together: those of one have no id among the columns of another.
        root_id = kinds.corresponding_column(Record.__table__.c.id)
        return _Root(root_id, record.visibility)
    return record


def _record_seen(record: Any, user_id: Any, level: Any) -> sa.ColumnElement[bool]:
    return _seen(_root_of(record), user_id, level)


def _record_not_hidden(record: Any, user_id: Any, level: Any) -> sa.ColumnElement[bool]:
    """Tell the same as ``_record_seen``, by looking into the list of what is hidden."""
    return _root_of(record).id.not_in(_hidden(user_id, level))  # type: ignore[no-any-return]


Seen = Callable[[Any, Any, Any], sa.ColumnElement[bool]]


@cache
def tables_with_guards() -> frozenset[sa.FromClause]:
    """Return the tables of the records that may hide with others, and that of all records."""
    kinds = sa.inspect(Record).self_and_descendants
    named = {each.local_table for each in kinds if each.class_.guards is not Record.guards}
    parts = (each.class_ for each in Record.registry.mappers if issubclass(each.class_, Part))
    guarding = [each for each in parts if getattr(each, "__is_guard__", False)]
    named |= {_target_of(getattr(each, each.__records__[0])) for each in guarding}
    return frozenset({Record.__table__, *named})


def _target_of(column: Any) -> sa.FromClause:
    (key,) = column.property.columns[0].foreign_keys
    return key.column.table  # type: ignore[no-any-return]


def _named_seen(column: Any, seen: Seen) -> Seen:
    """Return how it is asked whether the record in a column is seen: of most, by its level."""
    return _open if seen is _seen and _target_of(column) not in tables_with_guards() else seen


def _part_seen(part: Any, user_id: Any, level: Any, seen: Seen = _seen) -> sa.ColumnElement[bool]:
    if not hasattr(part, "__table__"):
        # The mixin itself: SQLAlchemy looks at it to learn which values are bound, no more.
        return sa.and_(ROWS.c.id == user_id, ROWS.c.visibility == level)
    conditions = []
    for name in part.__records__:
        row = ROWS.alias()
        column = getattr(part, name)
        is_seen = _exists(
            sa.select(ONE)
            .select_from(row)
            .where(
                row.c.id == column,
                row.c.deleted_at.is_(None),
                _named_seen(column, seen)(row.c, user_id, level),
            )
        )
        is_optional = column.property.columns[0].nullable
        conditions.append(sa.or_(column.is_(None), is_seen) if is_optional else is_seen)
    return sa.and_(*conditions)


def _part_kept(part: Any) -> sa.ColumnElement[bool]:
    """Tell whether none of the part's records is in the trash; for the system, which sees all."""
    if not hasattr(part, "__table__"):
        return sa.true()
    conditions = []
    for name in part.__records__:
        row = ROWS.alias()
        in_trash = _exists(
            sa.select(ONE)
            .select_from(row)
            .where(row.c.id == getattr(part, name), row.c.deleted_at.is_not(None))
        )
        conditions.append(sa.not_(in_trash))
    return sa.and_(*conditions)


def _change_seen(change: Any, user_id: Any, level: Any) -> sa.ColumnElement[bool]:
    concerned, other, row = CHANGED.alias(), CHANGED.alias(), ROWS.alias()
    return sa.and_(
        _exists(sa.select(ONE).select_from(concerned).where(concerned.c.change_id == change.id)),
        sa.not_(
            _exists(
                sa.select(ONE)
                .select_from(other.join(row, row.c.id == other.c.record_id))
                .where(other.c.change_id == change.id, sa.not_(_seen(row.c, user_id, level)))
            )
        ),
    )


def criteria_for(principal: Principal | None, *, with_trash: bool = False) -> list[Any]:
    """Return the loader options that restrict a statement to what the principal may see.

    :param with_trash: let records through that are in the trash (parts of theirs stay hidden).
    """
    if principal is None:
        return _NOTHING
    return _criteria(
        principal.user_id,
        _level_of(principal),
        with_trash,
        principal.is_system,
        principal.leaves_house,
    )


_NOTHING = [
    with_loader_criteria(kind, lambda cls: sa.false(), include_aliases=True)
    for kind in (Record, Part, Change)
]


def _level_of(principal: Principal) -> Visibility:
    sees_managers = principal.can(Permission.RECORDS_CONFIDENTIAL)
    return Visibility.MANAGERS if sees_managers else Visibility.TEAM


@lru_cache(maxsize=256)
def _criteria(
    user_id: int | None,
    level: Visibility,
    with_trash: bool,
    is_system: bool,
    reads_many: bool = False,
) -> list[Any]:
    options = []
    written = TO_MANAGERS if level is Visibility.MANAGERS else TO_TEAM
    if not with_trash:
        options.append(
            with_loader_criteria(Record, lambda cls: cls.deleted_at.is_(None), include_aliases=True)
        )
    if is_system:
        if not with_trash:
            options.append(with_loader_criteria(Part, _part_kept, include_aliases=True))
        return options
    if reads_many:  # What leaves the house are long lists.
        options += [
            with_loader_criteria(
                Record, lambda cls: _record_not_hidden(cls, user_id, written), include_aliases=True
            ),
            with_loader_criteria(
                Part,
                lambda cls: _part_seen(cls, user_id, written, _record_not_hidden),
                include_aliases=True,
            ),
        ]
    else:
        options += [
            with_loader_criteria(
                Record, lambda cls: _record_seen(cls, user_id, written), include_aliases=True
            ),
            with_loader_criteria(
                Part, lambda cls: _part_seen(cls, user_id, written), include_aliases=True
            ),
        ]
    options += [
        with_loader_criteria(
            Change, lambda cls: _change_seen(cls, user_id, written), include_aliases=True
        ),
    ]
    return options


READER = "reader_id"
"""The parameter of a prepared statement: who reads."""


class Prepared:
    """A statement that is made once, with the row filter, and run for any record and reader.

    To make a large statement takes longer than to run it.
    """

    def __init__(self, statement: Any) -> None:
        """Take a statement whose values are named parameters.

        :raises TypeError: for one that is followed by others, as :func:`is_followed` tells.
        """
        if is_followed(statement):
            raise TypeError("what follows a prepared statement would not know who reads")
        self._statement = statement
        self._filtered: dict[tuple[Visibility, bool], Any] = {}

    def run(self, **values: Any) -> sa.Result[*tuple[Any, ...]]:
        """Run it for whoever the session acts for; nobody sees a row."""
        principal = principal_of(db.session)
        if principal is None:
            return db.session.execute(self._statement, values)
        look = _look_of(principal)
        if look not in self._filtered:
            filtered = self._statement.options(*_criteria_of_look(*look))
            filtered = filtered.execution_options(filtered_for=look)
            _shorten_key(filtered)
            self._filtered[look] = filtered
        return db.session.execute(self._filtered[look], {**values, READER: principal.user_id})


def is_followed(statement: Any) -> bool:
    """Tell whether a statement has others load what its rows lead to, with its own filter."""
    options = statement._with_options  # noqa: SLF001 - there is no other way to ask
    elements = (each for option in options for each in option.context)
    return any(dict(each.strategy or ()).get("lazy") in _FOLLOWING for each in elements)


_FOLLOWING = ("selectin", "subquery")

_next_number = count()


@lru_cache(maxsize=100)
def _number_of(_key: Any) -> int:
    """Return a number for a statement; one that was forgotten meanwhile gets another."""
    return next(_next_number)


def _shorten_key(statement: Any) -> None:
    """Let a statement be found among those compiled by a number.

    The key of SQLAlchemy is as long as the statement, and would be hashed each time it is run.
    """
    key = statement._generate_cache_key()  # noqa: SLF001 - it has no other
    short = key._replace(key=("prepared", _number_of(key.key)))
    # Where SQLAlchemy itself keeps it; a copy of the statement forgets it.
    statement.__dict__["_generate_cache_key"] = lambda: short


def _criteria_of_look(level: Visibility, is_system: bool) -> list[Any]:
    """Return the criteria in which who reads is a parameter, and all else is written out."""
    if is_system:
        return [*_criteria(None, level, with_trash=False, is_system=True)]
    # Not carried to what is loaded later, which has no such parameter: it asks for its own.
    kept = {"include_aliases": True, "propagate_to_loaders": False}
    record, part, change = _FOR_MANAGERS if level is Visibility.MANAGERS else _FOR_TEAM
    return [
        with_loader_criteria(Record, lambda cls: cls.deleted_at.is_(None), **kept),
        with_loader_criteria(Record, record, **kept),
        with_loader_criteria(Part, part, **kept),
        with_loader_criteria(Change, change, **kept),
        LATER,
    ]


# Without anything around them that would be bound: a large statement has the filter fifty times.
_FOR_TEAM = (
    lambda cls: _record_seen(cls, _reader(), TO_TEAM),
    lambda cls: _part_seen(cls, _reader(), TO_TEAM),
    lambda cls: _change_seen(cls, _reader(), TO_TEAM),
)
_FOR_MANAGERS = (
    lambda cls: _record_seen(cls, _reader(), TO_MANAGERS),
    lambda cls: _part_seen(cls, _reader(), TO_MANAGERS),
    lambda cls: _change_seen(cls, _reader(), TO_MANAGERS),
)


class _FilterLater(UserDefinedOption):
    """Goes with the rows of a prepared statement: what they lead to is filtered when it is read."""

    propagate_to_loaders = True
    inherit_cache = True


LATER = _FilterLater()


class _Parameter:
    """Who reads: made anew wherever it stands, as copies of one would be compared at length."""

    def __clause_element__(self) -> sa.BindParameter[int]:
        return sa.bindparam(READER, type_=sa.Integer)


def _reader() -> _Parameter:
    return _Parameter()


def _look_of(principal: Principal) -> tuple[Visibility, bool]:
    """Return all that the row filter depends on, besides who reads."""
    return _level_of(principal), principal.is_system


def look_now() -> tuple[Visibility, bool] | None:
    """Return the same of whoever the session acts for; None for nobody."""
    principal = principal_of(db.session)
    return None if principal is None else _look_of(principal)


def _is_filtered(state: ORMExecuteState) -> bool:
    """Tell whether a statement was prepared with the filter, for whoever reads it now."""
    look = state.execution_options.get("filtered_for")
    if look is None:
        return False
    principal = principal_of(state.session)
    values = state.parameters if isinstance(state.parameters, dict) else {}
    if principal is None or look != _look_of(principal) or values[READER] != principal.user_id:
        raise TypeError("a statement was prepared for somebody else")
    return True


@event.listens_for(Session, "do_orm_execute")
def restrict_rows(state: ORMExecuteState) -> None:
    """Add the row filter; refuse bulk changes, which history would not see."""
    if state.is_update or state.is_delete:
        mapper = state.bind_mapper
        if mapper is not None and issubclass(mapper.class_, (Record, Part, Change)):
            raise TypeError("change records one by one: history does not see bulk statements")
        return
    # A relationship load carries the options of the statement that started it, unless that was
    # prepared, and a column load refreshes a row that the session already holds.
    if not state.is_select or state.is_column_load:
        return
    if state.is_relationship_load and LATER not in state.user_defined_options:
        return
    if _is_filtered(state):
        return
    with_trash = bool(state.execution_options.get("with_trash", False))
    state.statement = state.statement.options(
        *criteria_for(principal_of(state.session), with_trash=with_trash)
    )


def all_seeing() -> Principal:
    """Return whoever acts, seeing every row: what is hidden from them has its part in it, too."""
    return replace(principal_of(db.session) or SYSTEM, is_system=True)


@contextmanager
def seeing_all() -> Iterator[None]:
    """Act as whoever acts, seeing every row."""
    with acting_as(db.session, all_seeing()):
        yield


@contextmanager
def alone(principal: Principal) -> Iterator[None]:
    """Read as the principal: what the session loaded for somebody else must not slip in."""
    db.session.flush()
    db.session.expunge_all()
    with acting_as(db.session, principal):
        yield
    db.session.expunge_all()

"""The one row filter: what the session's principal may see.

Every SELECT of a record, a part or a change goes through it, relationships and counts included.
A session without a principal sees no rows.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria

from crm.core.db import Session, db
from crm.core.literals import constant
from crm.core.principal import TEAM, Principal, acting_as, principal_of
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
TO_TEAM, TO_NAMED = (constant(level.value) for level in (Visibility.TEAM, Visibility.NAMED))

READERS = _narrow(Reader, "record_id", "user_id")
GUARDS = _narrow(Guard, "record_id", "guard_id")
CHANGED = _narrow(ChangedRecord, "record_id", "change_id")


def _exists(rows: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Return EXISTS over these rows, looked up for each row that the statement comes to.

    PostgreSQL otherwise turns it into a join; where it believes a table small (never analysed,
    just filled) it then reads the whole table again for each row: 30 s for 303 signatures.
    ``OFFSET 0`` is its documented fence.
    """
    return sa.exists(rows.offset(constant(0)))


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
    """
    near, far = GUARDS.alias(), GUARDS.alias()
    first, second = ROWS.alias(), ROWS.alias()
    hidden = _exists(
        sa.select(ONE)
        .select_from(
            near.join(first, first.c.id == near.c.guard_id)
            .outerjoin(far, far.c.record_id == near.c.guard_id)
            .outerjoin(second, second.c.id == far.c.guard_id)
        )
        .where(
            near.c.record_id == row.id,
            sa.or_(
                sa.not_(_open(first.c, user_id, level)),
                sa.and_(second.c.id.is_not(None), sa.not_(_open(second.c, user_id, level))),
            ),
        )
    )
    return sa.and_(_open(row, user_id, level), sa.not_(hidden))


def seen_by_team(record_ids: Sequence[int]) -> sa.Select[Any]:
    """Return which of the records the whole team may see, by ids; the session plays no part."""
    row = ROWS.alias()
    return sa.select(row.c.id).where(
        row.c.id.in_(list(record_ids)), _seen(row.c, TEAM.user_id, Visibility.TEAM)
    )


def _part_seen(part: Any, user_id: Any, level: Any) -> sa.ColumnElement[bool]:
    if not hasattr(part, "__table__"):
        # The mixin itself: SQLAlchemy looks at it to learn which values are bound, no more.
        return sa.and_(ROWS.c.id == user_id, ROWS.c.visibility == level)
    conditions = []
    for name in part.__records__:
        row = ROWS.alias()
        column = getattr(part, name)
        seen = _exists(
            sa.select(ONE)
            .select_from(row)
            .where(row.c.id == column, row.c.deleted_at.is_(None), _seen(row.c, user_id, level))
        )
        conditions.append(
            seen if not column.property.columns[0].nullable else sa.or_(column.is_(None), seen)
        )
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
        return [
            with_loader_criteria(kind, lambda cls: sa.false(), include_aliases=True)
            for kind in (Record, Part, Change)
        ]
    sees_managers = principal.can(Permission.RECORDS_CONFIDENTIAL)
    level = Visibility.MANAGERS if sees_managers else Visibility.TEAM
    return _criteria(principal.user_id, level, with_trash, principal.is_system)


@lru_cache(maxsize=256)
def _criteria(
    user_id: int | None,
    level: Visibility,
    with_trash: bool,
    is_system: bool,
) -> list[Any]:
    options = []
    if not with_trash:
        options.append(
            with_loader_criteria(Record, lambda cls: cls.deleted_at.is_(None), include_aliases=True)
        )
    if is_system:
        if not with_trash:
            options.append(with_loader_criteria(Part, _part_kept, include_aliases=True))
        return options
    options += [
        with_loader_criteria(Record, lambda cls: _seen(cls, user_id, level), include_aliases=True),
        with_loader_criteria(
            Part, lambda cls: _part_seen(cls, user_id, level), include_aliases=True
        ),
        with_loader_criteria(
            Change, lambda cls: _change_seen(cls, user_id, level), include_aliases=True
        ),
    ]
    return options


@event.listens_for(Session, "do_orm_execute")
def restrict_rows(state: ORMExecuteState) -> None:
    """Add the row filter; refuse bulk changes, which history would not see."""
    if state.is_update or state.is_delete:
        mapper = state.bind_mapper
        if mapper is not None and issubclass(mapper.class_, (Record, Part, Change)):
            raise TypeError("change records one by one: history does not see bulk statements")
        return
    # A relationship load carries the options of the statement that started it, and a column
    # load refreshes a row that the session already holds.
    if not state.is_select or state.is_column_load or state.is_relationship_load:
        return
    with_trash = bool(state.execution_options.get("with_trash", False))
    state.statement = state.statement.options(
        *criteria_for(principal_of(state.session), with_trash=with_trash)
    )


@contextmanager
def alone(principal: Principal) -> Iterator[None]:
    """Read as the principal: what the session loaded for somebody else must not slip in."""
    db.session.flush()
    db.session.expunge_all()
    with acting_as(db.session, principal):
        yield
    db.session.expunge_all()

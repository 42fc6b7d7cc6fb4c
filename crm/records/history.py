"""History: every change of a record or part, written in the flush that makes it."""

import hmac
import json
import secrets
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ColumnProperty, UOWTransaction
from sqlalchemy.orm import Session as AnySession

from crm.core.clock import now
from crm.core.db import Base, Session
from crm.core.lists import ListValue
from crm.core.partial_date import PartialDate
from crm.core.principal import principal_of
from crm.core.text import sort_key
from crm.records import indexing
from crm.records.models import (
    Act,
    Change,
    ChangedRecord,
    Guard,
    Part,
    Record,
)

CHANGES: Any = Change.__table__
CHANGED: Any = ChangedRecord.__table__
_CHUNK = 500
GUARDS: Any = Guard.__table__
_CHAIN_LOCK = 7_104_112  # Any number, the same everywhere: one writer of the chain at a time.


def to_json(value: Any) -> Any:
    """Return a column's value as history keeps it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (PartialDate, Decimal)):
        return str(value)
    return value


def from_json(column: sa.Column[Any], value: Any) -> Any:
    """Return a value kept in history as the column takes it."""
    if value is None:
        return None
    python_type = _python_type(column)
    if issubclass(python_type, Enum):
        return python_type(value)
    if python_type is PartialDate:
        return PartialDate.parse_iso(value)
    if python_type in (date, datetime):
        return python_type.fromisoformat(value)
    if python_type is Decimal:
        return Decimal(value)
    return value


def _python_type(column: sa.Column[Any]) -> type:
    if isinstance(column.type, sa.Enum) and column.type.enum_class is not None:
        return column.type.enum_class
    try:
        return column.type.python_type
    except NotImplementedError:
        return object


def recorded_columns(model: type[Any]) -> list[ColumnProperty[Any]]:
    """Return the columns of a model that history keeps: all but bookkeeping."""
    named = getattr(model, "__records__", ())
    return [
        prop
        for prop in sa.inspect(model).column_attrs
        if isinstance(prop.columns[0], sa.Column)  # What a statement computes is not stored.
        if prop.key in named or not prop.columns[0].info.get("internal", False)
    ]


def record_columns(model: type[Any]) -> list[str]:
    """Return the keys of the columns that point at a record."""
    tables = {mapper.local_table for mapper in sa.inspect(Record).self_and_descendants}
    return [
        prop.key
        for prop in sa.inspect(model).column_attrs
        if prop.key != "id"
        and any(key.column.table in tables for key in prop.columns[0].foreign_keys)
    ]


def new_batch(session: AnySession) -> str:
    """Begin a new batch: changes that belong together and can be undone together."""
    batch = secrets.token_hex(12)
    session.info["batch"] = batch
    return batch


def _differences(row: Any, act: Act) -> dict[str, list[Any]]:
    values = {}
    state = sa.inspect(row)
    for prop in recorded_columns(type(row)):
        if act is Act.UPDATE:
            seen = state.attrs[prop.key].history
            if not seen.has_changes():
                continue
            old = to_json(seen.deleted[0]) if seen.deleted else None
            new = to_json(seen.added[0]) if seen.added else None
            if old == new:
                continue
            values[prop.key] = [old, new]
        else:
            value = to_json(getattr(row, prop.key))
            if value is not None:
                values[prop.key] = [None, value] if act is Act.CREATE else [value, None]
    return values


def _concerned(row: Any, values: dict[str, list[Any]]) -> set[int]:
    if isinstance(row, ListValue):
        return set()  # A list belongs to nobody's page; the chain keeps its changes all the same.
    concerned = set(row.named_records()) if isinstance(row, Part) else {row.id}
    for key in record_columns(type(row)):
        concerned.update(values.get(key, ()))
    return {record_id for record_id in concerned if record_id is not None}


def seal(previous: str, row: dict[str, Any]) -> str:
    """Return the HMAC that ties a change to the one before it."""
    key: bytes = Base.metadata.info["history_key"]
    sealed = {name: to_json(value) for name, value in row.items() if name not in ("id", "seal")}
    text = previous + json.dumps(sealed, sort_keys=True, ensure_ascii=False)
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()


# Whether what is stored is what was written
#
# Read past the row filter, whoever asks: what somebody may not see must agree, too. Callers name
# only what the reader may see.

Place = tuple[str, int]
"""A row: its table and its id."""


def stored_rows(session: AnySession, model: type[Any], key: str, value: int) -> list[Any]:
    """Return the rows of a model as the database holds them, hidden ones and all."""
    table = sa.inspect(model).local_table
    rows = sa.select(table).where(table.c[key] == value).order_by(table.c.id)
    return list(session.connection().execute(rows).mappings())


def changes_told(
    session: AnySession, models: Iterable[type[Any]], key: str, value: int
) -> list[Any]:
    """Return all changes of rows of these models that ever had the value, in order.

    Found by what they say themselves, which is sealed.
    """
    tables = [model.__tablename__ for model in models]
    values = CHANGES.c["values"]
    says = sa.or_(values[(key, 0)].as_integer() == value, values[(key, 1)].as_integer() == value)
    named = sa.select(CHANGES.c.row_table, CHANGES.c.row_id).where(
        CHANGES.c.row_table.in_(tables), says
    )
    places = {(row.row_table, row.row_id) for row in session.connection().execute(named)}
    found: list[Any] = []
    for table in tables:
        ids = sorted(row_id for name, row_id in places if name == table)
        for start in range(0, len(ids), _CHUNK):
            rows = sa.select(CHANGES).where(
                CHANGES.c.row_table == table, CHANGES.c.row_id.in_(ids[start : start + _CHUNK])
            )
            found += session.connection().execute(rows).mappings()
    return sorted(found, key=lambda change: change["id"])


def altered_rows(rows: Mapping[type[Any], Iterable[Any]], changes: Iterable[Any]) -> set[Place]:
    """Return which rows are not what their history says, and which are gone without a word.

    :param rows: as :func:`stored_rows` returns them, by model.
    :param changes: as :func:`changes_told` returns them.
    """
    told: dict[Place, dict[str, Any] | None] = {}
    for change in changes:
        place = (change["row_table"], change["row_id"])
        new = {key: pair[1] for key, pair in change["values"].items()}
        told[place] = None if change["act"] is Act.DELETE else {**(told.get(place) or {}), **new}
    wrong = set()
    seen = set()
    for model, found in rows.items():
        columns = {prop.key: prop.columns[0].name for prop in recorded_columns(model)}
        for row in found:
            place = (model.__tablename__, row["id"])
            seen.add(place)
            stored = {key: to_json(row[name]) for key, name in columns.items()}
            if not _is_as_told(stored, told.get(place)):
                wrong.add(place)
    return wrong | {place for place, values in told.items() if values is not None} - seen


def _is_as_told(stored: dict[str, Any], told: dict[str, Any] | None) -> bool:
    # A column that came later begins empty, or false: history did not know it then.
    return told is not None and all(
        told.get(key) == value or (key not in told and value in (None, False))
        for key, value in stored.items()
    )


def broken_seals(session: AnySession, changes: Iterable[Any]) -> list[int]:
    """Return the places in the chain of those changes whose seal does not fit what they say."""
    found = list(changes)
    before = [change["id"] - 1 for change in found]
    seals: dict[int, str] = {0: ""}
    for start in range(0, len(before), _CHUNK):
        chunk = before[start : start + _CHUNK]
        query = sa.select(CHANGES.c.id, CHANGES.c.seal).where(CHANGES.c.id.in_(chunk))
        seals.update({row.id: row.seal for row in session.connection().execute(query)})
    return [
        change["id"]
        for change in found
        if change["id"] - 1 not in seals
        or seal(seals[change["id"] - 1], dict(change)) != change["seal"]
    ]


def broken_chain(session: AnySession) -> int | None:
    """Return the place of the first change that was altered, added or taken out; None if none was.

    Whether the last ones were cut off can only be told from a copy of the last seal.
    """
    previous = ""
    query = sa.select(CHANGES).order_by(CHANGES.c.id).execution_options(yield_per=1000)
    with closing(session.connection().execute(query)) as rows:
        for place, row in enumerate(rows.mappings(), start=1):
            if row["id"] != place or seal(previous, dict(row)) != row["seal"]:
                return place
            previous = row["seal"]
    return None


@event.listens_for(Session, "before_flush")
def compose(session: AnySession, context: UOWTransaction, instances: Any) -> None:
    """Bring titles, sort keys and signatures of the records about to be written up to date."""
    principal = principal_of(session)
    user_id = principal.user_id if principal else None
    for row in session.new | session.dirty:
        if not isinstance(row, Record):
            continue
        if row in session.new:
            row.created_by_id = user_id
        elif not session.is_modified(row, include_collections=False):
            continue
        row.updated_by_id = user_id
        title = row.compose_title()[:400]
        if row.title != title:
            row.title = title
        key = sort_key(row.sort_text())[:400]
        if row.sort_key != key:
            row.sort_key = key


@event.listens_for(Session, "after_flush")
def record_changes(session: AnySession, context: UOWTransaction) -> None:
    """Write one change for each row that this flush created, changed or removed."""
    found = []
    for act, rows in (
        (Act.CREATE, session.new),
        (Act.UPDATE, session.dirty),
        (Act.DELETE, session.deleted),
    ):
        for row in rows:
            if isinstance(row, (Record, Part, ListValue)) and _is_recorded(row):
                values = _differences(row, act)
                if values or act is not Act.UPDATE:
                    found.append((act, row, values))
    if not found:
        return
    _write_changes(session, found)
    new = {row.id for act, row, _ in found if act is Act.CREATE and isinstance(row, Record)}
    indexing.refresh(session, [(row, values) for _, row, values in found], new)
    _refresh_guards(session, found)


def _is_recorded(row: Any) -> bool:
    return bool(getattr(row, "__is_recorded__", True))


def _write_changes(session: AnySession, found: list[tuple[Act, Any, dict[str, list[Any]]]]) -> None:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CHAIN_LOCK)))
    last = connection.execute(
        sa.select(CHANGES.c.id, CHANGES.c.seal).order_by(CHANGES.c.id.desc()).limit(1)
    ).first()
    place, previous = (last.id, last.seal) if last else (0, "")
    principal = principal_of(session)
    batch = session.info.get("batch") or new_batch(session)
    rows, links = [], []
    for act, row, values in found:
        place += 1
        change = {
            "id": place,
            "key": secrets.token_hex(12),
            "at": now(),
            "user_id": principal.user_id if principal else None,
            "batch": batch,
            "act": act,
            "row_table": row.__tablename__,
            "row_id": row.id,
            "row_version": row.version or 1,
            "values": values,
            "reason": session.info.get("reason"),
            "undoes_key": session.info.get("undoes_key"),
        }
        previous = seal(previous, change)
        rows.append({**change, "seal": previous})
        links += [
            {"change_id": place, "record_id": record_id}
            for record_id in sorted(_concerned(row, values))
        ]
    connection.execute(sa.insert(CHANGES), rows)
    if links:
        connection.execute(sa.insert(CHANGED), links)


def _refresh_guards(
    session: AnySession, found: list[tuple[Act, Any, dict[str, list[Any]]]]
) -> None:
    """Keep the table of guards equal to what the touched records name."""
    connection = session.connection()
    touched: dict[int, set[int]] = {}
    removed: dict[int, set[int]] = {}
    for act, row, _ in found:
        if isinstance(row, Record):
            if type(row).guards is Record.guards:
                continue  # Its guards, if any, come from its parts.
            connection.execute(sa.delete(GUARDS).where(GUARDS.c.record_id == row.id))
            wanted = {guard_id for guard_id in row.guards() if guard_id is not None}
            touched.setdefault(row.id, set()).update(wanted)
        elif getattr(row, "__is_guard__", False):
            first, *others = row.named_records()
            target = removed if act is Act.DELETE else touched
            target.setdefault(first, set()).update(others)
    for record_id, guards in removed.items():
        connection.execute(
            sa.delete(GUARDS).where(
                GUARDS.c.record_id == record_id, GUARDS.c.guard_id.in_(list(guards))
            )
        )
    for record_id, guards in touched.items():
        known = set(
            connection.scalars(sa.select(GUARDS.c.guard_id).where(GUARDS.c.record_id == record_id))
        )
        missing = guards - known - {record_id}
        if missing:
            connection.execute(
                sa.insert(GUARDS),
                [{"record_id": record_id, "guard_id": guard_id} for guard_id in missing],
            )

"""Everything that changes a record or part of any kind. No service commits."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from crm.core.clock import now, today
from crm.core.db import Base, db
from crm.core.errors import Conflict, InvalidValue, NotAllowed
from crm.core.i18n import _
from crm.core.principal import principal_of
from crm.core.text import fold
from crm.permissions import Permission
from crm.records import queries
from crm.records.history import from_json, record_columns, to_json
from crm.records.models import (
    Act,
    Change,
    Part,
    Reader,
    Record,
    Tag,
    Tagging,
    Visibility,
)

AnyRow = TypeVar("AnyRow", bound=Any)
AnyRecord = TypeVar("AnyRecord", bound=Record)


@contextmanager
def because(reason: str | None, undoes: str | None = None) -> Iterator[None]:
    """Give the changes made inside the block a reason."""
    db.session.info.update(reason=reason, undoes_key=undoes)
    try:
        yield
        db.session.flush()  # The recorder reads the reason at flush.
    finally:
        db.session.info.update(reason=None, undoes_key=None)


def add(row: AnyRow) -> AnyRow:
    """Add a record or part."""
    check_references(type(row), {key: getattr(row, key) for key in record_columns(type(row))})
    db.session.add(row)
    db.session.flush()  # So that the caller has its id.
    return row


def check_references(model: type[Any], values: Mapping[str, Any]) -> None:
    """Refuse a reference to a record that the person cannot see.

    :raises InvalidValue: at the column that names it.
    """
    for key in record_columns(model):
        record_id = values.get(key)
        if record_id is not None and db.session.get(Record, record_id) is None:
            raise InvalidValue(key, _("This record no longer exists. Choose another"))


def create_record(model: type[AnyRecord], **values: Any) -> AnyRecord:
    """Add a record of a kind."""
    readers = values.pop("reader_ids", None)
    check_visibility(values.get("visibility"), readers)
    record = add(model(**values))
    set_readers(record, readers or None)  # It has none that could be taken away.
    return record


def change_record(record: AnyRecord, version: int, **values: Any) -> AnyRecord:
    """Change a record that somebody read at ``version``.

    Fields that only the other person changed stay as stored.

    :raises Conflict: when both changed the same field to different values.
    """
    readers = values.pop("reader_ids", None)
    if "visibility" in values and values["visibility"] != record.visibility:
        check_visibility(values["visibility"], readers)
    _merge_values(record, version, values)
    db.session.flush()
    set_readers(record, readers)
    return record


def change_part(part: AnyRow, version: int, **values: Any) -> AnyRow:
    """Change a part that somebody read at ``version``.

    :raises Conflict: when both changed the same field to different values.
    """
    _merge_values(part, version, values)
    db.session.flush()
    return part


def own_changes(row: Any, version: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return which of the values somebody changes who read a row at ``version``."""
    original = _as_read(row, version, {key: getattr(row, key) for key in values})
    return {key: value for key, value in values.items() if value != original[key]}


def _merge_values(row: Any, version: int, values: Mapping[str, Any]) -> None:
    check_references(type(row), values)
    # Read everything first: reading an unloaded column in between would flush half of the change.
    stored = {key: getattr(row, key) for key in values}
    original = _as_read(row, version, stored)
    mine = {key: value for key, value in values.items() if value != original[key]}
    conflicts = {
        key: (value, stored[key], original[key])
        for key, value in mine.items()
        if stored[key] not in (original[key], value)
    }
    if conflicts:
        raise Conflict(row, conflicts)
    for key, value in mine.items():
        setattr(row, key, value)


def _as_read(row: Any, version: int, stored: Mapping[str, Any]) -> dict[str, Any]:
    if row.version == version:
        return dict(stored)
    changes = db.session.scalars(queries.changes_of_row(row.__tablename__, row.id, version))
    return {**stored, **values_before(type(row), changes)}


def values_before(model: type[Any], changes: Iterable[Change]) -> dict[str, Any]:
    """Return the values that changes of one row have replaced.

    :param changes: the newest first.
    """
    columns = sa.inspect(model).columns
    values: dict[str, Any] = {}
    for change in changes:  # The oldest change has the last word.
        for key, (old, _new) in change.values.items():
            if key in columns:
                values[key] = from_json(columns[key], old)
    return values


def remove_part(part: Any) -> None:
    """Remove a part; history can bring it back."""
    db.session.delete(part)
    db.session.flush()


def trash(record: Record) -> None:
    """Put a record in the trash, out of every list, with its parts."""
    principal = principal_of(db.session)
    record.deleted_at = now()
    record.deleted_by_id = principal.user_id if principal else None
    db.session.flush()


def restore(record: Record) -> None:
    """Take a record out of the trash."""
    record.deleted_at = None
    record.deleted_by_id = None
    db.session.flush()


def confirm(record: Record) -> None:
    """Note that the record was checked today and is right."""
    principal = principal_of(db.session)
    record.checked_on = today()
    record.checked_by_id = principal.user_id if principal else None
    db.session.flush()


# Who sees it


def check_visibility(visibility: Visibility | None, reader_ids: Iterable[int] | None) -> None:
    """Refuse a level that the person could not see again.

    :raises InvalidValue: at ``visibility`` or ``reader_ids``.
    """
    principal = principal_of(db.session)
    if visibility is Visibility.MANAGERS and not (
        principal and principal.can(Permission.RECORDS_CONFIDENTIAL)
    ):
        raise InvalidValue(
            "visibility",
            _("Only managers can keep a record to managers. Choose named people, you among them"),
        )
    is_somebody = principal is not None and principal.user_id is not None
    if visibility is Visibility.NAMED and not is_somebody and not list(reader_ids or ()):
        raise InvalidValue("reader_ids", _("Name the people who may see this"))


def set_readers(record: Record, reader_ids: Iterable[int] | None) -> None:
    """Name the people who may see a record; whoever keeps it to named people stays among them."""
    if reader_ids is None and record.visibility is not Visibility.NAMED:
        return
    wanted = set(reader_ids or ())
    principal = principal_of(db.session)
    if record.visibility is Visibility.NAMED and principal and principal.user_id:
        wanted.add(principal.user_id)
    known = {reader.user_id: reader for reader in db.session.scalars(queries.readers_of(record))}
    for user_id in wanted - known.keys():
        db.session.add(Reader(record_id=record.id, user_id=user_id))
    for user_id in known.keys() - wanted:
        db.session.delete(known[user_id])
    db.session.flush()


# Tags


def set_tags(record: Record, words: Iterable[str]) -> None:
    """Give a record exactly these tags, making those that are new."""
    wanted = {fold(word)[:60]: word.strip()[:60] for word in words if fold(word)}
    known = {tagging.tag.key: tagging for tagging in db.session.scalars(queries.tags_of(record))}
    for key in wanted.keys() - known.keys():
        tag = db.session.scalar(select(Tag).where(Tag.key == key))
        if tag is None:
            tag = Tag(word=wanted[key], key=key)
            db.session.add(tag)
            db.session.flush()  # The tagging needs its id.
        db.session.add(Tagging(record_id=record.id, tag_id=tag.id))
    for key in known.keys() - wanted.keys():
        db.session.delete(known[key])
    db.session.flush()


def add_tag(record: Record, *, word: str) -> bool:
    """Put a tag on a record, making it where it is new.

    :returns: whether the record did not have it.
    """
    words = [tagging.tag.word for tagging in db.session.scalars(queries.tags_of(record))]
    if fold(word)[:60] in {fold(known) for known in words}:
        return False
    set_tags(record, [*words, word])
    return True


def remove_tag(record: Record, *, word: str) -> bool:
    """Take a tag from a record.

    :returns: whether the record had it.
    """
    words = [tagging.tag.word for tagging in db.session.scalars(queries.tags_of(record))]
    kept = [known for known in words if fold(known) != fold(word)]
    if len(kept) == len(words):
        return False
    set_tags(record, kept)
    return True


def check_tag(*, word: str) -> None:
    """Refuse a tag without letters or digits.

    :raises InvalidValue: at ``word``.
    """
    if not fold(word):
        raise InvalidValue("word", _("Enter a tag of letters or digits"))


# Undo


def undo_obstacle(change: Change, model: type[Any] | None, row: Any) -> str | None:
    """Say why a change cannot be put back, or None when it can.

    Used twice: to draw the button, and before the write.
    """
    if model is None:
        return _("This kind of change cannot be undone")
    if not set(change.values) <= set(sa.inspect(model).columns.keys()):
        return _("It was written by an older version, which kept this otherwise")
    if change.act is Act.DELETE:
        return _("It was added again meanwhile") if row is not None else None
    if row is None:
        return _("It was removed meanwhile")
    if change.act is Act.CREATE:
        if isinstance(row, Record):
            return _("It is in the trash already") if row.deleted_at else None
        return None
    for key, (_old, new) in change.values.items():
        if to_json(getattr(row, key, None)) != new:
            return _("It was changed again meanwhile. Undo the later change first")
    return None


def undo(change: Change) -> None:
    """Put back what a change did, as an ordinary change that can itself be undone.

    :raises NotAllowed: with the reason why it cannot be put back.
    """
    model = model_of(change.row_table)
    row = row_of(change)
    obstacle = undo_obstacle(change, model, row)
    if obstacle is not None or model is None:
        raise NotAllowed(obstacle)
    columns = sa.inspect(model).columns
    with because(_("Change undone"), change.key):
        if change.act is Act.UPDATE:
            old = {key: from_json(columns[key], pair[0]) for key, pair in change.values.items()}
            check_references(model, old)
            for key, value in old.items():
                setattr(row, key, value)
        elif change.act is Act.DELETE:
            old = {key: from_json(columns[key], pair[0]) for key, pair in change.values.items()}
            check_references(model, old)
            db.session.add(model(id=change.row_id, **old))
        elif isinstance(row, Record):
            trash(row)
        else:
            db.session.delete(row)


def undo_batch(batch: str) -> tuple[int, int]:
    """Put back all that one request changed, the last thing first.

    :returns: how many changes were put back, and how many were kept because they changed again.
    """
    return undo_changes(db.session.scalars(queries.changes_of_batch(batch)).all())


def undo_changes(changes: Iterable[Change]) -> tuple[int, int]:
    """Put back changes in the order given, the last thing first.

    :returns: how many were put back, and how many were kept because they changed again.
    """
    undone = kept = 0
    for change in changes:
        try:
            with db.session.begin_nested():
                undo(change)
            undone += 1
        except (NotAllowed, IntegrityError):
            kept += 1
    return undone, kept


def model_of(table: str) -> type[Any] | None:
    """Return the record or part stored in a table."""
    for mapper in Base.registry.mappers:
        if (
            issubclass(mapper.class_, (Record, Part))
            and getattr(mapper.local_table, "name", None) == table
        ):
            return mapper.class_
    return None


def row_of(change: Change) -> Any:
    """Return the row a change is about, as far as it exists and may be seen."""
    model = model_of(change.row_table)
    if model is None:
        return None
    return db.session.get(model, change.row_id, execution_options={"with_trash": True})

"""Questions about records of any kind. Each returns a statement; the caller fetches."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, with_polymorphic

from crm.core.among import among
from crm.core.partial_date import PartialDate
from crm.core.text import fold
from crm.records.models import (
    Change,
    ChangedRecord,
    ContactKind,
    ContactPoint,
    Deadline,
    Document,
    DocumentKind,
    Identifier,
    Name,
    NameKind,
    Reader,
    Record,
    Source,
    Tag,
    Tagging,
)
from crm.records.search import closeness, matching

MOST_CANDIDATES = 20
AnyRecord = TypeVar("AnyRecord", bound=Record)


def with_ids(ids: Iterable[int], kinds: Sequence[str] = ()) -> Select[Record]:
    """Return the records with these ids, of these kinds."""
    query = select(Record).where(Record.id.in_(list(ids)))
    return query.where(Record.kind.in_(kinds)) if kinds else query


def visible_ids(ids: Iterable[int]) -> Select[int]:
    """Return which of these ids are records that may be seen."""
    return select(Record.id).where(Record.id.in_(list(ids)))


def by_sort_key(query: Select[Any]) -> Select[Any]:
    """Order a statement about records as lists show them."""
    return query.order_by(Record.sort_key, Record.id)


def matching_text(text: str, kinds: Sequence[str] = ()) -> Select[Record]:
    """Return the records that have every word of the text, by the beginning of words."""
    query = select(Record).where(matching(Record.id, text))
    return query.where(Record.kind.in_(kinds)) if kinds else query


def named_like(name: str, kinds: Sequence[str] = ()) -> Select[Record]:
    """Return the few records that a typed name may mean, with their names, the closest first."""
    return (
        matching_text(name, kinds)
        .options(sa.orm.selectinload(Record.names))
        .order_by(closeness(Record.search_names, name), Record.sort_key, Record.id)
        .limit(MOST_CANDIDATES)
    )


def bearing(name: str, kinds: Sequence[str] = ()) -> Select[int, int]:
    """Return (record id, how close) of the few records that a name may mean, the closest first.

    0 means that it is a whole name or acronym, 1 that a name begins with it.
    """
    how_close = closeness(Record.search_names, name)
    query = select(Record.id, how_close).where(matching(Record.id, name))
    if kinds:
        query = query.where(Record.kind.in_(kinds))
    return query.order_by(how_close, Record.sort_key, Record.id).limit(MOST_CANDIDATES)


def tagged(key: str) -> sa.ColumnElement[bool]:
    """Tell whether a record has a tag."""
    return (
        sa.exists()
        .where(Tagging.record_id == Record.id, Tagging.tag_id == Tag.id, Tag.key == key)
        .correlate(Record)
    )


def tags_on(record_ids: Sequence[int]) -> Select[int, str]:
    """Return (record id, word) for the tags on these records."""
    return (
        select(Tagging.record_id, Tag.word)
        .join(Tag, Tag.id == Tagging.tag_id)
        .where(among(Tagging.record_id, record_ids))
        .order_by(Tag.key)
    )


def exact(records: Sequence[Record], name: str) -> list[Record]:
    """Keep the records that bear exactly this name, whatever its case, accents and hyphens."""
    wanted = fold(name)
    bearing = [
        record
        for record in records
        if wanted in {fold(record.title), *(fold(known.text) for known in record.names)}
    ]
    by_title = [record for record in bearing if fold(record.title) == wanted]
    return by_title if len(by_title) == 1 else bearing


def same_name(name: str, kind: str, but: int | None = None) -> Select[Record]:
    """Return records of the kind whose title reads the same."""
    query = matching_text(name, [kind]).where(sa.func.length(Record.title) < 2 * len(name) + 10)
    return query.where(Record.id != but) if but is not None else query


def name_in(record: Record, language: str) -> Select[str]:
    """Return the name of a record in a language, the official one first."""
    kinds = (NameKind.OFFICIAL, NameKind.OTHER)
    return (
        select(Name.text)
        .where(Name.record_id == record.id, Name.language == language, Name.kind.in_(kinds))
        .order_by(Name.kind != NameKind.OFFICIAL, Name.id)
        .limit(1)
    )


def names_of(record: Record) -> Select[Name]:
    """Return a record's names."""
    return select(Name).where(Name.record_id == record.id).order_by(Name.kind, Name.text)


def identifiers_of(record: Record) -> Select[Identifier]:
    """Return a record's identifiers."""
    return select(Identifier).where(Identifier.record_id == record.id).order_by(Identifier.scheme)


def contact_points_of(record: Record) -> Select[ContactPoint]:
    """Return the ways to reach a record."""
    return (
        select(ContactPoint)
        .where(ContactPoint.record_id == record.id)
        .options(joinedload(ContactPoint.at_organisation))
        .order_by(ContactPoint.kind, ContactPoint.value)
    )


def sources_of(record: Record) -> Select[Source]:
    """Return where the facts of a record come from."""
    return select(Source).where(Source.record_id == record.id).order_by(Source.title, Source.fact)


def documents_of(record: Record) -> Select[Document]:
    """Return a record's files: an agenda and papers before all others, the newest first."""
    rank = sa.case(
        (Document.kind == DocumentKind.AGENDA, 0), (Document.kind == DocumentKind.PAPER, 1), else_=2
    )
    return (
        select(Document)
        .where(Document.record_id == record.id)
        .order_by(rank, Document.added_at.desc(), Document.id)
    )


def deadlines_of(record: Record) -> Select[Deadline]:
    """Return a record's deadlines, the earliest first, those without a date last."""
    return (
        select(Deadline)
        .where(Deadline.record_id == record.id)
        .order_by(Deadline.day.nulls_last(), Deadline.hour.nulls_last(), Deadline.id)
    )


def tags_of(record: Record) -> Select[Tagging]:
    """Return the tags on a record."""
    return select(Tagging).join(Tag).where(Tagging.record_id == record.id).order_by(Tag.key)


def readers_of(record: Record) -> Select[Reader]:
    """Return the people named to see a record."""
    return select(Reader).where(Reader.record_id == record.id)


def changes_of(record: Record) -> Select[Change]:
    """Return the changes that concern a record, the newest first."""
    return (
        select(Change)
        .join(ChangedRecord, ChangedRecord.change_id == Change.id)
        .where(ChangedRecord.record_id == record.id)
        .order_by(Change.id.desc())
    )


def changes_of_row(table: str, row_id: int, after_version: int = 0) -> Select[Change]:
    """Return the changes of one row that made a version later than this one, the newest first."""
    return (
        select(Change)
        .where(
            Change.row_table == table, Change.row_id == row_id, Change.row_version > after_version
        )
        .order_by(Change.id.desc())
    )


def changes_of_rows(table: str, row_ids: Iterable[int]) -> Select[Change]:
    """Return the changes of several rows of a table, the newest first."""
    return (
        select(Change)
        .where(Change.row_table == table, Change.row_id.in_(list(row_ids)))
        .order_by(Change.id.desc())
    )


def changes_of_batch(batch: str) -> Select[Change]:
    """Return what one request changed, the last thing first."""
    return select(Change).where(Change.batch == batch).order_by(Change.id.desc())


def with_all_columns(*models: type[Record]) -> Any:
    """Return an entity that loads records of several kinds with all their columns at once."""
    return with_polymorphic(Record, models)


def reached_by(kind: ContactKind, record_ids: Sequence[int]) -> Select[int, str]:
    """Return (record id, value) of the ways of a kind by which files may say records are reached.

    Private ones stand in no file.
    """
    return (
        select(ContactPoint.record_id, ContactPoint.value)
        .where(
            among(ContactPoint.record_id, record_ids),
            ContactPoint.kind == kind,
            ContactPoint.is_private.is_(False),
        )
        .order_by(ContactPoint.id)
    )


def public_contact_points(record_ids: Sequence[int]) -> Select[ContactPoint]:
    """Return the addresses, numbers and mails of these records that may leave the team."""
    return (
        select(ContactPoint)
        .where(among(ContactPoint.record_id, record_ids), ContactPoint.is_private.is_(False))
        .order_by(ContactPoint.record_id, ContactPoint.kind, ContactPoint.value)
    )


def deadlines_since(model: type[AnyRecord], first: date) -> Select[Deadline, AnyRecord]:
    """Return the deadlines of a kind of record from a day on, each with its record."""
    return (
        select(Deadline, model)
        .join(model, model.id == Deadline.record_id)
        .where(Deadline.day >= PartialDate.of(first))
        .order_by(Deadline.day, Deadline.id)
    )

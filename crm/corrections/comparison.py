"""What differs between a file that came back and what was exported, cell by cell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from flask_babel import force_locale
from werkzeug.datastructures import MultiDict

from crm.accounts.models import User
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.principal import TEAM, Principal, principal_of
from crm.corrections.correcting import changed_meanwhile
from crm.corrections.reading import is_same, typed
from crm.corrections.returned import Headings, Keyed, Line, Returned, understood
from crm.documents.sheet_model import Cell
from crm.exports.gathering import CHUNK, Table
from crm.records import queries, services
from crm.records.display import points_at
from crm.records.filed import Stored, filed
from crm.records.history import to_json
from crm.records.kinds import Column, RecordKind, record_link
from crm.records.listing import Listing
from crm.records.models import Change, Record

MOST = 5_000
"""Cells that differ; somebody has to look at them."""


@dataclass(frozen=True)
class Difference:
    """A cell that differs from what was exported.

    :param before: what was exported.
    :param after: what the file says.
    :param value: what would be stored, as JSON holds it; only where ``is_readable``.
    :param refusal: why it cannot be entered, if so.
    """

    record_id: int
    column: Column
    before: Cell
    after: Cell
    value: Any = None
    is_readable: bool = False
    refusal: str = ""

    @property
    def name(self) -> str:
        """Return what the form calls it."""
        return f"{self.record_id}.{self.column.key}"


@dataclass(frozen=True)
class Corrected:
    """A record of which something differs."""

    record: Record
    line: int
    version: int
    differences: Sequence[Difference]

    @property
    def link(self) -> Any:
        """Return the way to the record."""
        return record_link(self.record)


@dataclass(frozen=True)
class Ignored:
    """The numbers of lines that mean no record that could be corrected.

    :param unknown: there is no record of their keys, or none that may stand in such a file.
    :param outdated: their version is not one that the record has or had.
    """

    without_key: Sequence[int]
    repeated: Sequence[int]
    unknown: Sequence[int]
    outdated: Sequence[int]

    @property
    def numbers(self) -> set[int]:
        """Return all of them."""
        return {*self.without_key, *self.repeated, *self.unknown, *self.outdated}


@dataclass(frozen=True)
class Comparison:
    """All that differs.

    :param is_of_list: whether any line is about a record of the list.
    """

    headings: Headings
    records: Sequence[Corrected]
    ignored: Ignored
    is_of_list: bool

    @property
    def differences(self) -> Iterator[Difference]:
        """Yield what differs, record by record."""
        return (each for corrected in self.records for each in corrected.differences)

    @property
    def lines(self) -> set[int]:
        """Return the numbers of the lines that differ, or are ignored."""
        return {corrected.line for corrected in self.records} | self.ignored.numbers

    @property
    def is_as_exported(self) -> bool:
        """Tell whether there is nothing to say of the file."""
        return not (self.lines or self.headings.unknown or self.headings.repeated)


def compared_as_sent(kind: RecordKind, returned: Returned) -> Comparison:
    """Return what differs in a file that was just sent.

    :raises InvalidValue: at ``upload`` when that is more than anybody can look at, or when the
        file was made from another list.
    """
    comparison = compared(kind, returned, most=MOST)
    if returned.lines and not comparison.is_of_list:
        sentence = _(
            "No line of this file belongs to the list “%(list)s”. Choose the list it was made from",
            list=kind.label_plural,
        )
        raise InvalidValue("upload", sentence)
    return comparison


def compared(kind: RecordKind, returned: Returned, *, most: float = inf) -> Comparison:
    """Return what differs in a file that came back.

    :raises InvalidValue: at ``upload`` when it is more than ``most``.
    """
    headings, keyed = understood(kind, returned), Keyed(returned)
    known = _known(kind, headings, list(keyed.lines))
    judge = _Judge(kind, headings)
    unknown, outdated, count = [], [], len(keyed.without_key) + len(keyed.repeated)
    found: dict[int, tuple[Line, int, list[Difference]]] = {}
    for key, line in keyed.lines.items():
        now, version = known.get(key), keyed.version_of(line)
        if now is None:
            unknown.append(line.number)
        elif version is None or version > now.version:
            outdated.append(line.number)
        elif differences := judge.differences(key, version, line, now):
            found[key] = line, version, differences
            count += len(differences)
        if count + len(unknown) + len(outdated) > most:
            raise InvalidValue(
                "upload", _("More than 5,000 cells of this file differ. Send it in parts")
            )
    records = {record.id: record for record in db.session.scalars(queries.with_ids(found))}
    return Comparison(
        headings,
        [
            Corrected(records[key], line.number, version, differences)
            for key, (line, version, differences) in found.items()
            if key in records  # It may have gone this moment.
        ],
        Ignored(keyed.without_key, keyed.repeated, unknown, outdated),
        is_of_list=bool(known),
    )


# What is stored


@dataclass(frozen=True)
class _Now:
    """A record as the file would hold it now.

    :param as_team: what the columns that cannot be corrected would hold in the usual file, which
        leaves out what only some may see.
    """

    version: int
    cells: Mapping[int, Cell]
    as_team: Mapping[int, Cell]


def _known(kind: RecordKind, headings: Headings, keys: Sequence[int]) -> dict[int, _Now]:
    """Return the records that may stand in such a file, read as the export does."""
    fixed = {place: column for place, column in headings.columns.items() if column.field is None}
    known: dict[int, _Now] = {}
    with force_locale(headings.language):
        for start in range(0, len(keys), CHUNK):
            chunk = keys[start : start + CHUNK]
            team = _rows(kind, fixed, chunk, TEAM) if fixed else {}
            own = _rows(kind, headings.columns, chunk, principal_of(db.session) or TEAM)
            for key, (version, cells) in own.items():
                known[key] = _Now(version, cells, team[key][1] if key in team else {})
    return known


def _rows(
    kind: RecordKind, columns: Mapping[int, Column], keys: Sequence[int], principal: Principal
) -> dict[int, tuple[int, dict[int, Cell]]]:
    """Return the version and the cells of each record, by key."""
    table = Table(
        Listing(kind, MultiDict()),
        list(columns.values()),
        principal,
        keyed=True,
    )
    rows: Sequence[Sequence[Any]] = table.rows_of(keys)
    return {key: (version, dict(zip(columns, cells, strict=True))) for *cells, key, version in rows}


# Cell by cell


@dataclass(frozen=True)
class _Past:
    """What was changed of a record since it was exported.

    :param changes: the newest first.
    :param replaced: the values that the export had instead.
    """

    changes: Sequence[Change]
    replaced: Mapping[str, Any]


class _Judge:
    """Compares the lines of a file with what was exported of their records."""

    def __init__(self, kind: RecordKind, headings: Headings) -> None:
        self.kind = kind
        self.headings = headings
        self.form = kind.form(formdata=None)

    def differences(self, key: int, version: int, line: Line, now: _Now) -> list[Difference]:
        differing = [
            (column, now.cells[place], line.cells[place])
            for place, column in self.headings.columns.items()
            if not is_same(line.cells[place], now.cells[place])
            and not (place in now.as_team and is_same(line.cells[place], now.as_team[place]))
        ]
        if not differing:
            return []
        past = self._past(key, version, now)
        found = (self._difference(key, past, *cells) for cells in differing)
        return [each for each in found if each is not None]

    def _past(self, key: int, version: int, now: _Now) -> _Past:
        if version == now.version:
            return _Past([], {})
        table = self.kind.model.__tablename__
        changes = db.session.scalars(queries.changes_of_row(table, key, version)).all()
        return _Past(changes, services.values_before(self.kind.model, changes))

    def _difference(
        self, key: int, past: _Past, column: Column, now: Cell, after: Cell
    ) -> Difference | None:
        if column.field is None:
            # Once the record has changed, what the export had here is not known: it may be made
            # of more than the record.
            refusal = _("This column cannot be corrected here: change it on the page")
            return None if past.changes else Difference(key, column, now, after, refusal=refusal)
        before = now
        if column.field in past.replaced:
            before = self._said(column, past.replaced[column.field])
        if is_same(after, before):
            return None
        field = self.form.retyped(column.field, typed(self.form[column.field], after))
        if field.errors:
            refusal = "; ".join(map(str, field.errors))
            return Difference(key, column, before, after, refusal=refusal)
        said = self._said(column, field.data)
        if is_same(said, before) or is_same(said, now):
            return None
        is_as_exported = is_same(before, now)
        return Difference(
            key,
            column,
            before,
            after,
            value=to_json(field.data),
            is_readable=True,
            refusal="" if is_as_exported else changed_meanwhile(column.field, now, past.changes),
        )

    def _said(self, column: Column, value: Any) -> Cell:
        """Return a value of the form as the file says it."""
        if value is None:
            return None
        if points_at(self.kind.model, str(column.field)) == "user":
            user = db.session.get(User, value)
            return user.name if user is not None else None
        say = column.filed.say if isinstance(column.filed, Stored) else None
        with force_locale(self.headings.language):
            return filed(say(value) if say is not None else value)

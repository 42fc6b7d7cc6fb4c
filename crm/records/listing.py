"""Lists: filters, columns, sort and place in the address, pages by key, counts with a cap."""

import base64
import binascii
import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from crm.core.db import db
from crm.core.i18n import _, _n
from crm.core.literals import constant
from crm.core.partial_date import PartialDateType
from crm.core.principal import principal_of
from crm.core.text import clean_line, tokens
from crm.records import asof
from crm.records.history import to_json
from crm.records.kinds import Column, Filter, RecordKind, registry
from crm.records.models import Record
from crm.records.search import few_with, matching
from crm.records.visibility import Prepared, is_followed
from crm.web.tables import HeaderCell, Row

SIZES = (25, 50, 100, 200)
USUAL_SIZE = 50
COUNTED = 1000
"""Counting stops here unless somebody asks: an exact count of a large list costs more than it."""

MOST_VALUES = 100
MOST_NOTICES = 5
LONGEST_VALUE = 300
LONGEST_PLACE = 4000
"""Of the name at which a page begins, as the address holds it."""
MOST_HEAVY = 10
"""Names and dates: each is a question to other tables, and each takes time."""

MOST_LOOKED_UP = 500
BELIEVED = 300.0
"""Seconds."""
MOST_LARGE = 500
_LARGE: OrderedDict[tuple[Any, ...], float] = OrderedDict()
"""Lists that had more records than are counted, for whom, and until when that is believed."""

_USUAL: dict[tuple[str, bool, bool], Prepared] = {}
"""The statements of lists without filters, by kind, place and direction."""
EDGE = ("edge", "edge_id")
"""The parameters that say where a page begins."""

NOT = ".not"
"""Ends the key of a filter whose values are left out."""

NEXT, PREVIOUS = "next", "previous"
PAGING = frozenset({NEXT, PREVIOUS, "count"})
"""What says which piece of a list is looked at, not which list it is."""
FORM_KEYS = frozenset({"col", "up", "down", "open", "id", "action", "which", "counted"})
"""What the forms beside a list send; they end in addresses without them."""
ROOT = Record.__table__.c
"""Columns of the root table, as they stand beside those of a kind. By their attributes they would
count as a second record of each row, and the row filter would be asked twice."""
VIEW = "view"
_OWN_KEYS = PAGING | {"q", "sort", "cols", "size", VIEW}


@dataclass(frozen=True)
class Asked:
    """A filter and a value of it that the address asks for or leaves out."""

    filter: Filter
    value: str
    excluded: bool = False

    @property
    def argument(self) -> tuple[str, str]:
        """Return how the address says it."""
        return (f"{self.filter.key}{NOT}" if self.excluded else self.filter.key, self.value)

    @property
    def opposite(self) -> tuple[str, str]:
        """Return how the address says the contrary."""
        return Asked(self.filter, self.value, not self.excluded).argument


@dataclass(frozen=True)
class Piece:
    """The rows of one page, and where the pages before and after it begin."""

    rows: Sequence[Any]
    before: str | None = None
    after: str | None = None


class Listing:
    """One reading of a list's address."""

    def __init__(self, kind: RecordKind, args: MultiDict[str, str], endpoint: str = "") -> None:
        """Read the address."""
        self.kind = kind
        self.endpoint = endpoint or f"{kind.path}.index"
        self.notices: list[str] = []
        self.filters = registry.filters_of(kind)
        self.offered = registry.columns_of(kind)
        self.args: list[tuple[str, str]] = []
        self.active: list[Asked] = []
        self._read(args)
        self.day = self._read_day()
        self.query = kind.query()
        with self.on_day():
            self._search()
            self._apply()
        self.columns = self._read_columns()
        self.size = self._read_size()
        self._sort()
        self._as_read = self.query

    # Reading

    def _own_keys(self) -> frozenset[str]:
        return _OWN_KEYS | {asof.PARAMETER} if self.kind.is_dated else _OWN_KEYS

    def _read(self, args: MultiDict[str, str]) -> None:
        own = self._own_keys()
        unknown: list[str] = []
        seen: set[tuple[str, str]] = set()
        for key, value in args.items(multi=True):
            if key in FORM_KEYS:
                continue
            cleaned = clean_line(value)[: LONGEST_PLACE if key in PAGING else LONGEST_VALUE]
            if key not in own and self._filter(key) is None:
                unknown.append(clean_line(key)[:60])
            elif cleaned and (key, cleaned) not in seen:
                seen.add((key, cleaned))
                self.args.append((key, cleaned))
        if len(self.args) > MOST_VALUES:
            self.args = self.args[:MOST_VALUES]
            self.notices.append(
                _(
                    "A list takes at most %(most)d filters: the others were ignored",
                    most=MOST_VALUES,
                )
            )
        for key in list(dict.fromkeys(unknown))[:MOST_NOTICES]:
            self.notices.append(
                _("This list has no filter called “%(key)s”: it was ignored", key=key)
            )

    def _filter(self, key: str) -> Filter | None:
        found = self.filters.get(key.removesuffix(NOT))
        if found is None or (key.endswith(NOT) and not found.is_twofold):
            return None
        return found

    def _values(self, key: str) -> list[str]:
        return [value for name, value in self.args if name == key]

    def first(self, key: str) -> str:
        """Return the first value of a key of the address, or nothing."""
        return next(iter(self._values(key)), "")

    def _read_day(self) -> Any:
        typed = self.first(asof.PARAMETER)
        day = asof.day_of(typed) if typed else None
        if typed and day is None:
            self._forget(asof.PARAMETER)
            self.notices.append(_("This day was not understood: here is today"))
        return day

    def _forget(self, key: str) -> None:
        self.args = [(name, value) for name, value in self.args if name != key]

    @contextmanager
    def on_day(self) -> Iterator[None]:
        """Answer for the day of the list inside the block."""
        with asof.as_of(self.day):
            yield

    def _search(self) -> None:
        text = self.first("q")
        if text:
            if not tokens(text):
                self.notices.append(_("Search for letters or digits"))
            # A rare word is looked up; for a common one the list is walked until a page is full.
            few = few_with(db.session.connection(), text, MOST_LOOKED_UP)
            found = matching(ROOT.id, text) if few is None else ROOT.id.in_(few)
            self.query = self.query.where(found if few != [] else sa.false())

    def _apply(self) -> None:
        kept: list[tuple[str, str]] = []
        conditions: dict[str, list[Any]] = {}
        heavy = 0
        for key, typed in self.args:
            found = self._filter(key)
            if found is None:
                kept.append((key, typed))
                continue
            heavy += found.kind in ("record", "date")
            if heavy > MOST_HEAVY and found.kind in ("record", "date"):
                continue
            for value, condition in self._conditions(found, typed):
                if (key, value) in kept:
                    continue
                kept.append((key, value))
                conditions.setdefault(key, []).append(condition)
                self.active.append(Asked(found, value, key.endswith(NOT)))
        if heavy > MOST_HEAVY:
            self.notices.append(
                _(
                    "A list takes at most %(most)d names and dates: the others were ignored",
                    most=MOST_HEAVY,
                )
            )
        self.args = kept
        for key, alternatives in conditions.items():
            combined: Any = sa.or_(*alternatives)
            if key.endswith(NOT):
                # What is not known is not among those left out: NULL hides no row.
                combined = sa.not_(func.coalesce(combined, sa.false()))
            self.query = self.query.where(combined)

    def _conditions(self, asked: Filter, typed: str) -> list[tuple[str, Any]]:
        try:
            return [(value, asked.where(value)) for value in asked.read(typed)]
        except ValueError:
            if len(self.notices) < MOST_NOTICES:
                self.notices.append(
                    _(
                        "“%(value)s” is no value of “%(label)s”: it was ignored",
                        value=typed[:60],
                        label=asked.label,
                    )
                )
            return []

    def _read_columns(self) -> list[Column]:
        """Return the columns to show, the name among them: it is the way to each record."""
        asked = [key.strip() for key in self.first("cols").split(",") if key.strip()]
        keys = list(dict.fromkeys(key for key in asked if key in self.offered))
        for key in asked:
            if key not in self.offered and len(self.notices) < MOST_NOTICES:
                self.notices.append(_("This list has no column called “%(key)s”", key=key[:60]))
        if not keys:
            self._forget("cols")
            return [column for column in self.offered.values() if column.usual]
        if "title" not in keys:
            keys.insert(0, "title")
        return [self.offered[key] for key in keys]

    def _read_size(self) -> int:
        asked = self.first("size")
        if asked != str(USUAL_SIZE) and asked in map(str, SIZES):
            return int(asked)
        self._forget("size")
        if asked and asked != str(USUAL_SIZE):
            sizes = ", ".join(map(str, SIZES))
            self.notices.append(_("A page of a list has %(sizes)s rows", sizes=sizes))
        return USUAL_SIZE

    def _sort(self) -> None:
        asked = self.first("sort")
        name = asked.removeprefix("-")
        sortable = {key: each for key, each in self.offered.items() if each.sort is not None}
        if asked and name not in sortable:
            self.notices.append(_("This list cannot be sorted by “%(key)s”", key=name[:60]))
            asked = ""
        if asked in ("", self.kind.default_sort):
            self._forget("sort")
        self.sort = asked or self.kind.default_sort
        self.descending = self.sort.startswith("-")
        column = sortable.get(self.sort.removeprefix("-"))
        expression = column.sort if column is not None else Record.sort_key
        self.key = _sortable(expression)
        if expression is Record.sort_key:
            # For the index by kind and name, which would only be in the way of another order.
            self.query = self.query.where(ROOT.kind == self.kind.stored_kind)
            self.id: Any = ROOT.id
        else:
            self.id = self.kind.model.id

    # The address

    def address(
        self,
        *,
        without: tuple[str, str] | None = None,
        plus: tuple[str, str] | None = None,
        **changes: str | None,
    ) -> str:
        """Return the address of this list with some keys changed; paging starts afresh."""
        kept: dict[str, Any] = {}
        for key, value in self.args:
            if key in PAGING or key in changes or (key, value) == without:
                continue
            kept.setdefault(key, []).append(value)
        if plus is not None:
            kept.setdefault(plus[0], []).append(plus[1])
        kept.update({key: value for key, value in changes.items() if value})
        return url_for(self.endpoint, **kept)

    def says(self) -> list[tuple[str, str]]:
        """Return what the address says of the list itself, in one order whoever wrote it.

        Neither which piece is looked at nor which saved view it began with.
        """
        return sorted(arg for arg in self.args if arg[0] not in PAGING and arg[0] != VIEW)

    # Rows

    def _order(self, descending: bool) -> tuple[Any, Any]:
        return (self.key.desc(), self.id.desc()) if descending else (self.key, self.id)

    def query_of_ids(self) -> sa.Select[int]:
        """Return the ids of all records of the list."""
        # The id of the kind: with that of the root table alone, filters would lose their join.
        return self.query.with_only_columns(self.kind.model.id).order_by(None)

    def values(self, *expressions: Any) -> sa.Select[Any]:
        """Return the ids of all records of the list, in order, and these values of each."""
        found = self.query.with_only_columns(self.kind.model.id, *expressions)
        return found.order_by(None).order_by(*self._order(self.descending))

    def ids(self, most: int) -> sa.Select[int]:
        """Return the ids of the first records of the list, whichever page is looked at."""
        ids = self.query_of_ids()
        listed = ids.order_by(*self._order(self.descending)).limit(most).subquery()
        return select(listed.c[0])

    def piece(self) -> Piece:
        """Fetch the page of the list that the address asks for, or the first one."""
        after, before = self._cursor(NEXT), self._cursor(PREVIOUS)
        found = self._piece(after, before)
        if not found.rows and (after or before):
            self.notices.append(_("This page of the list was not found: here is the first"))
            found = self._piece(None, None)
        return found

    def _piece(self, after: tuple[str, int] | None, before: tuple[str, int] | None) -> Piece:
        backwards = before is not None
        found = self._rows(before or after, descending=self.descending is not backwards)
        more = len(found) > self.size
        found = found[: self.size]
        if backwards:
            found = found[::-1]
        if not found:
            return Piece([])
        first, last = found[0], found[-1]
        has_previous = more if backwards else after is not None
        has_next = True if backwards else more
        return Piece(
            [row[0] for row in found],
            _cursor_text(first[1], first[0].id) if has_previous else None,
            _cursor_text(last[1], last[0].id) if has_next else None,
        )

    def _rows(self, edge: tuple[str, int] | None, *, descending: bool) -> Sequence[Any]:
        """Return the records of a page and one more, each with what it is sorted by."""
        values = dict(zip(EDGE, edge, strict=True)) if edge is not None else {}
        if not self._is_usual():
            query = self._paged(has_edge=edge is not None, descending=descending)
            return db.session.execute(query, values).all()
        key = (self.kind.name, edge is not None, descending)
        prepared = _USUAL.get(key)
        if prepared is None:
            query = self._paged(has_edge=edge is not None, descending=descending)
            prepared = _USUAL[key] = Prepared(query)
        return prepared.run(**values).all()

    def _is_usual(self) -> bool:
        """Tell whether this is the list as one comes to it, whichever page: the same for all."""
        has_words = bool(self.first("q"))
        is_sorted_as_usual = self.sort == self.kind.default_sort and self.size == USUAL_SIZE
        # A workbook narrows what was read from the address.
        is_whole = not (self.active or has_words or self.day) and self.query is self._as_read
        return is_whole and is_sorted_as_usual and not is_followed(self.query)

    def _paged(self, *, has_edge: bool, descending: bool) -> sa.Select[Any]:
        query = self.query.add_columns(self.key.label("sorted_by"))
        if has_edge:
            place = sa.tuple_(self.key, self.id)
            value, record_id = EDGE
            limit = sa.tuple_(
                sa.bindparam(value, type_=sa.String), sa.bindparam(record_id, type_=sa.Integer)
            )
            query = query.where(place < limit if descending else place > limit)
        ordered = query.order_by(None).order_by(*self._order(descending))
        return ordered.limit(constant(self.size + 1))

    def _cursor(self, key: str) -> tuple[str, int] | None:
        text = self.first(key)
        if not text:
            return None
        try:
            value, record_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return clean_line(str(value)), int(record_id) % 2**31
        except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError):
            self.notices.append(_("This page of the list was not found: here is the first"))
            return None

    def count(self, most: int | None = None) -> int:
        """Return how many records the list has, counting no further than asked."""
        return count_of(self.query_of_ids(), most)

    def count_to_cap(self, cap: int) -> int:
        """Return how many records the list has, or one more than the cap where there are more.

        That a list has more is believed for a while: only such lists take long to count.
        """
        principal = principal_of(db.session)
        asked = (str(db.engine.url), self.kind.name, cap, principal, self.day, tuple(self.says()))
        until = _LARGE.get(asked, 0.0)
        if until > monotonic():
            return cap + 1
        count = self.count(cap + 1)
        _LARGE.pop(asked, None)
        if count > cap:
            while len(_LARGE) >= MOST_LARGE:
                _LARGE.popitem(last=False)
            _LARGE[asked] = monotonic() + BELIEVED
        return count

    def table_rows(self, rows: Sequence[Any]) -> list[Row]:
        """Return what the columns show of each row."""
        known: dict[Any, Any] = {}
        with self.on_day():
            cells = [column.cells(rows, known) for column in self.columns]
        return [
            Row(list(values), key=str(row.id), name=row.title)
            for row, values in zip(rows, zip(*cells, strict=True), strict=True)
        ]


def ids_of(query: sa.Select[Any]) -> sa.Select[int]:
    """Return the ids of the rows of a statement, each once."""
    entity = query.column_descriptions[0]["entity"]
    return query.with_only_columns(entity.id).order_by(None).distinct()


def count_of(rows: sa.Select[Any], most: int | None = None) -> int:
    """Return how many rows a statement has, counting no further than asked."""
    counted = rows if most is None else rows.limit(most)
    return db.session.scalar(select(func.count()).select_from(counted.subquery())) or 0


def _sortable(expression: Any) -> Any:
    """Return a column as text that sorts the same on both databases, empty values first."""
    if expression is Record.sort_key:
        return ROOT.sort_key
    if isinstance(expression.type, PartialDateType):
        # As it is stored, and as its index has it.
        stored = sa.type_coerce(expression, sa.String)
        is_always = not expression.property.columns[0].nullable
        return stored if is_always else func.coalesce(stored, constant(""))
    text = func.coalesce(sa.cast(expression, sa.String), "")
    return sa.collate(text, "C" if db.engine.dialect.name == "postgresql" else "BINARY")


def _cursor_text(value: Any, record_id: int) -> str:
    packed = json.dumps([to_json(value), record_id], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def count_in_words(count: int) -> str:
    """Return how many results there are, in words; beyond the cap, that there are more."""
    if count > COUNTED:
        return _("More than 1,000 results")
    return _n("%(num)d result", "%(num)d results", count) if count else _("No result")


def panel_rows(columns: Sequence[Column], rows: Sequence[Any]) -> list[Row]:
    """Return plain rows of a panel."""
    return [Row([column.cell(row) for column in columns]) for row in rows]


def headings(columns: Sequence[Column]) -> list[HeaderCell]:
    """Return plain headings of a panel."""
    return [HeaderCell(str(column.label), numeric=column.numeric) for column in columns]

"""List pages: filters, sort and place in the address, pages by key, counts with a cap."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import url_for
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from crm.core.db import db
from crm.core.i18n import _, _n
from crm.core.text import clean_line, tokens
from crm.records.history import to_json
from crm.records.kinds import Column, Filter, RecordKind
from crm.records.models import Record
from crm.records.search import matching
from crm.web.cells import Action
from crm.web.tables import HeaderCell, Row

ROWS = 50
COUNTED = 1000
"""Counting stops here: an exact count of a large list costs more than the list."""

PAGING = frozenset({"after", "before"})
_OWN_KEYS = PAGING | {"q", "sort", "cols"}


@dataclass(frozen=True)
class Chip:
    """An active filter and the address without it."""

    label: str
    remove_url: str


@dataclass(frozen=True)
class FilterControl:
    """A filter as the form asks for it."""

    key: str
    label: str
    kind: str
    value: str
    choices: Sequence[tuple[str, str, bool]]
    pinned: bool


@dataclass
class ListPage:
    """Everything a list page shows."""

    title: str
    q: str
    filters: list[FilterControl]
    chips: list[Chip]
    clear_url: str
    columns: list[HeaderCell]
    rows: list[Row]
    count_text: str
    empty_text: str
    notices: list[str] = field(default_factory=list)
    new: Action | None = None
    extra_actions: Sequence[Action] = ()
    previous_url: str | None = None
    next_url: str | None = None
    sort: str = ""


class Listing:
    """One reading of a list's address."""

    def __init__(self, kind: RecordKind, args: MultiDict[str, str], endpoint: str) -> None:
        """Read the address."""
        self.kind = kind
        self.endpoint = endpoint
        self.notices: list[str] = []
        self.args: list[tuple[str, str]] = []
        known = {each.key: each for each in kind.filters}
        for key, value in args.items(multi=True):
            cleaned = clean_line(value)[:300]
            if key not in known and key not in _OWN_KEYS:
                self.notices.append(
                    _(
                        "This list has no filter called “%(key)s”: it was ignored",
                        key=clean_line(key)[:60],
                    )
                )
            elif cleaned and (key, cleaned) not in self.args:
                self.args.append((key, cleaned))
        self.query = kind.query().where(Record.kind == kind.stored_kind)
        self._search()
        self._apply(known)
        self._sort()

    def _values(self, key: str) -> list[str]:
        return [value for name, value in self.args if name == key]

    def _first(self, key: str) -> str:
        return next(iter(self._values(key)), "")

    def _search(self) -> None:
        text = self._first("q")
        if text:
            if not tokens(text):
                self.notices.append(_("Search for letters or digits"))
            self.query = self.query.where(matching(Record.id, text))

    def _apply(self, known: dict[str, Filter]) -> None:
        self.active: list[tuple[Filter, str]] = []
        for key, each in known.items():
            conditions = []
            for value in self._values(key):
                try:
                    conditions.append(each.where(value))
                    self.active.append((each, value))
                except ValueError:
                    self.args.remove((key, value))
                    self.notices.append(
                        _(
                            "“%(value)s” is no value of “%(label)s”: it was ignored",
                            value=value[:60],
                            label=each.label,
                        )
                    )
            if conditions:
                self.query = self.query.where(sa.or_(*conditions))

    def _sort(self) -> None:
        asked = self._first("sort")
        name = asked.removeprefix("-")
        sortable = {column.key: column for column in self.kind.columns if column.sort is not None}
        if asked and name not in sortable:
            self.notices.append(_("This list cannot be sorted by “%(key)s”", key=name[:60]))
            asked = ""
        self.sort = asked or self.kind.default_sort
        self.descending = self.sort.startswith("-")
        column = sortable.get(self.sort.removeprefix("-"))
        expression = column.sort if column is not None else Record.sort_key
        self.key = expression if expression is Record.sort_key else _as_text(expression)

    def address(self, *, without: tuple[str, str] | None = None, **changes: str | None) -> str:
        """Return the address of this list with some keys changed; paging starts afresh."""
        kept: dict[str, Any] = {}
        for key, value in self.args:
            if key in PAGING or key in changes or (key, value) == without:
                continue
            kept.setdefault(key, []).append(value)
        kept.update({key: value for key, value in changes.items() if value})
        return url_for(self.endpoint, **kept)

    def ids(self, most: int) -> sa.Select[int]:
        """Return the ids of the first records of the list, whichever page is looked at."""
        order = (self.key.desc(), Record.id.desc()) if self.descending else (self.key, Record.id)
        ids = self.query.with_only_columns(self.kind.model.id).order_by(None)
        listed = ids.order_by(*order).limit(most).subquery()
        return select(listed.c[0])

    def page(self, **more: Any) -> ListPage:
        """Fetch the rows and return all that the page shows."""
        rows, previous, following = self._fetch()
        return ListPage(
            title=str(self.kind.label_plural),
            q=self._first("q"),
            filters=[self._control(each) for each in self.kind.filters],
            chips=self._chips(),
            clear_url=url_for(self.endpoint),
            columns=[self._heading(column) for column in self.kind.columns],
            rows=[Row([column.cell(row) for column in self.kind.columns]) for row in rows],
            count_text=self._count(rows, paged=bool(previous or following)),
            empty_text=str(
                _("No record matches these filters")
                if self.active or self._first("q")
                else self.kind.empty or _("Nothing here yet")
            ),
            notices=self.notices,
            previous_url=self.address(before=previous) if previous else None,
            next_url=self.address(after=following) if following else None,
            sort=self.sort if self._first("sort") else "",
            **more,
        )

    def _fetch(self) -> tuple[Sequence[Any], str | None, str | None]:
        after, before = self._cursor("after"), self._cursor("before")
        backwards = before is not None
        descending = self.descending is not backwards
        edge = before or after
        query = self.query.add_columns(self.key)
        if edge is not None:
            value, record_id = edge
            place = sa.tuple_(self.key, Record.id)
            limit = sa.tuple_(sa.literal(value, sa.String), sa.literal(record_id))
            query = query.where(place < limit if descending else place > limit)
        order = (self.key.desc(), Record.id.desc()) if descending else (self.key, Record.id)
        found = db.session.execute(query.order_by(None).order_by(*order).limit(ROWS + 1)).all()
        more = len(found) > ROWS
        found = found[:ROWS]
        if backwards:
            found = found[::-1]
        if not found:
            return [], None, None
        first, last = found[0], found[-1]
        has_previous = more if backwards else after is not None
        has_next = True if backwards else more
        return (
            [row[0] for row in found],
            _cursor_text(first[1], first[0].id) if has_previous else None,
            _cursor_text(last[1], last[0].id) if has_next else None,
        )

    def _cursor(self, key: str) -> tuple[str, int] | None:
        text = self._first(key)
        if not text:
            return None
        try:
            value, record_id = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return clean_line(str(value)), int(record_id) % 2**31
        except (ValueError, TypeError, binascii.Error, OverflowError, RecursionError):
            self.notices.append(_("This page of the list was not found: here is the first"))
            return None

    def _count(self, rows: Sequence[Any], *, paged: bool) -> str:
        if not paged:
            count = len(rows)
        else:
            capped = self.query.with_only_columns(Record.id).order_by(None).limit(COUNTED + 1)
            count = db.session.scalar(select(func.count()).select_from(capped.subquery())) or 0
        if count > COUNTED:
            return _("More than 1,000 results")
        return _n("%(num)d result", "%(num)d results", count) if count else _("No result")

    def _heading(self, column: Column) -> HeaderCell:
        label = str(column.label)
        if column.sort is None:
            return HeaderCell(label, numeric=column.numeric)
        current = self.sort.removeprefix("-") == column.key
        ascending = current and not self.descending
        return HeaderCell(
            label,
            self.address(sort=f"-{column.key}" if ascending else column.key),
            ("asc" if ascending else "desc") if current else None,
            column.numeric,
        )

    def _control(self, each: Filter) -> FilterControl:
        values = self._values(each.key)
        offered = each.choices() if each.choices else ()
        return FilterControl(
            each.key,
            str(each.label),
            each.kind,
            values[0] if values else "",
            [(code, str(label), code in values) for code, label in offered],
            each.pinned,
        )

    def _chips(self) -> list[Chip]:
        chips = []
        if text := self._first("q"):
            chips.append(
                Chip(_("“%(text)s”", text=text), self.address(q=None, without=("q", text)))
            )
        for each, value in self.active:
            described = each.describe(value) if each.describe else None
            if described is None and each.choices:
                described = dict(each.choices()).get(value, value)
            label = _("%(label)s: %(value)s", label=each.label, value=described or value)
            chips.append(Chip(label, self.address(without=(each.key, value))))
        return chips


def _as_text(expression: Any) -> Any:
    """Return a column as text that sorts the same on both databases, empty values first."""
    text = func.coalesce(sa.cast(expression, sa.String), "")
    return sa.collate(text, "C" if db.engine.dialect.name == "postgresql" else "BINARY")


def _cursor_text(value: Any, record_id: int) -> str:
    packed = json.dumps([to_json(value), record_id]).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def choice_filter(key: str, label: Any, column: Any, kind: Any, *, pinned: bool = False) -> Filter:
    """Return a filter by a value of a closed list."""
    return Filter(
        key,
        label,
        where=lambda value: column == kind(value),
        choices=lambda: [(member.value, member.label) for member in kind],
        pinned=pinned,
    )


def panel_rows(columns: Sequence[Column], rows: Sequence[Any]) -> list[Row]:
    """Return plain rows of a panel."""
    return [Row([column.cell(row) for column in columns]) for row in rows]


def headings(columns: Sequence[Column]) -> list[HeaderCell]:
    """Return plain headings of a panel."""
    return [HeaderCell(str(column.label), numeric=column.numeric) for column in columns]

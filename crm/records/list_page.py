"""What the page of a list shows around its rows: filters, chips, columns, where to go on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for
from flask_login import current_user

from crm.core.clock import today
from crm.core.i18n import _, _n
from crm.core.partial_date import PartialDate
from crm.permissions import Permission
from crm.records import asof
from crm.records.kinds import BulkAction, Column, Filter, RecordKind, registry
from crm.records.listing import (
    COUNTED,
    PAGING,
    SIZES,
    VIEW,
    Asked,
    Listing,
    Piece,
    count_in_words,
)
from crm.web.cells import Action, Link
from crm.web.tables import HeaderCell, Row
from crm.web.templating import locale_code

COLUMN_KEY, UP, DOWN = "col", "up", "down"
"""What the form of columns sends: the ticked ones in their order, and which to move."""
OPEN = "open"
"""Keeps the form of columns open after one was moved."""


@dataclass(frozen=True)
class Chip:
    """An active filter, the address without it, and the one that asks for the contrary."""

    label: str
    remove_url: str
    flip_url: str | None = None
    is_excluding: bool = False


@dataclass(frozen=True)
class FilterControl:
    """A filter as the form asks for it.

    :param kept: values that are active and stay with the form: (name of the field, value).
    :param suggest_url: where names are proposed while typing.
    """

    key: str
    label: str
    kind: str
    value: str
    choices: Sequence[tuple[str, str]]
    pinned: bool
    kept: Sequence[tuple[str, str]] = ()
    suggest_url: str | None = None

    @property
    def is_active(self) -> bool:
        """Tell whether the list asks for a value of it."""
        return bool(self.value or self.kept)


@dataclass(frozen=True)
class ColumnChoice:
    """A column as the form of columns offers it."""

    key: str
    label: str
    is_shown: bool


@dataclass(frozen=True)
class ColumnsForm:
    """Which columns a list shows, in which order, and how many rows a page has.

    :param kept: what else the address says: (key, value).
    """

    choices: Sequence[ColumnChoice]
    sizes: Sequence[tuple[int, bool]]
    kept: Sequence[tuple[str, str]]
    is_open: bool


@dataclass(frozen=True)
class ViewsBar:
    """The saved views of a list, and the one it began with.

    :param is_changed: whether the list asks for something else than the view by now.
    """

    name: str
    is_shared: bool
    is_changed: bool
    mine: Sequence[Link]
    team: Sequence[Link]
    actions: Sequence[Action]
    manage_url: str
    current_url: str


ALL, CHOSEN = "all", "id"
"""How the form of bulk changes says which records: all of the list, or those ticked."""


@dataclass(frozen=True)
class BulkForm:
    """What can be done with several rows of a list.

    :param kept: what the address says of the list: (key, value).
    :param all_label: the button that means all results, with their number; None for one page.
    """

    url: str
    runs_url: str
    actions: Sequence[tuple[str, str]]
    kept: Sequence[tuple[str, str]]
    all_label: str | None
    counted: int | None


@dataclass
class ListPage:
    """Everything a list page shows.

    :param state: what the address says of the list, as the form of filters keeps it.
    :param on_paper: how many rows there are, how many of them are shown, and in which order.
    """

    title: str
    q: str
    filters: list[FilterControl]
    chips: list[Chip]
    clear_url: str
    columns: list[HeaderCell]
    rows: list[Row]
    count_text: str
    empty_text: str
    count_url: str | None = None
    count: int = 0
    on_paper: str = ""
    notices: list[str] = field(default_factory=list)
    new: Action | None = None
    extra_actions: Sequence[Action] = ()
    previous_url: str | None = None
    next_url: str | None = None
    state: Sequence[tuple[str, str]] = ()
    columns_form: ColumnsForm | None = None
    views: ViewsBar | None = None
    bulk: BulkForm | None = None


def list_page(listing: Listing, *, is_open: bool = False, **more: Any) -> ListPage:
    """Fetch the rows and return all that the page shows."""
    piece = listing.piece()
    count = _count(listing, piece)
    is_all = listing.first("count") == "all"
    count_text = _all_in_words(count) if is_all else count_in_words(count)
    return ListPage(
        title=str(listing.kind.label_plural),
        q=listing.first("q"),
        filters=_controls(listing),
        chips=_chips(listing),
        clear_url=url_for(listing.endpoint),
        columns=[_heading(listing, column) for column in listing.columns],
        rows=listing.table_rows(piece.rows),
        count_text=count_text,
        count_url=listing.address(count="all") if count > COUNTED and not is_all else None,
        count=count,
        on_paper=_on_paper(listing, piece, count_text),
        empty_text=str(
            _("No record matches these filters")
            if listing.active or listing.first("q")
            else listing.kind.empty or _("Nothing here yet")
        ),
        notices=listing.notices,
        previous_url=listing.address(previous=piece.before) if piece.before else None,
        next_url=listing.address(next=piece.after) if piece.after else None,
        state=[
            (key, value) for key, value in listing.args if key in ("sort", "cols", "size", VIEW)
        ],
        columns_form=_columns_form(listing, is_open=is_open),
        bulk=_bulk(listing, piece, count),
        views=registry.views_bar(listing) if registry.views_bar else None,
        **more,
    )


def _count(listing: Listing, piece: Piece) -> int:
    if not (piece.before or piece.after):
        return len(piece.rows)
    if listing.first("count") == "all":
        return listing.count()
    return listing.count_to_cap(COUNTED)


def _all_in_words(count: int) -> str:
    number = f"{count:,}".replace(",", "\u202f" if locale_code() == "fr" else ",")
    return _("%(count)s results", count=number) if count > COUNTED else count_in_words(count)


def _on_paper(listing: Listing, piece: Piece, count_text: str) -> str:
    """Return what arrows and buttons say on a screen: a sheet has neither."""
    said = [count_text]
    if piece.before or piece.after:
        said.append(_n("%(num)d of them here", "%(num)d of them here", len(piece.rows)))
    column = listing.offered.get(listing.sort.removeprefix("-"))
    if piece.rows and column is not None:
        pattern = _("in the order of “%(column)s”", column=column.label)
        if listing.descending:
            pattern = _("in the reverse order of “%(column)s”", column=column.label)
        said.append(pattern)
    return ", ".join(said)


def _heading(listing: Listing, column: Column) -> HeaderCell:
    label = str(column.label)
    if column.sort is None:
        return HeaderCell(label, numeric=column.numeric)
    current = listing.sort.removeprefix("-") == column.key
    ascending = current and not listing.descending
    return HeaderCell(
        label,
        listing.address(sort=f"-{column.key}" if ascending else column.key),
        ("asc" if ascending else "desc") if current else None,
        column.numeric,
    )


# Filters


def _controls(listing: Listing) -> list[FilterControl]:
    controls = [_control(listing, each) for each in listing.filters.values()]
    if listing.kind.is_dated:
        typed = listing.first(asof.PARAMETER)
        controls.append(FilterControl(asof.PARAMETER, _("As on"), "date", typed, (), pinned=False))
    return controls


def _control(listing: Listing, each: Filter) -> FilterControl:
    wanted = [asked.value for asked in listing.active if _is_of(asked, each, excluded=False)]
    left_out = [asked.argument for asked in listing.active if _is_of(asked, each, excluded=True)]
    # What one types into is free for another value, unless there can only be one.
    is_single = each.kind == "date" or bool(each.choices)
    others = wanted[1:] if is_single else wanted
    return FilterControl(
        each.key,
        str(each.label),
        each.kind,
        wanted[0] if is_single and wanted else "",
        each.offered(),
        each.pinned,
        kept=[*((each.key, value) for value in others), *left_out],
        suggest_url=url_for("records.suggest", kind=list(each.kinds) or None)
        if each.kind == "record"
        else None,
    )


def _is_of(asked: Asked, each: Filter, *, excluded: bool) -> bool:
    return asked.filter.key == each.key and asked.excluded is excluded


def _chips(listing: Listing) -> list[Chip]:
    chips = []
    if text := listing.first("q"):
        chips.append(Chip(_("“%(text)s”", text=text), listing.address(q=None)))
    chips += [_chip(listing, asked) for asked in listing.active]
    if listing.day is not None:
        with listing.on_day():
            chips.append(Chip(asof.sentence(), listing.address(**{asof.PARAMETER: None})))
    return chips


def _chip(listing: Listing, asked: Asked) -> Chip:
    value = described(asked)
    pattern = _("%(label)s: %(value)s", label=asked.filter.label, value=value)
    if asked.excluded:
        pattern = _("%(label)s: not %(value)s", label=asked.filter.label, value=value)
    flip_url = None
    if asked.filter.is_twofold:
        flip_url = listing.address(without=asked.argument, plus=asked.opposite)
    return Chip(pattern, listing.address(without=asked.argument), flip_url, asked.excluded)


def described(asked: Asked) -> str:
    """Return how a value of a filter reads."""
    found = asked.filter.describe(asked.value) if asked.filter.describe else None
    if found is None and asked.filter.choices:
        found = dict(asked.filter.choices()).get(asked.value)
    if found is None and asked.filter.kind == "date":
        found = PartialDate.parse(asked.value, today()).format(locale_code(), "long")
    return str(found or asked.value)


# Several rows


def bulk_actions(kind: RecordKind) -> dict[str, BulkAction]:
    """Return what the person may change of many records of a list at once."""
    found = [
        each
        for each in registry.bulk_actions.values()
        if kind.name in each.kinds and current_user.can(each.permission)
    ]
    return {each.name: each for each in sorted(found, key=lambda each: each.order)}


def _bulk(listing: Listing, piece: Piece, count: int) -> BulkForm | None:
    offered = bulk_actions(listing.kind) if "bulk" in current_app.blueprints else {}
    if not offered or not piece.rows or not current_user.can(Permission.RECORDS_EDIT):
        return None
    is_whole = not (piece.before or piece.after)
    is_known = count <= COUNTED or listing.first("count") == "all"
    label = _("All results")
    if is_known:
        label = _("All %(count)s", count=_all_in_words(count))
    return BulkForm(
        url=url_for("bulk.change", path=listing.kind.path),
        runs_url=url_for("bulk.index"),
        actions=[(each.name, str(each.label)) for each in offered.values()],
        kept=[arg for arg in listing.args if arg[0] not in PAGING],
        all_label=None if is_whole else label,
        counted=count if is_known else None,
    )


# Columns


def _columns_form(listing: Listing, *, is_open: bool) -> ColumnsForm:
    shown = [column.key for column in listing.columns]
    others = [key for key in listing.offered if key not in shown]
    return ColumnsForm(
        choices=[
            ColumnChoice(key, str(listing.offered[key].label), key in shown)
            for key in [*shown, *others]
            if key != "title"
        ],
        sizes=[(size, size == listing.size) for size in SIZES],
        kept=[arg for arg in listing.args if arg[0] not in PAGING | {"cols", "size"}],
        is_open=is_open,
    )


def chosen_columns(listing: Listing, args: Any) -> str | None:
    """Return the address after the form of columns was sent, or None when it was not.

    :param args: what was sent: the columns ticked, in order, and which of them to move.
    """
    if COLUMN_KEY not in args and UP not in args and DOWN not in args:
        return None
    keys = list(dict.fromkeys(key for key in args.getlist(COLUMN_KEY) if key in listing.offered))
    for name, step in ((UP, -1), (DOWN, 1)):
        moved = args.get(name, "")
        if moved in listing.offered:
            keys = _moved(keys if moved in keys else [*keys, moved], moved, step)
    usual = [column.key for column in listing.offered.values() if column.usual]
    wanted = ["title", *(key for key in keys if key != "title")]
    is_moving = UP in args or DOWN in args
    return listing.address(
        cols=None if wanted == usual else ",".join(wanted),
        open="columns" if is_moving else None,
    )


def _moved(keys: list[str], key: str, step: int) -> list[str]:
    at = keys.index(key)
    to = min(max(at + step, 0), len(keys) - 1)
    rest = [each for each in keys if each != key]
    return [*rest[:to], key, *rest[to:]]

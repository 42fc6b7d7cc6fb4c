"""How the matrix “who sits where” reads on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from crm.core.countries import country_names
from crm.core.i18n import _, _n
from crm.core.partial_date import format_range
from crm.core.text import clean_line
from crm.networks import matrix
from crm.networks.matrix import MOST_COLUMNS, Column, Matrix, Question, Row, Sitting
from crm.permissions import Permission
from crm.records import asof
from crm.records.kinds import record_link, registry
from crm.records.list_page import Chip, FilterControl
from crm.web.cells import Action, Link, lines
from crm.web.templating import locale_code

KEYS = frozenset({"country", "network", "page", "columns", asof.PARAMETER})
FILES = (("networks.matrix_csv", "CSV"), ("networks.matrix_xlsx", "XLSX"))
"""Made where packs are in use."""


@dataclass(frozen=True)
class Heading:
    """The heading of a column: a network in short, and whole."""

    short: str
    title: str
    url: str
    count_text: str


@dataclass(frozen=True)
class Line:
    """A row: an organisation and its cells, in the order of the columns."""

    heading: Any
    cells: Sequence[Any]
    is_us: bool


def context(args: MultiDict[str, str]) -> dict[str, Any]:
    """Return all that the page shows for an address."""
    pairs = [(key, clean_line(value)) for key, value in args.items(multi=True)]
    asked = matrix.read(pairs)
    page = args.get("page", "1")
    is_whole = args.get("columns") == "all"
    found = matrix.gather(
        asked,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1,
        most_columns=None if is_whole else MOST_COLUMNS,
    )
    address = _Address(asked, is_whole=is_whole)
    known = {each.id: each for each in found.networks}
    return {
        "columns": [_heading(each) for each in found.columns],
        "lines": [_line(row, found) for row in found.rows],
        "count_text": _n("%(num)d organisation", "%(num)d organisations", found.count)
        if found.count
        else _("No organisation"),
        "page_text": _("Page %(page)s of %(pages)s", page=found.page, pages=found.pages)
        if found.pages > 1
        else "",
        "left_out_text": _n(
            "%(num)d more network is not shown: it has fewer members",
            "%(num)d more networks are not shown: they have fewer members",
            found.left_out,
        )
        if found.left_out
        else "",
        "all_url": address.of(columns="all"),
        "notices": _notices(pairs, asked, known),
        "day_text": asof.sentence(),
        "filters": [_countries(asked), _networks(asked, found.networks), _day()],
        "chips": _chips(asked, known, address),
        "clear_url": url_for("networks.matrix"),
        "files": _files(address),
        "previous_url": address.of(page=found.page - 1) if found.page > 1 else None,
        "next_url": address.of(page=found.page + 1) if found.page < found.pages else None,
    }


class _Address:
    """The address of this page, with some of it changed."""

    def __init__(self, asked: Question, *, is_whole: bool) -> None:
        self.values: dict[str, Any] = {
            "country": list(asked.countries),
            "network": list(asked.networks),
            "columns": "all" if is_whole else None,
            **asof.address_values(),
        }

    def of(self, **changes: Any) -> str:
        return url_for("networks.matrix", **{**self.values, **changes})

    def of_file(self, endpoint: str) -> str:
        return url_for(endpoint, **{**self.values, "columns": None})

    def without(self, key: str, value: Any) -> str:
        kept = self.values.get(key)
        return self.of(**{key: [each for each in kept if each != value] if kept else None})


def _heading(column: Column) -> Heading:
    return Heading(
        column.short,
        column.title,
        registry.kind_of(column.network).url(column.network, **asof.address_values()),
        _n("%(num)d member", "%(num)d members", column.members),
    )


def _line(row: Row, found: Matrix) -> Line:
    record = found.records.get(row.id)
    kind = registry.kind_of(record) if record is not None else None
    heading: Any = record_link(record)
    if record is not None and kind is not None:
        heading = Link(record.title, kind.url(record, **asof.address_values()))
    return Line(
        heading,
        [[sitting(each) for each in row.cells.get(column.id, ())] for column in found.columns],
        row.is_us,
    )


def sitting(each: Sitting) -> Any:
    """Return the word of a link and since when it holds."""
    since = format_range(each.since, None, locale_code()) if each.since else None
    return lines([each.word, since])


def _notices(
    pairs: Sequence[tuple[str, str]], asked: Question, known: dict[int, Column]
) -> list[str]:
    notices = [
        _("This list has no filter called “%(key)s”: it was ignored", key=clean_line(key)[:60])
        for key in dict.fromkeys(key for key, _value in pairs)
        if key not in KEYS
    ]
    labels = {"country": _("Country"), "network": _("Network")}
    wrong = [*asked.ignored, *(("network", str(i)) for i in asked.networks if i not in known)]
    notices += [
        _(
            "“%(value)s” is no value of “%(label)s”: it was ignored",
            value=value[:60],
            label=labels[key],
        )
        for key, value in wrong
    ]
    complaint = asof.complaint()
    return [*notices, complaint] if complaint else notices


def _countries(asked: Question) -> FilterControl:
    offered = list(country_names(locale_code()).items())
    return _control("country", _("Country"), [str(code) for code in asked.countries], offered)


def _networks(asked: Question, networks: Sequence[Column]) -> FilterControl:
    offered = [
        (str(each.id), each.title)
        for each in sorted(networks, key=lambda each: each.network.sort_key)
    ]
    return _control("network", _("Network"), [str(each) for each in asked.networks], offered)


def _control(
    key: str, label: str, values: Sequence[str], offered: Sequence[tuple[str, str]]
) -> FilterControl:
    first = values[0] if values else ""
    kept = [(key, value) for value in values[1:]]
    return FilterControl(key, label, "choice", first, offered, True, kept)


def _day() -> FilterControl:
    return FilterControl(asof.PARAMETER, _("Day"), "date", asof.typed_day(), (), True)


def _chips(asked: Question, known: dict[int, Column], address: _Address) -> list[Chip]:
    names = country_names(locale_code())
    chips = [
        Chip(
            _("%(label)s: %(value)s", label=_("Country"), value=names[code]),
            address.without("country", code),
        )
        for code in asked.countries
    ]
    chips += [
        Chip(
            _("%(label)s: %(value)s", label=_("Network"), value=known[each].title),
            address.without("network", each),
        )
        for each in asked.networks
        if each in known
    ]
    if asof.asked_day() is not None:
        chips.append(Chip(asof.sentence(), address.of(**{asof.PARAMETER: None})))
    return chips


def _files(address: _Address) -> list[Action]:
    if not current_user.can(Permission.PACKS_MAKE):
        return []
    return [
        Action(label, address.of_file(endpoint), only_reads=True)
        for endpoint, label in FILES
        if endpoint in current_app.view_functions
    ]

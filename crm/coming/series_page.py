"""How it reads on the screen, and in a file, who came to a series when."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from flask import request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from crm.coming import changes_page, series
from crm.coming.address import Reading
from crm.coming.asking import YES, address
from crm.coming.occurrences import Occurrences, counts
from crm.coming.series import Cell, Entry, Line
from crm.core.db import db
from crm.core.i18n import _, _l, _n
from crm.core.partial_date import PartialDate
from crm.core.principal import TEAM, acting_as
from crm.documents.delimited import write_csv
from crm.meetings.attendance import STATUS_LOOKS, dates
from crm.meetings.models import Meeting, MeetingKind
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.web.cells import Action, Link
from crm.web.templating import locale_code

MOST_COLUMNS = 12
ROWS = 50

LABELS: dict[str, Any] = {
    "by": _l("Rows"),
    "before": _l("Before"),
    "page": _l("Page"),
    **changes_page.LABELS,
}
ORGANISATION, PERSON = "organisation", "person"
ROW_KINDS: Mapping[str, tuple[Any, Callable[[Entry], int | None]]] = {
    ORGANISATION: (_l("Organisation"), series.by_organisation),
    PERSON: (_l("Person"), series.by_person),
}


@dataclass(frozen=True)
class _Asked:
    """What an address asks for.

    :param by: what the rows are.
    :param columns: the meetings shown, and how many of the series are older or shown.
    :param compared: the two meetings to compare; none where there are not two.
    """

    by: str
    columns: Sequence[Meeting]
    end: int
    compared: Sequence[Meeting]


@dataclass(frozen=True)
class Heading:
    """The heading of a column: a meeting of the series."""

    title: str
    url: str
    date: str
    count: Link


@dataclass(frozen=True)
class Mark:
    """A cell: a sign, how many it stands for, and the same in words."""

    shape: str
    text: str
    words: str
    url: str | None = None


@dataclass(frozen=True)
class MatrixLine:
    """A row: somebody, how often they were there, and a mark for each meeting."""

    heading: Any
    times: str
    marks: Sequence[Mark | None]


def context(meeting: Meeting, args: MultiDict[str, str]) -> dict[str, Any]:
    """Return all that the page of a series shows for an address."""
    reading = Reading(args, LABELS)
    found = Occurrences(meeting)
    asked = _read(reading, found)
    found.fetch_entries([*asked.columns, *asked.compared])
    label, row_of = ROW_KINDS[asked.by]
    entries = [entry for column in asked.columns for entry in found.entries[column.id]]
    laid_out = series.lay_out(entries, row_of)
    page, pages = _page_asked(reading, len(laid_out))
    ids = sorted(laid_out, key=found.key)[(page - 1) * ROWS : page * ROWS]
    changes = changes_page.changes_between(found, asked.compared)
    found.fetch_records({*ids, *changes_page.concerned(changes)})
    here = _Address(reading)
    return {
        "title": _("Who came when – %(title)s", title=meeting.title),
        "back_url": registry.kind_of(meeting).url(meeting),
        "back_label": meeting.title,
        "page_url": registry.kind_of(meeting).url(meeting, "series"),
        "actions": _actions(meeting, asked.by, here),
        "notices": reading.notices,
        "row_label": label,
        "columns": _headings(found, asked.columns),
        "lines": [_line(found, laid_out[each], asked.columns) for each in ids],
        "count_text": _count_text(asked.by, len(laid_out)),
        "page_text": _("Page %(page)s of %(pages)s", page=page, pages=pages) if pages > 1 else "",
        "left_out_text": _left_out(asked.by, sum(1 for each in entries if row_of(each) is None)),
        "legend": _legend(),
        "older_url": _older(asked, here),
        "newer_url": _newer(found, asked.end, here),
        "previous_url": here.of(page=page - 1) if page > 1 else None,
        "next_url": here.of(page=page + 1) if page < pages else None,
        "compared_text": changes_page.compared_text(asked.compared),
        "expected_text": changes_page.expected_text(found, asked.compared),
        "compare_filters": changes_page.filters(found, asked.compared),
        "hidden": [(key, reading.values[key]) for key in ("by", "before") if key in reading.values],
        "changes": changes_page.tables(found, changes),
    }


# The address


def _read(reading: Reading, found: Occurrences) -> _Asked:
    known = {str(each.id): each for each in found.meetings}
    by = reading.one_of("by", {each: each for each in ROW_KINDS}) or ORGANISATION
    before = reading.one_of("before", known)
    end = found.places[before.id] if before else len(found.meetings)
    return _Asked(
        by=by,
        columns=found.meetings[max(0, end - MOST_COLUMNS) : end],
        end=end,
        compared=_compared(reading, found, known),
    )


def _compared(
    reading: Reading, found: Occurrences, known: Mapping[str, Meeting]
) -> Sequence[Meeting]:
    """Return the meetings asked for; by default the last of which it is noted who came."""
    end = reading.one_of("to", known) or found.last_held()
    start = reading.one_of("from", known) or (found.last_held(before=end) if end else None)
    if start is None or end is None:
        return ()
    if start is end:
        reading.notices.append(_("Choose two different meetings to compare"))
        return ()
    return (start, end)


def _page_asked(reading: Reading, rows: int) -> tuple[int, int]:
    """Return which page of the rows is shown, and how many there are."""
    pages = max(1, -(-rows // ROWS))
    offered = {str(number): number for number in range(1, pages + 1)}
    return reading.one_of("page", offered) or 1, pages


class _Address:
    """The address of this page, with some of it changed; another one begins at its first rows."""

    def __init__(self, reading: Reading) -> None:
        self.values = reading.values

    def of(self, **changes: Any) -> str:
        values = {**self.values, "page": None, **changes}
        return url_for("meetings.series", **(request.view_args or {}), **values)


def _older(asked: _Asked, here: _Address) -> str | None:
    if asked.end <= MOST_COLUMNS:
        return None
    return here.of(before=asked.columns[0].id)


def _newer(found: Occurrences, end: int, here: _Address) -> str | None:
    if end == len(found.meetings):
        return None
    following = end + MOST_COLUMNS
    if following >= len(found.meetings):
        return here.of(before=None)
    return here.of(before=found.meetings[following].id)


def _actions(meeting: Meeting, by: str, here: _Address) -> list[Action]:
    if by == PERSON:
        other = Action(_("By organisation"), here.of(by=None))
    else:
        other = Action(_("By person"), here.of(by=PERSON))
    if not (has_file(meeting) and current_user.can(Permission.PACKS_MAKE)):
        return [other]
    url = registry.kind_of(meeting).url(meeting, "series_csv")
    return [other, Action("CSV", url, only_reads=True)]


# The matrix


def _headings(found: Occurrences, columns: Sequence[Meeting]) -> list[Heading]:
    months = Counter(_month(each) for each in columns)
    return [_heading(found, each, is_alone=months[_month(each)] == 1) for each in columns]


def _month(meeting: Meeting) -> tuple[int, int | None] | None:
    return (meeting.starts.year, meeting.starts.month) if meeting.starts else None


def _short_date(meeting: Meeting, *, is_alone: bool) -> str:
    """Return the month of a meeting where it is the only one, else the day."""
    if meeting.starts is None:
        return dates(meeting)
    shown = PartialDate(meeting.starts.year, meeting.starts.month) if is_alone else meeting.starts
    return shown.format(locale_code(), "dense")


def _heading(found: Occurrences, meeting: Meeting, *, is_alone: bool) -> Heading:
    kind = registry.kind_of(meeting)
    entries = series.there(found.entries[meeting.id], counts)
    count = sum(1 if each.person_id else each.headcount or 0 for each in entries)
    if meeting.id in found.held:
        words, asked = _n("%(num)d came", "%(num)d came", count), {"present": YES}
    else:
        words, asked = _n("%(num)d expected", "%(num)d expected", count), {"counted": YES}
    return Heading(
        f"{meeting.title} ({dates(meeting)})",
        kind.url(meeting),
        _short_date(meeting, is_alone=is_alone),
        Link(words, address(meeting, asked)),
    )


def _line(found: Occurrences, line: Line, columns: Sequence[Meeting]) -> MatrixLine:
    held = sum(1 for each in columns if each.id in found.held)
    return MatrixLine(
        found.link(line.id),
        _("%(count)s of %(total)s", count=line.times_present, total=held),
        [_mark(line, each) for each in columns],
    )


def _mark(line: Line, meeting: Meeting) -> Mark | None:
    cell = line.cells.get(meeting.id)
    if cell is None:
        return None
    words = _in_words(cell)
    shape = STATUS_LOOKS[cell.best][1]
    if cell.total == 1:
        return Mark(shape, "", words)
    return Mark(shape, str(cell.total), words, address(meeting, {"organisation": line.id}))


def _in_words(cell: Cell) -> str:
    if cell.total == 1:
        return str(cell.best.label)
    return ", ".join(
        _("%(label)s: %(value)s", label=status.label, value=cell.counts[status])
        for status in series.PRECEDENCE
        if status in cell.counts
    )


def _legend() -> list[tuple[str, str]]:
    """Return each sign with the statuses it stands for."""
    found: dict[str, list[str]] = {}
    for status in series.PRECEDENCE:
        found.setdefault(STATUS_LOOKS[status][1], []).append(str(status.label))
    return [(shape, ", ".join(labels)) for shape, labels in found.items()]


def _count_text(by: str, count: int) -> str:
    if by == PERSON:
        return _n("%(num)d person", "%(num)d people", count)
    return _n("%(num)d organisation", "%(num)d organisations", count)


def _left_out(by: str, count: int) -> str:
    if not count:
        return ""
    if by == PERSON:
        return _n(
            "%(num)d entry without a named person is not shown",
            "%(num)d entries without a named person are not shown",
            count,
        )
    return _n(
        "%(num)d entry without an organisation is not shown",
        "%(num)d entries without an organisation are not shown",
        count,
    )


# The file


def has_file(meeting: Meeting) -> bool:
    """Tell whether a file can be made: it shows what the whole team may see."""
    return meeting.meeting_kind is MeetingKind.SERIES and not meeting.is_confidential


def make_csv(meeting: Meeting) -> bytes:
    """Return which organisations came when as CSV: all meetings, as the whole team sees them."""
    with acting_as(db.session, TEAM):
        found = Occurrences(meeting)
        found.fetch_entries(found.meetings)
    entries = [entry for each in found.meetings for entry in found.entries[each.id]]
    laid_out = series.lay_out(entries, series.by_organisation)
    rows = [
        [found.names[each][1], *(_written(laid_out[each], one) for one in found.meetings)]
        for each in sorted(laid_out, key=found.key)
    ]
    headings = [f"{each.title} ({dates(each)})" for each in found.meetings]
    language = cast("Literal['fr', 'en']", locale_code())
    return write_csv([_("Organisation"), *headings], rows, language)


def _written(line: Line, meeting: Meeting) -> str:
    cell = line.cells.get(meeting.id)
    return _in_words(cell) if cell else ""

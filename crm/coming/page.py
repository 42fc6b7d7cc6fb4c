"""How those who come to a meeting read on the screen: figures, tables with bars, a list."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict

from crm.coming import analysis, asking, queries
from crm.coming.analysis import Acquaintance, Figures, Group, Noted, Question
from crm.coming.asking import YES, Asked, Offered
from crm.core.db import db
from crm.core.i18n import _, _l, _n
from crm.core.text import sort_key
from crm.meetings.attendance import COLUMNS, dates, day_choices, grouped
from crm.meetings.models import Attendance, AttendanceStatus, Meeting
from crm.meetings.queries import attendance_of
from crm.meetings.status import is_counted
from crm.organisations.models import Organisation
from crm.records.kinds import Column, record_link, registry
from crm.records.listing import headings, panel_rows
from crm.web.cells import Action, Link, lines
from crm.web.charts import Bar, BarChart, bar_chart
from crm.web.tables import Row, Table
from crm.web.templating import locale_code

MOST_ACQUAINTANCES = 3
MOST_TIED = 3
"""Of more that are as large, none is worth a name."""


@dataclass(frozen=True)
class Section:
    """A table of groups, and the same as bars."""

    table: Table
    chart: BarChart | None


def context(meeting: Meeting, args: MultiDict[str, str]) -> dict[str, Any]:
    """Return all that the page shows for an address."""
    noted = db.session.scalars(attendance_of(meeting)).all()
    offered = _offered(noted)
    asked = asking.read(args, meeting, offered)
    everybody = gather(meeting, noted, asked.question)
    kept = [each for each in everybody if analysis.keeps(asked.question, each)]
    return {
        "meeting": meeting,
        "title": _("Who comes – %(title)s", title=meeting.title),
        "back_url": registry.kind_of(meeting).url(meeting),
        "actions": _actions(meeting),
        "notices": asked.notices,
        "is_empty": not everybody,
        "figures": _figures(meeting, analysis.figures(everybody)),
        "sections": _sections(meeting, everybody),
        "filters": asking.controls(meeting, asked, offered),
        "hidden": _hidden(asked),
        "chips": asking.chips(meeting, asked, offered),
        "clear_url": registry.kind_of(meeting).url(meeting, "attendance"),
        "count_text": _count(len(kept), len(everybody)),
        "days_note": asked.question.needs_days,
        "tables": _people(meeting, kept),
    }


def gather(meeting: Meeting, noted: Sequence[Attendance], asked: Question) -> list[Noted]:
    """Return those noted at a meeting with what we know of them, in the same few statements."""
    if not noted:
        return []
    last = _last_presences(meeting)
    known = _acquaintances(meeting)
    seen = _seen_since(meeting, asked)
    return [
        Noted(
            attendance,
            is_counted=is_counted(attendance),
            last_seen=last.get(party_id) if party_id else None,
            known_by=known.get(party_id, ()) if party_id else (),
            is_unseen=seen is not None and party_id is not None and party_id not in seen,
        )
        for attendance in noted
        for party_id in (analysis.party_of(attendance),)
    ]


def _last_presences(meeting: Meeting) -> dict[int, Meeting]:
    return {
        party_id: last
        for party in queries.PARTIES
        for party_id, last in db.session.execute(queries.last_presences(meeting, party))
    }


def _acquaintances(meeting: Meeting) -> dict[int, list[Acquaintance]]:
    found: dict[int, list[Acquaintance]] = defaultdict(list)
    rows = db.session.execute(queries.acquaintances(meeting))
    for party_id, user_id, name, count, last in rows:
        found[party_id].append(Acquaintance(user_id, name, count, last))
    for each in found.values():
        each.sort(key=lambda one: sort_key(one.name))
        each.sort(key=lambda one: one.last, reverse=True)
    return found


def _seen_since(meeting: Meeting, asked: Question) -> set[int | None] | None:
    """Return who was seen since the day asked for; None when none was asked."""
    if asked.unseen_since is None:
        return None
    day = asked.unseen_since.first_day
    seen: set[int | None] = set(db.session.scalars(queries.in_touch_since(meeting, day)))
    for party in queries.PARTIES:
        seen.update(db.session.scalars(queries.present_since(meeting, party, day)))
    return seen


def _offered(noted: Sequence[Attendance]) -> Offered:
    everybody = [Noted(each, is_counted=False) for each in noted]
    organisations: dict[int, Organisation] = {
        each.organisation.id: each.organisation for each in noted if each.organisation
    }
    return Offered(
        countries=_by_name({each.country for each in everybody}, asking.name_of_country),
        kinds=_by_name({each.kind for each in everybody}, asking.name_of_kind),
        organisations=organisations,
    )


def _by_name(codes: set[str], name: Callable[[str], str]) -> list[str]:
    return sorted(codes, key=lambda code: (code == analysis.NOT_STATED, sort_key(name(code))))


def _hidden(asked: Asked) -> list[tuple[str, str]]:
    """Return what is asked for and has no field in the form."""
    return [
        (key, asked.values[key])
        for key in ("present", "group", "organisation")
        if key in asked.values
    ]


def _count(kept: int, total: int) -> str:
    if kept == total:
        return _n("%(num)d entry", "%(num)d entries", total)
    return _n("%(num)d entry of %(total)s", "%(num)d entries of %(total)s", kept, total=total)


def _actions(meeting: Meeting) -> list[Action]:
    """Lead to what changed since the meeting before, where this is one of a series."""
    series = meeting.series
    if series is None:
        return []
    url = registry.kind_of(series).url(series, "series", to=meeting.id)
    return [Action(_("What changed since last time"), url, only_reads=True)]


# Figures


def _figures(meeting: Meeting, found: Figures) -> list[Link]:
    """Return how many are counted and noted, each a link to the list behind it."""
    counted = asking.address(meeting, {}, counted=YES)
    told = [
        Link(_n("%(num)d person counted", "%(num)d people counted", found.people), counted),
        Link(
            _n("%(num)d organisation", "%(num)d organisations", found.organisations),
            counted,
        ),
    ]
    if found.in_groups:
        words = _("of whom %(count)s in groups nobody named", count=found.in_groups)
        told.insert(1, Link(words, asking.address(meeting, {}, counted=YES, group=YES)))
    return [
        *told,
        *(
            Link(
                _("%(label)s: %(value)s", label=status.label, value=found.by_status[status]),
                asking.address(meeting, {}, status=status.value),
            )
            for status in AttendanceStatus
            if found.by_status.get(status)
        ),
    ]


def _sections(meeting: Meeting, everybody: Sequence[Noted]) -> list[Section]:
    by_country = analysis.groups(everybody, lambda each: each.country)
    by_kind = analysis.groups(everybody, lambda each: each.kind)
    return [
        _section(meeting, "country", _("By country"), by_country, asking.name_of_country),
        _section(meeting, "kind", _("By kind of organisation"), by_kind, asking.name_of_kind),
    ]


def _section(
    meeting: Meeting,
    key: str,
    caption: str,
    found: Sequence[Group],
    name: Callable[[str], str],
) -> Section:
    def url(group: Group) -> str:
        return asking.address(meeting, {}, counted=YES, **{key: group.key})

    columns = (
        Column("name", asking.LABELS[key], lambda group: Link(name(group.key), url(group))),
        Column(
            "organisations",
            _("Organisations"),
            lambda group: Link(group.organisations, url(group)),
            numeric=True,
        ),
        Column(
            "people",
            _("People counted"),
            lambda group: Link(group.people, url(group)),
            numeric=True,
        ),
    )
    table = Table(caption, headings(columns), panel_rows(columns, found))
    return Section(table, _chart(found, name, url))


def _chart(
    found: Sequence[Group], name: Callable[[str], str], url: Callable[[Group], str]
) -> BarChart | None:
    """Return the groups as bars: of people, of organisations where nobody is named."""
    if len(found) < 2:
        return None
    is_people = any(group.people for group in found)

    def size(group: Group) -> int:
        return group.people if is_people else group.organisations

    total = sum(size(group) for group in found)
    most = analysis.largest([each for each in found if each.is_stated] or found, size)
    values = {
        "names": ", ".join(name(group.key) for group in most),
        "count": size(most[0]),
        "total": total,
    }
    bars = [Bar(name(group.key), size(group), url(group)) for group in found]
    return bar_chart(_finding(len(most), values, is_people=is_people), bars, _("Others"))


def _finding(tied: int, values: dict[str, Any], *, is_people: bool) -> str:
    if tied > MOST_TIED:
        return _("Nobody stands out: %(count)s of %(total)s each at most", **values)
    if tied > 1:
        return _("Most are from: %(names)s (%(count)s of %(total)s each)", **values)
    if is_people:
        return _("Most people: %(names)s, %(count)s of %(total)s", **values)
    return _("Most organisations: %(names)s, %(count)s of %(total)s", **values)


# The list


def _people(meeting: Meeting, kept: Sequence[Noted]) -> list[Table]:
    """Return a table for each country."""
    known = {each.attendance.id: each for each in kept}
    columns = _columns(meeting)
    return [
        Table(
            caption=f"{name} ({len(rows)})",
            columns=headings(columns),
            rows=[Row([column.cell(known[row.id]) for column in columns]) for row in rows],
        )
        for name, rows in grouped([each.attendance for each in kept])
    ]


def _columns(meeting: Meeting) -> list[Column]:
    columns = [Column(each.key, each.label, _of_attendance(each)) for each in COLUMNS]
    if len(meeting.day_numbers) > 1:
        named = dict(day_choices(meeting))
        columns.append(
            Column(
                "days",
                _l("Days"),
                lambda noted: lines([named.get(day) for day in noted.attendance.days or ()]),
            )
        )
    return [
        *columns,
        Column("known", _l("Known by"), _known_by),
        Column("seen", _l("Last seen"), _last_seen),
    ]


def _of_attendance(column: Column) -> Callable[[Noted], Any]:
    return lambda noted: column.cell(noted.attendance)


def _known_by(noted: Noted) -> Any:
    """Return who of us had exchanges with somebody, each a link to these exchanges."""
    shown = [
        Link(
            _(
                "%(name)s: %(count)s, last %(day)s",
                name=each.name,
                count=each.count,
                day=each.last.format(locale_code(), "long"),
            ),
            url_for("interactions.index", participant=noted.party_id, by=each.user_id),
        )
        for each in noted.known_by[:MOST_ACQUAINTANCES]
    ]
    if more := len(noted.known_by) - len(shown):
        url = url_for("interactions.index", participant=noted.party_id)
        shown.append(Link(_n("+%(num)d more", "+%(num)d more", more), url))
    return lines(shown)


def _last_seen(noted: Noted) -> Any:
    """Return the last earlier meeting somebody was at."""
    if noted.last_seen is not None:
        return lines([record_link(noted.last_seen), dates(noted.last_seen)])
    return _("first time") if noted.is_first_time else None

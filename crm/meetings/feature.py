"""What meetings add to Passerelle."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload

from crm.core.clock import today
from crm.core.db import db
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.core.partial_date import PartialDate
from crm.core.text import tokens
from crm.meetings import agenda, filing, forms, occurrences, packing, publishing, queries, services
from crm.meetings.attendance import (
    COLUMNS,
    cancelled_chip,
    dates,
    dates_cell,
    days,
    hours,
    place,
    status_chip,
)
from crm.meetings.met_page import add_met_action, add_met_routes, ways_to_add
from crm.meetings.models import (
    Attendance,
    AttendanceRule,
    AttendanceStatus,
    Meeting,
    MeetingAim,
    MeetingFormat,
    MeetingKind,
    Organiser,
)
from crm.meetings.status import ON_PAGES, check_rules
from crm.meetings.views import add_paste_routes, add_routes
from crm.networks.panels import is_network
from crm.organisations.models import Organisation
from crm.people.models import Person
from crm.permissions import Permission
from crm.records.asof import happened_by
from crm.records.audience import Audience
from crm.records.fields import optional_id
from crm.records.filed import Stored, as_shown
from crm.records.filters import (
    choice_filter,
    country_filter,
    date_filter,
    number,
    record_filter,
    yes_filter,
)
from crm.records.kinds import (
    BulkAction,
    Column,
    Filter,
    HomeBlock,
    ListKind,
    Moment,
    Panel,
    PartKind,
    RecordKind,
    record_link,
    registry,
)
from crm.records.models import Record
from crm.records.reading import Reading
from crm.web.cells import Action, Chip, Long, lines, listed
from crm.web.templating import yes_no


def _facts(meeting: Meeting) -> list[tuple[str, Any]]:
    group = meeting.working_group
    facts: list[tuple[str, Any]] = [
        (_("Dates"), dates(meeting)),
        (_("Hours"), hours(meeting)),
        (_("Format"), meeting.format),
        (_("Place"), place(meeting)),
        (_("Part of the series"), record_link(meeting.series)),
        *_neighbours(meeting),
        (_("Network that holds it"), record_link(meeting.network)),
        (_("Working group"), group.name if group else None),
        (_("How often"), meeting.recurrence),
        (_("Framework"), meeting.framework),
        (_("Themes"), listed(meeting.themes)),
        (_("Working languages"), meeting.languages),
        (_("Purpose"), Long(meeting.purpose) if meeting.purpose else None),
        (_("Agenda"), Long(meeting.agenda) if meeting.agenda else None),
        (_("Our positions"), Long(meeting.positions) if meeting.positions else None),
        (_("Minutes"), Long(meeting.minutes) if meeting.minutes else None),
        (_("Decisions"), Long(meeting.decisions) if meeting.decisions else None),
    ]
    return [(label, value) for label, value in facts if value]


PREVIOUS = Reading(("meeting",), queries.previous_occurrence, most=1)
NEXT = Reading(("meeting",), queries.next_occurrence, most=1)


def _neighbours(meeting: Meeting) -> list[tuple[str, Any]]:
    """Return the meetings of the series before and after this one."""
    if meeting.series_id is None:
        return []
    before = PREVIOUS.first(meeting)
    after = NEXT.first(meeting)
    return [
        (_("Previous time"), before and lines([record_link(before), dates(before)])),
        (_("Next time"), after and lines([record_link(after), dates(after)])),
    ]


def _actions(meeting: Meeting) -> list[Action]:
    actions = []
    if agenda.has_event(meeting):
        url = registry.kind_of(meeting).url(meeting, "calendar")
        actions.append(Action(_("To my calendar"), url, only_reads=True))
    is_series = meeting.meeting_kind is MeetingKind.SERIES
    if is_series and current_user.can(Permission.RECORDS_EDIT):
        # The address says which series, no more: it stays in the history of the browser.
        url = url_for("meetings.create", next_of=meeting.id)
        actions.append(Action(_("Add the next meeting of the series"), url))
    return actions


def _prefill(args: Mapping[str, str]) -> dict[str, Any]:
    """Read ``?next_of=12``: the series of which this is the next meeting."""
    series_id = optional_id(args.get("next_of"))
    return occurrences.next_values(series_id) if series_id is not None else {}


def _summary(meeting: Meeting) -> list[Any]:
    words = (meeting.meeting_kind, days(meeting), meeting.format, place(meeting))
    return [cancelled_chip(meeting), *words]


def _in_year(value: str) -> Any:
    return queries.in_year(PartialDate(number(value)))


def _about_theme(value: str) -> Any:
    """Return the condition of meetings with a theme that has the words, by their beginnings."""
    wanted = tokens(value)
    if not wanted:
        raise ValueError("no word")
    found = [
        themes
        for themes in db.session.scalars(queries.themes_like(value))
        if themes and all(any(word.startswith(each) for word in tokens(themes)) for each in wanted)
    ]
    return Meeting.themes.in_(found)


def _timeline(meeting: Meeting) -> str | None:
    words = (_("cancelled") if meeting.is_cancelled else None, meeting.themes)
    return " · ".join(filter(None, words)) or None


def _held(meeting: Meeting) -> Any:
    """Return the network that holds a meeting, and its group."""
    group = meeting.working_group.name if meeting.working_group else None
    return lines([record_link(meeting.network), group])


def _occurrence_columns(series: Meeting) -> Sequence[Column]:
    """Return what the panel shows of each meeting of a series; the next one is marked."""
    following = db.session.scalar(queries.first_to_come(series, today()))

    def marked(meeting: Meeting) -> Any:
        next_one = Chip(_("Next meeting"), "info", "◐") if meeting.id == following else None
        return lines([dates_cell(meeting), next_one])

    return (Column("title", _l("Name"), record_link), Column("starts", _l("Dates"), marked))


def _long(text: str | None) -> Any:
    return Long(text) if text else None


def _everybody(record: Record) -> list[Action]:
    kind = registry.kind_of(record)
    actions = [Action(_("See everybody"), kind.url(record, "attendance"))]
    if record.deleted_at is None and current_user.can(Permission.RECORDS_EDIT):
        paste = Action(_("Paste a list"), kind.url(record, "paste"))
        actions = [paste, *add_met_action(record), *actions]
    return actions


ORGANISER = PartKind(
    name="organisers",
    model=Organiser,
    label=_l("Organiser"),
    add_label=_l("Add an organiser"),
    form=forms.OrganiserForm,
    owners={"meeting": "meeting_id"},
    create=services.add_organiser,
)
ATTENDANCE = PartKind(
    name="attendances",
    model=Attendance,
    label=_l("Attendance"),
    add_label=_l("Add somebody"),
    form=forms.AttendanceForm,
    owners={"meeting": "meeting_id"},
    create=services.add_attendance,
    change=services.change_attendance,
)
AIM = PartKind(
    name="aims",
    model=MeetingAim,
    label=_l("What we want"),
    add_label=_l("Note what we want"),
    form=forms.MeetingAimForm,
    owners={"meeting": "meeting_id"},
    create=services.add_aim,
    change=services.change_aim,
)

MEETING = RecordKind(
    name="meeting",
    path="meetings",
    model=Meeting,
    label=_l("Meeting"),
    label_plural=_l("Meetings"),
    add_label=_l("Add a meeting"),
    form=forms.MeetingForm,
    query=queries.listed,
    create=services.create_meeting,
    change=services.change_meeting,
    facts=_facts,
    needs=(
        joinedload(Meeting.series),
        joinedload(Meeting.network),
        joinedload(Meeting.working_group),
    ),
    summary=_summary,
    actions=_actions,
    timeline_summary=_timeline,
    prefill=_prefill,
    default_sort="-starts",
    columns=(
        Column(
            "title",
            _l("Name"),
            record_link,
            sort=Record.sort_key,
            widest=Audience.PUBLIC,
            filed=Stored("title"),
            field="name",
        ),
        Column("starts", _l("Dates"), dates_cell, sort=Meeting.starts, widest=Audience.PUBLIC),
        Column(
            "kind",
            _l("Kind of meeting"),
            lambda row: row.meeting_kind,
            widest=Audience.PUBLIC,
            filed=Stored("meeting_kind", as_shown),
            field="meeting_kind",
        ),
        Column(
            "place",
            _l("Place"),
            lambda row: lines([row.format, place(row)]),
            widest=Audience.PUBLIC,
        ),
        Column("network", _l("Network"), _held, widest=Audience.PUBLIC),
    ),
    filters=(
        choice_filter(
            "kind", _l("Kind of meeting"), Meeting.meeting_kind, MeetingKind, pinned=True
        ),
        choice_filter("format", _l("Format"), Meeting.format, MeetingFormat, pinned=True),
        record_filter(
            "network",
            _l("Network"),
            lambda record_id: Meeting.network_id == record_id,
            kinds=("organisation",),
        ),
        record_filter(
            "organisation",
            _l("Organisation"),
            queries.with_organisation,
            kinds=("organisation",),
        ),
        record_filter("person", _l("Person"), queries.attended_by, kinds=("person",)),
        record_filter("series", _l("Series of meetings"), queries.in_series, kinds=("meeting",)),
        country_filter("country", _l("Country"), Meeting.country),
        yes_filter("cancelled", _l("Cancelled"), lambda: Meeting.is_cancelled.is_(True)),
        Filter("theme", _l("Theme"), where=_about_theme, kind="text"),
        Filter("year", _l("Year"), where=_in_year, kind="text"),
        date_filter("from", _l("From"), Meeting.starts, before=False),
        date_filter("before", _l("Before"), Meeting.starts, before=True),
    ),
    empty=_l("No meeting yet."),
)


def _noted_at(column: Any, record_id: Any) -> Filter:
    return record_filter(
        "meeting",
        _l("Noted at the meeting"),
        lambda meeting_id: queries.is_noted_at(meeting_id, column, record_id),
        kinds=("meeting",),
    )


def _becomes(rule: AttendanceRule) -> Any:
    return ", ".join(str(AttendanceStatus(code).label) for code in rule.leads_to)


ATTENDANCE_RULES = ListKind(
    name="attendance-statuses",
    model=AttendanceRule,
    label=_l("Statuses of attendance"),
    about=_l("Who is counted, who is prepared for, and what each status may become."),
    form=forms.AttendanceRuleForm,
    title=lambda rule: rule.status.label,
    check=check_rules,
    columns=(
        Column("status", _l("Status"), lambda row: row.status.label),
        Column("counted", _l("Counted"), lambda row: yes_no(row.is_counted)),
        Column("expected", _l("Prepared for"), lambda row: yes_no(row.is_expected)),
        Column("becomes", _l("May become"), _becomes),
        Column("active", _l("In use"), lambda row: yes_no(row.is_active)),
    ),
)


def _network(meeting: Meeting) -> Any:
    return record_link(meeting.network)


def _preparing(meeting: Meeting) -> list[Action]:
    return [Action(_("Who comes"), registry.kind_of(meeting).url(meeting, "attendance"))]


def _soon(user_id: int | None) -> Any:
    """Return the meetings to come: nobody's own, so everybody's."""
    return queries.between(today(), today() + timedelta(days=14))


BULK_ACTIONS = (
    BulkAction(
        "meeting",
        _l("Note at a meeting"),
        kinds=("organisation", "network", "person"),
        permission=Permission.RECORDS_EDIT,
        form=forms.NotedForm,
        apply=services.note_at,
        order=50,
    ),
)

FEATURE = Feature(
    name="meetings",
    linked_sheets=filing.SHEETS,
    bulk_actions=BULK_ACTIONS,
    public_sections=publishing.SECTIONS,
    public_facts=publishing.FACTS,
    pack_sections=packing.SECTIONS,
    pack_tables=packing.TABLES,
    kinds=(MEETING,),
    list_filters=(
        ("organisation", _noted_at(Attendance.organisation_id, Organisation.id)),
        ("person", _noted_at(Attendance.person_id, Person.id)),
    ),
    lists=(ATTENDANCE_RULES,),
    parts=(ORGANISER, ATTENDANCE, AIM),
    nav=(NavItem(_l("Meetings"), "meetings.index", order=40),),
    routes=(("person", add_met_routes), ("meeting", add_routes), ("meeting", add_paste_routes)),
    ways_to_add=(("person", ways_to_add),),
    moments=(Moment("meeting", queries.moments_of),),
    readings=(PREVIOUS, NEXT, ON_PAGES),
    calendar=(agenda.events,),
    digest=(agenda.due, agenda.without_attendance),
    home=(
        HomeBlock(
            key="meetings",
            title=_l("Meetings of the next two weeks"),
            query=_soon,
            order=20,
            columns=(
                Column("title", _l("Name"), record_link),
                Column("starts", _l("Dates"), dates_cell),
                Column("network", _l("Network that holds it"), _network),
                Column("place", _l("Place"), place),
            ),
            empty=_l("No meeting in the next two weeks"),
            row_actions=_preparing,
        ),
    ),
    panels=(
        Panel(
            key="attendances",
            title=_l("Who comes"),
            on=("meeting",),
            query=queries.attendance_of,
            part=ATTENDANCE,
            order=10,
            full_page="attendance",
            actions=_everybody,
            when_empty=_l("Nobody noted yet"),
            columns=COLUMNS,
        ),
        Panel(
            key="aims",
            title=_l("What we want"),
            on=("meeting",),
            query=queries.aims_at,
            part=AIM,
            order=11,
            columns=(
                Column(
                    "organisation", _l("Organisation"), lambda row: record_link(row.organisation)
                ),
                Column("wanted", _l("What we want"), lambda row: _long(row.wanted)),
                Column("questions", _l("Questions to ask"), lambda row: _long(row.questions)),
                Column("speaker", _l("Who of us speaks"), lambda row: record_link(row.speaker)),
            ),
        ),
        Panel(
            key="organisers",
            title=_l("Organisers"),
            on=("meeting",),
            query=queries.organisers_of,
            part=ORGANISER,
            side=True,
            order=10,
            columns=(
                Column(
                    "organisation", _l("Organisation"), lambda row: record_link(row.organisation)
                ),
                Column("role", _l("Role"), lambda row: row.role),
            ),
        ),
        Panel(
            key="occurrences",
            title=_l("Meetings of this series"),
            on=("meeting",),
            query=queries.occurrences_of,
            order=12,
            columns=_occurrence_columns,
        ),
        Panel(
            key="held",
            title=_l("Meetings"),
            on=("organisation",),
            when=is_network,
            query=queries.held_by,
            on_day=happened_by(Meeting.starts),
            order=30,
            limit=10,
            columns=(
                Column("title", _l("Name"), record_link),
                Column(
                    "group",
                    _l("Working group"),
                    lambda row: row.working_group.name if row.working_group else None,
                ),
                Column("starts", _l("Dates"), dates_cell),
            ),
        ),
        Panel(
            key="meetings",
            title=_l("Meetings"),
            on=("person",),
            query=queries.meetings_of,
            on_day=happened_by(Meeting.starts),
            side=True,
            order=30,
            limit=10,
            columns=(
                Column("title", _l("Name"), lambda row: record_link(row.meeting)),
                Column("starts", _l("Dates"), lambda row: dates_cell(row.meeting)),
                Column("status", _l("Status"), status_chip),
            ),
        ),
    ),
)

"""What projects add to Passerelle."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_

from crm.core.countries import country_name, country_names
from crm.core.db import db
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l, _n
from crm.core.money import format_money
from crm.core.partial_date import active_on, format_range
from crm.networks.cells import quantity
from crm.projects import forms, packing, queries, services
from crm.projects.models import (
    Involvement,
    InvolvementRole,
    Output,
    OutputState,
    Project,
    ProjectCountry,
    ProjectStatus,
    ProjectTheme,
    SizeFact,
)
from crm.projects.status import SUBJECT, is_overdue, status_on
from crm.records.asof import happened_by, page_day
from crm.records.filters import record_filter
from crm.records.kinds import Column, Filter, Moment, Panel, PartKind, RecordKind, record_link
from crm.records.listing import choice_filter
from crm.records.models import Record
from crm.statuses.listing import status_list
from crm.web.cells import Chip, Link, Long, Tone, lines
from crm.web.templating import locale_code

PRODUCING = ("project", "declaration", "organisation")

STATUS_LOOKS: dict[ProjectStatus, tuple[Tone, str]] = {
    ProjectStatus.PLANNED: ("info", "◐"),
    ProjectStatus.CURRENT: ("ok", "●"),
    ProjectStatus.PAST: ("neutral", "■"),
}
STATE_LOOKS: dict[OutputState, tuple[Tone, str]] = {
    OutputState.PLANNED: ("info", "◔"),
    OutputState.IN_WORK: ("info", "◐"),
    OutputState.DELIVERED: ("ok", "◕"),
    OutputState.PUBLISHED: ("ok", "●"),
    OutputState.AVAILABLE: ("ok", "●"),
}


def status_chip(project: Project) -> Chip:
    """Return the status of a project; one that is past its end and still current is flagged."""
    day = page_day()
    if is_overdue(project, day):
        return Chip(_("Current, but past its end: check"), "warn", "▲")
    status = status_on(project, day)
    return Chip(status.label, *STATUS_LOOKS[status])


def dates(project: Project) -> str | None:
    """Return when a project runs, or how long."""
    if project.starts or project.ends:
        return format_range(project.starts, project.ends, locale_code())
    if project.duration_years:
        return _n("%(num)s year", "%(num)s years", project.duration_years)
    return None


def _money(amount: Any, currency: str | None) -> str | None:
    return format_money(amount, currency, locale_code())


def _facts(project: Project) -> list[tuple[str, Any]]:
    sizes = [size_words(size) for size in db.session.scalars(queries.sizes_of(project))]
    facts: list[tuple[str, Any]] = [
        (_("Aim"), Long(project.aim) if project.aim else None),
        (_("Dates"), dates(project)),
        (_("Kind of project"), project.project_kind),
        (_("Programme"), project.programme),
        (_("Call for projects"), project.call),
        (_("Grant number"), project.grant_number),
        (_("Size"), lines(sizes)),
        (_("Status as of"), project.status_as_of),
        (_("Source of the status"), project.status_source),
        (_("Total budget"), _money(project.budget_total, project.currency)),
        (_("EU part"), _money(project.budget_eu, project.currency)),
        (_("Our part"), _money(project.budget_ours, project.currency)),
    ]
    return [(label, value) for label, value in facts if value]


def size_words(size: SizeFact) -> str:
    """Return a size as its source says it: “about 170 indicators”."""
    if size.number is None:
        return size.what
    return f"{quantity(size.number, size.qualifier)} {size.what}"


def role_words(involvement: Involvement) -> Any:
    """Return the role of an organisation, with the funder's own word for it."""
    return lines([involvement.role.label, involvement.funder_word])


def _role_and_dates(involvement: Involvement) -> Any:
    since, until = involvement.since, involvement.until
    dated = format_range(since, until, locale_code()) if since or until else None
    return lines([involvement.role.label, involvement.funder_word, dated])


def _leads(project: Project) -> Any:
    return lines(
        [
            record_link(each.organisation)
            for each in project.involvements
            if each.role is InvolvementRole.COORDINATOR
        ]
    )


def _country_where(value: str) -> Any:
    if value not in country_names("en"):
        raise ValueError("not a country")
    return queries.working_in(value)


def _country(row: Any) -> str | None:
    return country_name(row.country, locale_code())


def _went_on(day: date) -> ColumnElement[bool]:
    """Tell whether an organisation took part in a project that was under way."""
    return and_(
        active_on(Involvement.since, Involvement.until, day),
        active_on(Project.starts, Project.ends, day),
    )


def _output_title(output: Output) -> Any:
    title: Any = output.title
    if output.url and output.url.lower().startswith(("http://", "https://")):
        title = Link(output.title, output.url)
    return lines([title, output.kind.label, output.coverage])


INVOLVEMENT = PartKind(
    name="involvements",
    model=Involvement,
    label=_l("Involvement"),
    add_label=_l("Add an involvement"),
    form=forms.InvolvementForm,
    owners={"project": "project_id", "organisation": "organisation_id"},
    create=services.add_involvement,
    change=services.change_involvement,
)
COUNTRY = PartKind(
    name="countries",
    model=ProjectCountry,
    label=_l("Country of the project"),
    add_label=_l("Add a country"),
    form=forms.ProjectCountryForm,
    owners={"project": "project_id"},
)
SIZE = PartKind(
    name="sizes",
    model=SizeFact,
    label=_l("Size"),
    add_label=_l("Add a size"),
    form=forms.SizeFactForm,
    owners={"project": "project_id"},
)
THEME = PartKind(
    name="themes",
    model=ProjectTheme,
    label=_l("Theme"),
    add_label=_l("Add a theme"),
    form=forms.ThemeForm,
    owners={"project": "project_id"},
)
OUTPUT = PartKind(
    name="outputs",
    model=Output,
    label=_l("Output"),
    add_label=_l("Add an output"),
    form=forms.OutputForm,
    owners=dict.fromkeys(PRODUCING, "record_id"),
)

PROJECT = RecordKind(
    name="project",
    path="projects",
    model=Project,
    label=_l("Project"),
    label_plural=_l("Projects"),
    add_label=_l("Add a project"),
    form=forms.ProjectForm,
    query=queries.listed,
    create=services.create_project,
    change=services.change_project,
    facts=_facts,
    summary=lambda project: [status_chip(project), dates(project), project.programme],
    timeline_summary=lambda project: project.aim and project.aim[:200],
    columns=(
        Column("title", _l("Name"), record_link, sort=Record.sort_key),
        Column("status", _l("Status"), status_chip, sort=Project.status),
        Column("dates", _l("Dates"), dates, sort=Project.starts),
        Column("lead", _l("Coordinator"), _leads),
        Column("programme", _l("Programme"), lambda row: row.programme, sort=Project.programme),
    ),
    filters=(
        choice_filter("status", _l("Status"), Project.status, ProjectStatus, pinned=True),
        record_filter("partner", _l("Partner"), queries.involving),
        Filter(
            "country",
            _l("Country"),
            where=_country_where,
            choices=lambda: list(country_names(locale_code()).items()),
            pinned=True,
        ),
    ),
    empty=_l("No project yet."),
)


FEATURE = Feature(
    name="projects",
    pack_tables=packing.TABLES,
    kinds=(PROJECT,),
    lists=(
        status_list(
            SUBJECT,
            _l("Status of projects"),
            _l("When a project is planned, current or past: the first rule that fits decides."),
        ),
    ),
    parts=(INVOLVEMENT, COUNTRY, SIZE, THEME, OUTPUT),
    nav=(NavItem(_l("Projects"), "projects.index", order=70),),
    moments=(Moment("project", queries.moments_of),),
    panels=(
        Panel(
            key="involvements",
            title=_l("Who takes part"),
            on=("project",),
            query=queries.involvements_in,
            part=INVOLVEMENT,
            order=10,
            when_empty=_l("No partner noted yet"),
            columns=(
                Column(
                    "organisation", _l("Organisation"), lambda row: record_link(row.organisation)
                ),
                Column("role", _l("Role"), _role_and_dates),
                Column("country", _l("Country"), _country),
                Column("note", _l("Note"), lambda row: row.note),
            ),
        ),
        Panel(
            key="outputs",
            title=_l("Publications and outputs"),
            on=PRODUCING,
            query=queries.outputs_of,
            on_day=happened_by(Output.published),
            part=OUTPUT,
            order=30,
            columns=(
                Column("title", _l("Title"), _output_title),
                Column(
                    "state", _l("State"), lambda row: Chip(row.state.label, *STATE_LOOKS[row.state])
                ),
                Column("year", _l("Reference year"), lambda row: row.reference_year),
                Column("published", _l("Published on"), lambda row: row.published),
            ),
        ),
        Panel(
            key="countries",
            title=_l("Countries and cities"),
            on=("project",),
            query=queries.countries_of,
            part=COUNTRY,
            side=True,
            order=10,
            columns=(
                Column("country", _l("Country"), _country),
                Column("city", _l("City"), lambda row: row.city),
                Column("role", _l("Role"), lambda row: row.role),
            ),
        ),
        Panel(
            key="themes",
            title=_l("Themes"),
            on=("project",),
            query=queries.themes_of,
            part=THEME,
            side=True,
            order=11,
            columns=(Column("theme", _l("Theme"), lambda row: row.theme),),
        ),
        Panel(
            key="sizes",
            title=_l("Size"),
            on=("project",),
            query=queries.sizes_of,
            part=SIZE,
            side=True,
            order=12,
            columns=(
                Column("size", _l("Size"), size_words),
                Column("source", _l("Source"), lambda row: row.source),
            ),
        ),
        Panel(
            key="projects",
            title=_l("Projects"),
            on=("organisation",),
            query=queries.involvements_of,
            on_day=_went_on,
            part=INVOLVEMENT,
            side=True,
            order=40,
            columns=(
                Column("project", _l("Project"), lambda row: record_link(row.project)),
                Column("role", _l("Role"), role_words),
                Column("status", _l("Status"), lambda row: status_chip(row.project)),
            ),
        ),
    ),
)

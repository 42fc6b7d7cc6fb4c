"""What projects add to Passerelle."""

from datetime import date
from typing import Any

from flask import url_for
from flask_login import current_user
from sqlalchemy import ColumnElement, and_

from crm.core.countries import country_names
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.core.partial_date import active_on
from crm.permissions import Permission
from crm.projects import cells, forms, glance, overviews, packing, publishing, queries, services
from crm.projects.models import (
    Involvement,
    Output,
    Project,
    ProjectCountry,
    ProjectStatus,
    ProjectTheme,
    SizeFact,
    WorkItem,
)
from crm.projects.status import SUBJECT
from crm.projects.views import add_routes
from crm.records.asof import happened_by
from crm.records.audience import Audience
from crm.records.filed import Stored
from crm.records.filters import choice_filter, record_filter
from crm.records.kinds import (
    Column,
    Filter,
    Moment,
    Panel,
    PartKind,
    RecordKind,
    record_link,
    registry,
)
from crm.records.models import Record
from crm.records.ties import Tie
from crm.statuses import book
from crm.statuses.listing import status_list
from crm.web.cells import Action
from crm.web.templating import locale_code

PRODUCING = ("project", "declaration", "organisation")


def _country_where(value: str) -> Any:
    if value not in country_names("en"):
        raise ValueError("not a country")
    return queries.working_in(value)


def _change_role(record: Record, involvement: Involvement) -> list[Action]:
    """Offer to let another role follow, on the page of the project."""
    if record.kind != "project" or not current_user.can(Permission.RECORDS_EDIT):
        return []
    url = url_for("projects.change_role", involvement_id=involvement.id)
    return [Action(_("Change the role"), url)]


def _output_columns(record: Record) -> list[Column]:
    """Return what the panel shows: of a project also what was promised to whom for when."""
    work = [
        Column("due", _l("Due"), lambda row: cells.deadline(row, row.delivered_on)),
        Column("lead", _l("Lead"), lambda row: record_link(row.lead)),
    ]
    return [
        Column("title", _l("Title"), cells.output_title),
        Column("state", _l("State"), cells.output_state),
        *(work if record.kind == "project" else ()),
        Column("language", _l("Language"), lambda row: row.language),
        Column("year", _l("Reference year"), lambda row: row.reference_year),
        Column("collected", _l("Collection period"), lambda row: row.collection_period),
        Column("published", _l("Published on"), lambda row: row.published),
    ]


def _views() -> list[Action]:
    """Lead from the list to the other ways to look at projects."""
    return [
        Action(label, url_for(endpoint), only_reads=True) for endpoint, label in overviews.pages()
    ]


def _timeline_of(record: Record) -> list[Action]:
    """Lead from a project to the times of its work."""
    if record.kind != "project":
        return []
    url = registry.kind_of(record).url(record, "timeline")
    return [Action(_("Timeline"), url, only_reads=True)]


def _went_on(day: date) -> ColumnElement[bool]:
    """Tell whether an organisation took part in a project that was under way."""
    return and_(
        active_on(Involvement.since, Involvement.until, day),
        active_on(Project.starts, Project.ends, day),
    )


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
WORK = PartKind(
    name="work",
    model=WorkItem,
    label=_l("Work"),
    add_label=_l("Add a work package or milestone"),
    form=forms.WorkForm,
    owners={"project": "project_id"},
    create=services.add_work,
    change=services.change_work,
    remove=services.remove_work,
)
OUTPUT = PartKind(
    name="outputs",
    model=Output,
    label=_l("Output"),
    add_label=_l("Add an output"),
    form=forms.OutputForm,
    owners=dict.fromkeys(PRODUCING, "record_id"),
    create=services.add_output,
    change=services.change_output,
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
    facts=cells.facts,
    summary=lambda project: [
        cells.status_chip(project),
        cells.dates(project),
        project.programme,
    ],
    timeline_summary=lambda project: project.aim and project.aim[:200],
    columns=(
        Column("title", _l("Name"), record_link, sort=Record.sort_key, widest=Audience.PUBLIC),
        Column(
            "status", _l("Status"), cells.status_chip, sort=Project.status, widest=Audience.PUBLIC
        ),
        Column("dates", _l("Dates"), cells.dates, sort=Project.starts, widest=Audience.PUBLIC),
        Column("lead", _l("Coordinator"), cells.leads, widest=Audience.PUBLIC),
        Column(
            "programme",
            _l("Programme"),
            lambda row: row.programme,
            sort=Project.programme,
            widest=Audience.PUBLIC,
            filed=Stored("programme"),
            field="programme",
        ),
    ),
    filters=(
        choice_filter("status", _l("Status"), Project.status, ProjectStatus, pinned=True),
        record_filter("partner", _l("Partner"), queries.involving, kinds=("organisation",)),
        record_filter("funder", _l("Funder"), queries.funded_by, kinds=("organisation",)),
        Filter(
            "country",
            _l("Country"),
            where=_country_where,
            choices=lambda: list(country_names(locale_code()).items()),
            is_closed=True,
            pinned=True,
        ),
    ),
    empty=_l("No project yet."),
    list_actions=_views,
    actions=_timeline_of,
)


TIE = Tie("projects", _l("Projects"), queries.shared_with_us)

FEATURE = Feature(
    name="projects",
    glances=glance.GLANCES,
    ties=(TIE,),
    public_sections=publishing.SECTIONS,
    public_facts=publishing.FACTS,
    pack_tables=packing.TABLES,
    kinds=(PROJECT,),
    list_filters=(
        (
            "organisation",
            record_filter(
                "project",
                _l("Takes part in the project"),
                queries.takes_part_in,
                kinds=("project",),
            ),
        ),
    ),
    routes=(("project", add_routes),),
    lists=(
        status_list(
            SUBJECT,
            _l("Status of projects"),
            _l("When a project is planned, current or past: the first rule that fits decides."),
        ),
    ),
    parts=(INVOLVEMENT, WORK, COUNTRY, SIZE, THEME, OUTPUT),
    nav=(NavItem(_l("Projects"), "projects.index", order=70),),
    moments=(Moment("project", queries.moments_of),),
    readings=(cells.SIZES, cells.COUNTRIES, book.ON_PAGES),
    panels=(
        Panel(
            key="involvements",
            title=_l("Who takes part"),
            on=("project",),
            query=queries.involvements_in,
            part=INVOLVEMENT,
            order=10,
            when_empty=_l("No partner noted yet"),
            row_actions=_change_role,
            columns=(
                Column(
                    "organisation", _l("Organisation"), lambda row: record_link(row.organisation)
                ),
                Column("role", _l("Role"), cells.role_and_dates),
                Column("country", _l("Stands for"), cells.represents),
                Column("amount", _l("Amount"), cells.share, numeric=True),
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
            note=lambda record, rows: (
                cells.reports_missing(record, rows) if record.kind == "project" else None
            ),
            columns=_output_columns,
        ),
        Panel(
            key="work",
            title=_l("Work packages and milestones"),
            on=("project",),
            query=queries.work_of,
            part=WORK,
            order=20,
            columns=(
                Column("title", _l("Title"), cells.work_title),
                Column("lead", _l("Lead"), lambda row: record_link(row.lead)),
                Column("starts", _l("Start"), lambda row: row.starts),
                Column("due", _l("Due"), lambda row: cells.deadline(row, row.done_on)),
                Column("state", _l("State"), cells.work_state),
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
                Column("country", _l("Country"), cells.country),
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
                Column("size", _l("Size"), cells.size_words),
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
                Column("role", _l("Role"), cells.role_words),
                Column("status", _l("Status"), lambda row: cells.status_chip(row.project)),
            ),
        ),
    ),
)

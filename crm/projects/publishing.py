"""What projects, and what they produce, say on the public page."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from crm.core.countries import country_name, country_names
from crm.core.db import db
from crm.core.i18n import _, _l
from crm.core.partial_date import PartialDate, format_range
from crm.networks.cells import quantity
from crm.projects import queries
from crm.projects.cells import duration
from crm.projects.models import (
    Involvement,
    InvolvementRole,
    Output,
    OutputState,
    Project,
    ProjectCountry,
    ProjectStatus,
    SizeFact,
)
from crm.projects.status import is_overdue, status_on
from crm.records.models import Record
from crm.records.publishing import (
    PublicContext,
    PublicFact,
    PublicFacts,
    PublicLine,
    PublicSection,
    fact,
    lowered,
    with_words,
)

PLAIN = (InvolvementRole.BENEFICIARY, InvolvementRole.COORDINATOR, InvolvementRole.FUNDER)
"""Roles that the label of the fact says already."""
PRODUCING = ("project", "declaration", "organisation")


def _with_status(*statuses: ProjectStatus) -> Callable[[Any, date], bool]:
    def belongs(project: Project, day: date) -> bool:
        return status_on(project, day) in statuses

    return belongs


def _facts(context: PublicContext, project: Project) -> Sequence[PublicFact]:
    language = context.language
    involved = list(db.session.scalars(queries.involvements_in(project)))
    leads, funders, partners = _sorted(involved)
    dates = project.starts is not None or project.ends is not None
    return [
        fact("kind", _l("Kind of project"), context.words(project, project.project_kind)),
        fact(
            "dates",
            _l("Dates"),
            format_range(project.starts, project.ends, language) if dates else None,
        ),
        fact("duration", _l("Duration"), None if dates else duration(project)),
        fact("status", _l("Status"), _status(project, context), source=project.status_source),
        fact("programme", _l("Programme"), project.programme),
        fact("aim", _l("Aim"), context.words(project, project.aim)),
        fact(
            "themes",
            _l("Themes"),
            *(
                context.words(project, each.theme)
                for each in db.session.scalars(queries.themes_of(project))
            ),
        ),
        *_sizes(context, project),
        fact("leads", _l("Led by"), *(_partner(context, each) for each in leads)),
        fact("partners", _l("Partners"), *(_partner(context, each) for each in partners)),
        fact(
            "funders",
            _l("Funded by"),
            *(_partner(context, each) for each in funders),
        ),
        fact(
            "places",
            _l("Countries and cities"),
            *(
                _place(context, project, each)
                for each in db.session.scalars(queries.countries_of(project))
            ),
        ),
    ]


def _sorted(
    involved: Sequence[Involvement],
) -> tuple[list[Involvement], list[Involvement], list[Involvement]]:
    """Return who leads, who pays, and who else takes part."""
    leads = [each for each in involved if each.role is InvolvementRole.COORDINATOR]
    funders = [each for each in involved if each.role is InvolvementRole.FUNDER]
    return leads, funders, [each for each in involved if each not in leads + funders]


def _status(project: Project, context: PublicContext) -> str | None:
    """Return how a project stood when somebody last looked; nothing where its dates say otherwise.

    Without that day the section in which it stands says enough.
    """
    as_of = project.status_as_of
    if as_of is None or is_overdue(project, context.day):
        return None
    status = str(status_on(project, context.day).label)
    return with_words(status, [as_of.format(context.language, "long")])


def _partner(context: PublicContext, involvement: Involvement) -> str:
    """Return an organisation, for which country it stands, as what and since when."""
    is_plain = involvement.role in PLAIN
    return with_words(
        context.name(involvement.organisation),
        [
            country_name(involvement.country, context.language),
            None if is_plain else lowered(involvement.role.label),
            format_range(involvement.since, involvement.until, context.language)
            if involvement.since or involvement.until
            else None,
        ],
    )


def _sizes(context: PublicContext, project: Project) -> list[PublicFact]:
    """Return how large a project is, source by source."""
    by_source: dict[str | None, list[str]] = {}
    for each in db.session.scalars(queries.sizes_of(project)):
        by_source.setdefault(each.source, []).append(_size(context, project, each))
    return [
        fact(f"size-{source or ''}", _l("Size"), *sizes, source=source)
        for source, sizes in by_source.items()
    ]


def _size(context: PublicContext, project: Project, size: SizeFact) -> str:
    what = context.words(project, size.what)
    if not what or size.number is None:
        return what
    return f"{quantity(size.number, size.qualifier)} {what}"


def _place(context: PublicContext, project: Project, place: ProjectCountry) -> str:
    country = country_name(place.country, context.language) or place.country
    where = f"{place.city} ({country})" if place.city else country
    role = context.words(project, place.role)
    return f"{where} – {role}" if role else where


def _outputs(context: PublicContext, record: Record) -> Sequence[PublicFact]:
    shown = [each for each in db.session.scalars(queries.outputs_of(record)) if each.is_public]
    lines = [PublicLine(_output(context, record, each), _address(each)) for each in shown]
    return [
        PublicFact("outputs", _l("Publications and outputs"), [each for each in lines if each.text])
    ]


def _output(context: PublicContext, record: Record, output: Output) -> str:
    title = context.words(record, output.title)
    said = [
        country_name(output.country, context.language),
        _("edition %(year)s", year=output.reference_year) if output.reference_year else None,
        _coverage(context, record, output.coverage),
        output.published.format(context.language, "long") if output.published else None,
        None if output.published else _stage(context, record, output.state),
    ]
    return with_words(title, said)


def _stage(context: PublicContext, record: Record, state: OutputState) -> str | None:
    """Return how far an output has come; a project that is over plans nothing any more."""
    is_over = isinstance(record, Project) and (status_on(record, context.day) is ProjectStatus.PAST)
    if is_over and state in (OutputState.PLANNED, OutputState.IN_WORK):
        return None
    return lowered(state.label)


def _coverage(context: PublicContext, record: Record, coverage: str | None) -> str | None:
    """Return what an output covers: names of countries where codes were noted."""
    codes = [each.strip() for each in (coverage or "").split(";")]
    names = country_names(context.language)
    if all(code in names for code in codes):
        return ", ".join(names[code] for code in codes)
    return context.words(record, coverage) if coverage else None


def _address(output: Output) -> str:
    url = output.url or ""
    return url if url.lower().startswith(("http://", "https://")) else ""


def _when(project: Project) -> PartialDate | None:
    return project.starts


def _section(key: str, *statuses: ProjectStatus) -> PublicSection:
    return PublicSection(
        key=key,
        kind="project",
        records=queries.listed,
        schema="Project",
        belongs=_with_status(*statuses),
        when=_when,
    )


SECTIONS = (
    _section("projects_current", ProjectStatus.CURRENT),
    _section("projects_planned", ProjectStatus.PLANNED),
    _section("projects_past", ProjectStatus.PAST),
)
FACTS = (
    PublicFacts(("project",), 10, _facts),
    PublicFacts(PRODUCING, 70, _outputs),
)

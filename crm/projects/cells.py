"""How projects, who takes part in them and what they produce read in tables and facts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from crm.core.clock import today
from crm.core.countries import country_name
from crm.core.i18n import _, _n
from crm.core.money import format_money
from crm.core.partial_date import PartialDate, format_range
from crm.networks.cells import quantity
from crm.projects import queries
from crm.projects.models import (
    Involvement,
    InvolvementRole,
    Output,
    OutputKind,
    OutputState,
    Project,
    ProjectStatus,
    SizeFact,
    WorkItem,
    WorkState,
)
from crm.projects.status import is_overdue, status_on
from crm.records.asof import page_day
from crm.records.kinds import record_link
from crm.records.reading import Reading
from crm.web.cells import Chip, Link, Long, Tone, lines
from crm.web.templating import locale_code

YEAR = 12
"""Months."""
DELIVERED = (OutputState.DELIVERED, OutputState.PUBLISHED, OutputState.AVAILABLE)
STATUS_LOOKS: dict[ProjectStatus, tuple[Tone, str]] = {
    ProjectStatus.PLANNED: ("info", "◐"),
    ProjectStatus.CURRENT: ("ok", "●"),
    ProjectStatus.PAST: ("neutral", "■"),
}
WORK_LOOKS: dict[WorkState, tuple[Tone, str]] = {
    WorkState.PLANNED: ("info", "◔"),
    WorkState.IN_WORK: ("info", "◐"),
    WorkState.DONE: ("ok", "●"),
    WorkState.DROPPED: ("neutral", "■"),
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


def is_running(project: Project, day: date) -> bool:
    """Tell whether a project is under way on a day."""
    return status_on(project, day) is ProjectStatus.CURRENT


def dates(project: Project) -> str | None:
    """Return when a project runs, or how long."""
    if project.starts or project.ends:
        return format_range(project.starts, project.ends, locale_code())
    return duration(project)


def duration(project: Project) -> str | None:
    """Return how long a project lasts: in years where they are whole, else in months."""
    months = project.duration_months
    if not months:
        return None
    if months % YEAR == 0:
        return _n("%(num)s year", "%(num)s years", months // YEAR)
    return _n("%(num)s month", "%(num)s months", months)


def _money(amount: Any, currency: str | None) -> str | None:
    return format_money(amount, currency, locale_code())


SIZES = Reading(("project",), queries.sizes_of, most=None)
COUNTRIES = Reading(("project",), queries.countries_of, most=None)


def facts(project: Project) -> list[tuple[str, Any]]:
    """Return what the page of a project says of it."""
    sizes = [size_words(size) for size in SIZES.rows(project)]
    found: list[tuple[str, Any]] = [
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
    return [(label, value) for label, value in found if value]


def size_words(size: SizeFact) -> str:
    """Return a size as its source says it: “about 170 indicators”."""
    if size.number is None:
        return size.what
    return f"{quantity(size.number, size.qualifier)} {size.what}"


def role_words(involvement: Involvement) -> Any:
    """Return the role of an organisation, with the funder's own word for it."""
    return lines([involvement.role.label, involvement.funder_word])


def role_and_dates(involvement: Involvement) -> Any:
    """Return the role of an organisation, from when to when, and why it changed."""
    since, until = involvement.since, involvement.until
    dated = format_range(since, until, locale_code()) if since or until else None
    return lines(
        [involvement.role.label, involvement.funder_word, dated, involvement.change_reason]
    )


def represents(involvement: Involvement) -> Any:
    """Return for which country an organisation stands in a project, and where it works."""
    return lines([country(involvement), involvement.city])


def share(involvement: Involvement) -> str | None:
    """Return how much of the money an organisation has, or gives."""
    return _money(involvement.amount, involvement.project.currency)


def leads(project: Project) -> Any:
    """Return who coordinates a project; they may be several."""
    return lines(
        [
            record_link(each.organisation)
            for each in project.involvements
            if each.role is InvolvementRole.COORDINATOR
        ]
    )


def country(row: Any) -> str | None:
    """Return the country of a row by its name."""
    return country_name(row.country, locale_code())


def output_title(output: Output) -> Any:
    """Return what an output is called and what sort it is, with a link where it is online."""
    title: Any = output.label
    if output.url and output.url.lower().startswith(("http://", "https://")):
        title = Link(title, output.url)
    inside = None if output.is_public else Chip(_("Not public"), "violet", "lock")
    return lines([title, output.kind.label, country(output), output.coverage, inside])


def output_state(output: Output) -> Any:
    """Return how far an output has come, and that it is late."""
    chip = Chip(output.state.label, *STATE_LOOKS[output.state])
    is_out = output.state in DELIVERED or output.delivered_on is not None
    return lines([chip, None if is_out else _late(output.due)])


def work_state(item: WorkItem) -> Any:
    """Return how far a piece of work has come, and that it is late."""
    chip = Chip(item.state.label, *WORK_LOOKS[item.state])
    is_over = item.state in (WorkState.DONE, WorkState.DROPPED) or item.done_on is not None
    return lines([chip, None if is_over else _late(item.due)])


def work_title(item: WorkItem) -> Any:
    """Return what a piece of work is called, and to which work package it belongs."""
    inside = None
    if item.within is not None:
        inside = _("Part of %(what)s", what=item.within.number or item.within.title)
    return lines([item.label, item.kind.label, inside])


def _late(due: PartialDate | None) -> Chip | None:
    days = (today() - due.last_day).days if due is not None else 0
    if days <= 0:
        return None
    return Chip(_n("%(num)d day late", "%(num)d days late", days), "warn", "▲")


def deadline(row: Any, done: PartialDate | None) -> Any:
    """Return when something is due, and when it was done."""
    said = _("Delivered: %(date)s", date=done.format(locale_code())) if done else None
    return lines([row.due, said])


def reports_missing(record: Any, outputs: Sequence[Output]) -> str | None:
    """Say for which countries of a project no national report is noted yet."""
    about = {
        each.country for each in outputs if each.kind is OutputKind.NATIONAL_REPORT and each.country
    }
    if not about:
        return None
    wanted = {each.country for each in COUNTRIES.rows(record)}
    missing = sorted(wanted - about, key=lambda code: country_name(code, locale_code()) or code)
    if not missing:
        return None
    names = ", ".join(country_name(code, locale_code()) or code for code in missing)
    return _("No national report noted for: %(countries)s", countries=names)

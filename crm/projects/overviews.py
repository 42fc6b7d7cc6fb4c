"""Projects looked at together: by country, by partner, by funder and over time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from flask import url_for

from crm.core.clock import today
from crm.core.countries import country_name
from crm.core.db import db
from crm.core.i18n import _, _l, _n
from crm.core.money import format_money
from crm.core.text import sort_key
from crm.projects import cells, queries
from crm.projects.models import Involvement, Output, Project, WorkItem, WorkKind, WorkState
from crm.records import queries as records
from crm.records.kinds import record_link, registry
from crm.web.cells import Link, lines
from crm.web.maps import Counted, europe_map
from crm.web.tables import HeaderCell, Row
from crm.web.templating import NavEntry, locale_code
from crm.web.timelines import Span, timeline

MOST_ROWS = 200
"""Partners or funders on one page, those with most projects first."""
MOST_NAMED = 10
"""Partners of one country; of more the number is told."""
PAGES: tuple[tuple[str, Any], ...] = (
    ("projects.by_country", _l("By country")),
    ("projects.by_partner", _l("By partner")),
    ("projects.by_funder", _l("By funder")),
    ("projects.over_time", _l("Over time")),
)


def pages() -> Sequence[tuple[str, Any]]:
    """Return the endpoints of these pages with their labels."""
    return PAGES


def _page(endpoint: str, title: str, **more: Any) -> dict[str, Any]:
    tabs = [
        NavEntry(str(_("List")), url_for("projects.index"), current=False),
        *(NavEntry(str(label), url_for(name), current=name == endpoint) for name, label in PAGES),
    ]
    return {"title": title, "tabs": tabs, "map": None, "timeline": None, "notes": (), **more}


def by_country() -> dict[str, Any]:
    """Return what the page of countries shows: for each its projects and cities."""
    projects: dict[str, set[int]] = defaultdict(set)
    cities: dict[str, set[str]] = defaultdict(set)
    for country, city, project_id in db.session.execute(queries.places()):
        projects[country].add(project_id)
        if city:
            cities[country].add(city)
    partners = _representatives()
    titles = _titles(set().union(*projects.values()))
    locale = locale_code()
    names = {code: country_name(code, locale) or code for code in projects}
    order = sorted(projects, key=lambda code: (-len(projects[code]), names[code]))
    urls = {code: url_for("projects.index", country=code) for code in projects}
    drawn = europe_map(
        _finding_of_countries(order, projects, names),
        {
            code: Counted(
                len(projects[code]),
                _n(
                    "%(country)s: %(num)d project",
                    "%(country)s: %(num)d projects",
                    len(projects[code]),
                    country=names[code],
                ),
                urls[code],
            )
            for code in order
        },
    )
    return _page(
        "projects.by_country",
        _("Projects by country"),
        columns=[
            HeaderCell(_("Country")),
            HeaderCell(_("Projects"), numeric=True),
            HeaderCell(_("Which ones")),
            HeaderCell(_("Cities")),
            HeaderCell(_("Partners who stand for it")),
        ],
        rows=[
            Row(
                [
                    names[code],
                    Link(str(len(projects[code])), urls[code]),
                    lines([record_link(each) for each in titles if each.id in projects[code]]),
                    lines(sorted(cities[code], key=sort_key)),
                    lines(partners.get(code, ())),
                ]
            )
            for code in order
        ],
        map=drawn,
        notes=drawn.notes,
        empty=_("No project has a country yet"),
    )


def _representatives() -> dict[str, list[Any]]:
    """Return by country the partners who stand for it in a project, a few of them by name."""
    found: dict[str, list[int]] = defaultdict(list)
    for country, organisation_id in db.session.execute(queries.representatives()):
        found[country or ""].append(organisation_id)
    named = db.session.scalars(records.with_ids({each for ids in found.values() for each in ids}))
    known = {each.id: each for each in sorted(named, key=lambda each: each.sort_key)}
    shown: dict[str, list[Any]] = {}
    for country, ids in found.items():
        partners = [record for record_id, record in known.items() if record_id in ids]
        more = len(partners) - MOST_NAMED
        rest = [_n("and %(num)d more", "and %(num)d more", more)] if more > 0 else []
        shown[country] = [*(record_link(each) for each in partners[:MOST_NAMED]), *rest]
    return shown


def _finding_of_countries(order: list[str], projects: Any, names: dict[str, str]) -> str:
    if not order:
        return str(_("No project has a country yet"))
    most = len(projects[order[0]])
    first = [names[code] for code in order if len(projects[code]) == most]
    if len(first) > 1:
        return _n("%(num)d country with projects", "%(num)d countries with projects", len(order))
    return _n(
        "%(num)d country with projects, most of them in: %(country)s",
        "%(num)d countries with projects, most of them in: %(country)s",
        len(order),
        country=first[0],
    )


def _titles(project_ids: Iterable[int]) -> Sequence[Project]:
    return db.session.scalars(queries.with_ids(project_ids)).all()


def by_partner() -> dict[str, Any]:
    """Return what the page of partners shows: with whom we run most projects."""
    counts, involved = _counted(are_funders=False)
    return _page(
        "projects.by_partner",
        _("Projects by partner"),
        columns=[
            HeaderCell(_("Organisation")),
            HeaderCell(_("Projects"), numeric=True),
            HeaderCell(_("Which ones")),
            HeaderCell(_("Role")),
            HeaderCell(_("Stands for")),
        ],
        rows=[
            Row(
                [
                    record_link(involved[each][0].organisation),
                    Link(str(count), url_for("projects.index", partner=each)),
                    _projects(involved[each]),
                    _roles(involved[each]),
                    lines(list(dict.fromkeys(cells.country(row) for row in involved[each]))),
                ]
            )
            for each, count in counts[:MOST_ROWS]
        ],
        notes=_cut(counts),
        empty=_("No partner noted yet"),
    )


def by_funder() -> dict[str, Any]:
    """Return what the page of funders shows: what each has paid for."""
    counts, involved = _counted(are_funders=True)
    return _page(
        "projects.by_funder",
        _("Projects by funder"),
        columns=[
            HeaderCell(_("Funder")),
            HeaderCell(_("Projects"), numeric=True),
            HeaderCell(_("Which ones")),
            HeaderCell(_("Programme")),
            HeaderCell(_("Amounts"), numeric=True),
        ],
        rows=[
            Row(
                [
                    record_link(involved[each][0].organisation),
                    Link(str(count), url_for("projects.index", funder=each)),
                    _projects(involved[each]),
                    lines(list(dict.fromkeys(row.project.programme for row in involved[each]))),
                    _sums(involved[each]),
                ]
            )
            for each, count in counts[:MOST_ROWS]
        ],
        notes=_cut(counts),
        empty=_("No funder noted yet"),
    )


def _counted(*, are_funders: bool) -> tuple[list[tuple[int, int]], dict[int, list[Involvement]]]:
    found = db.session.execute(
        queries.partners_by_projects(are_funders=are_funders).limit(MOST_ROWS + 1)
    )
    counts = [(organisation_id, count) for organisation_id, count in found]
    involved: dict[int, list[Involvement]] = defaultdict(list)
    query = queries.involvements_by(
        (each for each, _count in counts[:MOST_ROWS]), are_funders=are_funders
    )
    for row in db.session.scalars(query):
        involved[row.organisation_id].append(row)
    return counts, involved


def _cut(counts: Sequence[Any]) -> list[str]:
    if len(counts) <= MOST_ROWS:
        return []
    return [_("Those with most projects: the first %(num)d are shown", num=MOST_ROWS)]


def _projects(involved: Sequence[Involvement]) -> Any:
    return lines(list({row.project_id: record_link(row.project) for row in involved}.values()))


def _roles(involved: Sequence[Involvement]) -> Any:
    return lines(list(dict.fromkeys(str(row.role.label) for row in involved)))


def _sums(involved: Sequence[Involvement]) -> Any:
    sums: dict[str | None, Decimal] = defaultdict(Decimal)
    for row in involved:
        if row.amount is not None:
            sums[row.project.currency] += row.amount
    locale = locale_code()
    return lines([format_money(amount, currency, locale) for currency, amount in sums.items()])


def over_time() -> dict[str, Any]:
    """Return what the page of times shows: all projects one below the other."""
    projects = db.session.scalars(queries.over_time()).all()
    kind = registry.kinds["project"]
    day = today()
    running = sum(1 for each in projects if cells.is_running(each, day))
    spans = [
        Span(
            each.acronym or each.name,
            each.starts,
            each.ends,
            kind.url(each),
            tone="" if cells.is_running(each, day) else "quiet",
        )
        for each in projects
    ]
    undated = sum(1 for each in projects if not (each.starts or each.ends))
    notes = [_("A pale end means that the day is not known.")]
    if undated:
        notes.append(
            _n(
                "%(num)d project without dates stands in the table alone.",
                "%(num)d projects without dates stand in the table alone.",
                undated,
            )
        )
    return _page(
        "projects.over_time",
        _("Projects over time"),
        columns=[HeaderCell(_("Name")), HeaderCell(_("Dates")), HeaderCell(_("Status"))],
        rows=[
            Row([record_link(each), cells.dates(each), cells.status_chip(each)])
            for each in projects
        ],
        timeline=timeline(
            _n("%(num)d project under way", "%(num)d projects under way", running),
            spans,
            today=day,
        ),
        notes=notes if projects else [],
        empty=_("No project yet."),
    )


def of_project(project: Project) -> dict[str, Any]:
    """Return what the page of a project's times shows: its work, and what is due."""
    work = db.session.scalars(queries.work_of(project)).all()
    outputs = [each for each in db.session.scalars(queries.outputs_of(project)) if each.due]
    spans = [Span(_("The whole project"), project.starts, project.ends, tone="quiet")]
    spans += [_span_of(item) for item in work]
    spans += [_due_span(each) for each in outputs]
    open_work = sum(1 for each in work if each.state in (WorkState.PLANNED, WorkState.IN_WORK))
    return {
        "record": project,
        "breadcrumb": NavEntry(project.title, registry.kind_of(project).url(project), False),
        "title": _("%(what)s – %(title)s", what=_("Timeline"), title=project.title),
        "tabs": (),
        "map": None,
        "timeline": timeline(
            _n("%(num)d piece of work is open", "%(num)d pieces of work are open", open_work),
            spans,
            today=today(),
        ),
        "columns": [
            HeaderCell(_("Title")),
            HeaderCell(_("Lead")),
            HeaderCell(_("Start")),
            HeaderCell(_("Due")),
            HeaderCell(_("State")),
        ],
        "rows": [
            *(
                Row(
                    [
                        cells.work_title(item),
                        record_link(item.lead),
                        item.starts,
                        cells.deadline(item, item.done_on),
                        cells.work_state(item),
                    ]
                )
                for item in work
            ),
            *(
                Row(
                    [
                        cells.output_title(each),
                        record_link(each.lead),
                        None,
                        cells.deadline(each, each.delivered_on),
                        cells.output_state(each),
                    ]
                )
                for each in outputs
            ),
        ],
        "notes": [_("A pale end means that the day is not known.")] if work else [],
        "empty": _("No work package, milestone or deliverable noted yet"),
    }


def _span_of(item: WorkItem) -> Span:
    is_moment = item.kind is WorkKind.MILESTONE
    tone = "quiet" if item.state is WorkState.DROPPED else ""
    if is_moment:
        return Span(item.label, None, item.done_on or item.due, tone="moment", is_moment=True)
    return Span(item.label, item.starts, item.due, tone=tone)


def _due_span(output: Output) -> Span:
    return Span(
        output.label, None, output.delivered_on or output.due, tone="moment", is_moment=True
    )

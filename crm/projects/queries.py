"""Questions about projects. Each returns a statement; the caller fetches."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased, contains_eager, selectinload, with_expression

from crm.core.partial_date import PartialDate
from crm.organisations.models import Organisation
from crm.projects.models import (
    Involvement,
    InvolvementRole,
    Output,
    Project,
    ProjectCountry,
    ProjectStatus,
    ProjectTheme,
    SizeFact,
    WorkItem,
    WorkKind,
)
from crm.records.models import Record

_PROJECTS: Any = Project.__table__


def listed() -> Select[Project]:
    """Return projects with what the list shows of each."""
    return select(Project).options(
        selectinload(Project.involvements).selectinload(Involvement.organisation)
    )


def involving(organisation_id: int) -> ColumnElement[bool]:
    """Tell whether an organisation takes part in a project."""
    other = aliased(Involvement)
    return exists().where(other.project_id == Project.id, other.organisation_id == organisation_id)


def takes_part_in(project_id: int) -> ColumnElement[bool]:
    """Tell whether an organisation takes part in a project."""
    other = aliased(Involvement)
    return exists().where(other.organisation_id == Organisation.id, other.project_id == project_id)


def funded_by(organisation_id: int) -> ColumnElement[bool]:
    """Tell whether an organisation funds a project."""
    other = aliased(Involvement)
    return exists().where(
        other.project_id == Project.id,
        other.organisation_id == organisation_id,
        other.role == InvolvementRole.FUNDER,
    )


def working_in(country: str) -> ColumnElement[bool]:
    """Tell whether a project works in a country; for which its partners stand is another thing."""
    other = aliased(ProjectCountry)
    return exists().where(other.project_id == Project.id, other.country == country)


def involvements_in(record: Record) -> Select[Involvement]:
    """Return who takes part in a project, the coordinators first and the funders last."""
    return (
        select(Involvement)
        .join(Involvement.organisation)
        .where(Involvement.project_id == record.id)
        .options(contains_eager(Involvement.organisation))
        .order_by(
            Involvement.role != InvolvementRole.COORDINATOR,
            Involvement.role == InvolvementRole.FUNDER,
            Organisation.sort_key,
            Involvement.id,
        )
    )


def involvements_of(record: Record) -> Select[Involvement]:
    """Return the projects an organisation takes part in, those going on first."""
    return (
        select(Involvement)
        .join(Involvement.project)
        .where(Involvement.organisation_id == record.id)
        .options(
            with_expression(Involvement.is_shared, Involvement.project_id.in_(_ours())),
            contains_eager(Involvement.project),
        )
        .order_by(
            Project.status != ProjectStatus.CURRENT,
            Project.status == ProjectStatus.PAST,
            Project.starts.desc().nulls_last(),
            Project.sort_key,
            Involvement.id,
        )
    )


def projects_of(organisation_id: int, status: ProjectStatus | None = None) -> Select[Project]:
    """Return the projects of an organisation, of one status if asked."""
    query = select(Project).where(involving(organisation_id)).order_by(Project.sort_key)
    return query.where(Project.status == status) if status is not None else query


def joint_projects(one_id: int, other_id: int) -> Select[Project]:
    """Return the projects in which both take part."""
    return projects_of(one_id).where(involving(other_id))


def joint_with_many(one_id: int, other_ids: list[int]) -> Select[int, Involvement]:
    """Return (other id, involvement) for the projects one has with each of the others."""
    return (
        select(Involvement.organisation_id, Involvement)
        .join(Involvement.project)
        .where(Involvement.organisation_id.in_(other_ids), involving(one_id))
        .options(selectinload(Involvement.project))
        .order_by(Project.sort_key, Involvement.id)
    )


def countries_of(record: Record) -> Select[ProjectCountry]:
    """Return where a project works."""
    return (
        select(ProjectCountry)
        .where(ProjectCountry.project_id == record.id)
        .order_by(ProjectCountry.country, ProjectCountry.city.nulls_first(), ProjectCountry.id)
    )


def sizes_of(record: Record) -> Select[SizeFact]:
    """Return how large a project is."""
    return select(SizeFact).where(SizeFact.project_id == record.id).order_by(SizeFact.id)


def themes_of(record: Record) -> Select[ProjectTheme]:
    """Return the themes of a project."""
    return (
        select(ProjectTheme)
        .where(ProjectTheme.project_id == record.id)
        .order_by(ProjectTheme.theme)
    )


def outputs_of(record: Record) -> Select[Output]:
    """Return what a project or declaration produces."""
    return (
        select(Output)
        .where(Output.record_id == record.id)
        .options(selectinload(Output.lead), selectinload(Output.work))
        .order_by(
            Output.published.desc().nulls_last(),
            Output.due.nulls_last(),
            Output.title,
            Output.id,
        )
    )


def work_of(record: Record) -> Select[WorkItem]:
    """Return how the work of a project is cut: in the order of its numbers, then of its dates."""
    return (
        select(WorkItem)
        .where(WorkItem.project_id == record.id)
        .options(selectinload(WorkItem.lead), selectinload(WorkItem.within))
        .order_by(
            WorkItem.kind == WorkKind.MILESTONE,
            func.length(WorkItem.number),
            WorkItem.number,
            WorkItem.due.nulls_last(),
            WorkItem.id,
        )
    )


def packages_of(record: Record) -> Select[WorkItem]:
    """Return the work packages of a project."""
    return work_of(record).where(WorkItem.kind == WorkKind.PACKAGE)


def within(work_id: int) -> Select[WorkItem]:
    """Return what belongs to a work package."""
    return select(WorkItem).where(WorkItem.within_id == work_id)


def coming_out_of(work_id: int) -> Select[Output]:
    """Return the outputs of a piece of work."""
    return select(Output).where(Output.work_id == work_id)


def involvement(involvement_id: int) -> Select[Involvement]:
    """Return an involvement with what it names."""
    return (
        select(Involvement)
        .where(Involvement.id == involvement_id)
        .options(selectinload(Involvement.project), selectinload(Involvement.organisation))
    )


def moments_of(record: Record) -> Select[int, PartialDate | None]:
    """Return the projects of an organisation and when they began."""
    return (
        select(Involvement.project_id, _PROJECTS.c.starts)
        .join(_PROJECTS, _PROJECTS.c.id == Involvement.project_id)
        .where(Involvement.organisation_id == record.id, _PROJECTS.c.starts.is_not(None))
    )


def places() -> Select[str, str | None, int]:
    """Return (country, city, project id) of where projects work."""
    return select(ProjectCountry.country, ProjectCountry.city, ProjectCountry.project_id).distinct()


def representatives() -> Select[str | None, int]:
    """Return (country, organisation id) of those who stand for a country in a project."""
    return (
        select(Involvement.country, Involvement.organisation_id)
        .where(Involvement.country.is_not(None))
        .distinct()
    )


def with_ids(project_ids: Iterable[int]) -> Select[Project]:
    """Return projects by their ids, by name."""
    return select(Project).where(Project.id.in_(list(project_ids))).order_by(Project.sort_key)


def partners_by_projects(*, are_funders: bool) -> Select[int, int]:
    """Return (organisation id, number of projects): who funds most, or takes part in most.

    Ourselves are left out: every project is ours.
    """
    role = Involvement.role == InvolvementRole.FUNDER
    count = func.count(Involvement.project_id.distinct())
    return (
        select(Involvement.organisation_id, count)
        .join(Organisation, Organisation.id == Involvement.organisation_id)
        .where(role if are_funders else ~role, Organisation.is_us.is_(False))
        .group_by(Involvement.organisation_id, Organisation.sort_key)
        .order_by(count.desc(), Organisation.sort_key, Involvement.organisation_id)
    )


def involvements_by(organisation_ids: Iterable[int], *, are_funders: bool) -> Select[Involvement]:
    """Return the involvements of organisations, with their projects."""
    role = Involvement.role == InvolvementRole.FUNDER
    return (
        select(Involvement)
        .join(Involvement.project)
        .where(
            Involvement.organisation_id.in_(list(organisation_ids)),
            role if are_funders else ~role,
        )
        .options(selectinload(Involvement.project), selectinload(Involvement.organisation))
        .order_by(Project.sort_key, Involvement.id)
    )


def over_time() -> Select[Project]:
    """Return projects by their start, those without one last."""
    return select(Project).order_by(
        Project.starts.nulls_last(), Project.ends.nulls_last(), Project.sort_key
    )


def _ours() -> Select[int]:
    """Return the ids of the projects in which we take part."""
    ours, us = aliased(Involvement), aliased(Organisation, flat=True)
    return select(ours.project_id).join(us, us.id == ours.organisation_id).where(us.is_us)


def shared_with_us(us_id: int, day: date) -> Select[int, int]:
    """Return (organisation id, project id) of those with whom we run or have run projects."""
    ours = aliased(Involvement)
    return select(Involvement.organisation_id, Involvement.project_id).where(
        Involvement.organisation_id != us_id,
        Involvement.project_id.in_(select(ours.project_id).where(ours.organisation_id == us_id)),
    )

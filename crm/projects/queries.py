"""Questions about projects. Each returns a statement; the caller fetches."""

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import aliased, selectinload

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
)
from crm.records.models import Record


def listed() -> Select[Project]:
    """Return projects with what the list shows of each."""
    return select(Project).options(
        selectinload(Project.involvements).selectinload(Involvement.organisation)
    )


def involving(organisation_id: int) -> ColumnElement[bool]:
    """Tell whether an organisation takes part in a project."""
    other = aliased(Involvement)
    return exists().where(other.project_id == Project.id, other.organisation_id == organisation_id)


def working_in(country: str) -> ColumnElement[bool]:
    """Tell whether a project works in a country."""
    other = aliased(ProjectCountry)
    return exists().where(other.project_id == Project.id, other.country == country)


def involvements_in(record: Record) -> Select[Involvement]:
    """Return who takes part in a project, the coordinators first and the funders last."""
    return (
        select(Involvement)
        .join(Involvement.organisation)
        .where(Involvement.project_id == record.id)
        .options(selectinload(Involvement.organisation))
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
        .options(selectinload(Involvement.project))
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
        .options(selectinload(Output.lead))
        .order_by(Output.published.desc().nulls_last(), Output.title, Output.id)
    )


def moments_of(record: Record) -> Select[int, PartialDate | None]:
    """Return the projects of an organisation and when they began."""
    return (
        select(Involvement.project_id, Project.starts)
        .join(Project, Project.id == Involvement.project_id)
        .where(Involvement.organisation_id == record.id, Project.starts.is_not(None))
    )

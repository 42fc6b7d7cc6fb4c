"""The status of a project: by its dates where it has some, else as somebody stated last."""

from datetime import date, timedelta

from crm.core.i18n import _l
from crm.projects.models import Project, ProjectStatus
from crm.statuses.book import status_of
from crm.statuses.engine import Facts
from crm.statuses.subjects import StatusSubject

SUBJECT = StatusSubject(
    name="project",
    statuses=ProjectStatus,
    events={"start": _l("the first day of the project"), "end": _l("the day after its end")},
    conditions={
        "has_start": _l("the start is known"),
        "has_end": _l("the end is known"),
        "stated_planned": _l("it was stated as planned"),
        "stated_current": _l("it was stated as current"),
        "stated_past": _l("it was stated as past"),
    },
)


def status_on(project: Project, day: date) -> ProjectStatus:
    """Return how a project stands on a day."""
    return ProjectStatus(status_of(SUBJECT.name, facts_of(project), day))


def facts_of(project: Project) -> Facts:
    """Return what the rules ask of a project."""
    events = {}
    conditions = {f"stated_{project.status.value}"}
    if project.starts is not None:
        events["start"] = project.starts.first_day
        conditions.add("has_start")
    if project.ends is not None:
        events["end"] = project.ends.last_day + timedelta(days=1)
        conditions.add("has_end")
    return Facts(events, frozenset(conditions))


def is_overdue(project: Project, day: date) -> bool:
    """Tell whether a project is stated as current after its end (R-8.8)."""
    return project.status is ProjectStatus.CURRENT and status_on(project, day) is ProjectStatus.PAST

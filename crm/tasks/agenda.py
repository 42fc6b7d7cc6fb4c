"""What tasks put into people's calendars and daily mails."""

from collections.abc import Iterator
from datetime import date

from crm.core.db import db
from crm.core.i18n import _
from crm.core.partial_date import PartialDate, Precision
from crm.documents.ics import CalendarEvent
from crm.records.agenda import DigestLine, DigestSection
from crm.tasks import queries
from crm.tasks.models import Task


def events(user_id: int) -> Iterator[CalendarEvent]:
    """Return somebody's open tasks that are due on a day.

    What is due in a month or a year is left out: a day would be made up.
    """
    for task in db.session.scalars(queries.open_for(user_id)):
        if task.due is None or task.due.precision is not Precision.DAY:
            continue
        yield CalendarEvent(
            uid=f"task-{task.id}",
            start=task.due.first_day,
            summary=task.title,
            url=_page(task),
            modified=task.updated_at,
            description=task.subject.title if task.subject else "",
            sequence=task.version,
        )


def due(user_id: int, day: date) -> DigestSection:
    """Return somebody's open tasks that are due by a day, the most urgent first."""
    lines = [
        DigestLine(
            text=f"{task.title} · {task.subject.title}" if task.subject else task.title,
            url=_page(task),
            due=task.due.last_day,
            is_late=task.due.last_day < day,
        )
        for task in db.session.scalars(queries.open_for(user_id, until=PartialDate.of(day)))
        if task.due is not None and task.due.last_day <= day
    ]
    return DigestSection(_("Tasks"), lines)


def _page(task: Task) -> str:
    return f"/records/{task.id}"

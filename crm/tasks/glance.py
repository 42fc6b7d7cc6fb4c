"""What is still to be done with a record, at the top of its page."""

from collections.abc import Sequence

from crm.core.i18n import _l
from crm.records.kinds import Glance, GlanceLine, Loaded, record_link
from crm.records.models import Record
from crm.tasks.models import Task
from crm.web.templating import locale_code

MOST_TASKS = 3


def _open(record: Record, loaded: Loaded) -> Sequence[GlanceLine]:
    """Return the most urgent open tasks: the panel has them first."""
    tasks = [each for each in loaded.rows.get("tasks", ()) if each.done_on is None]
    return [GlanceLine(record_link(task), _detail(task)) for task in tasks[:MOST_TASKS]]


def _detail(task: Task) -> str:
    parts = (
        task.due.format(locale_code(), "dense") if task.due else None,
        task.assignee.name if task.assignee else None,
    )
    return " · ".join(part for part in parts if part)


GLANCES = (
    Glance("tasks", _l("To be done"), ("organisation", "person"), _open, order=15, panel="tasks"),
)

"""Everything that changes a task. No service commits."""

from datetime import date, timedelta
from typing import Any

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import LAST_YEAR, PartialDate
from crm.core.principal import principal_of
from crm.records import services
from crm.records.models import Record
from crm.tasks.models import Task

WEEK = timedelta(days=7)


def create_task(**values: Any) -> Task:
    """Add a task; without a name given it is for whoever adds it."""
    if values.get("assignee_id") is None:
        principal = principal_of(db.session)
        values["assignee_id"] = principal.user_id if principal else None
    return services.create_record(Task, **values)


def change_task(task: Task, version: int, **values: Any) -> Task:
    """Change a task."""
    if values.get("subject_id") is not None and values["subject_id"] == task.id:
        raise InvalidValue("subject_id", _("A task cannot be about itself. Choose another record"))
    return services.change_record(task, version, **values)


def add_about(
    record: Record, *, name: str, due: str | None = None, assignee_id: int | None = None
) -> bool:
    """Add a task about a record, one of several that get the same.

    :param due: the partial date as ISO 8601 text.
    """
    day = PartialDate.parse_iso(due) if due else None
    create_task(name=name, due=day, assignee_id=assignee_id, subject_id=record.id)
    return True


def assign(task: Task, *, assignee_id: int | None) -> bool:
    """Say who does a task.

    :returns: whether that was news.
    """
    if task.assignee_id == assignee_id:
        return False
    task.assignee_id = assignee_id
    db.session.flush()
    return True


def postpone(task: Task, *, due: PartialDate) -> Task:
    """Let a task wait until a later date.

    :raises InvalidValue: at ``due`` when that date has passed.
    """
    if due.last_day < today():
        raise InvalidValue("due", _("Enter a date to come"))
    task.due = due
    db.session.flush()
    return task


def a_week_later(task: Task) -> PartialDate:
    """Return the date a week after a task is due, or after today where that has passed."""
    due = task.due.last_day if task.due is not None else today()
    last = date(LAST_YEAR, 12, 31)
    return PartialDate.of(min(max(due, today()), last - WEEK) + WEEK)


def finish_if_open(task: Task) -> bool:
    """Note that a task is done.

    :returns: whether that was news.
    """
    was_open = task.done_on is None
    finish(task)
    return was_open


def finish(task: Task) -> Task:
    """Note that a task is done."""
    if task.done_on is None:
        task.done_on = today()
        db.session.flush()
    return task


def reopen(task: Task) -> Task:
    """Note that a task is not done after all."""
    task.done_on = None
    db.session.flush()
    return task

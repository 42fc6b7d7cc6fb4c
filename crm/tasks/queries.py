"""Questions about tasks. Each returns a statement; the caller fetches."""

from sqlalchemy import ScalarSelect, Select, or_, select
from sqlalchemy.orm import joinedload

from crm.accounts.models import User
from crm.core.partial_date import PartialDate
from crm.records.models import Record
from crm.tasks.models import Task


def listed() -> Select[Task]:
    """Return tasks with what the list shows of each."""
    return select(Task).options(
        joinedload(Task.assignee), joinedload(Task.subject), joinedload(Task.origin)
    )


def name_of_assignee() -> ScalarSelect[str]:
    """Return the name of the colleague who does a task."""
    return select(User.name).where(User.id == Task.assignee_id).scalar_subquery()


def tasks_of(record: Record) -> Select[Task]:
    """Return the tasks about a record or agreed there, the open ones first."""
    return (
        listed()
        .where(or_(Task.subject_id == record.id, Task.origin_id == record.id))
        .order_by(Task.done_on.is_not(None), Task.due.is_(None), Task.due, Task.id)
    )


def open_about(record_ids: list[int]) -> Select[Task]:
    """Return the open tasks about these records, the most urgent first."""
    return (
        listed()
        .where(Task.subject_id.in_(record_ids), Task.done_on.is_(None))
        .order_by(Task.due.is_(None), Task.due, Task.id)
    )


def open_for(user_id: int | None, until: PartialDate | None = None) -> Select[Task]:
    """Return somebody's open tasks, the most urgent first; everybody's for None."""
    query = listed().where(Task.done_on.is_(None))
    if user_id is not None:
        query = query.where(Task.assignee_id == user_id)
    if until is not None:
        query = query.where(Task.due <= until)
    return query.order_by(Task.due.is_(None), Task.due, Task.id)

"""What tasks add to Passerelle."""

from typing import Any

from flask import url_for
from flask_login import current_user
from sqlalchemy.orm import joinedload

from crm.core.clock import today
from crm.core.features import Feature, NavItem
from crm.core.i18n import _, _l
from crm.permissions import Permission
from crm.records.asof import done_by
from crm.records.filed import Stored, as_shown
from crm.records.filters import date_filter, owner_filter, record_filter
from crm.records.holding import Holding
from crm.records.kinds import (
    BulkAction,
    Column,
    Filter,
    HomeBlock,
    Panel,
    RecordKind,
    record_link,
    registry,
)
from crm.records.models import Record
from crm.tasks import agenda, forms, glance, packing, queries, services
from crm.tasks.models import Task
from crm.tasks.views import add_routes
from crm.web.cells import Action, Chip
from crm.web.templating import shown


def state_chip(task: Task) -> Chip:
    """Return whether a task is done, late or open, as a chip."""
    if task.done_on is not None:
        return Chip(_("Done"), "ok", "●")
    if task.due is not None and task.due.last_day < today():
        return Chip(_("Late"), "danger", "▲")
    return Chip(_("Open"), "info", "◐")


def _assignee(task: Task) -> str | None:
    return task.assignee.name if task.assignee else None


def _actions(task: Task) -> list[Action]:
    if not current_user.can(Permission.INTERACTIONS_EDIT):
        return []
    kind = registry.kind_of(task)
    if task.done_on is not None:
        return [Action(_("Not done after all"), kind.url(task, "reopen"), "post")]
    return [
        Action(_("Done"), kind.url(task, "done"), "post"),
        Action(_("Postpone"), kind.url(task, "postpone")),
    ]


def _facts(task: Task) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("About"), record_link(task.subject)),
        (_("Comes from"), record_link(task.origin)),
        (_("Due"), task.due),
        (_("Who does it"), _assignee(task)),
        (_("Done on"), task.done_on),
        (_("Outcome"), task.outcome),
    ]
    return [(label, value) for label, value in facts if value]


def _add(record: Record) -> list[Action]:
    if record.deleted_at is not None or not current_user.can(Permission.INTERACTIONS_EDIT):
        return []
    return [Action(_("Add a task"), url_for("tasks.create", subject_id=record.id))]


def _state_where(value: str) -> Any:
    if value not in ("open", "done"):
        raise ValueError("not a state")
    return Task.done_on.is_(None) if value == "open" else Task.done_on.is_not(None)


TASK = RecordKind(
    name="task",
    path="tasks",
    model=Task,
    label=_l("Task"),
    label_plural=_l("Tasks"),
    add_label=_l("Add a task"),
    form=forms.TaskForm,
    query=queries.listed,
    create=services.create_task,
    change=services.change_task,
    edit_permission=Permission.INTERACTIONS_EDIT,
    facts=_facts,
    summary=lambda task: [
        state_chip(task),
        _("due %(when)s", when=shown(task.due)) if task.due else None,
        _assignee(task),
    ],
    actions=_actions,
    needs=(joinedload(Task.subject), joinedload(Task.origin), joinedload(Task.assignee)),
    default_sort="due",
    columns=(
        Column(
            "title",
            _l("What is to be done"),
            record_link,
            sort=Record.sort_key,
            filed=Stored("title"),
            field="name",
        ),
        Column("state", _l("State"), state_chip),
        Column(
            "due",
            _l("Due"),
            lambda row: row.due,
            sort=Task.due,
            filed=Stored("due", as_shown),
            field="due",
        ),
        Column(
            "assignee",
            _l("Who does it"),
            _assignee,
            filed=Stored(queries.name_of_assignee()),
            field="assignee_id",
        ),
        Column("subject", _l("About"), lambda row: record_link(row.subject)),
    ),
    filters=(
        Filter(
            "state",
            _l("State"),
            where=_state_where,
            choices=lambda: [("open", _("Open")), ("done", _("Done"))],
            is_closed=True,
            pinned=True,
        ),
        owner_filter("assignee", _l("Who does it"), Task.assignee_id, pinned=True),
        record_filter("about", _l("About"), lambda record_id: Task.subject_id == record_id),
        date_filter("before", _l("Due before"), Task.due, before=True),
    ),
    empty=_l("Nothing to do."),
)


BULK_ACTIONS = (
    BulkAction(
        "task",
        _l("Add a task about each"),
        kinds=(*forms.ABOUT, "network"),
        permission=Permission.INTERACTIONS_EDIT,
        form=forms.TasksForm,
        apply=services.add_about,
        order=40,
    ),
    BulkAction(
        "assign",
        _l("Say who does them"),
        kinds=("task",),
        permission=Permission.RECORDS_BULK,
        form=forms.AssigneeForm,
        apply=services.assign,
        order=10,
    ),
    BulkAction(
        "finish",
        _l("Mark as done"),
        kinds=("task",),
        permission=Permission.INTERACTIONS_EDIT,
        form=forms.DoneForm,
        apply=services.finish_if_open,
        order=20,
    ),
)

FEATURE = Feature(
    name="tasks",
    holdings=(
        Holding(
            "tasks",
            _l("Tasks"),
            Task.assignee_id,
            counts=lambda: Task.done_on.is_(None),
            url=lambda user_id: url_for("tasks.index", assignee=user_id, state="open"),
        ),
    ),
    glances=glance.GLANCES,
    bulk_actions=BULK_ACTIONS,
    pack_tables=packing.TABLES,
    calendar=(agenda.events,),
    digest=(agenda.due,),
    kinds=(TASK,),
    nav=(NavItem(_l("Tasks"), "tasks.index", order=80, group="more"),),
    routes=(("task", add_routes),),
    home=(
        HomeBlock(
            key="tasks",
            title=_l("Tasks"),
            query=queries.open_for,
            order=10,
            columns=(
                Column("title", _l("What is to be done"), record_link),
                Column("state", _l("State"), state_chip),
                Column("due", _l("Due"), lambda row: row.due),
                Column("subject", _l("About"), lambda row: record_link(row.subject)),
                Column("assignee", _l("Who does it"), _assignee),
            ),
            empty=_l("No open task"),
            more_url=lambda user_id: url_for("tasks.index", assignee=user_id, state="open"),
            row_actions=_actions,
        ),
    ),
    panels=(
        Panel(
            key="tasks",
            title=_l("To do"),
            on=forms.ABOUT,
            query=queries.tasks_of,
            on_day=done_by(Task.done_on),
            order=5,
            limit=10,
            actions=_add,
            columns=(
                Column("title", _l("What is to be done"), record_link),
                Column("state", _l("State"), state_chip),
                Column("due", _l("Due"), lambda row: row.due),
                Column("assignee", _l("Who does it"), _assignee),
            ),
        ),
    ),
)

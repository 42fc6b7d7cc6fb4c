"""What people may enter about tasks."""

from wtforms import StringField
from wtforms.validators import DataRequired

from crm.core.i18n import _l
from crm.records.fields import Needed, PartialDateField, RecordField, UserField
from crm.records.forms import RecordForm
from crm.tasks.models import Task
from crm.web.form import EntryForm

ABOUT = ("organisation", "person", "meeting", "interaction", "declaration", "project")
"""What a task may be about. Not a task: one sees only two records far who is hidden."""


ORIGINS = ("meeting", "interaction")


class TasksForm(EntryForm):
    """The same task about each of several records."""

    model = Task

    name = StringField(validators=[DataRequired(_l("Enter what is to be done"))])
    due = PartialDateField()
    assignee_id = UserField()


class AssigneeForm(EntryForm):
    """Who does several tasks."""

    model = Task

    assignee_id = UserField(validators=[Needed(_l("Choose somebody of the team"))])


class DoneForm(EntryForm):
    """The button that says so of several tasks."""


class PostponeForm(EntryForm):
    """Until when a task can wait."""

    model = Task

    due = PartialDateField(validators=[Needed(_l("Enter until when it can wait"))])


class TaskForm(RecordForm):
    """A task."""

    model = Task
    groups = ((_l("Confidentiality"), ("visibility", "reader_ids")),)

    name = StringField(validators=[DataRequired(_l("Enter what is to be done"))])
    due = PartialDateField()
    assignee_id = UserField()
    subject_id = RecordField(kinds=ABOUT)
    origin_id = RecordField(kinds=ORIGINS)
    outcome = StringField()

"""The form of what follows a meeting: texts, who was there, lines of commitments and tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import Field, SelectChoice, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from crm.commitments.models import Commitment, Debtor
from crm.core.i18n import _, _l
from crm.debriefs.services import Debrief, Row
from crm.meetings.models import Attendance, Meeting
from crm.records.fields import (
    ChoiceField,
    PartialDateField,
    RecordField,
    RecordsField,
    UserField,
    optional_id,
)
from crm.tasks.models import Task
from crm.web.form import EntryForm, TooLong

FEWEST_LINES, MOST_LINES, MORE = 2, 60, 3
FOLLOW_UP = ">"
"""A line of the minutes that begins so is offered as a task."""


class DebriefForm(EntryForm):
    """What is noted after a meeting, besides the lines."""

    model = Meeting

    present = SelectMultipleField(
        _l("Who was there"),
        coerce=int,
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        description=_l("Those who were expected. Whoever you do not tick stays as noted."),
    )
    also_ids = RecordsField(
        _l("Also there"),
        kinds=["person", "organisation"],
        description=_l("People and organisations, separated by semicolons"),
    )
    note = TextAreaField(
        _l("Note for everyone present"),
        description=_l("Kept as an exchange with each of them. Record work facts only."),
    )
    minutes = TextAreaField(
        description=_l("A line that begins with > can be made a task, see below"),
    )
    decisions = TextAreaField()
    each_name = StringField(
        _l("What is to be done with each of them"),
        validators=[TooLong(max=Task.name.type.length)],
        description=_l("For instance: send thanks with the points agreed"),
    )
    each_due = PartialDateField(_l("Until when"))
    each_assignee_id = UserField(_l("By whom"), description=_l("You, if you leave it empty"))

    def offer(self, awaited: Sequence[Attendance]) -> None:
        """Offer those who were expected."""
        self.present.choices = [SelectChoice(each.id, _name(each)) for each in awaited]
        if not awaited:
            del self.present


def _name(attendance: Attendance) -> str:
    named = (attendance.person, attendance.organisation)
    return " · ".join(record.title for record in named if record is not None)


COMMITMENT_FIELDS = ("name", "debtor", "organisation_id", "due", "owner_id")
TASK_FIELDS = ("name", "subject_id", "due", "assignee_id")


def _commitment_line(number: int) -> dict[str, Any]:
    name = f"commitment_{number}"
    return {
        f"{name}_name": StringField(
            _("What is owed"), validators=[TooLong(max=Commitment.name.type.length)]
        ),
        f"{name}_debtor": ChoiceField(_("Who owes it"), kind=Debtor, default=Debtor.US),
        f"{name}_organisation_id": RecordField(_("Partner"), kinds=["organisation"]),
        f"{name}_due": PartialDateField(_("Due")),
        f"{name}_owner_id": UserField(_("Who follows it")),
    }


def _task_line(number: int) -> dict[str, Any]:
    name = f"task_{number}"
    return {
        f"{name}_name": StringField(
            _("What is to be done"), validators=[TooLong(max=Task.name.type.length)]
        ),
        f"{name}_subject_id": RecordField(_("Partner"), kinds=["organisation", "person"]),
        f"{name}_due": PartialDateField(_("Due")),
        f"{name}_assignee_id": UserField(_("Who does it")),
    }


@dataclass(frozen=True)
class Line:
    """A line of the form, as the template draws it."""

    number: int
    fields: Sequence[Field]


def debrief_form(asked: Mapping[str, str]) -> type[DebriefForm]:
    """Return the form with as many lines as were asked for.

    :param asked: what was sent so far.
    """
    fields: dict[str, Any] = {}
    for number in range(_count(asked, "commitments")):
        fields.update(_commitment_line(number))
    for number in range(_count(asked, "tasks")):
        fields.update(_task_line(number))
    return type("LinedDebriefForm", (DebriefForm,), fields)


def _count(asked: Mapping[str, str], kind: str) -> int:
    """Return how many lines there are, with room for those that are to be added."""
    count = optional_id(asked.get(f"{kind}_lines")) or FEWEST_LINES
    if asked.get("step") == f"more-{kind}":
        count += MORE
    if kind == "tasks" and asked.get("step") == "propose":
        count += len(follow_ups(asked.get("minutes") or ""))
    return min(max(count, FEWEST_LINES), MOST_LINES)


def follow_ups(minutes: str) -> list[str]:
    """Return the lines of the minutes that ask for something to be done."""
    lines = [line.strip() for line in minutes.splitlines()]
    found = [line.removeprefix(FOLLOW_UP).strip() for line in lines if line.startswith(FOLLOW_UP)]
    return [line for line in found if line][:MOST_LINES]


def propose(form: DebriefForm) -> None:
    """Put the follow-ups of the minutes into lines that are free, each once."""
    lines = lines_of(form, "task", TASK_FIELDS)
    known = {line.fields[0].data for line in lines}
    wanted = [text for text in follow_ups(form.minutes.data or "") if text not in known]
    free = [line for line in lines if not line.fields[0].data]
    for line, text in zip(free, wanted, strict=False):
        line.fields[0].data = text[: Task.name.type.length]


def lines_of(form: DebriefForm, kind: str, names: Sequence[str]) -> list[Line]:
    """Return the lines of a kind, each with its fields."""
    lines: list[Line] = []
    while f"{kind}_{len(lines)}_{names[0]}" in form:
        number = len(lines)
        lines.append(Line(number, [form[f"{kind}_{number}_{name}"] for name in names]))
    return lines


def debrief_of(form: DebriefForm) -> Debrief:
    """Return what was entered."""
    return Debrief(
        texts={"minutes": form.minutes.data, "decisions": form.decisions.data},
        present_ids=form.present.data if "present" in form else (),
        also_ids=form.also_ids.data,
        note=form.note.data,
        commitments=_entered(form, "commitment", COMMITMENT_FIELDS),
        tasks=_entered(form, "task", TASK_FIELDS),
        each={
            "name": form.each_name.data,
            "due": form.each_due.data,
            "assignee_id": form.each_assignee_id.data,
        },
    )


def _entered(form: DebriefForm, kind: str, names: Sequence[str]) -> dict[int, Row]:
    """Return the lines on which something stands."""
    return {
        line.number: {name: field.data for name, field in zip(names, line.fields, strict=True)}
        for line in lines_of(form, kind, names)
        if is_begun(line)
    }


def is_begun(line: Line) -> bool:
    """Tell whether something was entered on a line; who owes it has a default."""
    return any(field.data for field in line.fields if not isinstance(field, ChoiceField))


def check_lines(form: DebriefForm) -> bool:
    """Refuse lines that say when or with whom, but not what, and what is owed to nobody."""
    complaints: list[tuple[Field, str]] = []
    for line in lines_of(form, "commitment", COMMITMENT_FIELDS):
        name, _debtor, partner = line.fields[:3]
        if is_begun(line) and not name.data:
            complaints.append((name, _("Enter what is owed")))
        if is_begun(line) and not partner.data and not partner.errors:
            complaints.append((partner, _("Enter the partner")))
    complaints += [
        (line.fields[0], _("Enter what is to be done"))
        for line in lines_of(form, "task", TASK_FIELDS)
        if is_begun(line) and not line.fields[0].data
    ]
    for field, sentence in complaints:
        field.errors = [*field.errors, sentence]
    return not complaints

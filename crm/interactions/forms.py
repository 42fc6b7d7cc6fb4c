"""The form of an exchange: what it takes to note it in seconds."""

from typing import Any

from wtforms import BooleanField, StringField, TextAreaField

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.interactions import queries
from crm.interactions.models import Interaction, InteractionKind
from crm.interactions.services import FollowUp, longest
from crm.organisations.models import Organisation
from crm.records.fields import (
    ChoiceField,
    PartialDateField,
    RecordsField,
    UserField,
    option,
)
from crm.records.forms import RecordForm
from crm.tasks.models import Task
from crm.web.form import TooLong


class InteractionForm(RecordForm):
    """An exchange."""

    model = Interaction
    extra_fields = (
        "participant_ids",
        "topic_ids",
        "may_create",
        "follow_up",
        "follow_up_due",
        "follow_up_for",
    )
    groups = (
        (_l("Follow-up"), ("follow_up", "follow_up_due", "follow_up_for")),
        (_l("More"), ("subject", "topic_ids")),
        (_l("Confidentiality"), ("visibility", "reader_ids")),
    )

    participant_ids = RecordsField(
        _l("With whom"),
        kinds=["person", "organisation"],
        description=_l("People and organisations, separated by semicolons"),
    )
    may_create = BooleanField(
        _l("Add the people whose name is not known yet"),
    )
    note = TextAreaField()
    interaction_kind = ChoiceField(kind=InteractionKind, default=InteractionKind.CALL)
    happened = PartialDateField(future=False)
    follow_up = StringField(_l("What is to be done"), validators=[TooLong(max=longest(Task.name))])
    follow_up_due = PartialDateField(_l("Until when"))
    follow_up_for = UserField(_l("By whom"), description=_l("You, if you leave it empty"))
    subject = StringField()
    topic_ids = RecordsField(
        _l("About what"),
        kinds=["meeting", "declaration", "project", "organisation"],
        description=_l("A meeting, declaration, project or network"),
    )

    def __init__(self, *args: Any, obj: Interaction | None = None, **kwargs: Any) -> None:
        """Build the form; offer the people contacted last at the organisations named."""
        if obj is not None:
            kwargs["participant_ids"] = [each.record_id for each in obj.participants]
            kwargs["topic_ids"] = [each.record_id for each in obj.topics]
        else:
            kwargs.setdefault("happened", PartialDate.of(today()))
        super().__init__(*args, obj=obj, **kwargs)
        if obj is not None:
            del self.follow_up, self.follow_up_due, self.follow_up_for, self.may_create
        elif not self.is_submitted():
            self._offer()

    def _offer(self) -> None:
        chosen = {each.id for each in self.participant_ids.chosen}
        for record_id in list(chosen):
            organisation = db.session.get(Organisation, record_id)
            if organisation is not None:
                self.participant_ids.candidates += [
                    option(person)
                    for person in db.session.scalars(queries.contacted_people(record_id, today()))
                    if person.id not in chosen
                ]

    def validate(self, extra_validators: Any = None) -> bool:
        """Let names pass that nobody bears yet, if they are to be added."""
        if "may_create" in self and self.may_create.data:
            self.participant_ids.accept_unknown()
        return bool(super().validate(extra_validators))

    def values(self) -> dict[str, Any]:
        """Return what was entered, with the names of the people to add."""
        values = super().values()
        values["participant_ids"] = self._as_named(values["participant_ids"])
        if values.pop("may_create", False):
            values["new_names"] = self.participant_ids.accepted
        if "follow_up" in values:
            values["follow_up"] = FollowUp(
                values["follow_up"], values.pop("follow_up_due"), values.pop("follow_up_for")
            )
        return values

    def _as_named(self, ids: list[int]) -> list[int]:
        """Return those who were ticked in the order of the form, then those who were typed."""
        sent = list(self.participant_ids.raw_data or ())
        ticks = {value: place for place, value in enumerate(sent)}
        return sorted(ids, key=lambda record_id: ticks.get(f"id:{record_id}", len(sent)))

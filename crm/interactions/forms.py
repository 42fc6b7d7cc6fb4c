"""The form of an exchange: what it takes to note it in seconds."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from flask import url_for
from flask_login import current_user
from wtforms import StringField, TextAreaField

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _, _l
from crm.core.partial_date import PartialDate
from crm.interactions import queries
from crm.interactions.models import Interaction, InteractionKind
from crm.interactions.services import FollowUp, longest
from crm.organisations.models import Organisation
from crm.records.fields import (
    ChoiceField,
    Needed,
    PartialDateField,
    RecordsField,
    UserField,
    option,
)
from crm.records.forms import RecordForm
from crm.tasks.models import Task
from crm.web.form import EntryForm, TooLong

LONGEST_NOTE = 100_000
HABIT = timedelta(days=90)
"""For how long the means used last are proposed again."""


class InteractionForm(RecordForm):
    """An exchange."""

    model = Interaction
    extra_fields: ClassVar[Sequence[str]] = (
        "participant_ids",
        "topic_ids",
        "follow_up",
        "follow_up_due",
        "follow_up_for",
    )
    groups: ClassVar[Sequence[tuple[Any, Sequence[str]]]] = (
        (_l("Follow-up"), ("follow_up", "follow_up_due", "follow_up_for")),
        (_l("More"), ("subject", "topic_ids")),
        (_l("Confidentiality"), ("visibility", "reader_ids")),
    )

    participant_ids = RecordsField(
        _l("With whom"),
        kinds=["person", "organisation"],
        creates=["person", "organisation"],
        validators=[Needed(_l("Enter with whom the exchange was"))],
        description=_l("People and organisations, separated by semicolons"),
    )
    note = TextAreaField(validators=[TooLong(max=LONGEST_NOTE)], render_kw={"rows": 6})
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
            del self.follow_up, self.follow_up_due, self.follow_up_for
            self.participant_ids.creates = ()
        else:
            self.participant_ids.offer_url = url_for("interactions.create")

    @property
    def heading(self) -> str:
        """Return the heading of the form of a new exchange: with whom, or about what it was."""
        whom = self.participant_ids.chosen
        if whom:
            return _("Exchange with %(title)s", title=whom[0].label)
        if "topic_ids" in self and self.topic_ids.chosen:
            return _("Exchange about %(title)s", title=self.topic_ids.chosen[0].label)
        return _("Log an exchange")

    @property
    def has_more(self) -> bool:
        """Tell whether something stands in the fields that are folded away."""
        folded = [self[name] for _title, names in self.groups[1:] for name in names]
        return any(field.errors or field.data != field.default for field in folded if field.data)

    def offer(self) -> None:
        """Begin a new exchange with what is likely: where people work, whom one knows there."""
        whom = self.participant_ids
        if not whom.raw_data:  # What came back of a draft is as somebody left it.
            ids = [each.id for each in whom.chosen]
            for employer in db.session.scalars(queries.sole_employers(ids, today())):
                whom.also(employer)
            self.interaction_kind.data = self._kind_used_last() or self.interaction_kind.data
        chosen = {each.id for each in whom.chosen}
        for record_id in list(chosen):
            organisation = db.session.get(Organisation, record_id)
            if organisation is not None:
                whom.candidates += [
                    option(person)
                    for person in db.session.scalars(queries.contacted_people(record_id, today()))
                    if person.id not in chosen
                ]

    @staticmethod
    def _kind_used_last() -> InteractionKind | None:
        kinds = queries.kinds_used(current_user.id, today() - HABIT)
        return db.session.scalar(kinds.limit(1))

    def values(self) -> dict[str, Any]:
        """Return what was entered, with the names of those to add."""
        values = super().values()
        whom = self.participant_ids
        values["participant_ids"] = self._as_named(values["participant_ids"])
        if whom.creates:
            for kind, key in (("person", "new_names"), ("organisation", "new_organisations")):
                values[key] = [new.name for new in whom.added if new.kind == kind]
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


class ShortInteractionForm(EntryForm):
    """An exchange about the record on whose page it is noted: whom, what, how and when."""

    model = Interaction
    extra_fields = ("participant_ids",)

    participant_ids = InteractionForm.participant_ids
    note = InteractionForm.note
    interaction_kind = ChoiceField(kind=InteractionKind, default=InteractionKind.MEETING)
    happened = InteractionForm.happened

    def __init__(self) -> None:
        """Build the form; it is sent to the page of the long one."""
        super().__init__(happened=PartialDate.of(today()))
        self.participant_ids.offer_url = url_for("interactions.create")

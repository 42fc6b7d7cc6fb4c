"""What people may enter about duties."""

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, NumberRange, Optional

from crm.core.db import db
from crm.core.i18n import _, _l
from crm.core.money import USUAL
from crm.core.partial_date import PartialDate
from crm.duties import queries, services
from crm.duties.calendar import LONGEST_TURN
from crm.duties.models import NOTED, AppliesTo, Duty, DutyKind, DutyState, DutyTemplate
from crm.networks.models import Membership
from crm.networks.queries import kinds_of_link
from crm.records.fields import (
    AmountField,
    ChoiceField,
    DayField,
    ListValueField,
    Needed,
    PartialDateField,
    UserField,
    optional_id,
)
from crm.records.models import Record
from crm.web.form import EntryForm, TooLong

_TURN = NumberRange(
    1, LONGEST_TURN, _l("Enter between 1 and %(most)d months: ten years at most", most=LONGEST_TURN)
)


class DutyForm(EntryForm):
    """A duty; the page says the network or project."""

    model = Duty
    groups = (
        (
            _l("Repetition and reminders"),
            ("every_months", "lead_months", "is_weekly_at_end", "covers_since", "covers_until"),
        ),
    )

    name = StringField()
    kind = ChoiceField(kind=DutyKind, default=DutyKind.OTHER)
    membership_id = SelectField(coerce=optional_id)
    due = PartialDateField()
    is_unsure = BooleanField()
    is_on_call = BooleanField()
    is_answered = BooleanField()
    owner_id = UserField()
    deputy_id = UserField()
    every_months = IntegerField(validators=[Optional(), _TURN])
    lead_months = StringField(default="1")
    is_weekly_at_end = BooleanField()
    covers_since = PartialDateField()
    covers_until = PartialDateField()

    def on_page_of(self, record: Record) -> None:
        """Offer our links with the network."""
        links = db.session.scalars(queries.our_links_with(record.id)).all()
        if not links:
            del self.membership_id
            return
        self.membership_id.choices = [
            SelectChoice("", ""),
            *(SelectChoice(link.id, link.kind.label) for link in links),
        ]


class TemplateForm(EntryForm):
    """A template of duties."""

    model = DutyTemplate

    label_fr = StringField(validators=[DataRequired(_l("Enter the label in French"))])
    label_en = StringField(validators=[DataRequired(_l("Enter the label in English"))])
    kind = ChoiceField(kind=DutyKind, default=DutyKind.OTHER)
    applies_to = ChoiceField(kind=AppliesTo, default=AppliesTo.LINK)
    membership_kind_id = ListValueField(values=kinds_of_link, optional=True)
    every_months = IntegerField(validators=[Optional(), _TURN])
    month = IntegerField(
        validators=[Optional(), NumberRange(1, 12, _l("Enter a month from 1 to 12"))]
    )
    day = IntegerField(validators=[Optional(), NumberRange(1, 31, _l("Enter a day from 1 to 31"))])
    counts_from_start = BooleanField()
    lead_months = StringField(default="1")
    is_weekly_at_end = BooleanField()
    is_answered = BooleanField()
    is_unsure = BooleanField()
    position = IntegerField(
        default=100, validators=[NumberRange(0, 100_000, _l("Enter a number from 0 to 100000"))]
    )
    is_active = BooleanField(default=True)


class ProgressForm(EntryForm):
    """How far a duty has come."""

    state = ChoiceField(_l("State"), kind=DutyState)
    on = PartialDateField(_l("On"), future=False, description=_l("When it was sent or done"))
    outcome = StringField(_l("Outcome"), validators=[TooLong(max=300)])
    upload = FileField(_l("Proof"))

    def for_duty(self, duty: Duty) -> None:
        """Offer the states that the duty may go on to."""
        moves = services.moves_from(duty)
        for state in DutyState:
            if state not in moves:
                self.state.offer_not(state)
        if duty.is_answered:
            self.state.choices = [
                SelectChoice(choice.value, str(NOTED))
                if choice.value == DutyState.DONE.value
                else choice
                for choice in self.state.choices
            ]


class ConfirmForm(EntryForm):
    """The date of a duty, confirmed by a person."""

    due = PartialDateField(
        _l("Due"),
        validators=[Needed(_l("Enter when it is due"))],
        description=_l("As the official page of the network says"),
    )


class RenewalForm(EntryForm):
    """The next period of a link, with its fee."""

    since = PartialDateField(_l("From"), validators=[Needed(_l("Enter from when"))])
    until = PartialDateField(_l("Until"), description=_l("Leave empty while it goes on"))
    fee = AmountField(_l("Fee"), validators=[Optional()])
    currency = StringField(_l("Currency"), default=USUAL)
    fee_due = DayField(_l("To be paid by"), validators=[Optional()])
    paid_on = DayField(_l("Paid on"), validators=[Optional()])
    upload = FileField(_l("Proof of payment"))

    def without_fee(self) -> None:
        """Ask for the period alone."""
        for name in ("fee", "currency", "fee_due", "paid_on", "upload"):
            del self[name]


Offer = tuple[DutyTemplate, Membership | None]


def take_over_form(
    offers: Sequence[Offer], proposed: Sequence[PartialDate | None]
) -> type[EntryForm]:
    """Return a form that asks which of these templates become duties, and when each is due."""
    fields: dict[str, Any] = {}
    for (template, _link), due in zip(offers, proposed, strict=True):
        if due is None:
            hint = _("Empty: on call")
        else:
            hint = _("Proposed, to be confirmed") if template.is_unsure else ""
        fields[f"take_{template.id}"] = BooleanField(template.label)
        fields[f"due_{template.id}"] = PartialDateField(
            _("Due: %(what)s", what=template.label), default=due, description=hint
        )
    fields["owner_id"] = UserField(_l("Owner"))
    return type("TakeOverForm", (EntryForm,), fields)


def chosen_in(
    form: EntryForm, offers: Sequence[Offer]
) -> list[tuple[DutyTemplate, Membership | None, PartialDate | None]]:
    """Return the templates ticked, each with its link and the date entered."""
    return [
        (template, link, form[f"due_{template.id}"].data)
        for template, link in offers
        if form[f"take_{template.id}"].data
    ]

"""What people may enter about networks and who belongs to them."""

from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional

from crm.core.db import db
from crm.core.i18n import _l
from crm.core.money import USUAL
from crm.networks import queries
from crm.networks.models import (
    Counted,
    DutyStation,
    Ending,
    Mandate,
    MandateRole,
    Membership,
    MembershipKind,
    MembershipStatus,
    MembershipStep,
    NetworkActivity,
    NetworkMeasure,
    NetworkProfile,
    Qualifier,
    Scope,
    Step,
    Term,
    WorkingGroup,
)
from crm.organisations.models import Organisation
from crm.records.fields import (
    AmountField,
    ChoiceField,
    CountryField,
    DayField,
    ListValueField,
    Needed,
    PartField,
    PartialDateField,
    RecordField,
    optional_id,
)
from crm.records.forms import RecordForm
from crm.records.models import Record
from crm.web.form import EntryForm, TooLong

MOST = 1_000_000_000


class NetworkForm(RecordForm):
    """A network: the organisation and its profile at once."""

    model = Organisation
    extra_fields = (
        "scope",
        "network_type",
        "member_kinds",
        "purpose",
        "meeting_frequency",
        "active_since",
    )

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    acronym = StringField()
    scope = ChoiceField(_l("Scope"), kind=Scope, optional=True)
    network_type = StringField(
        _l("Kind of network"), description=_l("For instance NGO network or consultative forum")
    )
    member_kinds = StringField(_l("Who belongs to it"))
    purpose = TextAreaField(_l("Purpose"))
    meeting_frequency = StringField(_l("How often it meets"))
    active_since = PartialDateField(_l("Active since"))
    country = CountryField()
    city = StringField()


class ProfileForm(EntryForm):
    """What makes an organisation a network."""

    model = NetworkProfile

    scope = ChoiceField(kind=Scope, optional=True)
    network_type = StringField()
    member_kinds = StringField()
    purpose = TextAreaField()
    meeting_frequency = StringField()
    active_since = PartialDateField()


class MeasureForm(EntryForm):
    """The size of a network."""

    model = NetworkMeasure

    counted = ChoiceField(kind=Counted)
    number = IntegerField(
        validators=[
            InputRequired(_l("Enter a number")),
            NumberRange(0, MOST, _l("Enter a number between 0 and 1,000,000,000")),
        ]
    )
    qualifier = ChoiceField(kind=Qualifier, default=Qualifier.EXACT)
    as_of = PartialDateField()
    source = StringField()


class ActivityForm(EntryForm):
    """Something a network does."""

    model = NetworkActivity

    activity = StringField(validators=[DataRequired(_l("Enter what the network does"))])
    detail = StringField()


class KindForm(EntryForm):
    """A kind of link, with its words and what it brings."""

    model = MembershipKind

    label_fr = StringField(validators=[DataRequired(_l("Enter the label in French"))])
    label_en = StringField(validators=[DataRequired(_l("Enter the label in English"))])
    word_fr = StringField(validators=[DataRequired(_l("Enter the word in French"))])
    word_en = StringField(validators=[DataRequired(_l("Enter the word in English"))])
    has_terms = BooleanField(default=True)
    has_fees = BooleanField()
    has_duties = BooleanField(default=True)
    can_lapse = BooleanField()
    places_per_station = IntegerField(
        validators=[Optional(), NumberRange(1, 100, _l("Enter a number between 1 and 100"))]
    )
    position = IntegerField(
        default=100, validators=[NumberRange(0, 100_000, _l("Enter a number from 0 to 100000"))]
    )
    is_active = BooleanField(default=True)


def _usual_kind() -> int | None:
    return db.session.scalar(queries.kinds_of_link().with_only_columns(MembershipKind.id).limit(1))


class MembershipForm(EntryForm):
    """A membership with its first period; the page says the member or the network."""

    model = Membership
    extra_fields = ("since", "until", "is_applicant")

    member_id = RecordField(
        kinds=["organisation", "person"], validators=[Needed(_l("Enter the member"))]
    )
    network_id = RecordField(kinds=["organisation"], validators=[Needed(_l("Enter the network"))])
    kind_id = ListValueField(values=queries.kinds_of_link, default=_usual_kind)
    since = PartialDateField(_l("From"))
    until = PartialDateField(_l("Until"), description=_l("Leave empty while it goes on"))
    is_applicant = BooleanField(_l("Applied for, not begun"))
    applied_on = PartialDateField()
    participation = TextAreaField()

    def __init__(self, *args: Any, obj: Membership | None = None, **kwargs: Any) -> None:
        """Build the form; periods of a membership that exists are changed on their own."""
        super().__init__(*args, obj=obj, **kwargs)
        if obj is not None:
            del self.since, self.until, self.is_applicant


class PartOfMembershipForm(EntryForm):
    """Something about one of the memberships of the page."""

    membership_id = SelectField(coerce=optional_id)

    def on_page_of(self, record: Record) -> None:
        """Offer the memberships of the record: those of a member, or our own in a network."""
        self.membership_id.choices = [
            SelectChoice(membership.id, f"{membership.network.title} – {membership.kind.label}")
            for membership in db.session.scalars(queries.links_on_page_of(record))
        ]


class TermForm(PartOfMembershipForm):
    """A period of a membership."""

    model = Term
    extra_fields = ("upload",)

    since = PartialDateField()
    until = PartialDateField(description=_l("Leave empty while it goes on"))
    fee = AmountField(validators=[Optional()])
    currency = StringField(default=USUAL)
    fee_due = DayField(validators=[Optional()])
    paid_on = DayField(validators=[Optional()])
    upload = FileField(_l("Proof of payment"))
    ending = ChoiceField(kind=Ending, optional=True)


class StepForm(PartOfMembershipForm):
    """Something that happened to a link."""

    model = MembershipStep

    step = ChoiceField(kind=Step)
    dated = PartialDateField()
    decided_by = StringField()
    detail = StringField()


class EndForm(EntryForm):
    """The end of a link."""

    on = PartialDateField(_l("Last day"), validators=[Needed(_l("Enter when it ended"))])
    ending = ChoiceField(_l("How it ended"), kind=Ending, default=Ending.WITHDRAWN)
    detail = StringField(_l("Reason"), validators=[TooLong(max=500)])


class SuccessionForm(EntryForm):
    """The link that follows another: of another kind, or with the network that follows."""

    network_id = RecordField(
        _l("Network"),
        kinds=["organisation"],
        validators=[Needed(_l("Enter the network"))],
        description=_l("Another one where the network was founded anew under another name"),
    )
    kind_id = ListValueField(_l("Kind of link"), values=queries.kinds_of_link)
    on = PartialDateField(_l("From"), validators=[Needed(_l("Enter from when"))])
    is_applicant = BooleanField(_l("Applied for, not begun"))


class StatusForm(EntryForm):
    """A status set by hand."""

    status = ChoiceField(
        _l("Status"),
        kind=MembershipStatus,
        optional=True,
        description=_l("Leave empty to let the rules decide"),
    )
    reason = StringField(_l("Reason"), validators=[TooLong(max=300)])
    until = PartialDateField(_l("Until"), description=_l("After this day the rules decide again"))


class GroupForm(EntryForm):
    """A working group."""

    model = WorkingGroup

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    frequency = StringField()
    since = PartialDateField()
    until = PartialDateField()


class WorkingGroupField(PartField):
    """A working group of a network, or none."""

    def offer_of(self, network: Record | None) -> None:
        """Offer the working groups of a network."""
        if network is not None:
            groups = db.session.scalars(queries.groups_of(network))
            self.offer((group.id, group.name) for group in groups)

    def offer_all(self) -> None:
        """Offer the working groups of every network, each with its network."""
        groups = db.session.execute(queries.all_groups())
        self.offer((group_id, f"{network} – {name}") for group_id, name, network in groups)


class MandateForm(EntryForm):
    """A seat in a network or one of its groups."""

    model = Mandate

    organisation_id = RecordField(
        kinds=["organisation"],
        validators=[Needed(_l("Enter the organisation that holds the seat"))],
    )
    person_id = RecordField(
        kinds=["person"], description=_l("Leave empty while the seat is vacant or not known")
    )
    role = ChoiceField(kind=MandateRole, default=MandateRole.MEMBER)
    working_group_id = WorkingGroupField()
    duty_station = ChoiceField(kind=DutyStation, optional=True)
    since = PartialDateField()
    until = PartialDateField()

    def on_page_of(self, record: Record) -> None:
        """Offer the working groups of the network."""
        self.working_group_id.offer_of(record)

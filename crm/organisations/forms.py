"""What people may enter about organisations."""

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import DataRequired

from crm.core.i18n import _l
from crm.organisations.models import (
    Milestone,
    Organisation,
    OrganisationKind,
    PartnershipStatus,
    Relation,
    RelationKind,
    Tier,
)
from crm.records.fields import (
    ChoiceField,
    CountryField,
    Needed,
    PartialDateField,
    RecordField,
    UserField,
)
from crm.records.forms import RecordForm
from crm.web.form import EntryForm


class OrganisationForm(RecordForm):
    """An organisation."""

    model = Organisation
    groups = (
        (
            _l("Partnership"),
            ("partnership_status", "tier", "owner_id", "partner_since", "next_review"),
        ),
        (_l("Confidentiality"), ("visibility", "reader_ids")),
    )

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    acronym = StringField()
    organisation_kind = ChoiceField(kind=OrganisationKind, default=OrganisationKind.NGO)
    speciality = StringField()
    country = CountryField()
    city = StringField()
    languages = StringField()
    parent_id = RecordField(kinds=["organisation"])
    description = TextAreaField()
    good_to_know = TextAreaField()
    partnership_status = ChoiceField(kind=PartnershipStatus, optional=True)
    tier = ChoiceField(kind=Tier, optional=True)
    owner_id = UserField()
    partner_since = PartialDateField()
    next_review = PartialDateField()
    is_us = BooleanField()


class OwnerForm(EntryForm):
    """Who looks after several organisations."""

    model = Organisation

    owner_id = UserField(validators=[Needed(_l("Choose somebody of the team"))])


class PartnershipForm(EntryForm):
    """How the partnership with several organisations stands."""

    model = Organisation

    partnership_status = ChoiceField(kind=PartnershipStatus)


class MilestoneForm(EntryForm):
    """Something that happened."""

    model = Milestone

    label = StringField(validators=[DataRequired(_l("Enter what happened"))])
    dated = PartialDateField()
    actor_id = RecordField(kinds=["organisation"])


class RelationForm(EntryForm):
    """A relation to another organisation."""

    model = Relation

    kind = ChoiceField(kind=RelationKind)
    other_id = RecordField(
        kinds=["organisation"], validators=[Needed(_l("Enter the other organisation"))]
    )
    since = PartialDateField()
    until = PartialDateField()
    note = StringField()

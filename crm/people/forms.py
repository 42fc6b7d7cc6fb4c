"""What people may enter about people."""

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Optional

from crm.core.i18n import _l
from crm.people.models import LegalBasis, Person, Position
from crm.records.fields import (
    ChoiceField,
    CountryField,
    DayField,
    Needed,
    PartialDateField,
    RecordField,
)
from crm.records.forms import RecordForm
from crm.web.form import EntryForm, Form


class PersonForm(RecordForm):
    """A person."""

    model = Person
    groups = (
        (
            _l("Data protection"),
            ("legal_basis", "data_source", "informed_on", "objected_on", "is_at_risk"),
        ),
        (_l("Confidentiality"), ("visibility", "reader_ids")),
    )

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    given_name = StringField()
    family_name = StringField()
    native_name = StringField()
    pronunciation = StringField()
    form_of_address = StringField()
    languages = StringField()
    country = CountryField()
    good_to_know = TextAreaField()
    legal_basis = ChoiceField(kind=LegalBasis, default=LegalBasis.LEGITIMATE_INTEREST)
    data_source = StringField()
    informed_on = DayField(validators=[Optional()])
    objected_on = DayField(validators=[Optional()])
    is_at_risk = BooleanField()


class PositionForm(EntryForm):
    """A position of a person at an organisation; the page says one of the two."""

    model = Position

    person_id = RecordField(kinds=["person"], validators=[Needed(_l("Enter the person"))])
    organisation_id = RecordField(
        kinds=["organisation"], validators=[Needed(_l("Enter the organisation"))]
    )
    title = StringField()
    department = StringField()
    since = PartialDateField()
    until = PartialDateField()
    is_primary = BooleanField()


class LeaveForm(Form):
    """A person leaves an organisation."""

    organisation_id = SelectField(_l("Organisation"), coerce=int)
    on = PartialDateField(_l("Left on"), description=_l("Today if you leave it empty"))

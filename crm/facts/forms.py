"""What people may enter about what sources say."""

from wtforms import BooleanField, StringField, URLField
from wtforms.validators import DataRequired

from crm.core.i18n import _l
from crm.facts.models import FactKind, FactValue
from crm.records.fields import ChoiceField, PartialDateField
from crm.web.form import EntryForm


class FactValueForm(EntryForm):
    """A value that a source gives."""

    model = FactValue

    kind = ChoiceField(kind=FactKind)
    detail = StringField()
    value = StringField(validators=[DataRequired(_l("Enter what the source says"))])
    as_of = PartialDateField()
    source = StringField(validators=[DataRequired(_l("Enter where it comes from"))])
    url = URLField()
    is_chosen = BooleanField()

"""What managers enter about rhythms."""

from wtforms import IntegerField
from wtforms.validators import DataRequired, NumberRange

from crm.core.i18n import _l
from crm.organisations.models import Organisation
from crm.records.fields import DayField
from crm.rhythms.models import Rhythm
from crm.web.form import EntryForm


class RhythmForm(EntryForm):
    """The rhythm of the partnerships of a tier."""

    model = Rhythm

    dormant_after_days = IntegerField(
        validators=[NumberRange(1, 3650, _l("Enter a number from 1 to 3650"))]
    )
    review_every_months = IntegerField(
        validators=[NumberRange(1, 120, _l("Enter a number from 1 to 120"))]
    )


class RestForm(EntryForm):
    """Until when a partner may rest."""

    model = Organisation

    rest_until = DayField(validators=[DataRequired(_l("Enter until when it may rest"))])

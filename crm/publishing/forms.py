"""What people may enter about the public page."""

from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, NumberRange

from crm.core.i18n import _l
from crm.publishing.models import Presentation, PublicSection
from crm.web.form import EntryForm

PLACE = NumberRange(0, 100_000, _l("Enter a number between 0 and 100,000"))


class PresentationForm(EntryForm):
    """The place of a record on the page, and what the team says of it there."""

    model = Presentation

    text_fr = TextAreaField()
    text_en = TextAreaField()
    position = IntegerField(validators=[PLACE], default=100)


class SectionForm(EntryForm):
    """A section of the page."""

    model = PublicSection

    label_fr = StringField(validators=[DataRequired(_l("Enter the label in French"))])
    label_en = StringField(validators=[DataRequired(_l("Enter the label in English"))])
    intro_fr = TextAreaField()
    intro_en = TextAreaField()
    position = IntegerField(validators=[PLACE])
    is_active = BooleanField()

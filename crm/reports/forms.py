"""What one asks of a report, and what is chosen before it leaves the house."""

from datetime import date
from typing import Any

from wtforms import StringField
from wtforms.validators import Length, ValidationError

from crm.core.clock import today
from crm.core.i18n import _, _l
from crm.core.partial_date import PartialDate
from crm.core.text import tokens
from crm.records.fields import PartialDateField
from crm.reports.period import Period
from crm.web.form import Form

LONGEST_THEME = 100


MOST_YEARS = 100
"""A report goes no further back, nor ahead."""


class QuestionForm(Form):
    """A time and a theme, asked by the address of the page."""

    class Meta(Form.Meta):
        """How the library treats this form: it changes nothing."""

        csrf = False

    since = PartialDateField(
        _l("From"), name="from", description=_l("Empty: the beginning of this year")
    )
    until = PartialDateField(_l("To"), name="to", description=_l("Empty: today"))
    theme = StringField(
        _l("Theme"),
        validators=[Length(max=LONGEST_THEME, message=_l("Shorten the theme to 100 characters"))],
        description=_l("Empty: everything"),
    )

    @property
    def first(self) -> date:
        """Return the first day asked for."""
        since: PartialDate | None = self.since.data
        return since.first_day if since else today().replace(month=1, day=1)

    @property
    def last(self) -> date:
        """Return the last day asked for."""
        until: PartialDate | None = self.until.data
        return until.last_day if until else max(today(), self.first)

    def validate_theme(self, field: Any) -> None:
        """Ask for words one can search for."""
        if field.data and not tokens(field.data):
            raise ValidationError(_("Search for letters or digits"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check that the time has begun and ends after it begins."""
        if not super().validate(extra_validators):
            return False
        if today().year - self.first.year > MOST_YEARS:
            self.since.errors = [_("Choose a day of the last %(most)d years", most=MOST_YEARS)]
            return False
        if self.last.year > today().year + MOST_YEARS:
            self.until.errors = [_("Choose a day of the next %(most)d years", most=MOST_YEARS)]
            return False
        if self.first > today():
            self.since.errors = [_("This time has not begun yet: choose a day until today")]
        elif self.last < self.first:
            self.until.errors = [_("The end must not be before the beginning")]
        return not self.errors

    def period(self) -> Period:
        """Return the time that is asked for."""
        return Period(self.first, self.last)

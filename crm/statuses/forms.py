"""What people may enter about the rules of statuses."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, IntegerField, SelectChoice, SelectField
from wtforms.validators import NumberRange

from crm.core.i18n import _l
from crm.statuses.models import StatusRule
from crm.statuses.subjects import StatusSubject
from crm.web.form import EntryForm

FARTHEST = 3660
_DAYS = NumberRange(-FARTHEST, FARTHEST, _l("Enter a number of days between -3660 and 3660"))


def _code(value: Any) -> str | None:
    return str(value) if value not in (None, "", "None") else None


def rule_form(of: StatusSubject) -> type[EntryForm]:
    """Return the form of a rule of this subject."""

    def offered(choices: Mapping[str, Any]) -> list[SelectChoice]:
        return [
            SelectChoice("", ""),
            *(SelectChoice(code, str(label)) for code, label in choices.items()),
        ]

    class RuleForm(EntryForm):
        """A rule of a status."""

        model = StatusRule

        status = SelectField(
            choices=lambda: [SelectChoice(each.value, str(each.label)) for each in of.statuses]
        )
        condition = SelectField(choices=lambda: offered(of.conditions), coerce=_code)
        from_event = SelectField(choices=lambda: offered(of.events), coerce=_code)
        from_days = IntegerField(default=0, validators=[_DAYS])
        until_event = SelectField(choices=lambda: offered(of.events), coerce=_code)
        until_days = IntegerField(default=0, validators=[_DAYS])
        position = IntegerField(
            default=100, validators=[NumberRange(0, 100_000, _l("Enter a number from 0 to 100000"))]
        )
        is_active = BooleanField(default=True)

    return RuleForm

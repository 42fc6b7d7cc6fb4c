"""What people enter about partnerships: a decision, marks, and the criteria themselves."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, NumberRange, ValidationError
from wtforms.widgets import ListWidget, RadioInput

from crm.commitments.forms import CommitmentForm
from crm.core.db import db
from crm.core.i18n import _, _l
from crm.organisations.models import PartnershipStatus, Tier
from crm.records.fields import ChoiceField, DayField, PartialDateField
from crm.reviews import queries
from crm.reviews.models import Decision, Review, ReviewCriterion
from crm.reviews.services import Entered
from crm.web.form import EntryForm, Form

LOWEST, HIGHEST = 1, 5
RATING = "rating_"


class DecisionField(ChoiceField):
    """One of the decisions, all of them in sight; none is chosen beforehand."""

    widget = ListWidget(prefix_label=False)
    option_widget = RadioInput()

    def _offered(self) -> list[Any]:
        return [choice for choice in super()._offered() if choice.value]


class ReviewForm(EntryForm):
    """What is decided about a partnership, besides the marks.

    What a decision needs is checked when it is taken: what was entered so far can be kept.
    """

    model = Review

    decision = DecisionField(kind=Decision, optional=True)
    reason = TextAreaField(description=_l("Read by managers and by whoever looks after it"))
    partnership_status = ChoiceField(
        _l("Partnership"),
        kind=PartnershipStatus,
        optional=True,
        description=_l("Empty: “Pause” suspends it, “End it” ends it, else it stays as it is"),
    )
    tier = ChoiceField(_l("Tier"), kind=Tier, optional=True)
    next_review = PartialDateField()

    def entered(self) -> Entered:
        """Return what was entered."""
        scores = {
            int(field.name.removeprefix(RATING)): field.data for field in self.marks() if field.data
        }
        status, tier = self.partnership_status.data, self.tier.data
        return Entered(
            decision=Decision(self.decision.data) if self.decision.data else None,
            reason=self.reason.data,
            partnership_status=PartnershipStatus(status) if status else None,
            tier=Tier(tier) if tier else None,
            next_review=self.next_review.data,
            ratings=scores,
        )

    def marks(self) -> Sequence[Field]:
        """Return the fields of the criteria, in their order."""
        return [field for field in self if field.name.startswith(RATING)]


def review_form(entered: Entered) -> ReviewForm:
    """Return the form with a field for each criterion in use.

    :param entered: what it begins with.
    """
    criteria = db.session.scalars(queries.criteria()).all()
    fields = {f"{RATING}{each.id}": _mark(each) for each in criteria}
    form: type[ReviewForm] = type("RatedReviewForm", (ReviewForm,), fields)
    begins_with = {f"{RATING}{each}": score for each, score in entered.ratings.items()}
    return form(
        decision=entered.decision,
        reason=entered.reason,
        partnership_status=entered.partnership_status,
        tier=entered.tier,
        next_review=entered.next_review,
        **begins_with,
    )


def _mark(criterion: ReviewCriterion) -> Field:
    scores = [SelectChoice(str(score), str(score)) for score in range(LOWEST, HIGHEST + 1)]
    return SelectField(
        criterion.label,
        description=criterion.question,
        choices=[SelectChoice("", _("Not rated")), *scores],
        coerce=_score,
    )


def _score(value: Any) -> int | None:
    return int(value) if value not in (None, "") else None


def agreed_form() -> CommitmentForm:
    """Return the form of a commitment with the partner under review."""
    form = CommitmentForm()
    for name in ("organisation_id", "origin_id", "state"):
        del form[name]
    return form


class RoundForm(Form):
    """The time of which a report tells."""

    class Meta(Form.Meta):
        """The address says it: nothing is changed by asking."""

        csrf = False

    since = DayField(_l("From"), validators=[DataRequired(_l("Enter the first day"))])
    until = DayField(_l("Until"), validators=[DataRequired(_l("Enter the last day"))])

    def validate_until(self, field: Field) -> None:
        """Refuse a period that ends before it begins."""
        if self.since.data and field.data and field.data < self.since.data:
            raise ValidationError(_("The last day must be after the first one"))


class CriterionForm(EntryForm):
    """A criterion, with what one asks oneself."""

    model = ReviewCriterion

    label_fr = StringField(validators=[DataRequired(_l("Enter the label in French"))])
    label_en = StringField(validators=[DataRequired(_l("Enter the label in English"))])
    question_fr = StringField()
    question_en = StringField()
    position = IntegerField(
        default=100, validators=[NumberRange(0, 100_000, _l("Enter a number from 0 to 100000"))]
    )
    is_active = BooleanField(default=True)

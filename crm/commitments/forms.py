"""What people may enter about commitments."""

from typing import Any

from wtforms import StringField
from wtforms.validators import DataRequired, Optional

from crm.commitments.models import Commitment, CommitmentState, Debtor
from crm.core.i18n import _l
from crm.records.fields import (
    ChoiceField,
    DayField,
    Needed,
    PartialDateField,
    RecordField,
    UserField,
)
from crm.web.form import EntryForm


class CommitmentForm(EntryForm):
    """A commitment; the page says the partner, or where it was said."""

    model = Commitment

    organisation_id = RecordField(
        kinds=["organisation"], validators=[Needed(_l("Enter the partner"))]
    )
    origin_id = RecordField(kinds=["meeting", "interaction"])
    debtor = ChoiceField(kind=Debtor, default=Debtor.US)
    name = StringField(validators=[DataRequired(_l("Enter what is owed"))])
    due = PartialDateField()
    owner_id = UserField()
    state = ChoiceField(kind=CommitmentState, default=CommitmentState.OPEN)
    outcome = StringField()


class SettlementForm(EntryForm):
    """Whether a commitment was kept, and what came of it."""

    model = Commitment

    state = ChoiceField(kind=CommitmentState, default=CommitmentState.KEPT)
    settled_on = DayField(validators=[Optional()])
    outcome = StringField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the states in which nothing is left to do."""
        super().__init__(*args, **kwargs)
        self.state.offer_not(CommitmentState.OPEN)

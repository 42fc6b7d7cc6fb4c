"""What people may enter about commitments."""

from wtforms import StringField
from wtforms.validators import DataRequired

from crm.commitments.models import Commitment, CommitmentState, Debtor
from crm.core.i18n import _l
from crm.records.fields import ChoiceField, Needed, PartialDateField, RecordField, UserField
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

"""What people send: a corrected file."""

from collections.abc import Iterable

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectChoice, SelectField

from crm.core.i18n import _l
from crm.corrections.models import CorrectedFile
from crm.corrections.returned import Returned, returned_table
from crm.documents.sheet_reading import MOST_BYTES, read_tables
from crm.records.kinds import RecordKind
from crm.web.form import Form


class DecisionForm(Form):
    """The ticks and the button under what differs."""


class ReturnForm(Form):
    """A file, and the list it was made of."""

    model = CorrectedFile

    kind = SelectField()
    upload = FileField(
        _l("File"),
        validators=[FileRequired(_l("Choose a file"))],
        description=_l("XLSX or ODS, as it was made here for the team, with its hidden columns"),
    )

    def offer(self, kinds: Iterable[RecordKind]) -> None:
        """Offer lists."""
        self.kind.choices = [SelectChoice(each.name, str(each.label_plural)) for each in kinds]

    def read(self) -> Returned:
        """Return the table of the file.

        :raises InvalidValue: at ``upload`` when it cannot come back.
        """
        sent = self.upload.data
        return returned_table(read_tables(sent.filename, sent.stream.read(MOST_BYTES + 1)))

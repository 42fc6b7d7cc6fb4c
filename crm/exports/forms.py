"""What people choose before a file is made."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from crm.accounts import registry as sessions
from crm.core.errors import InvalidValue
from crm.core.i18n import _, _l
from crm.documents.templates import LARGEST
from crm.exports.models import Export, ExportFormat, LetterTemplate
from crm.records.audience import Audience
from crm.records.fields import ChoiceField
from crm.records.kinds import registry
from crm.web.form import EntryForm, Form


def _audience(value: Any) -> Audience | None:
    return Audience(value) if value in set(Audience) else None


class ProofForm(Form):
    """The password once more, unless it was given just now."""

    password = PasswordField(
        _l("Your password"),
        description=_l("Asked again because the file leaves the house"),
        render_kw={"autocomplete": "current-password"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Ask only who has not given it just now."""
        super().__init__(*args, **kwargs)
        if sessions.is_proved():
            del self.password

    def prove(self) -> bool:
        """Check the password where it is asked for; say what is wrong with it."""
        if "password" not in self:
            return True
        try:
            sessions.prove(self.password.data or "")
        except InvalidValue as refused:
            self.refuse(refused)
            return False
        return True


class FileForm(ProofForm):
    """As which file something leaves that is no list of records, and what for."""

    model = Export

    file_format = ChoiceField(kind=ExportFormat, default=ExportFormat.XLSX)
    reason = StringField()

    def __init__(self, formats: Sequence[ExportFormat], *args: Any, **kwargs: Any) -> None:
        """Offer some formats, first the usual one."""
        super().__init__(*args, file_format=formats[0], **kwargs)
        self.file_format.offer_only(formats)


class ExportForm(ProofForm):
    """For whom, what, and as which file."""

    model = Export

    audience = RadioField(
        coerce=_audience,
        default=Audience.INTERNAL,
        description=_l("It decides what stands in the file: rules, not memory, leave things out"),
    )
    columns = SelectMultipleField(
        _l("Columns"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    file_format = ChoiceField(kind=ExportFormat, default=ExportFormat.XLSX)
    template_id = SelectField(
        _l("Template"),
        default="",
        description=_l("For letters: a document of your own that is filled"),
    )
    with_confidential = BooleanField(
        description=_l("Records that not the whole team may see, as far as you see them")
    )
    reason = StringField()

    def offer(
        self,
        *,
        audiences: Iterable[Audience],
        columns: Iterable[tuple[str, str]],
        formats: Iterable[ExportFormat],
        templates: Sequence[tuple[str, str]],
        may_add_confidential: bool,
    ) -> None:
        """Offer what fits the list."""
        self.audience.choices = [SelectChoice(each.value, str(each.label)) for each in audiences]
        self.columns.choices = [SelectChoice(key, label) for key, label in columns]
        self.file_format.offer_only(formats)
        self.template_id.choices = [
            SelectChoice("", ""),
            *(SelectChoice(value, name) for value, name in templates),
        ]
        if not templates:
            del self.template_id
        if not may_add_confidential:
            del self.with_confidential

    def validate_columns(self, field: Any) -> None:
        """Ask for one column at least."""
        if not field.data:
            raise ValidationError(_("Choose at least one column"))


class TemplateForm(EntryForm):
    """A template of one's own, and the list it is for."""

    model = LetterTemplate

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    kind = SelectField(_l("For the list"))
    upload = FileField(
        _l("Document (DOCX)"), validators=[FileRequired(_l("Choose the document first"))]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the lists."""
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            SelectChoice(kind.name, str(kind.label_plural)) for kind in registry.kinds.values()
        ]

    def values(self) -> dict[str, Any]:
        """Return what was entered, the document as its bytes."""
        values = super().values()
        values["content"] = values.pop("upload").stream.read(LARGEST + 1)
        return values

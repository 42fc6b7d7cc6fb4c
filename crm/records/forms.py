"""Forms of what any record has."""

from typing import Any

from flask_login import current_user
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, StringField, TextAreaField, URLField
from wtforms.validators import DataRequired

from crm.core.db import db
from crm.core.i18n import _l
from crm.permissions import Permission
from crm.records import queries
from crm.records.fields import (
    ChoiceField,
    HourField,
    PartialDateField,
    RecordField,
    UsersField,
)
from crm.records.models import (
    ContactKind,
    ContactPoint,
    Deadline,
    DeadlineKind,
    DocumentKind,
    Identifier,
    Name,
    NameKind,
    Record,
    Source,
    Tag,
    Visibility,
)
from crm.web.form import EntryForm, Form


class RecordForm(EntryForm):
    """The form of a record: its own fields, then who may see it."""

    _fields: dict[str, Any]

    visibility = ChoiceField(kind=Visibility, default=Visibility.TEAM)
    reader_ids = UsersField(
        _l("Named people"),
        description=_l("Only for “Named people only”. You are always among them."),
    )

    def __init__(self, *args: Any, obj: Record | None = None, **kwargs: Any) -> None:
        """Build the form, with the people named so far."""
        if obj is not None:
            readers = db.session.scalars(queries.readers_of(obj))
            kwargs["reader_ids"] = [reader.user_id for reader in readers]
        super().__init__(*args, obj=obj, **kwargs)
        fields: dict[str, Any] = {**self._fields}
        last = ("visibility", "reader_ids")
        self._fields = {
            **{name: field for name, field in fields.items() if name not in last},
            **{name: fields[name] for name in last},
        }
        if not current_user.can(Permission.RECORDS_CONFIDENTIAL) and not (
            obj is not None and obj.visibility is Visibility.MANAGERS
        ):
            self.visibility.offer_not(Visibility.MANAGERS)


class NameForm(EntryForm):
    """A name of a record."""

    model = Name

    kind = ChoiceField(kind=NameKind)
    text = StringField(validators=[DataRequired(_l("Enter a name"))])
    language = StringField()
    since = PartialDateField()
    until = PartialDateField()


class IdentifierForm(EntryForm):
    """A number in a register."""

    model = Identifier

    scheme = StringField(validators=[DataRequired(_l("Enter the name of the register"))])
    value = StringField(validators=[DataRequired(_l("Enter the number"))])


class ContactPointForm(EntryForm):
    """A way to reach somebody."""

    model = ContactPoint

    kind = ChoiceField(kind=ContactKind)
    value = StringField(validators=[DataRequired(_l("Enter an address or number"))])
    usage = StringField()
    is_private = BooleanField()
    at_organisation_id = RecordField(kinds=["organisation"])


class SourceForm(EntryForm):
    """Where a fact comes from."""

    model = Source

    title = StringField(validators=[DataRequired(_l("Enter where this comes from"))])
    url = URLField()
    fact = StringField()
    dated = PartialDateField()


class DeadlineForm(EntryForm):
    """A deadline."""

    model = Deadline

    kind = ChoiceField(kind=DeadlineKind)
    day = PartialDateField()
    hour = HourField()
    time_zone = StringField()
    is_soft = BooleanField()
    reason = StringField(description=_l("Needed when the date or the hour moves"))

    def __init__(self, *args: Any, obj: Deadline | None = None, **kwargs: Any) -> None:
        """Ask for the reason of this change, not for that of the last one."""
        super().__init__(*args, obj=obj, **kwargs)
        if obj is None:
            del self.reason
        elif not self.reason.raw_data:
            self.reason.data = None
        self._is_free = obj is None and "kind" not in kwargs

    def on_page_of(self, record: Record) -> None:
        """Propose what is mostly waited for on such a page."""
        super().on_page_of(record)
        if self._is_free and not self.kind.raw_data and record.kind == "declaration":
            self.kind.data = DeadlineKind.SIGNATURE


class TagsForm(Form):
    """All tags of a record on one line."""

    words = TextAreaField(_l("Tags"), description=_l("Separate them with semicolons"))


class TagForm(EntryForm):
    """One tag, for several records."""

    model = Tag

    word = StringField(validators=[DataRequired(_l("Enter a tag"))])


class DocumentForm(EntryForm):
    """A file to keep with a record."""

    upload = FileField(
        _l("File"),
        validators=[FileRequired(_l("Choose a file"))],
        description=_l("PDF, ODT, ODS, DOCX, XLSX, CSV, TXT, PNG or JPEG; 20 MB at most"),
    )
    kind = ChoiceField(_l("Kind of document"), kind=DocumentKind, default=DocumentKind.OTHER)

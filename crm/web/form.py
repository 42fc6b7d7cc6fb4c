"""The base form: labels from columns, cleaned text, errors of services at their fields."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from crm.core.db import db
from crm.core.errors import InvalidValue, SentBefore
from crm.core.i18n import _, _l
from crm.core.once import Sending, claim, new_token, page_of
from crm.core.text import clean_line, clean_text
from crm.web import kept

Result = TypeVar("Result")


class TooLong(Length):
    """Refuse a text longer than its column, and say by how much."""

    def __call__(self, form: Any, field: Field) -> None:
        """Check the length of what was typed."""
        length = len(field.data or "")
        if length > self.max:
            raise ValidationError(
                _(
                    "“%(label)s” must be %(max)s characters or fewer (it is %(length)s)",
                    label=field.label.text,
                    max=self.max,
                    length=length,
                )
            )


class Sentences:
    """The sentences of WTForms, said so that they tell what to do."""

    WORDS: ClassVar[dict[str, Any]] = {
        "Not a valid choice.": _l("Choose one of the values in the list"),
        "Invalid Choice: could not coerce.": _l("Choose one of the values in the list"),
        "Invalid choice(s): one or more data inputs could not be coerced.": _l(
            "Choose values of the list"
        ),
        "Not a valid integer value.": _l("Enter a whole number, in digits"),
        "Not a valid decimal value.": _l("Enter a number, for instance 1200 or 1200.50"),
        "Not a valid date value.": _l("Choose a date, or write it like 2026-11-23"),
    }

    def gettext(self, message: str) -> str:
        """Return a sentence in the language of the reader."""
        return str(self.WORDS.get(message) or _(message))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the sentence that fits the number."""
        return self.gettext(singular if number == 1 else plural)


class Form(FlaskForm):
    """A form of one model: each field takes label, hint and length from its column."""

    class Meta(FlaskForm.Meta):
        """How the library treats these forms."""

        def get_translations(self, form: Any) -> Sentences:
            """Return our sentences instead of the library's."""
            return Sentences()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Read what was sent; on a page that is opened, what was typed there before."""
            found = super().wrap_formdata(form, formdata)
            return kept.typed_before() if found is None and formdata is not None else found

    model: ClassVar[type[Any] | None] = None
    extra_fields: ClassVar[Sequence[str]] = ()
    """Fields that are no columns of the model: a service knows what to do with them."""
    groups: ClassVar[Sequence[tuple[Any, Sequence[str]]]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Build the fields and describe them by the columns of the model."""
        super().__init__(*args, **kwargs)
        columns = sa.inspect(self.model).columns if self.model else {}
        for field in self:
            column = columns.get(field.name)
            if column is not None:
                self._describe(field, column)
            _tidy(field)

    def _describe(self, field: Field, column: sa.Column[Any]) -> None:
        if label := column.info.get("label"):
            field.label.text = str(label)
        if not field.description and column.info.get("hint"):
            field.description = str(column.info["hint"])
        length = getattr(column.type, "length", None)
        if isinstance(field, StringField) and length and not isinstance(column.type, sa.Enum):
            field.validators = [*field.validators, TooLong(max=length)]

    def on_page_of(self, record: Any) -> None:
        """Offer what fits the record from whose page the form is opened."""

    def retyped(self, name: str, text: str) -> Field:
        """Return a field as if this had been typed there and nothing elsewhere, validated."""
        field: Field = self[name]
        field.process(MultiDict({name: text}))
        _tidy(field)
        own = getattr(type(self), f"validate_{name}", None)
        field.validate(self, [] if own is None else [own])
        return field

    def values(self) -> dict[str, Any]:
        """Return what was entered, ready for a service."""
        return {
            field.name: field.data for field in self if field.name not in ("csrf_token", "version")
        }

    def submit(self, service: Callable[..., Result], **extra: Any) -> Result | None:
        """Call the service with the values; put what it refuses at the fields.

        :returns: what the service returned, or None when it refused.
        """
        try:
            return service(**self.values(), **extra)
        except InvalidValue as refused:
            self.refuse(refused)
            return None

    def refuse(self, refused: InvalidValue) -> None:
        """Show the message of a service at its field, or above the form."""
        field = self._fields.get(refused.field) if refused.field else None
        if field is not None:
            field.errors = [*field.errors, str(refused.message)]
        else:
            self.form_errors.append(str(refused.message))


class EntryForm(Form):
    """A form that adds something; sent twice, it adds it once."""

    sending: Sending

    once = HiddenField(default=new_token)

    def values(self) -> dict[str, Any]:
        """Return what was entered, without the token of the form."""
        values = super().values()
        values.pop("once", None)
        return values

    def submit(self, service: Callable[..., Result], **extra: Any) -> Result | None:
        """Call the service, which leaves nothing behind when it refuses.

        :raises SentBefore: when this very form was taken already, with the page of what it made.
        """
        try:
            with db.session.begin_nested():
                if "once" in self:
                    self._take()
                return service(**self.values(), **extra)
        except InvalidValue as refused:
            self.refuse(refused)
            return None

    def _take(self) -> None:
        sending = claim(self.once.data)
        if sending is None:
            raise SentBefore(page_of(self.once.data))
        self.sending = sending

    def made(self, url: str) -> str:
        """Note the page of what this form made, and return its address."""
        # What was made may have been read as another reader, for whom the session began anew.
        self.sending = db.session.merge(self.sending)
        self.sending.url = url[:500]
        kept.forget_sent()
        return url


def _tidy(field: Field) -> None:
    """Make what was typed into a text field fit to be stored."""
    if isinstance(field, TextAreaField):
        _clean(field, clean_text)
    elif type(field) is StringField or field.type in ("EmailField", "URLField"):
        _clean(field, clean_line)


def _clean(field: Field, cleaner: Callable[[str], str]) -> None:
    if isinstance(field.data, str):
        field.data = cleaner(field.data) or None

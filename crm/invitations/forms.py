"""What people may enter to invite others to sign."""

from collections.abc import Mapping
from typing import Any

from wtforms import BooleanField, EmailField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError

from crm.core.errors import InvalidValue
from crm.core.i18n import _, _l
from crm.core.languages import language_name
from crm.core.lists import language as interface
from crm.invitations import wording
from crm.invitations.candidates import (
    LISTS,
    Source,
    address_obstacle,
    members_of,
    of_lines,
    of_list,
    of_view,
)
from crm.invitations.models import Invitation, MailKind, Wording
from crm.invitations.services import Words
from crm.records.fields import RecordField
from crm.saved_views.sources import ViewField
from crm.web.form import EntryForm, Form


class SourceForm(Form):
    """Whom to invite: the members of a network, a filtered list, or names that are pasted."""

    network = RecordField(
        _l("The members of a network"),
        kinds=["organisation"],
        description=_l("Those who sit in it today"),
    )
    list_address = StringField(
        _l("A filtered list"),
        description=_l(
            "Filter the list of organisations, networks or people, then copy its address here"
        ),
    )
    view = ViewField(_l("A saved view"), kinds=LISTS)
    text = TextAreaField(
        _l("Names"),
        description=_l("One per line: a name, “Name <mail>” or “Name, mail”"),
        render_kw={"rows": 6},
    )

    def source(self) -> Source:
        """Return all who were thought of.

        :raises InvalidValue: at the field that is not understood.
        """
        parts = []
        if self.network.data:
            parts.append(members_of(self.network.data))
        if self.list_address.data:
            parts.append(of_list(self.list_address.data))
        if (view := self.view.view) is not None:
            parts.append(of_view(view))
        if (self.text.data or "").strip():
            parts.append(of_lines(self.text.data))
        if not parts:
            raise InvalidValue(
                None, _("Choose a network or a view, copy the address of a list, or paste names")
            )
        return Source(
            [each for part in parts for each in part.ids],
            {key: mail for part in parts for key, mail in part.given.items()},
            [line for part in parts for line in part.unknown],
        )


class SendForm(EntryForm):
    """The button that sends; pressed twice, it sends once."""


class RemindForm(EntryForm):
    """Whom to remind is ticked beside it."""

    is_forced = BooleanField(_l("Ask those all the same whom we asked in the last 48 hours"))


class WordingForm(Form):
    """The words of a mail in a language."""

    model = Wording

    subject = StringField(validators=[DataRequired(_l("Enter a subject"))])
    text = TextAreaField(
        validators=[DataRequired(_l("Enter what the mail says"))], render_kw={"rows": 12}
    )

    def __init__(
        self,
        language: str,
        kind: MailKind,
        answers: Any,
        *,
        has_deadline: bool = True,
        **kwargs: Any,
    ) -> None:
        """Propose words in a language, or take what was sent of them."""
        self.language = language
        proposed = wording.proposed(kind, language, has_deadline=has_deadline)
        prefix = f"{language}-"
        was_sent = answers is not None and f"{prefix}text" in answers
        super().__init__(
            answers if was_sent else None,
            prefix=prefix,
            subject=proposed.subject,
            text=proposed.text,
            **kwargs,
        )
        self.was_sent = was_sent
        self.text.description = str(wording.FIELDS_HINT)

    @property
    def words(self) -> Words:
        """Return what was entered."""
        return Words(self.subject.data or "", self.text.data or "")

    def is_right(self) -> bool:
        """Tell whether the words can be sent; what is wrong is at the fields."""
        if self.was_sent and not self.validate():
            return False
        try:
            wording.check(self.words)
        except InvalidValue as refused:
            self.refuse(refused)
            return False
        return True


class AddressForm(Form):
    """Another address for an invitation."""

    model = Invitation

    address = EmailField(validators=[DataRequired(_l("Enter an address"))])
    language = SelectField()

    def offer(self, languages: Mapping[str, Any]) -> None:
        """Offer the languages the text has."""
        self.language.choices = [(code, language_name(code, interface())) for code in languages]

    def validate_address(self, field: Any) -> None:
        """Refuse what is no address."""
        obstacle = address_obstacle((field.data or "").strip())
        if obstacle is not None:
            raise ValidationError(str(obstacle.label))

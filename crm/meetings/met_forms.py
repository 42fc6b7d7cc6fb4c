"""What is entered about somebody we met."""

import re
from collections.abc import Iterable
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, ValidationError
from wtforms.widgets import TextArea

from crm.core.i18n import _, _l
from crm.core.text import clean_line
from crm.meetings.met import Met, Work
from crm.people.models import Person, Position
from crm.people.services import Reached
from crm.records.fields import CountryField, RecordField
from crm.records.forms import RecordForm
from crm.records.models import ContactKind
from crm.web.form import Form, TooLong

LONGEST_TITLE = Position.title.type.length
LONGEST_WAY = 500
LONGEST_USAGE = 120
MOST_WAYS = 20

_USED_FOR = re.compile(r"(.+?)\s*\(([^()]+)\)")


class CardForm(Form):
    """A signature or a card, as it was received."""

    text = TextAreaField(
        _l("Paste a signature"),
        description=_l("The lines below a mail, or the text of a vCard"),
    )
    upload = FileField(_l("Or choose a card"), description=_l("A .vcf file, 60 MB at most"))


class FewLines(TextArea):
    """A low text box: it grows with what is typed."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        """Draw the box."""
        return super().__call__(field, **{"rows": 2, **kwargs})


class LinesField(TextAreaField):
    """Several values, one per line; a list of texts."""

    widget = FewLines()

    def lines(self) -> list[str]:
        """Return what was entered, each once."""
        found = (clean_line(line) for line in (self.data or "").splitlines())
        return list(dict.fromkeys(line for line in found if line))

    def pre_validate(self, form: Any) -> None:
        """Refuse more than anybody has, and what no column can hold."""
        lines = self.lines()
        if len(lines) > MOST_WAYS:
            raise ValidationError(_("Enter %(most)d lines at most", most=MOST_WAYS))
        if any(len(line) > LONGEST_WAY for line in lines):
            raise ValidationError(
                _("Shorten the longest line to %(most)d characters", most=LONGEST_WAY)
            )


class MetForm(RecordForm):
    """Somebody we met: the person, where they work, how they are reached, where we met."""

    model = Person
    extra_fields = (
        "organisation_id", "add_organisation", "position_title", "department", "emails", "phones",
        "websites", "addresses", "meeting_id", "proposed", "text",
    )  # fmt: skip
    groups = (
        (_l("At work"), ("organisation_id", "add_organisation", "position_title", "department")),
        (_l("Contact details"), ("emails", "phones", "websites", "addresses")),
        (_l("Where we met"), ("meeting_id", "data_source")),
        (_l("Confidentiality"), ("visibility", "reader_ids")),
    )

    name = StringField(validators=[DataRequired(_l("Enter a name"))])
    given_name = StringField()
    family_name = StringField()
    form_of_address = StringField()
    languages = StringField()
    country = CountryField()
    organisation_id = RecordField(_l("Organisation"), kinds=["organisation"])
    add_organisation = BooleanField(_l("Add this organisation, where it is not known yet"))
    position_title = StringField(_l("Position"))
    department = StringField(_l("Department"))
    emails = LinesField(_l("Email"), description=_l("One per line"))
    phones = LinesField(
        _l("Phone"), description=_l("One per line; what it is used for in brackets")
    )
    websites = LinesField(_l("Website"), description=_l("One per line"))
    addresses = LinesField(_l("Address"), description=_l("One per line"))
    meeting_id = RecordField(_l("Met at"), kinds=["meeting"])
    data_source = StringField()
    proposed = HiddenField()
    text = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Describe the fields of the position, and mark what is proposed."""
        super().__init__(*args, **kwargs)
        for field in (self.position_title, self.department):
            field.validators = [*field.validators, TooLong(max=LONGEST_TITLE)]
        for name in (self.proposed.data or "").split():
            self.mark(name)

    def mark(self, name: str) -> None:
        """Mark a field as filled in by us."""
        field = self._fields.get(name)
        if field is None or field is self.proposed:
            return
        field.description = " – ".join(filter(None, (_("Proposed"), str(field.description))))

    def validate(self, extra_validators: Any = None) -> bool:
        """Let the name of an organisation pass that nothing bears yet, if it is to be added."""
        if self.add_organisation.data:
            self.organisation_id.accept_unknown()
        elif self.organisation_id.unmatched:
            self.organisation_id.process_errors = [
                _(
                    "No organisation is called “%(name)s”. Tick the box to add it, or correct the "
                    "name",
                    name=self.organisation_id.text,
                )
            ]
        return bool(super().validate(extra_validators))

    def validate_emails(self, field: LinesField) -> None:
        """Refuse what is no address."""
        for way in _ways(ContactKind.EMAIL, field.lines()):
            try:
                validate_email(way.value, check_deliverability=False, test_environment=True)
            except EmailNotValidError:
                raise ValidationError(
                    _(
                        "“%(text)s” is no e-mail address. Write it like name@example.org",
                        text=way.value[:100],
                    )
                ) from None

    def validate_phones(self, field: LinesField) -> None:
        """Refuse what holds no digits."""
        for way in _ways(ContactKind.PHONE, field.lines()):
            if sum(character.isdigit() for character in way.value) < 3:
                raise ValidationError(
                    _("“%(text)s” is no phone number. Write it in digits", text=way.value[:100])
                )

    def met(self, person_id: int | None) -> Met:
        """Return what was entered.

        :param person_id: who it is; None for somebody to be added.
        """
        names = ("name", "given_name", "family_name", "form_of_address", "languages", "country")
        new = next(iter(self.organisation_id.accepted), "")
        return Met(
            person_id=person_id,
            person={name: self[name].data for name in (*names, "data_source")},
            work=Work(
                self.organisation_id.data, new, self.position_title.data, self.department.data
            ),
            ways=[
                *_ways(ContactKind.EMAIL, self.emails.lines()),
                *_ways(ContactKind.PHONE, self.phones.lines()),
                *_ways(ContactKind.WEBSITE, self.websites.lines()),
                *_ways(ContactKind.ADDRESS, self.addresses.lines()),
            ],
            meeting_id=self.meeting_id.data,
            confidentiality={
                "visibility": self.visibility.data,
                "reader_ids": self.reader_ids.data,
            },
        )


def _ways(kind: ContactKind, lines: Iterable[str]) -> list[Reached]:
    """Return the ways to reach somebody; numbers and mails say in brackets what they are for."""
    if kind in (ContactKind.WEBSITE, ContactKind.ADDRESS):
        return [Reached(kind, line) for line in lines]
    ways = []
    for line in lines:
        found = _USED_FOR.fullmatch(line)
        is_number = found is not None and found[2].strip().isdigit()  # “(0)”, or an extension.
        if found is None or is_number:
            ways.append(Reached(kind, line))
        else:
            ways.append(Reached(kind, found[1], found[2][:LONGEST_USAGE]))
    return ways

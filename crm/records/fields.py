"""Form fields of our own: partial dates, choices, countries, records, people of the team."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from flask import url_for
from flask_babel import get_locale
from wtforms import (
    DateField,
    DecimalField,
    Field,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from crm.accounts import queries as accounts
from crm.core.choice import Choice
from crm.core.clock import today
from crm.core.countries import country_names
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import InvalidPartialDate, PartialDate
from crm.core.text import clean_line, fold
from crm.records import queries
from crm.records.kinds import registry
from crm.records.models import Record
from crm.records.times import clean_hour


class PartialDateField(Field):
    """A date as people know it: a year, a month or a day."""

    widget = TextInput()

    def __init__(self, *args: Any, future: bool = True, **kwargs: Any) -> None:
        """Take a date.

        :param future: whether a day to come makes sense.
        """
        super().__init__(*args, **kwargs)
        self.future = future
        self.typed: str | None = None

    def _value(self) -> str:
        if self.typed is not None:
            return self.typed
        return self._written(self.data)

    @staticmethod
    def _written(date: PartialDate | None) -> str:
        if date is None:
            return ""
        parts = [part for part in (date.day, date.month) if part is not None]
        return "/".join([*(f"{part:02}" for part in parts), str(date.year)])

    def process_data(self, value: PartialDate | str | None) -> None:
        """Take the value stored, or ISO text from an address."""
        self.typed = None
        self.data = None
        if isinstance(value, str):
            try:
                self.data = PartialDate.parse(value, today())
            except InvalidPartialDate:
                self.data = None
        else:
            self.data = value

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed."""
        if not valuelist:
            return
        self.typed = clean_line(valuelist[0])[:100]
        self.data = None
        if not self.typed:
            return
        try:
            self.data = PartialDate.parse(self.typed, today())
        except InvalidPartialDate:
            raise ValueError(
                _("Write the date like 23/11/2026, 11/2026, 2026 or “yesterday”")
            ) from None
        if not self.future and self.data.first_day > today():
            raise ValueError(_("The date must be today or in the past"))


class DayField(DateField):
    """A day of the calendar."""

    def process_data(self, value: Any) -> None:
        """Take the day stored, or ISO text from an address; what is no day, is none."""
        if value is not None and not isinstance(value, date):
            try:
                value = date.fromisoformat(str(value))
            except ValueError:
                value = None
        super().process_data(value)


class HourField(StringField):
    """An hour of the day as people write it: 9:30, 9 h 30, 09h30."""

    typed: str | None = None

    def _value(self) -> str:
        return super()._value() if self.typed is None else self.typed

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed."""
        if not valuelist:
            return
        self.typed = clean_line(valuelist[0])[:100]
        self.data = None
        if not self.typed:
            return
        try:
            self.data = clean_hour(self.typed, self.name)
        except InvalidValue as refused:
            raise ValueError(str(refused.message)) from None


class ChoiceField(SelectField):
    """One value of a closed list, or none where it is optional."""

    def __init__(
        self,
        label: Any = None,
        *args: Any,
        kind: type[Choice],
        optional: bool = False,
        **kwargs: Any,
    ) -> None:
        """Offer the members of ``kind``, with an empty choice in front when optional."""
        self.kind = kind
        self.optional = optional
        self.left_out: set[Choice] = set()
        super().__init__(label, *args, choices=self._offered, coerce=self._member, **kwargs)

    def _offered(self) -> list[SelectChoice]:
        first = [SelectChoice("", "")] if self.optional else []
        return first + [
            SelectChoice(member.value, str(member.label))
            for member in self.kind
            if member not in self.left_out
        ]

    def offer_not(self, member: Choice) -> None:
        """Leave a member out of the list; what is stored already stays."""
        self.left_out.add(member)
        self.choices = self._offered()

    def offer_only(self, members: Iterable[Choice]) -> None:
        """Leave all other members out of the list."""
        self.left_out = set(self.kind) - set(members)
        self.choices = self._offered()

    def _member(self, value: Any) -> Choice | None:
        if value in (None, "", "None"):
            return None
        return self.kind(value)

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the value chosen."""
        if not valuelist:
            return
        try:
            self.data = self._member(valuelist[0])
        except ValueError:
            raise ValueError(_("Choose one of the values in the list")) from None

    def pre_validate(self, form: Any) -> None:
        """Refuse an empty value unless it is optional."""
        if self.data is None and not self.optional:
            raise ValidationError(_("Choose a value"))


class ChoicesField(SelectMultipleField):
    """Several values of a closed list, ticked; stored as their codes in the order of the list."""

    data: Any
    option_widget = CheckboxInput()
    widget = ListWidget(prefix_label=False)

    def __init__(self, label: Any = None, *args: Any, kind: type[Choice], **kwargs: Any) -> None:
        """Offer the members of ``kind``."""
        self.kind = kind
        super().__init__(label, *args, choices=self._offered, coerce=str, **kwargs)

    def _offered(self) -> list[SelectChoice]:
        return [SelectChoice(member.value, str(member.label)) for member in self.kind]

    def pre_validate(self, form: Any) -> None:
        """Refuse a code that is not in the list."""
        chosen = set(self.data or [])
        self.data = [member.value for member in self.kind if member.value in chosen] or None
        if chosen - {member.value for member in self.kind}:
            raise ValidationError(_("Choose values of the list"))


class CountryField(SelectField):
    """A country by its name in the reader's language."""

    def __init__(self, label: Any = None, *args: Any, **kwargs: Any) -> None:
        """Offer all countries."""
        super().__init__(label, *args, choices=self._offered, coerce=self._code, **kwargs)

    @staticmethod
    def _code(value: Any) -> str | None:
        return value or None

    @staticmethod
    def _offered() -> list[SelectChoice]:
        names = country_names(get_locale().language)
        return [SelectChoice("", ""), *(SelectChoice(code, name) for code, name in names.items())]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the code chosen."""
        if valuelist:
            self.data = valuelist[0] or None

    def pre_validate(self, form: Any) -> None:
        """Refuse a code that is not in the list."""
        if self.data is not None and self.data not in country_names("en"):
            raise ValidationError(_("Choose a country of the list"))


class CountriesField(SelectMultipleField):
    """Several countries, as codes; stored as a sorted list."""

    data: Any
    option_widget = CheckboxInput()
    widget = ListWidget(prefix_label=False)

    def __init__(self, label: Any = None, *args: Any, **kwargs: Any) -> None:
        """Offer all countries."""
        super().__init__(label, *args, choices=self._offered, coerce=str, **kwargs)

    @staticmethod
    def _offered() -> list[SelectChoice]:
        names = country_names(get_locale().language)
        return [SelectChoice(code, name) for code, name in names.items()]

    def pre_validate(self, form: Any) -> None:
        """Refuse a code that is not in the list."""
        chosen: list[str] = sorted(set(self.data or []))
        self.data = chosen
        if any(code not in country_names("en") for code in chosen):
            raise ValidationError(_("Choose countries of the list"))


def optional_id(value: Any) -> int | None:
    """Read an id, or nothing, from a form."""
    text = str(value) if value is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


class PartField(SelectField):
    """A part of the record from whose page the form is opened, or none; the value is its id."""

    def __init__(self, label: Any = None, *args: Any, **kwargs: Any) -> None:
        """Offer nothing until the record is known."""
        first = [SelectChoice("", "")]
        super().__init__(label, *args, choices=first, coerce=optional_id, **kwargs)

    def offer(self, parts: Iterable[tuple[int, str]]) -> None:
        """Offer parts by their ids, each with its label."""
        choices = [SelectChoice(part_id, label) for part_id, label in parts]
        self.choices = [SelectChoice("", ""), *choices]


class AmountInput(TextInput):
    """A short text box that offers the keys for numbers on a telephone."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        """Draw the box."""
        return super().__call__(field, inputmode="decimal", autocomplete="off", **kwargs)


class AmountField(DecimalField):
    """An amount of money, as people write it: 1200.50, 1 200,50.

    A text box: a browser empties a box for numbers of whatever it cannot read, and it is lost.
    """

    widget = AmountInput()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was typed; a comma before the last digits is a decimal point."""
        typed = "".join(valuelist[0].split()) if valuelist else ""
        if "," in typed and "." not in typed:
            whole, _comma, cents = typed.rpartition(",")
            typed = (
                f"{whole.replace(',', '')}.{cents}" if len(cents) != 3 else typed.replace(",", "")
            )
        elif "," in typed:
            # Both are there: the last one parts the cents.
            thousands = "." if typed.rfind(",") > typed.rfind(".") else ","
            typed = typed.replace(thousands, "").replace(",", ".")
        super().process_formdata([typed] if valuelist else [])


class ListValueField(SelectField):
    """A value of a list that the team edits; the value is its id."""

    def __init__(
        self,
        label: Any = None,
        *args: Any,
        values: Callable[[int | None], Any],
        optional: bool = False,
        **kwargs: Any,
    ) -> None:
        """Offer the values in use.

        :param values: returns the statement that lists them; takes the id that is chosen already.
        """
        self.values_of = values
        self.optional = optional
        super().__init__(label, *args, choices=self._offered, coerce=optional_id, **kwargs)

    def _offered(self) -> list[SelectChoice]:
        first = [SelectChoice("", "")] if self.optional else []
        found = db.session.scalars(self.values_of(self.data)).all()
        return first + [SelectChoice(str(value.id), value.label) for value in found]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read what was chosen."""
        if valuelist:
            self.data = optional_id(valuelist[0])

    def pre_validate(self, form: Any) -> None:
        """Refuse a value that is not in the list."""
        if self.data is None and self.optional:
            return
        if str(self.data) not in {choice.value for choice in self._offered()}:
            raise ValidationError(_("Choose one of the values in the list"))


class UserField(SelectField):
    """Somebody of the team, or nobody."""

    def __init__(self, label: Any = None, *args: Any, **kwargs: Any) -> None:
        """Offer the people who may sign in."""
        super().__init__(label, *args, choices=self._offered, coerce=optional_id, **kwargs)

    def _offered(self) -> list[SelectChoice]:
        people = db.session.scalars(accounts.team(including=self.data)).all()
        return [SelectChoice("", ""), *(SelectChoice(str(user.id), user.name) for user in people)]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read who was chosen."""
        if valuelist:
            self.data = optional_id(valuelist[0])

    def pre_validate(self, form: Any) -> None:
        """Refuse somebody who is not in the list."""
        offered = {choice.value for choice in self._offered()}
        if self.data is not None and str(self.data) not in offered:
            raise ValidationError(_("Choose somebody of the team"))


class UsersField(SelectMultipleField):
    """Several people of the team."""

    option_widget = CheckboxInput()
    widget = ListWidget(prefix_label=False)

    def __init__(self, label: Any = None, *args: Any, **kwargs: Any) -> None:
        """Offer the people who may sign in."""
        super().__init__(label, *args, choices=self._offered, coerce=optional_id, **kwargs)

    @staticmethod
    def _offered() -> list[SelectChoice]:
        people = db.session.scalars(accounts.team()).all()
        return [SelectChoice(user.id, user.name) for user in people]

    def pre_validate(self, form: Any) -> None:
        """Refuse somebody who is not in the list."""
        offered = {choice.value for choice in self._offered()}
        if any(user_id not in offered for user_id in self.data or []):
            raise ValidationError(_("Choose people of the team"))


@dataclass(frozen=True)
class Option:
    """A record that a field offers or has chosen."""

    id: int
    label: str
    context: str
    url: str


def option(record: Record) -> Option:
    """Describe a record well enough to tell it from its namesakes."""
    kind = registry.kind_of(record)
    return Option(
        id=record.id,
        label=record.title,
        context=str(kind.label),
        url=kind.url(record),
    )


NEW = "new:"


@dataclass(frozen=True)
class NewRecord:
    """A record that a form adds on the way, of which no more than its name is known."""

    kind: str
    name: str

    @property
    def value(self) -> str:
        """Return what a form sends to have it added."""
        return f"{NEW}{self.kind}:{self.name}"

    @property
    def label(self) -> Any:
        """Return what kind of record it will be."""
        return registry.kinds[self.kind].label


class Needed:
    """Refuse an empty field, unless what was typed there has been refused already."""

    field_flags: ClassVar[dict[str, bool]] = {"required": True}

    def __init__(self, message: Any) -> None:
        """Take the sentence that says what to enter."""
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        """Check that something was chosen."""
        if field.data or getattr(field, "added", ()):
            return
        if field.errors:
            raise StopValidation
        raise StopValidation(str(self.message))


class RecordField(StringField):
    """One record, found by typing its name; the value is its id.

    What was typed and matches several records comes back as a list to choose from: nothing is
    chosen silently.
    """

    multiple = False

    def __init__(
        self,
        label: Any = None,
        *args: Any,
        kinds: Sequence[str] = (),
        creates: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        """Find records.

        :param kinds: the kinds of records that fit, all when empty.
        :param creates: the kinds of which one can be added by its name alone.
        """
        super().__init__(label, *args, **kwargs)
        self.kinds = tuple(kinds)
        self.creates = tuple(creates)
        self.added: list[NewRecord] = []
        self.addable: list[NewRecord] = []
        self.offer_url = ""
        self.text = ""
        self.chosen: list[Option] = []
        self.candidates: list[Option] = []
        self.unmatched: list[str] = []
        self.accepted: list[str] = []

    def accept_unknown(self) -> None:
        """Take the names that nothing bears as names of records to add."""
        self.accepted, self.unmatched = self.unmatched, []
        if self.accepted and not self.candidates:
            self.text = "; ".join(self.accepted)
            self.process_errors: list[str] = []

    @property
    def ways_to_add(self) -> list[tuple[str, str]]:
        """Return the kinds of which one can be added, with their labels."""
        return [(kind, str(registry.kinds[kind].label)) for kind in self.creates]

    @property
    def suggest_url(self) -> str:
        """Return the address that answers with suggestions while typing."""
        return url_for("records.suggest", kind=list(self.kinds) or None)

    def process_data(self, value: Any) -> None:
        """Take the id or ids stored."""
        self._take(self._ids([value] if not isinstance(value, (list, tuple, set)) else value))

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read ids that were ticked, names that were typed, and which of them are new."""
        if not valuelist:
            return
        self.added, self.addable, self.unmatched = [], [], []
        typed = self._read_ticks(valuelist[:500])
        to_add = {fold(new.name) for new in self.added}
        unknown = [
            name
            for name in typed[:200]
            # A tick below the name may have settled that it is a new one.
            if fold(name) not in to_add and not self._find(name)
        ]
        self.text = "; ".join(unknown)[:2000]
        self._keep()
        if not self.multiple and len(self.chosen) > 1:
            # The name typed last replaces the record that was there before.
            self.chosen = self.chosen[-1:]
            self._keep()
        if unknown:
            raise ValueError(self._complaint())

    def _read_ticks(self, values: Sequence[str]) -> list[str]:
        """Take what was ticked.

        :returns: the names that were typed.
        """
        ids, typed = [], []
        for value in values:
            cleaned = clean_line(value)
            if cleaned.startswith("id:"):
                ids.append(cleaned.removeprefix("id:"))
            elif cleaned.startswith(NEW) and self.creates:
                self._add(*cleaned.removeprefix(NEW).partition(":")[::2])
            elif cleaned:
                typed += [name.strip() for name in self._split(cleaned) if name.strip()]
        self._take(self._ids(ids))
        return typed

    def _find(self, name: str) -> bool:
        """Choose the one record that bears a name; offer those that may be meant, and to add one.

        :returns: whether it is clear which one is meant.
        """
        matches = list(db.session.scalars(queries.named_like(name[:300], self.kinds)))
        if any(match.id == chosen.id for match in matches for chosen in self.chosen):
            return True  # A tick below the name has settled which one is meant.
        exact = queries.exact(matches, name)
        if len(exact) == 1:
            self._choose(exact[0])
            return True
        self.addable += [NewRecord(kind, name) for kind in self.creates]
        self.candidates += [option(record) for record in matches[:10]]
        if not matches:
            self.unmatched.append(name)
        return False

    def _complaint(self) -> str:
        if self.candidates:
            return _("Several records match “%(text)s”. Choose one", text=self.text)
        if self.creates:
            return _(
                "Nothing is called “%(text)s”. Check the spelling, or tick what is to be added",
                text=self.text,
            )
        return _(
            "Nothing is called “%(text)s”. Check the spelling, or add it first", text=self.text
        )

    def _add(self, kind: str, name: str) -> None:
        """Take a name as that of a record to add, each once."""
        known = {(new.kind, fold(new.name)) for new in self.added}
        if kind in self.creates and fold(name) and (kind, fold(name)) not in known:
            self.added.append(NewRecord(kind, name.strip()))

    def also(self, record: Record) -> None:
        """Choose one more."""
        self._choose(record)
        self._keep()

    def _split(self, text: str) -> Iterable[str]:
        return [text]

    @staticmethod
    def _ids(values: Iterable[Any]) -> list[int]:
        texts = [str(value) for value in values if value is not None]
        return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10]

    def _take(self, ids: list[int]) -> None:
        self.chosen, self.candidates, self.text = [], [], ""
        if ids:
            for record in db.session.scalars(queries.with_ids(ids, self.kinds)):
                self._choose(record)
        self._keep()

    def _choose(self, record: Record) -> None:
        if all(chosen.id != record.id for chosen in self.chosen):
            self.chosen.append(option(record))

    def _keep(self) -> None:
        self.data: Any = self.chosen[0].id if self.chosen else None


class RecordsField(RecordField):
    """Several records, found by typing their names separated by semicolons; a list of ids."""

    multiple = True

    def _split(self, text: str) -> Iterable[str]:
        return text.replace("\n", ";").split(";")

    def _keep(self) -> None:
        self.data = [chosen.id for chosen in self.chosen]

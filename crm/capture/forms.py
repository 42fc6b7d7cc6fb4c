"""The form of an exchange, filled in from a line or a mail, and what both begin with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from crm.capture.line import MOST_CHARACTERS
from crm.capture.understanding import Understood
from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _, _l
from crm.core.partial_date import PartialDate
from crm.interactions.forms import InteractionForm
from crm.people import queries as people
from crm.records import queries as records
from crm.records.fields import Option, option, optional_id
from crm.records.models import Record
from crm.web.form import Form, TooLong
from crm.web.templating import locale_code


class LineForm(Form):
    """One line."""

    line = StringField(
        _l("The exchange, in one line"),
        validators=[DataRequired(_l("Write what happened")), TooLong(max=MOST_CHARACTERS)],
        description=_l(
            "For instance: 12/11 call @Maria ECRE re: detention brief; todo send the draft by "
            "20/11 !me"
        ),
        render_kw={"autofocus": True, "autocomplete": "off"},
    )


class MailForm(Form):
    """A mail, saved as a file."""

    upload = FileField(
        _l("Mail"),
        validators=[FileRequired(_l("Choose a mail"))],
        description=_l("An .eml file, 60 MB at most: choose it, or drop it here"),
        render_kw={"accept": ".eml,message/rfc822"},
    )


class ProposedForm(InteractionForm):
    """An exchange that is proposed: what it was read from stands beside each field."""

    def choose(self, record_ids: Iterable[int]) -> None:
        """Tick records, whatever else is named: a tick does not settle another name here."""
        known = {each.id for each in self.participant_ids.chosen}
        found = db.session.scalars(records.with_ids(set(record_ids) - known))
        self.participant_ids.chosen += [option(record) for record in found]

    def offer_likely(self, likely: Iterable[Record]) -> None:
        """Offer those who may be meant first, each with where they work."""
        chosen = {each.id for each in self.participant_ids.chosen}
        offered = [*(option(each) for each in likely), *self.participant_ids.candidates]
        by_id = {each.id: each for each in offered if each.id not in chosen}
        work = _work(by_id)
        self.participant_ids.candidates = [
            replace(each, context=work.get(each.id, each.context)) for each in by_id.values()
        ]

    def mark(self, read_from: Mapping[str, str]) -> None:
        """Say of each field what it was read from."""
        for name, text in read_from.items():
            field = self._fields.get(name)
            if field is not None:
                said = _("Read from “%(text)s”", text=text)
                field.description = " – ".join(filter(None, (said, str(field.description))))

    def complain(self) -> None:
        """Say what is to be decided before anything is sent."""
        for field in self:
            field.errors = list(field.process_errors)


def _work(options: Mapping[int, Option]) -> dict[int, str]:
    """Return where people work now."""
    found: dict[int, list[str]] = {}
    asked = people.posts(today()).run(person_ids=list(options))
    for person_id, *_post, organisation in asked:
        found.setdefault(person_id, []).append(organisation)
    return {person_id: ", ".join(names) for person_id, names in found.items()}


class LineProposedForm(ProposedForm):
    """An exchange, proposed from a line."""

    extra_fields = (*InteractionForm.extra_fields, "line")

    line = HiddenField()

    def values(self) -> dict[str, Any]:
        """Return what was entered, without the line it was read from."""
        values = super().values()
        values.pop("line", None)
        return values


def proposed(line: str, understood: Understood) -> LineProposedForm:
    """Return the form of an exchange as somebody would have filled it in who wrote a line."""
    reading = understood.reading
    texts = {
        "happened": _written(reading.when or PartialDate.of(today())),
        "interaction_kind": reading.means.value if reading.means else None,
        "subject": reading.subject,
        "note": reading.note,
        "follow_up": reading.follow_up,
        "follow_up_due": _written(reading.due) if reading.due else "",
        "follow_up_for": str(reading.assignee_id or ""),
        "participant_ids": "; ".join(understood.typed),
        "line": line,
    }
    topics = [("topic_ids", f"id:{record_id}") for record_id in understood.topic_ids]
    filled = [(name, text) for name, text in texts.items() if text is not None]
    form = LineProposedForm(formdata=MultiDict([*filled, *topics]))
    form.choose(understood.chosen)
    form.offer_likely(understood.likely)
    form.mark(reading.read_from)
    form.complain()
    return form


def _written(day: PartialDate) -> str:
    """Return a day as one types it."""
    return day.format(locale_code(), "dense")


class CheckedField(SelectMultipleField):
    """Several things, ticked; a list of their keys."""

    option_widget = CheckboxInput()
    widget = ListWidget(prefix_label=False)


class WaitingMailForm(ProposedForm):
    """An exchange, proposed from a mail."""

    extra_fields = (*InteractionForm.extra_fields, "new_people", "file_ids")
    groups = ((_l("Files of the mail"), ("file_ids",)), *InteractionForm.groups)

    new_people = CheckedField(
        _l("Not known yet: add to those it was with"),
        description=_l("Each becomes a person, with name and address"),
    )
    file_ids = CheckedField(
        _l("Keep with the exchange"),
        description=_l("What is not ticked is removed with the mail"),
        coerce=optional_id,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Build the form; those to add stand beside those who are known."""
        super().__init__(*args, **kwargs)
        self.participant_ids.validators = []  # Those to add may be all of them.
        first = ("participant_ids", "new_people")
        fields: dict[str, Any] = {**self._fields}
        self._fields = {**{name: fields[name] for name in first}, **fields}

    def choose_from(
        self, strangers: Sequence[tuple[str, str]], files: Sequence[tuple[int, str]]
    ) -> None:
        """Offer the people nobody knows yet and the files that came with the mail."""
        self.new_people.choices = [SelectChoice(key, label) for key, label in strangers]
        self.file_ids.choices = [SelectChoice(key, label) for key, label in files]
        for name, offered in (("new_people", strangers), ("file_ids", files)):
            if not offered:
                del self[name]

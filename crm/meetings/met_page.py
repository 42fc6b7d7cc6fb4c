"""The two pages on which a signature or a card becomes a person: paste, then check."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Request, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.languages import language_name
from crm.documents import vcard
from crm.documents.vcard import MOBILE, Card
from crm.meetings import met, queries
from crm.meetings.met_forms import CardForm, MetForm
from crm.meetings.models import Meeting
from crm.meetings.paste_page import NEW, Candidate, candidate
from crm.people import proposals, signature
from crm.people.models import Person
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.models import Record
from crm.web import kept
from crm.web.blueprint import Blueprint
from crm.web.cells import Action
from crm.web.templating import locale_code

LATELY = timedelta(days=7)
MOST_FORM_BYTES = 4 * 1024 * 1024
"""A pasted text this long comes back with a sentence; a longer one is refused before it is read."""

_TEXTS = ("name", "given_name", "family_name", "form_of_address", "department")


def add_met_routes(bp: Blueprint) -> None:
    """Add the pages of somebody met to the blueprint of people."""

    @bp.url_value_preprocessor
    def allow_photos(endpoint: str | None, values: dict[str, Any] | None) -> None:
        """Let cards with photos in, which are dropped line by line, before a form is read."""
        if endpoint == "people.from_card":
            _allow(request, vcard.MOST_BYTES + MOST_FORM_BYTES)

    @bp.route("/from-card", methods=["GET", "POST"], permission=Permission.RECORDS_EDIT)
    def from_card() -> ResponseReturnValue:
        if kept.step() == kept.SAVE:
            return _save()
        form = CardForm()
        if not form.is_submitted() or kept.step() == kept.AGAIN:
            return _ask(form)
        try:
            cards = _read(form)
        except InvalidValue as refused:
            form.refuse(refused)
            return _ask(form)
        if len(cards) > 1:
            return _choose(cards)
        return _check(_proposal(cards[0], form.text.data or ""))


def _allow(current: Request, most: int) -> None:
    current.max_content_length = most
    current.max_form_memory_size = MOST_FORM_BYTES


def add_met_action(meeting: Record) -> list[Action]:
    """Return the way from a meeting to somebody met there, once it has begun."""
    if not (isinstance(meeting, Meeting) and met.has_begun(meeting)):
        return []
    return [Action(_("Add somebody met"), url_for("people.from_card", meeting=meeting.id))]


def ways_to_add() -> list[Action]:
    """Return the way from the list of people, and from the form of one."""
    return [Action(_("From a signature or a card"), url_for("people.from_card"))]


def _read(form: CardForm) -> list[Card]:
    """Return who is on the card, in the file or in the text.

    :raises InvalidValue: at the field that cannot be read.
    """
    if form.upload.data:
        with closing(form.upload.data) as upload:
            return vcard.read(upload.stream)
    text = form.text.data or ""
    if vcard.is_card(text):
        return vcard.read(BytesIO(text.encode("utf-8", "ignore")), field="text")
    return [signature.read(text)]


# What is proposed


@dataclass(frozen=True)
class Proposal:
    """What the second page begins with."""

    form: MetForm
    candidates: Sequence[Candidate]


def _proposal(card: Card, text: str) -> Proposal:
    meeting = _meeting()
    values = _values(card, meeting, is_card=vcard.is_card(text) or not text)
    marked = [name for name, value in values.items() if value]
    form = MetForm(formdata=None, **values, text=text, proposed=" ".join(marked))
    if not values["organisation_id"] and card.organisation:
        form.organisation_id.text = card.organisation
        form.mark("organisation_id")
    return Proposal(form, [candidate(person) for person in proposals.likely(card)])


def _values(card: Card, meeting: Meeting | None, *, is_card: bool) -> dict[str, Any]:
    language = locale_code()
    return {
        **{name: getattr(card, name) for name in _TEXTS},
        "position_title": card.title,
        "languages": ", ".join(language_name(each, language) for each in card.languages),
        "country": proposals.country_code(card.country),
        "organisation_id": proposals.organisation_of(card),
        "emails": "\n".join(card.emails),
        "phones": "\n".join(_numbers(card)),
        "websites": "\n".join(card.websites),
        "addresses": "\n".join(card.addresses),
        "meeting_id": meeting.id if meeting else None,
        "data_source": _source(meeting, is_card=is_card),
    }


def _numbers(card: Card) -> list[str]:
    mobile = _("mobile")
    return [
        f"{phone.number} ({mobile})" if phone.usage == MOBILE else phone.number
        for phone in card.phones
    ]


def _source(meeting: Meeting | None, *, is_card: bool) -> str:
    if meeting is not None:
        return str(_("Met at “%(title)s”", title=meeting.title))[:200]
    return str(_("Electronic card") if is_card else _("Signature of a mail"))


def _meeting() -> Meeting | None:
    """Return the meeting from which one comes, else the last one of these days."""
    asked = request.args.get("meeting", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        found = db.session.get(Meeting, int(asked))
        if found is not None and met.has_begun(found):
            return found
    return db.session.scalars(queries.met_lately(today() - LATELY, today()).limit(1)).first()


# The pages


def _ask(form: CardForm) -> ResponseReturnValue:
    return render_template(
        "meetings/met_ask.html",
        form=form,
        title=_("Add somebody from a signature or a card"),
        action_url=_address(),
        cancel_url=url_for("people.index"),
        has_errors=bool(form.errors or form.form_errors),
    )


def _choose(cards: Sequence[Card]) -> ResponseReturnValue:
    """Show the people of a file; each goes on by itself, as the text of its own card."""
    return render_template(
        "meetings/met_choose.html",
        cards=[(card, b"".join(vcard.write([card])).decode()) for card in cards],
        title=_("Choose somebody of this file"),
        action_url=_address(),
        cancel_url=_address(),
    )


def _check(proposal: Proposal, chosen: str = NEW) -> ResponseReturnValue:
    form = proposal.form
    return render_template(
        "meetings/met_check.html",
        form=form,
        candidates=proposal.candidates,
        chosen=chosen,
        title=_("Check and save"),
        action_url=_address(),
        cancel_url=url_for("people.index"),
        has_errors=bool(form.errors or form.form_errors),
    )


def _address() -> str:
    return url_for("people.from_card", meeting=request.args.get("meeting") or None)


def _save() -> ResponseReturnValue:
    form = MetForm()
    known = _known(kept.entered().get("person", NEW))
    person_id = known.id if known else None
    if form.validate_on_submit():
        saved = form.submit(lambda **values: met.save(form.met(person_id)))
        if saved is not None:
            return _saved(form, saved, is_new=known is None)
    people = {person.id: person for person in (*([known] if known else ()), *_likely(form))}
    candidates = [candidate(person) for person in people.values()]
    return _check(Proposal(form, candidates), f"id:{person_id}" if known else NEW)


def _known(answer: str) -> Person | None:
    """Return who was said to be meant, whatever became of the name meanwhile."""
    number = answer.removeprefix("id:")
    if answer == number or not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    return db.session.get(Person, int(number))


def _likely(form: MetForm) -> list[Person]:
    """Return who may be meant by what was entered."""
    chosen = form.organisation_id.chosen
    organisation = chosen[0].label if chosen else form.organisation_id.text
    name, emails = form.name.data or "", form.emails.lines()[:1]
    return proposals.likely(Card(name=name, organisation=organisation, emails=emails))


def _saved(form: MetForm, person: Person, *, is_new: bool) -> ResponseReturnValue:
    kind = registry.kind_of(person)
    if is_new:
        flash(_("“%(title)s” added", title=person.title), "success")
    else:
        flash(_("“%(title)s” completed", title=person.title), "success")
    page = "inform" if person.informed_on is None else "detail"
    return redirect(form.made(kind.url(person, page)))

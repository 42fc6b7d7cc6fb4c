"""What people are told of the data kept about them (GDPR, article 14); nobody is written to."""

from dataclasses import dataclass
from urllib.parse import quote

from flask_babel import force_locale

from crm.core.db import db
from crm.core.i18n import _
from crm.core.principal import TEAM, acting_as
from crm.organisations.queries import ourselves
from crm.people.models import Person
from crm.records import queries as records
from crm.records.models import ContactKind

LANGUAGES = {"fr": "Français", "en": "English"}


@dataclass(frozen=True)
class Notice:
    """The text for one person, in one language."""

    language: str
    label: str
    subject: str
    body: str
    mailto: str


@dataclass(frozen=True)
class Sender:
    """Who keeps the data, and where they are reached."""

    name: str
    contact: str


def notices(person: Person, own_address: str) -> list[Notice]:
    """Return the text in each language.

    :param own_address: of whoever sends it, where our organisation has no address of its own.
    """
    mails = [
        point.value
        for point in db.session.scalars(records.contact_points_of(person))
        if point.kind is ContactKind.EMAIL
    ]
    sender = _sender(own_address)
    return [_notice(person, sender, language, mails[:1]) for language in LANGUAGES]


def _sender(own_address: str) -> Sender:
    with acting_as(db.session, TEAM):
        us = db.session.scalar(ourselves())
        points = db.session.scalars(records.public_contact_points([us.id])).all() if us else []
    mail = next((point.value for point in points if point.kind is ContactKind.EMAIL), own_address)
    place = next((point.value for point in points if point.kind is ContactKind.ADDRESS), "")
    return Sender(us.name if us else "", ", ".join(filter(None, (mail, place))))


def _notice(person: Person, sender: Sender, language: str, mails: list[str]) -> Notice:
    with force_locale(language):
        subject = _("Your contact details in our address book")
        body = "\n\n".join(_paragraphs(person, sender))
    address = quote(mails[0], safe="@") if mails else ""
    mailto = f"mailto:{address}?subject={quote(subject)}&body={quote(body, safe='')}"
    return Notice(language, LANGUAGES[language], subject, body, mailto)


def _paragraphs(person: Person, sender: Sender) -> list[str]:
    source = person.data_source or _("a contact at work")
    who = sender.name or _("our association")
    return [
        _("Hello %(name)s,", name=person.name),
        _(
            "%(who)s keeps your professional contact details. The law asks us to tell you so "
            "(article 14 of the General Data Protection Regulation).",
            who=who,
        ),
        _("Who we are: %(who)s, %(contact)s.", who=who, contact=sender.contact),
        _(
            "What we keep: your name, your position and organisation, how to reach you at work, "
            "the meetings we both attend and our exchanges about our work."
        ),
        _("Why: to work with partner organisations."),
        _("Legal basis: %(basis)s.", basis=person.legal_basis.label),
        _("Where it comes from: %(source)s.", source=source),
        _("Who sees it: our international team. It is neither sold nor published."),
        _("How long: as long as we work together, or until you object."),
        _(
            "Your rights: you may see what we keep, have it corrected or erased, have its use "
            "limited, or object to it. Answer this message, and we will do it within a month. "
            "You may also complain to your data protection authority (in France, the CNIL)."
        ),
        _("Contact: %(contact)s.", contact=sender.contact),
    ]

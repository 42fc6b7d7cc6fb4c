"""The words of mails about signing: proposed in each language, with fields in braces."""

import re
from collections.abc import Mapping

from flask import current_app
from flask_babel import force_locale

from crm.core.errors import InvalidValue
from crm.core.i18n import _, _l
from crm.invitations.models import MailKind
from crm.invitations.services import Words

FIELDS: Mapping[str, str] = {
    "name": "nom",
    "contact": "contact",
    "declaration": "déclaration",
    "deadline": "limite",
    "link": "lien",
    "sender": "expéditeur",
}
"""The fields, in English and in French; either word is understood."""

_ENGLISH = {french: english for english, french in FIELDS.items()} | {each: each for each in FIELDS}
_FIELD = re.compile(r"\{ *([^{}\n]{1,40}?) *\}")
FIELDS_HINT = _l(
    "In its place is put: {name} who is invited, {contact} whom one writes to, {declaration} the"
    " declaration, {deadline} until when, {link} the link to sign, {sender} our organisation"
)


def interface_language(language: str) -> str:
    """Return in which of our two languages we write to somebody who reads a language."""
    return "fr" if language.startswith("fr") else "en"


def proposed(kind: MailKind, language: str, *, has_deadline: bool = True) -> Words:
    """Return the words proposed for a kind of mail."""
    template = f"mail/signing_{kind.value}.txt"
    with force_locale(interface_language(language)):
        text = current_app.jinja_env.get_template(template).render(has_deadline=has_deadline)
    subject, _blank, body = text.strip().partition("\n\n")
    return Words(" ".join(subject.split()), f"{body.strip()}\n")


def check(words: Words) -> None:
    """Return when the fields of a mail are known and the link is among them.

    :raises InvalidValue: at ``subject`` or ``text``.
    """
    for place, text in (("subject", words.subject), ("text", words.text)):
        for name in _FIELD.findall(text):
            if name.casefold() not in _ENGLISH:
                raise InvalidValue(
                    place, _("There is no field {%(name)s}. Take one of the list", name=name)
                )
    if any(_ENGLISH[name.casefold()] == "link" for name in _FIELD.findall(words.subject)):
        raise InvalidValue(
            "subject", _("Keep the link out of the subject: mail servers write subjects down")
        )
    fields = {_ENGLISH[name.casefold()] for name in _FIELD.findall(words.text)}
    if "link" not in fields:
        raise InvalidValue("text", _("Put the link to sign into the text: {link}"))


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its fields replaced."""

    def value(found: re.Match[str]) -> str:
        name = found[1].casefold()
        return values.get(_ENGLISH.get(name, name), found[0])

    return _FIELD.sub(value, text)

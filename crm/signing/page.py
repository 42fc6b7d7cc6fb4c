"""What the page to sign shows: the text, and of all signatories only the one who was invited."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum, auto
from typing import Any

from flask import url_for

from crm.core.db import Base, db
from crm.core.i18n import _
from crm.core.languages import language_name
from crm.declarations.models import Declaration, DeclarationText, SignatureStatus
from crm.declarations.status import closes_at
from crm.invitations import links, texts
from crm.invitations.mails import declaration_values
from crm.invitations.models import SigningLink
from crm.invitations.queries import UNDECIDED
from crm.invitations.wording import interface_language
from crm.organisations.queries import ourselves
from crm.signing import services
from crm.web.cells import Link


class State(Enum):
    """What a link leads to."""

    OPEN = auto()
    ANSWERED = auto()
    CLOSED = auto()
    EXPIRED = auto()


@dataclass(frozen=True)
class Visit:
    """Somebody has opened the page with a link.

    :param language: of the text that is shown.
    """

    link: SigningLink
    text: DeclarationText
    language: str
    languages: Mapping[str, DeclarationText]

    @property
    def declaration(self) -> Declaration:
        """Return what is to be signed."""
        return self.link.invitation.declaration

    @property
    def interface(self) -> str:
        """Return in which of our two languages the page speaks."""
        return interface_language(self.language)


def visit(link: SigningLink | None, asked: str | None) -> Visit | None:
    """Return what a link leads to; None when it leads nowhere, or nowhere any more.

    :param asked: the language that was chosen on the page.
    """
    invitation = link.invitation if link is not None else None
    if link is None or invitation is None or invitation.declaration.is_confidential:
        return None
    languages = texts.newest(invitation.declaration)
    if not languages:
        return None
    wanted = asked if asked in languages else invitation.language
    text = texts.in_language(languages, wanted)
    return Visit(link, text, text.language, languages)


def state_of(link: SigningLink) -> State:
    """Return what a link leads to now."""
    invitation = link.invitation
    if invitation.signature.status not in UNDECIDED:
        return State.ANSWERED
    if not services.can_answer(invitation, invitation.signature):
        return State.CLOSED
    return State.EXPIRED if links.has_expired(link) else State.OPEN


def frame(here: Visit, token: str) -> dict[str, Any]:
    """Return what every page of a link shows."""
    us = db.session.scalars(ourselves()).first()
    return {
        "declaration": here.declaration,
        "text": here.text,
        "interface": here.interface,
        "us": us.title if us else "",
        "write_to": write_to(),
        "languages": [
            Link(
                language_name(code, code),
                url_for("signing.sign", token=token, language=code),
                lang=code,
            )
            for code in here.languages
            if code != here.language
        ],
        "token": token,
        "language": here.language,
    }


def form_facts(here: Visit) -> dict[str, Any]:
    """Return what stands above the form."""
    declaration = here.declaration
    values = declaration_values(declaration)
    return {
        "signatory": here.link.invitation.signature.displayed_name,
        "deadline": values["deadline"] if closes_at(declaration) else None,
        "who_may_sign": declaration.who_may_sign,
        "has_changed": here.link.edition < here.text.edition,
    }


def write_to() -> str:
    """Return the address people write to when the page does not help."""
    return parseaddr(str(Base.metadata.info["mail_from"]))[1]


def told(here: Visit, state: State) -> tuple[str, str]:
    """Return the heading and the sentence of a page that asks for nothing.

    Whoever comes later by the same link learns what to do, and nothing of what was answered.
    """
    if state is State.CLOSED:
        when = declaration_values(here.declaration)["deadline"]
        since = (
            _("Signatures were collected until %(when)s.", when=when)
            if closes_at(here.declaration)
            else _("Signatures are no longer collected.")
        )
        return _("This declaration is closed"), since
    if state is State.EXPIRED:
        return (
            _("This link is too old"),
            _("Ask for a new one: it goes to the address to which this one was sent."),
        )
    return (
        _("An answer was given with this link"),
        _("The receipt that was sent then leads to what was kept, and lets one withdraw it."),
    )


def thanks(status: SignatureStatus) -> tuple[str, str]:
    """Return the heading and the sentence that answer an answer."""
    if status is SignatureStatus.SIGNED:
        return (
            _("Thank you: your signature was received"),
            _(
                "A receipt is on its way to you by mail. It tells what was kept and lets you"
                " withdraw your signature."
            ),
        )
    if status is SignatureStatus.WITHDRAWN:
        return (
            _("Your signature was withdrawn"),
            _(
                "It no longer stands on the list. Texts that were published before stay as they"
                " were."
            ),
        )
    return (
        _("Thank you: your answer was received"),
        _("We write to you no more about this declaration."),
    )

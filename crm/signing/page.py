"""What the page to sign shows: the text, and of all signatories only the one who was invited."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum, auto
from typing import Any

from flask import request, url_for

from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.i18n import _
from crm.core.languages import language_name
from crm.declarations.models import Declaration, DeclarationText, SignatureStatus
from crm.declarations.status import closes_at, last_deadline
from crm.invitations import links, queries, texts
from crm.invitations.models import Invitation, LinkUse, SigningLink
from crm.invitations.wording import interface_language
from crm.organisations.queries import ourselves
from crm.records.display import due_at_length, title_in
from crm.signing import services
from crm.web.cells import Link


class State(Enum):
    """What a link leads to."""

    OPEN = auto()
    ANSWERED = auto()
    CLOSED = auto()
    EXPIRED = auto()
    REPLACED = auto()


@dataclass(frozen=True)
class Visit:
    """Somebody has opened the page with a link.

    :param language: of the text that is shown.
    :param interface: in which of our two languages the page speaks.
    """

    link: SigningLink
    text: DeclarationText
    language: str
    languages: Mapping[str, DeclarationText]
    interface: str

    @property
    def declaration(self) -> Declaration:
        """Return what is to be signed."""
        return self.link.invitation.declaration


def visit(link: SigningLink | None, asked: str | None) -> Visit | None:
    """Return what a link leads to; None when it leads nowhere, or nowhere any more.

    A signature can be withdrawn even when the declaration has become confidential since.

    :param asked: the language that was chosen on the page.
    """
    invitation = link.invitation if link is not None else None
    if link is None or invitation is None or _is_gone(invitation, link.use):
        return None
    languages = texts.newest(invitation.declaration_id)
    if not languages:
        return None
    wanted = asked if asked in languages else link.mail.language
    text = texts.in_language(languages, wanted)
    spoken = asked if asked is not None and asked in languages else invitation.language
    return Visit(link, text, text.language, languages, interface_language(spoken))


def _is_gone(invitation: Invitation, use: LinkUse) -> bool:
    declaration = invitation.declaration
    return (
        declaration.deleted_at is not None
        or invitation.signatory.deleted_at is not None
        or (use is LinkUse.SIGN and declaration.is_confidential)
    )


def state_of(link: SigningLink) -> State:
    """Return what a link leads to now."""
    invitation = link.invitation
    if invitation.signature.status not in queries.UNDECIDED:
        return State.ANSWERED
    if not services.can_answer(invitation, invitation.signature):
        return State.CLOSED
    if link.revoked_at is not None:
        return State.REPLACED
    return State.EXPIRED if links.has_expired(link) else State.OPEN


def frame(here: Visit, token: str) -> dict[str, Any]:
    """Return what every page of a link shows."""
    us = db.session.scalars(ourselves()).first()
    return {
        "title_of_text": title_in(here.declaration, here.language),
        "text": here.text,
        "interface": here.interface,
        "us": us.title if us else "",
        "write_to": write_to(),
        "languages": [
            Link(
                language_name(code, code).capitalize(),
                url_for(str(request.endpoint), token=token, language=code),
                lang=code,
            )
            for code in here.languages
            if code != here.language and request.method == "GET"
        ],
        "token": token,
        "language": here.language,
        "signatory": here.link.invitation.signature.displayed_name,
    }


def form_facts(here: Visit) -> dict[str, Any]:
    """Return what stands above the form."""
    declaration, link = here.declaration, here.link
    due = last_deadline(declaration)
    return {
        "deadline": due_at_length(due) if due else None,
        "who_may_sign": declaration.who_may_sign,
        # Versions are counted in each language.
        "has_changed": link.mail.language == here.language and link.edition < here.text.edition,
    }


def write_to() -> str:
    """Return the address people write to when the page does not help."""
    return parseaddr(str(Base.metadata.info["mail_from"]))[1]


def told(here: Visit, state: State) -> tuple[str, str]:
    """Return the heading and the sentence of a page that asks for nothing.

    Whoever comes later by the same link learns what to do, and nothing of what was answered.
    """
    if state is State.CLOSED:
        end = closes_at(here.declaration)
        due = last_deadline(here.declaration)
        is_over = end is not None and end <= now() and due is not None
        since = (
            _("Signatures were collected until %(when)s.", when=due_at_length(due))
            if is_over and due is not None
            else _("Signatures are no longer collected.")
        )
        return _("This declaration is closed"), since
    if state is State.REPLACED:
        return (
            _("This link was replaced"),
            _("The invitation was passed on, or a newer link was sent. Use the newest mail."),
        )
    if state is State.EXPIRED:
        return (
            _("This link is too old"),
            _("Ask for a new one: it goes to the address to which this one was sent."),
        )
    return (
        _("An answer was given with this link"),
        _(
            "A signature can be withdrawn by the link of its receipt."
            " For anything else, write to us."
        ),
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

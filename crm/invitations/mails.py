"""The mails about signing, composed when they are sent: the link in them is stored nowhere."""

from collections.abc import Mapping

from flask_babel import force_locale

from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.i18n import _
from crm.core.mail import Mail
from crm.declarations.models import Declaration, Signature
from crm.invitations import links, queries
from crm.invitations.models import Invitation, InvitationMail, SigningLink
from crm.invitations.services import Words
from crm.invitations.wording import filled, interface_language, proposed
from crm.organisations.queries import ourselves
from crm.records.display import due_in_words


def compose(mail: InvitationMail) -> Mail | None:
    """Return a mail as it is sent; None when its link is no longer good."""
    link = db.session.scalar(queries.link_of_mail(mail.id))
    if link is None or link.revoked_at is not None:
        return None
    links.keep_good(link)
    words = words_of(mail)
    values = values_for(mail.invitation, mail.language, _address(link))
    subject = " ".join(filled(words.subject, values).split())
    return Mail(mail.address, subject, filled(words.text, values))


def words_of(mail: InvitationMail) -> Words:
    """Return the words of a mail: those of its mailing, else those proposed for its kind."""
    if mail.mailing_id is not None:
        wording = db.session.scalar(queries.wording_of(mail.mailing_id, mail.language))
        if wording is not None:
            return Words(wording.subject, wording.text)
    return proposed(mail.kind, mail.language)


def values_for(invitation: Invitation, language: str, link: str) -> Mapping[str, str]:
    """Return what is put into the fields of a mail."""
    declaration = invitation.declaration
    with force_locale(interface_language(language)):
        return {
            **declaration_values(declaration),
            "name": invitation.signature.displayed_name,
            "contact": invitation.greeted,
            "link": link,
            "summary": _summary(invitation.signature, declaration),
        }


def declaration_values(declaration: Declaration) -> Mapping[str, str]:
    """Return the fields that are the same for everybody, in the language of the moment."""
    ends = {each: each.ends_at() for each in declaration.closing_deadlines}
    latest = max(
        (each for each, end in ends.items() if end is not None),
        key=lambda each: ends[each] or now(),
        default=None,
    )
    us = db.session.scalars(ourselves()).first()
    return {
        "sender": us.title if us else "",
        "declaration": declaration.title,
        "deadline": due_in_words(latest) if latest else _("further notice"),
    }


def _summary(signature: Signature, declaration: Declaration) -> str:
    text = signature.text
    lines = [
        _("Name as printed: %(name)s", name=signature.displayed_name),
        _("In what capacity: %(capacity)s", capacity=signature.capacity or "–"),
        _("Name published: %(answer)s", answer=_("yes") if signature.may_publish else _("no")),
    ]
    if text is not None:
        lines += [
            _(
                "Text: %(language)s, version %(number)s",
                language=text.language,
                number=text.edition,
            ),
            _("Fingerprint (SHA-256): %(sha256)s", sha256=signature.text_sha256),
        ]
    return "\n".join(lines)


def _address(link: SigningLink) -> str:
    return f"{Base.metadata.info['base_url'].rstrip('/')}{links.path_of(link)}"


def sample(
    declaration: Declaration, words: Words, *, name: str, contact: str, language: str
) -> Words:
    """Return words as they will read to one of those who are invited; the link is hidden."""
    with force_locale(interface_language(language)):
        values = {
            **declaration_values(declaration),
            "name": name,
            "contact": contact,
            "link": _("[the link of each]"),
        }
    return Words(filled(words.subject, values), filled(words.text, values))

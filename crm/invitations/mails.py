"""The mails about signing, composed when they are sent: the link in them is stored nowhere."""

from collections.abc import Mapping

from flask_babel import force_locale

from crm.core.countries import country_name
from crm.core.db import Base, db
from crm.core.i18n import _
from crm.core.languages import language_name
from crm.core.mail import Mail
from crm.declarations.models import Declaration, Signature
from crm.declarations.status import last_deadline
from crm.invitations import links, queries
from crm.invitations.models import InvitationMail, MailKind, SigningLink
from crm.invitations.services import Words
from crm.invitations.wording import filled, interface_language, proposed
from crm.organisations.queries import ourselves
from crm.records.display import due_at_length, moment_at_length, title_in
from crm.web.templating import yes_no


def compose(mail: InvitationMail) -> Mail | None:
    """Return a mail as it is sent, its link good from now on; None when that was revoked."""
    link = db.session.scalar(queries.link_of_mail(mail.id))
    if link is None or link.revoked_at is not None:
        return None
    links.make_good(link)
    words = words_of(mail)
    values = values_for(mail, _address(link))
    subject = " ".join(filled(words.subject, values).split())
    return Mail(mail.address, subject, filled(words.text, values))


def words_of(mail: InvitationMail) -> Words:
    """Return the words of a mail: those of its mailing, else those proposed for its kind."""
    if mail.mailing_id is not None:
        wording = db.session.scalar(queries.wording_of(mail.mailing_id, mail.language))
        if wording is not None:
            return Words(wording.subject, wording.text)
    return proposed(
        mail.kind, mail.language, has_deadline=has_deadline(mail.invitation.declaration)
    )


def has_deadline(declaration: Declaration) -> bool:
    """Tell whether there is a day until which one signs."""
    return last_deadline(declaration) is not None


def values_for(mail: InvitationMail, link: str) -> Mapping[str, str]:
    """Return what is put into the fields of a mail."""
    invitation, signature = mail.invitation, mail.invitation.signature
    signer = signature.signer_name if mail.kind is MailKind.RECEIPT else None
    with force_locale(interface_language(mail.language)):
        return {
            **declaration_values(invitation.declaration, mail.language),
            "name": signature.displayed_name,
            "contact": signer or invitation.greeted,
            "link": link,
            "summary": _summary(signature),
        }


def declaration_values(declaration: Declaration, language: str) -> Mapping[str, str]:
    """Return the fields that are the same for everybody, in the language of the moment.

    :param language: in which the declaration is named, where it has a name in it.
    """
    us = db.session.scalars(ourselves()).first()
    due = last_deadline(declaration)
    return {
        "sender": us.title if us else "",
        "declaration": title_in(declaration, language),
        "deadline": due_at_length(due) if due else "",
    }


def _summary(signature: Signature) -> str:
    """Return all that was kept of a signature."""
    language = interface_language(signature.text.language if signature.text else "en")
    lines = [
        _("Name as printed: %(name)s", name=signature.displayed_name),
        _("Signed by: %(name)s", name=signature.signer_name or ""),
        _("In what capacity: %(capacity)s", capacity=signature.capacity or "–"),
        _("Category: %(category)s", category=signature.category.label),
        _("Country: %(country)s", country=country_name(signature.country, language) or "–"),
        _("Name published: %(answer)s", answer=yes_no(signature.may_publish)),
        _("Logo shown: %(answer)s", answer=yes_no(signature.may_show_logo)),
    ]
    if signature.signed_at is not None:
        lines.append(_("Signed on: %(moment)s", moment=moment_at_length(signature.signed_at)))
    text = signature.text
    if text is not None:
        lines += [
            _(
                "Text: %(language)s, version %(number)s",
                language=language_name(text.language, language),
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
            **declaration_values(declaration, language),
            "name": name,
            "contact": contact,
            "link": _("[the link of each]"),
        }
    return Words(filled(words.subject, values), filled(words.text, values))

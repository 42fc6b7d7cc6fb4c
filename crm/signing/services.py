"""What whoever holds a link may do with it. No service commits."""

from datetime import timedelta
from typing import Any

from crm.accounts import throttle
from crm.accounts.throttle import Bucket, Limit
from crm.core.clock import now, today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.declarations import services as declarations
from crm.declarations.eligibility import eligibility_of
from crm.declarations.models import Signature, SignatureChannel, SignatureStatus, Stage
from crm.declarations.status import stage_now
from crm.invitations import links, queries, texts
from crm.invitations.models import Invitation, LinkUse, MailKind, SigningLink
from crm.invitations.services import queue_mail
from crm.records import services

UNKNOWN_LINKS = Limit("signing-link", 30, timedelta(hours=1))
MOST_PASSES = 3
"""So often an invitation is passed on: a page without an account must not send mails at will."""

BETWEEN_LINKS = timedelta(hours=1)


class TextChanged(Exception):
    """There is a newer text than the one that was read."""


class NotOpen(Exception):
    """It was answered or closed meanwhile: the page says which."""


def note_unknown_link(address: str) -> None:
    """Count a link that leads nowhere.

    :param address: of the network it was asked from; only its keyed fingerprint is kept, a day.
    :raises crm.accounts.throttle.TooManyAttempts: when there were too many before.
    """
    buckets = [Bucket(UNKNOWN_LINKS, throttle.network(address))]
    throttle.let_through(buckets)
    throttle.note(buckets)


def can_answer(invitation: Invitation, signature: Signature) -> bool:
    """Tell whether an invitation can be answered now."""
    return signature.status in queries.UNDECIDED and stage_now(invitation.declaration) is Stage.OPEN


def _held(link: SigningLink) -> Signature:
    """Return the signature of a link as it stands now, held until the end of the request.

    The declaration first, then the signature: whoever closes takes them in the same order.

    :raises NotOpen: when somebody was faster: it was answered, closed, or passed on.
    """
    invitation = link.invitation
    db.session.scalars(queries.declaration_to_sign(invitation.declaration_id)).one()
    signature = db.session.scalars(queries.signature_to_answer(invitation.signature_id)).one()
    db.session.refresh(link)
    db.session.refresh(invitation)
    if link.revoked_at is not None or not can_answer(invitation, signature):
        raise NotOpen
    return signature


def sign(link: SigningLink, text_sha256: str, **values: Any) -> Signature:
    """Sign the text that was read, under the name that was entered; a receipt goes out.

    :param text_sha256: the fingerprint of the text that the page showed.
    :raises TextChanged: when that is not one of the newest texts of the declaration.
    :raises NotOpen: when it was answered or closed meanwhile.
    :raises InvalidValue: when they may not sign in this category.
    """
    signature = _held(link)
    declaration = link.invitation.declaration
    read = [each for each in texts.newest(declaration.id).values() if each.sha256 == text_sha256]
    if not read:
        raise TextChanged
    eligibility_of(declaration).check(signature.signatory_id, values["category"])
    with services.because(_("Signed by the link of the invitation")):
        declarations.change_signature(
            signature,
            signature.version,
            **values,
            text_id=read[0].id,
            status=SignatureStatus.SIGNED,
            channel=SignatureChannel.FORM,
            signed_on=PartialDate.of(today()),
            signed_at=now(),
            # Whoever the team had noted before is not who signed now.
            signed_by_id=None,
            condition=None,
        )
    links.revoke(link.invitation, LinkUse.WITHDRAW)
    language = read[0].language
    queue_mail(link.invitation, MailKind.RECEIPT, use=LinkUse.WITHDRAW, language=language)
    return signature


def decline(link: SigningLink, *, reason: str | None) -> Signature:
    """Note that they do not sign."""
    signature = _held(link)
    with services.because(_("Declined by the link of the invitation")):
        return declarations.change_signature(
            signature,
            signature.version,
            status=SignatureStatus.DECLINED,
            withdrawal_reason=reason,
        )


def pass_on(link: SigningLink, *, contact_name: str, address: str) -> Invitation:
    """Send the invitation to the person who can decide; links of before are worth nothing.

    :raises InvalidValue: when it went from one to the next too often.
    """
    _held(link)
    invitation = link.invitation
    passes = db.session.scalars(queries.mails_of_kind(invitation.id, MailKind.PASSED_ON)).all()
    if len(passes) >= MOST_PASSES:
        raise InvalidValue(
            None, _("This invitation was passed on several times. Write to us, and we send it")
        )
    with services.because(_("Passed on by the link of the invitation")):
        services.change_part(
            invitation,
            invitation.version,
            contact_id=None,
            contact_name=contact_name,
            address=address.strip(),
        )
    links.revoke(invitation, LinkUse.SIGN)
    queue_mail(invitation, MailKind.PASSED_ON)
    return invitation


def send_new_link(link: SigningLink) -> None:
    """Send a new link to the address of the invitation, not more than once an hour."""
    _held(link)
    invitation = link.invitation
    latest = db.session.scalars(queries.mails_of_kind(invitation.id, MailKind.NEW_LINK)).first()
    if latest is not None and latest.queued_at > now() - BETWEEN_LINKS:
        return
    links.revoke(invitation, LinkUse.SIGN)
    queue_mail(invitation, MailKind.NEW_LINK)


def withdraw(link: SigningLink, *, reason: str | None) -> Signature:
    """Take a signature off the list; history keeps it.

    :raises NotOpen: when it was withdrawn already.
    """
    invitation = link.invitation
    signature = db.session.scalars(queries.signature_to_answer(invitation.signature_id)).one()
    if signature.status is not SignatureStatus.SIGNED:
        raise NotOpen
    with services.because(_("Withdrawn by the link of the receipt")):
        return declarations.change_signature(
            signature,
            signature.version,
            status=SignatureStatus.WITHDRAWN,
            withdrawal_reason=reason,
        )

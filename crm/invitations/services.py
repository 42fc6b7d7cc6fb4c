"""Everything that changes invitations. No service commits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crm.core.clock import now
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _, _n
from crm.core.mail import mail_is_configured, stamp
from crm.core.principal import principal_of
from crm.core.queue import JobState, enqueue
from crm.declarations import services as declarations
from crm.declarations.eligibility import usual_category
from crm.declarations.models import Declaration, SignatureStatus, Stage
from crm.declarations.status import stage_now
from crm.invitations import links, queries, texts
from crm.invitations.models import (
    Invitation,
    InvitationMail,
    LinkUse,
    Mailing,
    MailKind,
    MailState,
    Wording,
)
from crm.organisations.models import Organisation
from crm.records import services
from crm.records.models import Record

MOST = 500
"""So many are invited at once at most."""

PAUSE = timedelta(hours=48)
"""An address is asked no more often than this, unless somebody insists."""


@dataclass(frozen=True)
class Invitee:
    """Somebody to be invited."""

    signatory_id: int
    address: str
    language: str
    contact_id: int | None = None


@dataclass(frozen=True)
class Words:
    """A subject and a text with fields in braces."""

    subject: str
    text: str


def check_ready(declaration: Declaration) -> None:
    """Return when people can be invited to sign a declaration.

    :raises InvalidValue: above the form, saying what to do first.
    """
    if declaration.is_confidential:
        raise InvalidValue(
            None, _("This declaration is confidential. Show it to the team before inviting others")
        )
    if stage_now(declaration) is not Stage.OPEN:
        raise InvalidValue(None, _("Open the declaration for signature before inviting"))
    if not texts.newest(declaration):
        raise InvalidValue(None, _("Freeze a text first: people sign a text that stays"))
    if not mail_is_configured():
        raise InvalidValue(
            None,
            _(
                "Mails cannot be sent yet. Ask who runs Passerelle to set up SMTP_URL and"
                " PASSERELLE_BASE_URL"
            ),
        )


def invite(
    declaration: Declaration, invitees: Sequence[Invitee], wordings: Mapping[str, Words]
) -> Mailing:
    """Put people on the list as invited and queue a mail to each.

    :raises InvalidValue: when the declaration is not open, or one of them cannot be invited.
    """
    check_ready(declaration)
    if not invitees:
        raise InvalidValue(None, _("Nobody is ticked yet. Tick whom to invite"))
    if len(invitees) > MOST:
        raise InvalidValue(
            None, _n("Invite %(num)d at once at most", "Invite %(num)d at once at most", MOST)
        )
    mailing = _add_mailing(declaration, MailKind.INVITATION, wordings)
    for invitee in invitees:
        invitation = _add_invitation(declaration, invitee)
        queue_mail(invitation, MailKind.INVITATION, mailing=mailing)
    return mailing


def _add_mailing(
    declaration: Declaration, kind: MailKind, wordings: Mapping[str, Words]
) -> Mailing:
    principal = principal_of(db.session)
    mailing = services.add(
        Mailing(
            declaration_id=declaration.id,
            kind=kind,
            created_by_id=principal.user_id if principal else None,
        )
    )
    for language, words in wordings.items():
        services.add(
            Wording(
                mailing_id=mailing.id,
                declaration_id=declaration.id,
                language=language,
                subject=words.subject,
                text=words.text,
            )
        )
    return mailing


def _add_invitation(declaration: Declaration, invitee: Invitee) -> Invitation:
    signatory = db.session.get(Record, invitee.signatory_id)
    if signatory is None:
        raise InvalidValue(None, _("One of them is no longer there. Start again from the list"))
    signature = declarations.add_signature(
        declaration_id=declaration.id,
        signatory_id=signatory.id,
        category=usual_category(signatory),
        country=signatory.country if isinstance(signatory, Organisation) else None,
        status=SignatureStatus.INVITED,
    )
    return services.add(
        Invitation(
            declaration_id=declaration.id,
            signatory_id=signatory.id,
            signature_id=signature.id,
            contact_id=invitee.contact_id,
            address=invitee.address,
            language=invitee.language,
        )
    )


def queue_mail(
    invitation: Invitation,
    kind: MailKind,
    *,
    mailing: Mailing | None = None,
    use: LinkUse = LinkUse.SIGN,
) -> InvitationMail:
    """Queue a mail with a link of its own; it exists if and only if the change does."""
    stamped = stamp()
    mail = services.add(
        InvitationMail(
            invitation_id=invitation.id,
            declaration_id=invitation.declaration_id,
            signatory_id=invitation.signatory_id,
            mailing_id=mailing.id if mailing else None,
            kind=kind,
            address=invitation.address,
            language=invitation.language,
            message_id=stamped["message_id"],
            date_header=stamped["date"],
        )
    )
    editions = [text.edition for text in texts.newest(invitation.declaration).values()]
    links.issue(mail, use, max(editions, default=0))
    _enqueue(mail)
    return mail


def _enqueue(mail: InvitationMail) -> None:
    # The queue holds the id alone: the link is computed when the mail is sent.
    mail.job_id = enqueue("invitations.mail", {"mail_id": mail.id}).id
    db.session.flush()


def remind(
    declaration: Declaration,
    invitation_ids: Sequence[int],
    wordings: Mapping[str, Words],
    *,
    is_forced: bool = False,
) -> Mailing:
    """Ask those who are silent once more, none of them twice within 48 hours unless forced.

    :raises InvalidValue: when nobody is left to be asked.
    """
    check_ready(declaration)
    chosen = set(invitation_ids)
    silent = [
        each for each in db.session.scalars(queries.silent_on(declaration)) if each.id in chosen
    ]
    if not is_forced:
        recent = asked_lately([each.address for each in silent])
        silent = [each for each in silent if each.address not in recent]
    if not silent:
        raise InvalidValue(
            None,
            _("Nobody is left to remind: they have answered, or were asked in the last 48 hours"),
        )
    mailing = _add_mailing(declaration, MailKind.REMINDER, wordings)
    for invitation in silent:
        invitation.signature.status = SignatureStatus.REMINDED
        queue_mail(invitation, MailKind.REMINDER, mailing=mailing)
    return mailing


def asked_lately(addresses: Sequence[str]) -> Mapping[str, Any]:
    """Return when each of these addresses was last asked, where that is less than 48 hours ago."""
    found = db.session.execute(queries.asked_since(addresses, now() - PAUSE))
    return {address: when for address, when in found}  # noqa: C416 - rows


# The mails of a mailing


def pause(mailing: Mailing) -> None:
    """Send no more mails of a mailing for now."""
    mailing.is_paused = True
    db.session.flush()


def resume(mailing: Mailing) -> None:
    """Send the rest of a mailing."""
    mailing.is_paused = False
    for mail in db.session.scalars(queries.waiting_mails([mailing.id])):
        if mail.job is None or mail.job.state in (JobState.DONE, JobState.DEAD):
            _enqueue(mail)
    db.session.flush()


def note_sent(mail: InvitationMail) -> None:
    """Note that the mail server has taken a mail."""
    mail.state, mail.sent_at, mail.problem = MailState.SENT, now(), None
    db.session.flush()


def note_refused(mail: InvitationMail, code: int) -> None:
    """Note that the mail server will never take a mail."""
    mail.state, mail.problem = MailState.REFUSED, str(code)
    db.session.flush()


def note_stopped(mail: InvitationMail) -> None:
    """Note that a mail is no longer wanted."""
    mail.state = MailState.STOPPED
    db.session.flush()


def note_returned(mail: InvitationMail, problem: str | None) -> None:
    """Note that a mail came back: the address does not work."""
    mail.state, mail.problem = MailState.RETURNED, problem
    db.session.flush()


def is_wanted(mail: InvitationMail) -> bool:
    """Tell whether a mail that waits should still be sent."""
    if mail.kind is MailKind.RECEIPT:
        return True
    invitation = mail.invitation
    wanted = queries.SILENT if mail.kind in queries.ASKING else queries.UNDECIDED
    return (
        invitation.signature.status in wanted
        and invitation.address == mail.address
        and invitation.declaration.deleted_at is None
        and stage_now(invitation.declaration) is Stage.OPEN
    )


def change_address(
    invitation: Invitation, version: int, *, address: str, language: str
) -> Invitation:
    """Mend an address and send the invitation there; the links of before are worth nothing."""
    if invitation.signature.status not in queries.SILENT:
        raise InvalidValue(None, _("They have answered already"))
    check_ready(invitation.declaration)
    services.change_part(invitation, version, address=address, language=language)
    links.revoke(invitation, LinkUse.SIGN)
    queue_mail(invitation, MailKind.NEW_LINK)
    return invitation

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
from crm.core.queue import JobState, enqueue_many
from crm.declarations import services as declarations
from crm.declarations.eligibility import usual_category
from crm.declarations.models import Declaration, Signature, SignatureStatus, Stage
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
    if not texts.newest(declaration.id):
        raise InvalidValue(None, _("Freeze a text first: people sign a text that stays"))
    if not mail_is_configured():
        raise InvalidValue(
            None,
            _(
                "Mails cannot be sent yet. Ask who runs Passerelle to set up SMTP_URL and"
                " PASSERELLE_BASE_URL"
            ),
        )


@dataclass(frozen=True)
class Posted:
    """What became of a wish to write to several.

    :param refused: who was left out, by name, each with the reason.
    """

    mailing: Mailing
    count: int
    refused: Sequence[tuple[str, str]] = ()


def invite(
    declaration: Declaration, invitees: Sequence[Invitee], wordings: Mapping[str, Words]
) -> Posted:
    """Put people on the list as invited and queue a mail to each.

    Who cannot be invited is left out and told. Who was noted by hand before – agreed, perhaps –
    keeps that line and gets a link.

    :raises InvalidValue: when the declaration is not open, or nobody at all can be invited.
    """
    check_ready(declaration)
    if not invitees:
        raise InvalidValue(None, _("Nobody is ticked yet. Tick whom to invite"))
    if len(invitees) > MOST:
        raise InvalidValue(
            None, _n("Invite %(num)d at once at most", "Invite %(num)d at once at most", MOST)
        )
    signatures, refused = _lines_for(declaration, invitees)
    if not signatures:
        raise InvalidValue(None, refused[0][1])
    invitations = [
        Invitation(
            declaration_id=declaration.id,
            signatory_id=invitee.signatory_id,
            signature_id=signatures[invitee.signatory_id].id,
            contact_id=invitee.contact_id,
            address=invitee.address,
            language=invitee.language,
        )
        for invitee in invitees
        if invitee.signatory_id in signatures
    ]
    db.session.add_all(invitations)
    db.session.flush()  # The mails name them.
    mailing = _add_mailing(declaration, MailKind.INVITATION, wordings)
    queue_mails(invitations, MailKind.INVITATION, mailing=mailing)
    return Posted(mailing, len(invitations), refused)


def _lines_for(
    declaration: Declaration, invitees: Sequence[Invitee]
) -> tuple[dict[int, Signature], list[tuple[str, str]]]:
    """Return the line of the list of each who can be invited, and why others cannot."""
    ids = [each.signatory_id for each in invitees]
    found = {each.id: each for each in db.session.scalars(queries.signatories(ids))}
    lines = {
        each.signatory_id: each
        for each in db.session.scalars(queries.lines_to_invite(declaration.id, ids))
    }
    missing = _("One of them is no longer there. Start again from the list")
    refused = [("", missing) for each in ids if each not in found]
    new = [found[each] for each in ids if each in found and each not in lines]
    rows = [
        {
            "signatory_id": each.id,
            "category": usual_category(each),
            "country": each.country if isinstance(each, Organisation) else None,
            "status": SignatureStatus.INVITED,
            "displayed_name": each.title,
        }
        for each in new
    ]
    answers = declarations.add_signatures(declaration, rows)
    for signatory, answer in zip(new, answers, strict=True):
        if isinstance(answer, InvalidValue):
            refused.append((signatory.title, str(answer.message)))
        else:
            lines[signatory.id] = answer
    return lines, refused


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


def queue_mail(
    invitation: Invitation,
    kind: MailKind,
    *,
    mailing: Mailing | None = None,
    use: LinkUse = LinkUse.SIGN,
    language: str | None = None,
) -> InvitationMail:
    """Queue a mail with a link of its own; it exists if and only if the change does.

    :param language: of the mail, where it is not that of the invitation.
    """
    (mail,) = queue_mails([invitation], kind, mailing=mailing, use=use, language=language)
    return mail


def queue_mails(
    invitations: Sequence[Invitation],
    kind: MailKind,
    *,
    mailing: Mailing | None = None,
    use: LinkUse = LinkUse.SIGN,
    language: str | None = None,
) -> list[InvitationMail]:
    """Queue a mail to each holder of an invitation to one declaration, in a few statements."""
    mails = []
    for invitation in invitations:
        stamped = stamp()
        mails.append(
            InvitationMail(
                invitation_id=invitation.id,
                declaration_id=invitation.declaration_id,
                signatory_id=invitation.signatory_id,
                mailing_id=mailing.id if mailing else None,
                kind=kind,
                address=invitation.address,
                language=language or invitation.language,
                message_id=stamped["message_id"],
                date_header=stamped["date"],
            )
        )
    db.session.add_all(mails)
    db.session.flush()  # Their links and jobs name them.
    newest = texts.newest(invitations[0].declaration_id) if invitations else {}
    links.issue(mails, use, {code: text.edition for code, text in newest.items()})
    _enqueue(mails)
    return mails


def _enqueue(mails: Sequence[InvitationMail]) -> None:
    # The queue holds the ids alone: the link is computed when the mail is sent.
    jobs = enqueue_many("invitations.mail", [{"mail_id": mail.id} for mail in mails])
    for mail, job in zip(mails, jobs, strict=True):
        mail.job_id = job.id
    db.session.flush()


def remind(
    declaration: Declaration,
    invitation_ids: Sequence[int],
    wordings: Mapping[str, Words],
    *,
    is_forced: bool = False,
) -> Posted:
    """Ask those who are silent once more, no address twice within 48 hours unless forced.

    :raises InvalidValue: when nobody is left to be asked, or somebody was asked lately.
    """
    check_ready(declaration)
    # Held until the end: two who remind at once do not both write.
    silent = db.session.scalars(queries.silent_to_remind(declaration, invitation_ids)).all()
    if not silent:
        raise InvalidValue(None, _("Nobody is left to remind: they have answered meanwhile"))
    if not is_forced:
        recent = asked_lately([each.address for each in silent])
        count = sum(each.address.casefold() in recent for each in silent)
        if count:
            raise InvalidValue(
                None,
                _n(
                    "%(num)d of them was asked less than 48 hours ago. Untick that one, or tick "
                    "below that you ask all the same",
                    "%(num)d of them were asked less than 48 hours ago. Untick those, or tick "
                    "below that you ask all the same",
                    count,
                ),
            )
        silent = list({each.address.casefold(): each for each in reversed(silent)}.values())
    mailing = _add_mailing(declaration, MailKind.REMINDER, wordings)
    for invitation in silent:
        invitation.signature.status = SignatureStatus.REMINDED
    queue_mails(silent, MailKind.REMINDER, mailing=mailing)
    return Posted(mailing, len(silent))


def asked_lately(addresses: Sequence[str]) -> Mapping[str, Any]:
    """Return when each of these addresses was last asked, where that is less than 48 hours ago.

    :returns: by the address in small letters.
    """
    folded = [each.casefold() for each in addresses]
    found = db.session.execute(queries.asked_since(folded, now() - PAUSE))
    return {address: when for address, when in found}  # noqa: C416 - rows


# The mails of a mailing


def pause(mailing: Mailing) -> None:
    """Send no more mails of a mailing for now."""
    mailing.is_paused = True
    db.session.flush()


def resume(mailing: Mailing) -> None:
    """Send the rest of a mailing; who was asked by another one meanwhile is left in peace."""
    mailing.is_paused = False
    waiting = db.session.scalars(queries.waiting_mails([mailing.id])).all()
    folded = [mail.address.casefold() for mail in waiting]
    is_reminder = mailing.kind is MailKind.REMINDER
    asked = queries.asked_since(folded, now() - PAUSE, states=(MailState.SENT,))
    recent = {address for address, _when in db.session.execute(asked)} if is_reminder else set()
    again = []
    for mail in waiting:
        if mail.address.casefold() in recent:
            note_stopped(mail)
        elif mail.job is None or mail.job.state is not JobState.WAITING:
            # One that runs may just have found the mailing paused: two find the mail sent once.
            again.append(mail)
    _enqueue(again)


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
    invitation, declaration = mail.invitation, mail.invitation.declaration
    wanted = queries.SILENT if mail.kind is MailKind.REMINDER else queries.UNDECIDED
    return (
        invitation.signature.status in wanted
        and invitation.address == mail.address
        and declaration.deleted_at is None
        and invitation.signatory.deleted_at is None
        and not declaration.is_confidential
        and stage_now(declaration) is Stage.OPEN
    )


def change_address(
    invitation: Invitation, version: int, *, address: str, language: str
) -> Invitation:
    """Mend an address and send the invitation there; the links of before are worth nothing."""
    if invitation.signature.status not in queries.UNDECIDED:
        raise InvalidValue(None, _("They have answered already"))
    check_ready(invitation.declaration)
    services.change_part(invitation, version, address=address, language=language, contact_id=None)
    links.revoke(invitation, LinkUse.SIGN)
    # Whoever reads there has read nothing yet: the words of the first mail.
    first = next((mail for mail in invitation.mails if mail.mailing_id is not None), None)
    queue_mail(invitation, MailKind.INVITATION, mailing=first.mailing if first else None)
    return invitation

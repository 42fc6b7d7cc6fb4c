"""Sending one mail about signing: at least once, always under the same identifier."""

from crm.core.db import db
from crm.core.mail import Mail, RecipientRefused, deliver
from crm.core.queue import Payload, handler, without_write_lock
from crm.invitations import mails, services
from crm.invitations.models import InvitationMail, MailState


@handler("invitations.mail")
def deliver_mail(payload: Payload) -> None:
    """Send a mail that waits, unless it is paused, no longer wanted or was refused for good."""
    # A mail server may be slow: nothing is held while one waits for it.
    with without_write_lock():
        mail = _waiting(payload["mail_id"])
        message = _message_of(mail) if mail is not None else None
    if mail is None:
        return
    if message is None:
        services.note_stopped(mail)
        return
    try:
        deliver(message, {"message_id": mail.message_id, "date": mail.date_header})
    except RecipientRefused as refused:
        services.note_refused(mail, refused.code)
        return
    services.note_sent(mail)


def _waiting(mail_id: int) -> InvitationMail | None:
    """Return a mail that is to be sent now."""
    mail = db.session.get(InvitationMail, mail_id, populate_existing=True)
    if mail is None or mail.state is not MailState.WAITING:
        return None
    if mail.mailing is not None and mail.mailing.is_paused:
        return None  # Whoever resumes the mailing queues it again.
    return mail


def _message_of(mail: InvitationMail) -> Mail | None:
    return mails.compose(mail) if services.is_wanted(mail) else None

"""Sending one mail about signing: at least once, always under the same identifier."""

from crm.core.db import db
from crm.core.mail import RecipientRefused, deliver
from crm.core.queue import Payload, handler
from crm.invitations import mails, services
from crm.invitations.models import InvitationMail, MailState


@handler("invitations.mail")
def deliver_mail(payload: Payload) -> None:
    """Send a mail that waits, unless it is paused, no longer wanted or was refused for good."""
    mail = db.session.get(InvitationMail, payload["mail_id"])
    if mail is None or mail.state is not MailState.WAITING:
        return
    if mail.mailing is not None and mail.mailing.is_paused:
        return  # Whoever resumes the mailing queues it again.
    message = mails.compose(mail) if services.is_wanted(mail) else None
    if message is None:
        services.note_stopped(mail)
        return
    try:
        deliver(message, {"message_id": mail.message_id, "date": mail.date_header})
    except RecipientRefused as refused:
        services.note_refused(mail, refused.code)
        return
    services.note_sent(mail)

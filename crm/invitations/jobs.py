"""Sending one mail about signing: at least once, always under the same identifier."""

from crm.core.db import db
from crm.core.mail import RecipientRefused, deliver
from crm.core.queue import Payload, handler
from crm.invitations import mails, services
from crm.invitations.models import InvitationMail, MailState


@handler("invitations.mail")
def deliver_mail(payload: Payload) -> None:
    """Send a mail that waits, unless it is paused, no longer wanted or was refused for good."""
    mail = _waiting(payload["mail_id"])
    if mail is None:
        return
    message = mails.compose(mail) if services.is_wanted(mail) else None
    if message is None:
        services.note_stopped(mail)
        return
    # Its link is good from now on; and a mail server may be slow: nothing is held meanwhile.
    db.session.commit()
    try:
        deliver(message, {"message_id": mail.message_id, "date": mail.date_header})
    except RecipientRefused as refused:
        services.note_refused(mail, refused.code)
        return
    services.note_sent(mail)


def _waiting(mail_id: int) -> InvitationMail | None:
    """Return a mail that is to be sent now, even where what it is about is in the trash."""
    mail = db.session.get(
        InvitationMail,
        mail_id,
        populate_existing=True,
        execution_options={"with_trash": True},
    )
    if mail is None or mail.state is not MailState.WAITING:
        return None
    if mail.mailing is not None and mail.mailing.is_paused:
        return None  # Whoever resumes the mailing queues it again.
    return mail

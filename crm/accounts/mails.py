"""The mails about accounts: written in the language of who reads them, with neutral subjects."""

from typing import Any

from flask import current_app
from flask_babel import force_locale

from crm.accounts import queries, services
from crm.accounts.models import LinkPurpose, OneTimeLink, User
from crm.core.clock import now
from crm.core.db import Base, db
from crm.core.mail import Mail, deliver, send_mail, stamp
from crm.core.queue import Payload, enqueue, handler, without_write_lock


def write(user: User, template: str, **values: Any) -> Mail:
    """Return a mail made from a template, whose first line is the subject."""
    with force_locale(user.locale):
        text = current_app.jinja_env.get_template(f"mail/{template}.txt").render(
            user=user, base_url=Base.metadata.info["base_url"], **values
        )
    subject, _blank, body = text.strip().partition("\n\n")
    return Mail(user.email, " ".join(subject.split()), f"{body.strip()}\n")


def tell(user: User, template: str, **values: Any) -> None:
    """Queue a notice to a user."""
    mail = write(user, template, **values)
    send_mail(mail.to, mail.subject, mail.text)


def send_link(link: OneTimeLink) -> None:
    """Queue the mail of a one-time link; the queue holds the link's id, not the link."""
    enqueue("accounts.link", {"link_id": link.id, **stamp()})


@handler("accounts.link")
def _deliver_link(payload: Payload) -> None:
    # A mail server may be slow: nothing is held while one waits for it.
    with without_write_lock():
        mail = _link_mail(payload["link_id"])
    if mail is not None:
        deliver(mail, payload)


def _link_mail(link_id: int) -> Mail | None:
    link = db.session.get(OneTimeLink, link_id)
    if link is None or link.used_at is not None or link.expires_at <= now():
        return None  # A newer link has replaced it.
    address = Base.metadata.info["base_url"] + services.link_path(link)
    return write(link.user, link.purpose.value, address=address)


def ask_for_link(email: str) -> None:
    """Queue a request for a new password: who asks learns nothing of whether the account exists."""
    enqueue("accounts.forgot", {"email": email})


@handler("accounts.forgot")
def _answer_request(payload: Payload) -> None:
    user = db.session.scalar(queries.with_email(payload["email"]))
    if user is not None and user.is_enabled:
        purpose = LinkPurpose.RESET if user.password_hash else LinkPurpose.INVITATION
        send_link(services.issue_link(user, purpose))

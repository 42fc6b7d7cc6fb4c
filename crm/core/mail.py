"""Outgoing mail: queued with the change that causes it, delivered by the worker to SMTP."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from crm.core.clock import now
from crm.core.db import Base
from crm.core.queue import Job, JobFailed, Payload, enqueue, handler


class RecipientRefused(JobFailed):
    """The mail server will never take a mail for this address.

    :param code: what it answered, 500 or more.
    """

    def __init__(self, code: int) -> None:
        super().__init__(f"the mail server refused the recipient ({code})")
        self.code = code


PATIENCE = 20  # seconds
_FORBIDDEN = frozenset("\r\n\0")


@dataclass(frozen=True)
class Mail:
    """A message to one person, in plain text."""

    to: str
    subject: str
    text: str

    def __post_init__(self) -> None:
        """Refuse what would add a header or a recipient."""
        if _FORBIDDEN & set(self.to + self.subject):
            raise ValueError("a header of a mail must be one line")


def mail_is_configured() -> bool:
    """Tell whether mails can be sent and their links lead somewhere."""
    return bool(Base.metadata.info.get("smtp_url") and Base.metadata.info.get("base_url"))


def send_mail(to: str, subject: str, text: str) -> Job:
    """Queue a mail in the current transaction.

    :raises ValueError: when an address or the subject holds a line end.
    """
    mail = Mail(to, subject, text)
    return enqueue("mail", {**asdict(mail), **stamp()})


def stamp() -> Payload:
    """Return what stays the same however often a mail is tried: its identifier and its date."""
    domain = parseaddr(Base.metadata.info["mail_from"])[1].rpartition("@")[2] or "localhost"
    return {"message_id": make_msgid(domain=domain), "date": format_datetime(now())}


@handler("mail")
def _deliver_queued(payload: Payload) -> None:
    mail = Mail(payload["to"], payload["subject"], payload["text"])
    deliver(mail, payload)


def deliver(mail: Mail, stamped: Payload) -> None:
    """Hand a mail to the mail server.

    :raises RecipientRefused: when trying again is of no use.
    :raises JobFailed: when the server cannot be reached or refuses for now.
    """
    url = Base.metadata.info.get("smtp_url")
    if not url:
        raise JobFailed("SMTP_URL is not set")
    message = compose(mail, stamped)
    try:
        server = _connect(url)
        try:
            server.send_message(message)
        finally:
            # The mail is with the server: a farewell that fails must not send it again.
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
    except smtplib.SMTPRecipientsRefused as error:
        codes = sorted({code for code, _text in error.recipients.values()})
        if codes[0] >= 500:
            raise RecipientRefused(codes[0]) from None
        raise JobFailed(f"the mail server refused the recipient ({codes[0]})") from None
    except smtplib.SMTPResponseException as error:
        raise JobFailed(f"the mail server answered {error.smtp_code}") from None
    except (smtplib.SMTPException, OSError) as error:
        raise JobFailed(f"the mail server cannot be used ({type(error).__name__})") from None


def compose(mail: Mail, stamped: Payload) -> EmailMessage:
    """Return the message as it is sent."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Base.metadata.info["mail_from"]
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = stamped["date"]
    message["Message-ID"] = stamped["message_id"]
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=PATIENCE, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=PATIENCE)
    try:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        elif parts.scheme == "smtp" and parts.username and host not in ("localhost", "127.0.0.1"):
            raise JobFailed("the mail server offers no encryption, so no password is sent to it")
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
    except BaseException:
        server.close()
        raise
    return server

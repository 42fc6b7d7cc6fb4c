"""Mails, handed to a real receiver: what is in them, and what happens when it refuses."""

import email
import email.policy
import socket

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crm.core import mail, queue
from crm.core.db import Base
from crm.core.mail import Mail, compose, send_mail, stamp
from crm.core.queue import Job, JobFailed, JobState


class Receiver:
    """Keeps what it is sent."""

    def __init__(self):
        self.envelopes, self.answer, self.refused = [], "250 kept", ()
        self.farewell = "221 Bye"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused:
            return "550 no such person claire@example.org"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
        return self.answer

    async def handle_QUIT(self, server, session, envelope):  # noqa: N802
        return self.farewell

    @property
    def messages(self):
        return [
            email.message_from_bytes(one.content, policy=email.policy.default)
            for one in self.envelopes
        ]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def receiver(monkeypatch):
    """Start a mail server and have mails sent to it."""
    kept = Receiver()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    monkeypatch.setitem(Base.metadata.info, "smtp_url", f"smtp://127.0.0.1:{controller.port}")
    monkeypatch.setitem(Base.metadata.info, "base_url", "https://crm.example.org")
    monkeypatch.setitem(Base.metadata.info, "mail_from", "Passerelle <crm@example.org>")
    yield kept
    controller.stop()


def test_a_mail_reaches_one_person_in_plain_text(session, receiver):
    send_mail("claire@example.org", "Votre accès à Passerelle", "Bonjour Zoé,\n\nhttps://x\n")
    session.commit()
    assert receiver.envelopes == [], "nothing leaves during a request"
    queue.run_due()
    [envelope], [message] = receiver.envelopes, receiver.messages
    assert envelope.rcpt_tos == ["claire@example.org"]
    assert envelope.mail_from == "crm@example.org"
    assert message["Subject"] == "Votre accès à Passerelle"
    assert message["To"] == "claire@example.org"
    assert message["From"] == "Passerelle <crm@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.org>")
    assert message["Date"].datetime is not None
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == "Bonjour Zoé,\n\nhttps://x\n"


def test_a_mail_that_is_tried_again_is_the_same_mail(session, receiver):
    receiver.answer = "451 later"
    job = send_mail("claire@example.org", "Subject", "Text")
    session.commit()
    queue.run_due()
    session.expire_all()
    stored = session.get(Job, job.id)
    assert (stored.state, stored.last_error) == (JobState.WAITING, "the mail server answered 451")
    payload = dict(stored.payload)
    receiver.answer = "250 kept"
    for _ in range(2):
        queue.handlers["mail"](payload)
    first, second = receiver.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]


def test_a_refused_recipient_is_told_without_the_address(session, receiver):
    receiver.refused = ("claire@example.org",)
    send_mail("claire@example.org", "Subject", "Text")
    session.commit()
    queue.run_due()
    session.expire_all()
    error = session.scalar(select(Job.last_error))
    assert error == "the mail server refused the recipient (550)"


def test_a_server_that_is_away_is_told_in_one_sentence(session, receiver, monkeypatch):
    monkeypatch.setitem(Base.metadata.info, "smtp_url", f"smtp://127.0.0.1:{free_port()}")
    send_mail("claire@example.org", "Subject", "Text")
    session.commit()
    queue.run_due()
    session.expire_all()
    error = session.scalar(select(Job.last_error))
    assert error == "the mail server cannot be used (ConnectionRefusedError)"


def test_a_farewell_that_fails_does_not_send_the_mail_again(session, receiver):
    receiver.farewell = "421 something else"
    send_mail("claire@example.org", "Subject", "Text")
    session.commit()
    queue.run_due()
    session.expire_all()
    assert session.scalar(select(Job.state)) is JobState.DONE
    assert len(receiver.envelopes) == 1


def test_without_a_server_the_job_says_what_to_set(session, monkeypatch):
    monkeypatch.setitem(Base.metadata.info, "smtp_url", "")
    with pytest.raises(JobFailed, match="SMTP_URL"):
        mail.deliver(Mail("a@example.org", "x", "y"), {})


@pytest.mark.filterwarnings("ignore:Session.login_data", "ignore:Requiring AUTH")
def test_a_password_goes_to_a_server_on_this_machine_and_to_none_that_reads_it_in_clear(
    monkeypatch, session
):
    asked = []

    def authenticate(server, session, envelope, mechanism, data):
        asked.append(data)
        known = data == LoginPassword(b"crm@example.org", b"p:w/d")
        return AuthResult(success=known)

    kept = Receiver()
    controller = Controller(
        kept,
        hostname="127.0.0.1",
        port=free_port(),
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    monkeypatch.setitem(Base.metadata.info, "mail_from", "crm@example.org")
    try:
        url = f"smtp://crm%40example.org:p%3Aw%2Fd@{{}}:{controller.port}"
        monkeypatch.setitem(Base.metadata.info, "smtp_url", url.format("127.0.0.1"))
        mail.deliver(Mail("a@example.org", "x", "y"), stamp())
        assert len(kept.envelopes) == 1
        asked.clear()
        # The same server under a name that could be anywhere.
        monkeypatch.setitem(Base.metadata.info, "smtp_url", url.format("mail.example.org"))
        connect = socket.create_connection
        here = ("127.0.0.1", controller.port)
        monkeypatch.setattr(
            socket, "create_connection", lambda _there, *rest, **more: connect(here, *rest, **more)
        )
        with pytest.raises(JobFailed, match="no encryption"):
            mail.deliver(Mail("a@example.org", "x", "y"), stamp())
        assert asked == []
    finally:
        controller.stop()


@pytest.mark.parametrize("character", ["\r", "\n", "\0", "\r\n"])
@pytest.mark.parametrize("field", ["to", "subject"])
def test_a_line_end_adds_no_header(field, character):
    values = {"to": "a@example.org", "subject": "x", "text": "y"}
    values[field] += f"{character}Bcc: other@example.org"
    with pytest.raises(ValueError, match="one line"):
        Mail(**values)


@given(subject=st.text(max_size=200), text=st.text(max_size=500))
def test_no_text_adds_a_header_or_a_recipient(subject, text):
    kept = dict(Base.metadata.info)
    Base.metadata.info["mail_from"] = "crm@example.org"
    stamped = {"message_id": "<1@example.org>", "date": "Mon, 02 Mar 2026 08:00:00 -0000"}
    try:
        written = Mail("a@example.org", subject, text)
        content = compose(written, stamped).as_bytes()
    except (ValueError, UnicodeEncodeError):
        return
    finally:
        Base.metadata.info.clear()
        Base.metadata.info.update(kept)
    read = email.message_from_bytes(content, policy=email.policy.default)
    assert {name.lower() for name in read.keys()} <= {  # noqa: SIM118 - a message is no mapping
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "auto-submitted",
        "content-type",
        "content-transfer-encoding",
        "mime-version",
    }
    assert read["To"] == "a@example.org"

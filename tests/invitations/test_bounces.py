"""Mails that come back: read from the reports that mail servers send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from crm.invitations import bounces
from crm.invitations.models import InvitationMail, MailState
from tests.invitations.world import invited, open_declaration, place, send_all
from tests.web.test_mail import receiver

__all__ = ["receiver"]

REPORT = """\
From: MAILER-DAEMON@mail.example.org
To: crm@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Type: text/plain

I am sorry.

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org

Final-Recipient: rfc822; ada@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user

--edge
Content-Type: {kind}

From: crm@example.org
To: ada@example.org
Subject: Your signature
Message-ID: {message_id}

--edge--
"""


def report(message_id, action="failed", status="5.1.1", kind="message/rfc822"):
    return REPORT.format(message_id=message_id, action=action, status=status, kind=kind).encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_names_our_mail_and_why_it_failed(kind):
    found = bounces.read(report("<1@example.org>", kind=kind))
    assert found.message_ids == ("<1@example.org>",)
    assert found.status == "5.1.1"


LATE = report("<1@example.org>", action="delayed")


@pytest.mark.parametrize("content", [LATE, b"", b"Subject: hello\n\nhello", b"\xff\x00" * 99])
def test_what_is_late_or_no_report_is_no_failure(content):
    assert bounces.read(content) is None


@given(st.binary(max_size=2000))
def test_rubbish_is_read_without_a_crash(content):
    bounces.read(content)
    bounces.read(report("<1@example.org>")[:900] + content)


def test_an_invitation_that_came_back_is_marked_by_the_command(
    app, browser, session, receiver, tmp_path
):
    declaration = open_declaration()
    invited(declaration)
    send_all()
    message_id = session.scalar(select(InvitationMail.message_id))
    file = tmp_path / "report.eml"
    file.write_bytes(report(message_id))
    runner = app.test_cli_runner()
    done = runner.invoke(args=["bounce", str(file)])
    assert (done.exit_code, done.output) == (0, "Noted: an invitation came back.\n")
    session.expire_all()
    assert session.scalar(select(InvitationMail.state)) is MailState.RETURNED
    page = browser.sign_in("manager").get("declarations.detail", place=place(declaration))
    assert "Came back" in page.section("invitations")
    assert "mail server: 5.1.1" in page.section("invitations")
    again = runner.invoke(args=["bounce", str(file)])
    assert again.exit_code == 1
    assert "None of our invitations" in again.output
    file.write_bytes(b"hello")
    assert "does not report" in runner.invoke(args=["bounce", str(file)]).output

"""A mail server that takes its time keeps nobody from saving."""

import asyncio
import threading

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from crm.accounts.mails import send_link
from crm.accounts.models import LinkPurpose
from crm.accounts.services import issue_link
from crm.agenda import jobs as agenda
from crm.core import queue
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.core.principal import SYSTEM, set_principal
from crm.invitations.models import InvitationMail, MailState
from tests.accounts.people import member
from tests.factories.organisations import OrganisationFactory
from tests.factories.tasks import TaskFactory
from tests.invitations.world import invited, open_declaration
from tests.web.apps import committed, own_app, url_of
from tests.web.test_mail import Receiver, free_port


class Slow(Receiver):
    """A mail server that answers when somebody else has saved something meanwhile."""

    def __init__(self):
        super().__init__()
        self.asked, self.saved = threading.Event(), threading.Event()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.asked.set()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self.saved.wait, 15)
        return await super().handle_DATA(server, session, envelope)


def queue_invitation():
    invited(open_declaration())


def queue_link():
    send_link(issue_link(member(), LinkPurpose.RESET))


def queue_digest():
    TaskFactory(due=PartialDate(2020), assignee_id=member().id)
    db.session.commit()  # Who is to be told is looked up in a transaction that only reads.
    agenda.queue_digests()


@pytest.mark.parametrize("prepare", [queue_invitation, queue_link, queue_digest])
def test_nobody_waits_for_a_mail_server_to_save(database, tmp_path, monkeypatch, prepare):
    monkeypatch.setattr(agenda, "FIRST_HOUR", 0)
    slow = Slow()
    controller = Controller(slow, hostname="127.0.0.1", port=free_port())
    controller.start()
    mail = {
        "SMTP_URL": f"smtp://127.0.0.1:{controller.port}",
        "PASSERELLE_BASE_URL": "http://crm.example.org",
        "MAIL_FROM": "crm@example.org",
    }
    with own_app(tmp_path, url_of(database, "slow"), **mail) as app:
        with committed(app):
            prepare()

        def work():
            with app.app_context():
                set_principal(db.session, SYSTEM)
                queue.run_due()

        worker = threading.Thread(target=work)
        worker.start()
        assert slow.asked.wait(30)
        with committed(app):
            OrganisationFactory(name="Saved meanwhile")
        slow.saved.set()
        worker.join()
        with committed(app):
            assert len(slow.envelopes) == 1
            states = db.session.scalars(select(InvitationMail.state)).all()
            assert set(states) <= {MailState.SENT}
    controller.stop()

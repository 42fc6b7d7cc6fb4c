"""The daily mail: to whom, when, once, and what it does not say."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from crm.accounts.models import User
from crm.accounts.services import disable
from crm.agenda import jobs
from crm.core import queue
from crm.core.db import Base, db
from crm.core.partial_date import PartialDate
from crm.core.principal import Principal, acting_as
from crm.core.queue import Job, JobState
from crm.organisations.models import PartnershipStatus, Tier
from crm.records.agenda import DigestSection
from crm.records.kinds import registry
from crm.records.models import Visibility
from crm.web import worker
from tests.accounts.people import member
from tests.at_once import at_once
from tests.factories.meetings import MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.tasks import TaskFactory
from tests.web.apps import committed, own_app, url_of
from tests.web.test_mail import receiver

__all__ = ["receiver"]

EIGHT = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""Eight o'clock in Paris, in winter."""
TODAY = PartialDate(2026, 3, 2)
MAIL = {
    "SMTP_URL": "smtp://127.0.0.1:1",
    "PASSERELLE_BASE_URL": "http://crm.example.org",
    "MAIL_FROM": "crm@example.org",
}


@pytest.fixture
def clock():
    with time_machine.travel(EIGHT, tick=False) as traveller:
        yield traveller


def a_minute(session):
    """Do what the worker does every minute."""
    session.commit()
    queue.run_periodic()
    queue.run_due()
    session.expunge_all()


def text_of(message):
    return message.get_content().replace("\r\n", "\n")


def test_what_is_due_or_late_is_told_at_eight(session, receiver, clock):
    claire = member("contributor", name="Claire", email="claire@example.org")
    refuge = OrganisationFactory(name="Refuge")
    today = TaskFactory(name="Rappeler Ada", due=TODAY, assignee_id=claire.id)
    late = TaskFactory(
        name="Relire", due=PartialDate(2026, 2, 27), assignee_id=claire.id, subject_id=refuge.id
    )
    TaskFactory(name="Dans le mois", due=PartialDate(2026, 3), assignee_id=claire.id)
    TaskFactory(name="L’an dernier", due=PartialDate(2025), assignee_id=claire.id)
    TaskFactory(name="Demain", due=PartialDate(2026, 3, 3), assignee_id=claire.id)
    TaskFactory(name="Un jour", assignee_id=claire.id)
    TaskFactory(name="Faite", due=TODAY, done_on=EIGHT.date(), assignee_id=claire.id)
    clock.move_to(EIGHT - timedelta(minutes=1))
    a_minute(session)
    assert receiver.envelopes == []
    clock.move_to(EIGHT)
    a_minute(session)
    [envelope], [message] = receiver.envelopes, receiver.messages
    assert envelope.rcpt_tos == ["claire@example.org"]
    assert message["Subject"] == "Passerelle: 3 things due"
    assert text_of(message) == (
        "Hello Claire,\n"
        "\n"
        "Tasks\n"
        "\n"
        "- L’an dernier\n"
        "  late, was due on 31 Dec 2025\n"
        f"  https://crm.example.org/records/{session.scalar(last_year())}\n"
        "\n"
        "- Relire · Refuge\n"
        "  late, was due on 27 Feb 2026\n"
        f"  https://crm.example.org/records/{late.id}\n"
        "\n"
        "- Rappeler Ada\n"
        "  due on 2 Mar 2026\n"
        f"  https://crm.example.org/records/{today.id}\n"
        "\n"
        "You get this mail on days when something of yours is due or late. To switch it off:\n"
        "\n"
        "https://crm.example.org/account\n"
    )


def last_year():
    record = Base.metadata.tables["records"]
    return select(record.c.id).where(record.c.title == "L’an dernier")


def test_the_mail_comes_once_a_day(session, receiver, clock):
    claire = member("contributor")
    TaskFactory(due=TODAY, assignee_id=claire.id)
    for hours in (0, 0, 3, 12):
        clock.move_to(EIGHT + timedelta(hours=hours))
        a_minute(session)
    assert len(receiver.envelopes) == 1
    assert session.get(User, claire.id).digest_on == EIGHT.date()
    clock.move_to(EIGHT + timedelta(days=1, minutes=-1))
    a_minute(session)
    assert len(receiver.envelopes) == 1
    clock.shift(timedelta(minutes=1))
    a_minute(session)
    assert len(receiver.envelopes) == 2


def test_eight_is_eight_in_paris_in_summer_too(session, receiver, clock):
    TaskFactory(due=TODAY, assignee_id=member().id)
    clock.move_to(datetime(2026, 7, 1, 5, 59, tzinfo=UTC))
    a_minute(session)
    assert receiver.envelopes == []
    clock.shift(timedelta(minutes=1))
    a_minute(session)
    assert len(receiver.envelopes) == 1


def test_when_nothing_is_due_no_mail_is_sent(session, receiver, clock, monkeypatch):
    claire = member()
    TaskFactory(due=PartialDate(2026, 3, 3), assignee_id=claire.id)
    TaskFactory(due=TODAY)
    a_minute(session)
    assert session.scalar(select(Job.state)) is JobState.DONE
    monkeypatch.setattr(registry, "digest", [lambda *_: None, lambda *_: DigestSection("x", [])])
    clock.shift(timedelta(days=1))
    a_minute(session)
    assert receiver.envelopes == []


def test_the_subject_names_nobody_and_the_words_are_those_of_the_reader(session, receiver, clock):
    paul = member("contributor", locale="fr", name="Paul")
    TaskFactory(name="Rappeler Ada", due=TODAY, assignee_id=paul.id)
    a_minute(session)
    [message] = receiver.messages
    assert "Ada" not in message["Subject"]
    assert "Paul" not in message["Subject"]
    assert "2 mars 2026" in text_of(message)
    assert "Tâches" in text_of(message)


def test_what_waits_without_a_date_is_told_on_mondays(session, receiver, clock):
    claire = member("contributor", name="Claire")
    dormant = {"partnership_status": PartnershipStatus.ACTIVE, "tier": Tier.A}
    OrganisationFactory(name="Quiet house", owner_id=claire.id, **dormant)
    OrganisationFactory(name="Of nobody", **dormant)
    with acting_as(session, Principal(claire.id, claire.permissions)):
        MeetingFactory(name="Plenary", starts=PartialDate(2026, 2, 10))
        MeetingFactory(name="Seminar", starts=PartialDate(2026, 3, 2))
    MeetingFactory(name="Added by nobody", starts=PartialDate(2026, 2, 10))
    a_minute(session)
    clock.shift(timedelta(days=1))
    a_minute(session)
    clock.shift(timedelta(days=1))
    a_minute(session)
    monday, tuesday = (text_of(message) for message in receiver.messages)
    assert "Partners going dormant\n\n- Quiet house\n" in monday
    assert "Meetings without attendance\n\n- Plenary\n" in monday
    assert "Seminar" not in monday
    assert "nobody" not in monday
    assert "- Seminar\n" in tuesday
    assert "Plenary" not in tuesday
    assert "Quiet house" not in tuesday
    for message in receiver.messages:
        subject = message["Subject"]
        assert subject.startswith("Passerelle: ")
        assert not any(word in subject for word in ("Quiet", "Plenary", "Seminar", "Claire"))


@pytest.mark.parametrize(("role", "subject"), [("contributor", "1 thing"), ("manager", "3 things")])
def test_what_somebody_may_not_see_is_not_told(session, receiver, clock, role, subject):
    claire = member(role)
    secret = OrganisationFactory(name="Refuge secret", visibility=Visibility.MANAGERS)
    managers = {"visibility": Visibility.MANAGERS}
    TaskFactory(name="Cachée", due=TODAY, assignee_id=claire.id, **managers)
    TaskFactory(name="Avec", due=TODAY, assignee_id=claire.id, subject_id=secret.id)
    TaskFactory(name="Ouverte", due=TODAY, assignee_id=claire.id)
    a_minute(session)
    [message] = receiver.messages
    assert message["Subject"] == f"Passerelle: {subject} due"
    assert ("secret" in text_of(message)) is (role == "manager")
    assert "Ouverte" in text_of(message)


@pytest.mark.parametrize(
    "values", [{"is_enabled": False}, {"wants_digest": False}, {"password_hash": None}]
)
def test_who_wants_none_or_does_not_come_in_gets_none(session, receiver, clock, values):
    TaskFactory(due=TODAY, assignee_id=member(**values).id)
    a_minute(session)
    assert session.scalar(select(func.count(Job.id))) == 0
    assert receiver.envelopes == []


def test_who_is_turned_off_meanwhile_gets_none(session, receiver, clock):
    claire = member()
    TaskFactory(due=TODAY, assignee_id=claire.id)
    session.commit()
    queue.run_periodic()
    disable(session.get(User, claire.id))
    session.commit()
    queue.run_due()
    assert receiver.envelopes == []


def test_without_a_mail_server_nothing_is_queued(session, clock, monkeypatch):
    claire = member()
    TaskFactory(due=TODAY, assignee_id=claire.id)
    monkeypatch.setitem(Base.metadata.info, "smtp_url", "")
    a_minute(session)
    assert session.scalar(select(func.count(Job.id))) == 0
    assert session.get(User, claire.id).digest_on is None


def test_a_mail_that_could_not_go_out_is_the_same_later_and_not_sent_the_day_after(
    session, receiver, clock
):
    TaskFactory(due=TODAY, assignee_id=member().id)
    receiver.answer = "451 later"
    a_minute(session)
    assert session.scalar(select(Job.last_error)) == "the mail server answered 451"
    payload = dict(session.scalar(select(Job.payload)))
    assert "example.org" in payload["message_id"]
    receiver.answer = "250 kept"
    clock.shift(timedelta(minutes=1))
    queue.run_due()
    [message] = receiver.messages
    assert message["Message-ID"] == payload["message_id"]
    clock.shift(timedelta(days=1))
    queue.handlers["agenda.digest"](payload)
    assert len(receiver.envelopes) == 1


def test_people_switch_the_mail_off_on_their_account(browser, session):
    browser.sign_in("viewer")
    page = browser.get("accounts.account")
    assert page.select("//input[@name='wants_digest'][@checked]")
    form = {"name": "Ana", "locale": "en", "theme": "auto"}
    browser.post("accounts.account", form)
    assert session.get(User, browser.user.id).wants_digest is False
    browser.post("accounts.account", {**form, "wants_digest": "y"})
    assert session.get(User, browser.user.id).wants_digest is True


def test_looking_changes_nothing_when_all_was_asked_for(session, receiver, clock, count_statements):
    TaskFactory(due=TODAY, assignee_id=member().id)
    a_minute(session)
    count_statements.clear()
    jobs.queue_digests()
    assert [statement.split()[0] for statement in count_statements] == ["SELECT"]


def test_a_function_that_fails_keeps_none_from_the_others(session, monkeypatch):
    called = []

    def fail():
        raise ValueError

    monkeypatch.setattr(queue, "periodics", {"a": fail, "b": lambda: called.append("b")})
    queue.run_periodic()
    assert called == ["b"]


def test_the_worker_looks_every_minute(session, app, monkeypatch):
    looked, waited = [], []
    monkeypatch.setattr(queue, "periodics", {"look": lambda: looked.append(len(waited))})
    monkeypatch.setattr(worker.time, "monotonic", lambda: 1000 + worker.POLL * len(waited))
    stop = threading.Event()

    def wait(seconds):
        waited.append(seconds)
        if len(waited) > 100:
            stop.set()

    monkeypatch.setattr(stop, "wait", wait)
    worker.work(app, stop=stop)
    assert looked == [0, 40, 80]


def test_several_workers_queue_one_mail_for_each(database, tmp_path):
    with own_app(tmp_path, url_of(database, "digest"), **MAIL) as app:
        with committed(app):
            people = [member().id for _ in range(5)]

        def look():
            for _ in range(3):
                with app.app_context():
                    jobs.queue_digests()
                    db.session.remove()

        with time_machine.travel(EIGHT, tick=False):
            at_once(*[look] * 4)
        with committed(app):
            asked = [job.payload["user_id"] for job in db.session.scalars(select(Job))]
    assert sorted(asked) == sorted(people)

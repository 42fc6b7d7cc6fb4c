"""The ledger: what is noted of a hand-in, what is proposed, and what a missing answer leads to."""

import io
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from crm.core import queue
from crm.core.clock import now, today
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.core.principal import SYSTEM, acting_as
from crm.declarations.models import DeclarationText, Stage
from crm.records.models import Visibility
from crm.submissions.services import ask_after
from crm.tasks.models import Task
from tests.accounts.people import member
from tests.at_once import at_once
from tests.factories.declarations import SignatureFactory, SubmissionFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.invitations.world import open_declaration, place, stored
from tests.web.apps import committed, own_app, url_of


@pytest.fixture
def declaration(session):
    return open_declaration()


@pytest.fixture
def ministry(session):
    return OrganisationFactory(name="Ministry of the Interior")


def hand_in(browser, declaration, **data):
    return browser.post(
        "declarations.add_part",
        place=place(declaration),
        part_name="submissions",
        data={"follow_up_on": "", **data},
    )


def tasks(session):
    return session.scalars(select(Task).order_by(Task.due)).all()


def a_minute(session):
    session.commit()
    queue.run_periodic()
    session.expunge_all()


def later(**difference):
    return time_machine.travel(now() + timedelta(**difference), tick=False)


def test_the_form_proposes_today_the_newest_text_the_count_and_two_weeks(
    browser, session, declaration
):
    for _ in range(3):
        SignatureFactory(declaration_id=declaration.id)
    page = browser.sign_in("contributor").get(
        "declarations.add_part", place=place(declaration), part_name="submissions"
    )

    def value(name):
        return page.select(f"//input[@name='{name}']")[0].get("value")

    assert value("count_that_day") == "3"
    assert value("submitted_on") == f"{today():%d/%m/%Y}"
    assert value("follow_up_on") == f"{today() + timedelta(days=14):%d/%m/%Y}"
    [chosen] = page.select("//select[@name='text_id']/option[@selected]")
    assert chosen.text_content() == "English, version 1"


def test_what_was_handed_in_stands_on_all_the_pages_it_names(
    browser, session, declaration, ministry
):
    person = PersonFactory(name="Ada Example")
    page = hand_in(
        browser.sign_in("contributor"),
        declaration,
        recipient_id=f"id:{ministry.id}",
        person_id=f"id:{person.id}",
        addressee="The director for asylum",
        submitted_on="12/11/2026",
        channel="in_person",
        count_that_day="43",
        reference="INT/2026/7",
        upload=(io.BytesIO(b"%PDF-1.4 stamped"), "receipt.pdf"),
    )
    shown = page.section("submissions")
    for words in (
        "Ministry of the Interior",
        "Ada Example",
        "The director for asylum",
        "12 Nov 2026",
        "In person",
        "INT/2026/7",
        "43 signatories that day",
        "receipt.pdf",
    ):
        assert words in shown
    for record, path in ((ministry, "organisations"), (person, "people")):
        page = browser.get(f"{path}.detail", place=place(record))
        assert "Declaration of Rome" in page.section("received")


def test_asking_again_is_a_task_of_whoever_noted_the_hand_in(
    browser, session, declaration, ministry
):
    browser.sign_in("contributor")
    hand_in(
        browser,
        declaration,
        recipient_id=f"id:{ministry.id}",
        submitted_on="12/11/2026",
        follow_up_on="26/11/2026",
    )
    [task] = tasks(session)
    assert task.name == "Ministry of the Interior: ask what became of “Declaration of Rome”"
    assert task.due == PartialDate(2026, 11, 26)
    assert task.assignee_id == browser.user.id
    assert (task.subject_id, task.origin_id) == (declaration.id, ministry.id)


def test_no_answer_after_thirty_days_makes_one_task_not_one_a_day(
    browser, session, declaration, ministry
):
    browser.sign_in("contributor")
    hand_in(browser, declaration, recipient_id=f"id:{ministry.id}", submitted_on="today")
    with later(days=29):
        a_minute(session)
        assert tasks(session) == []
    for days in (30, 31, 60):
        with later(days=days):
            a_minute(session)
    [task] = tasks(session)
    assert task.name == (
        "No answer from Ministry of the Interior after 30 days: Declaration of Rome"
    )
    assert task.assignee_id == browser.user.id
    page = browser.get("declarations.detail", place=place(declaration))
    assert "No answer; task made on" in page.section("submissions")


@pytest.mark.parametrize(
    "values",
    [
        {"answered_on": PartialDate(2026, 2)},
        {"answer": "We have read it."},
        {"submitted_on": None},
        {"submitted_on": PartialDate(2026)},
    ],
)
def test_what_was_answered_or_has_no_day_makes_no_task(session, declaration, values):
    SubmissionFactory(
        declaration_id=declaration.id, **{"submitted_on": PartialDate(2026, 1, 5), **values}
    )
    with time_machine.travel("2026-03-01 12:00:00+00:00", tick=False):
        a_minute(session)
    assert tasks(session) == []


def test_a_month_is_over_with_its_last_day(session, declaration):
    SubmissionFactory(declaration_id=declaration.id, submitted_on=PartialDate(2026, 1))
    with time_machine.travel("2026-03-01 12:00:00+00:00", tick=False):
        a_minute(session)
        assert tasks(session) == []
    with time_machine.travel("2026-03-02 12:00:00+00:00", tick=False):
        a_minute(session)
    assert len(tasks(session)) == 1


def test_what_is_archived_or_in_the_trash_is_left_in_peace(session, declaration):
    other = open_declaration("Other")
    for each in (declaration, other):
        SubmissionFactory(declaration_id=each.id, submitted_on=PartialDate(2020, 1, 1))
    stored(declaration).stage = Stage.ARCHIVED
    stored(other).deleted_at = now()
    a_minute(session)
    assert tasks(session) == []


def test_the_task_hides_with_the_recipient(browser, session, declaration):
    secret = OrganisationFactory(name="Secret", visibility=Visibility.MANAGERS)
    SubmissionFactory(
        declaration_id=declaration.id,
        recipient_id=secret.id,
        submitted_on=PartialDate(2020, 1, 1),
    )
    a_minute(session)
    assert len(tasks(session)) == 1
    assert "Secret" not in browser.sign_in("viewer").get("tasks.index").html


def test_who_has_left_the_team_gets_no_task(session, declaration):
    claire = member("contributor", name="Claire", email="claire@example.org")
    session.info["principal"] = type(session.info["principal"])(claire.id, claire.permissions)
    found = SubmissionFactory(declaration_id=declaration.id, submitted_on=PartialDate(2020, 1, 1))
    claire.is_enabled = False
    with acting_as(db.session, SYSTEM):
        task = ask_after(found.id, today())
    assert task.assignee_id is None
    assert session.get(Task, task.id).origin_id == found.recipient_id


def test_two_workers_make_one_task(database, tmp_path):
    with own_app(tmp_path, url_of(database, "submissions")) as app:
        with committed(app):
            found = SubmissionFactory(submitted_on=PartialDate(2020, 1, 1)).id

        def work():
            with committed(app):
                ask_after(found, today())

        at_once(work, work)
        with committed(app):
            assert db.session.scalar(select(func.count(Task.id))) == 1


def test_a_text_of_another_declaration_is_refused(browser, session, declaration, ministry):
    other = open_declaration("Other", languages=("en",))
    text_id = session.scalar(
        select(DeclarationText.id).where(DeclarationText.declaration_id == other.id)
    )
    page = hand_in(
        browser.sign_in("contributor"),
        declaration,
        recipient_id=f"id:{ministry.id}",
        text_id=str(text_id),
    )
    assert page.error_at("text_id")


def test_the_answer_and_the_receipt_are_added_later(browser, session, declaration, ministry):
    found = SubmissionFactory(declaration_id=declaration.id, recipient_id=ministry.id)
    page = browser.sign_in("contributor").get(
        "declarations.edit_part",
        place=place(declaration),
        part_name="submissions",
        part_id=found.id,
    )
    assert not page.select("//input[@name='follow_up_on']")
    page = browser.post(
        "declarations.edit_part",
        place=place(declaration),
        part_name="submissions",
        part_id=found.id,
        data={
            "version": "1",
            "recipient_id": f"id:{ministry.id}",
            "answered_on": "01/02/2026",
            "answer": "We have read it.",
        },
    )
    assert "We have read it." in page.section("submissions")
    assert "Date not known" in page.section("submissions")

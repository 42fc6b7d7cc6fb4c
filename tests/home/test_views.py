"""The page Today."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_login import login_user
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from crm.core.clock import now, today
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.declarations.models import SignatureStatus, Stage
from crm.home import blocks
from crm.organisations.models import PartnershipStatus, Tier
from crm.records.kinds import registry
from crm.records.listing import count_of, ids_of
from crm.records.models import Record, Visibility
from tests.factories.accounts import UserFactory
from tests.factories.commitments import CommitmentFactory
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.drafts import DraftFactory
from tests.factories.duties import DutyFactory
from tests.factories.mails import MailFactory
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.networks import MandateFactory, MembershipFactory, NetworkFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.tasks import TaskFactory

MOST_STATEMENTS = 27
"""Of the page with something in every block: none of them asks for each row."""


def in_days(number):
    return PartialDate.of(today() + timedelta(days=number))


def test_today_shows_my_open_tasks_alone_the_late_ones_first(browser, session):
    browser.sign_in("contributor")
    mine = {"assignee_id": browser.user.id}
    TaskFactory(name="Bientôt", due=in_days(3), **mine)
    TaskFactory(name="En retard", due=in_days(-3), **mine)
    TaskFactory(name="Finie", done_on=today(), **mine)
    TaskFactory(name="À une autre", assignee_id=UserFactory().id)
    TaskFactory(name="À personne")
    page = browser.get("home.today")
    rows = page.select("//*[@id='tasks']//tbody//td[1]//a")
    assert [row.text_content().strip() for row in rows] == ["En retard", "Bientôt"]
    assert "Late" in page.section("tasks")
    assert "See all" not in page.section("tasks")
    done = page.select("//*[@id='tasks']//form[contains(@action, '/done')]/@action")
    assert len(done) == 2
    after = browser.post(done[0])
    assert after.title == "Today"
    assert "“En retard” is done" in after.text
    assert "En retard" not in after.section("tasks")


def test_five_rows_and_the_way_to_all_of_them(browser, session):
    browser.sign_in("contributor")
    for number in range(5):
        TaskFactory(name=f"Tâche {number}", due=in_days(number), assignee_id=browser.user.id)
    assert "See all" not in browser.get("home.today").section("tasks")
    TaskFactory(name="Tâche 5", due=in_days(5), assignee_id=browser.user.id)
    page = browser.get("home.today")
    assert len(page.select("//*[@id='tasks']//tbody/tr")) == 5
    assert "Tâche 5" not in page.section("tasks")
    everything = browser.get(page.links()["See all 6 – Tasks"])
    assert len(everything.select("//tbody/tr")) == 6


def test_hidden_records_are_not_on_today(browser, session):
    browser.sign_in("contributor")
    hidden = OrganisationFactory(visibility=Visibility.MANAGERS)
    TaskFactory(name="Discrète", assignee_id=browser.user.id, subject_id=hidden.id)
    MeetingFactory(name="Discret", starts=in_days(1), visibility=Visibility.MANAGERS)
    page = browser.get("home.today")
    assert "Discr" not in page.html
    assert page.section("tasks") == "No open task"
    assert "Nothing to do today" in page.text


def test_the_meetings_to_come_and_those_without_attendance(browser, session):
    for name, days in (("Demain", 1), ("Dans un mois", 30), ("Hier", -1), ("Il y a un an", -365)):
        MeetingFactory(name=name, starts=in_days(days))
    noted = MeetingFactory(name="Notée", starts=in_days(-2))
    AttendanceFactory(meeting_id=noted.id, status="attended")
    page = browser.sign_in("viewer").get("home.today")
    assert "Demain" in page.section("meetings")
    assert "Dans un mois" not in page.html
    assert "Hier" in page.section("no-attendance")
    assert "Notée" not in page.html
    assert "Il y a un an" not in page.html


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_an_empty_installation_has_a_calm_page(browser, session, locale):
    browser.sign_in("viewer")
    browser.user.locale = locale
    session.merge(browser.user)
    page = browser.get("home.today")
    assert page.status == 200
    assert page.select("//html/@lang") == [locale]
    assert page.select("//main//tbody") == []
    assert len(page.select("//ul[contains(@class, 'all-quiet')]/li")) == len(registry.home)


def test_when_nothing_is_to_be_done_the_next_three_dates_are_shown(browser, session):
    browser.sign_in("viewer")
    for name, days in (("Yesterday", -70), ("First", 20), ("Second", 30), ("Third", 40)):
        MeetingFactory(name=name, starts=in_days(days))
    MeetingFactory(name="Fourth", starts=in_days(50))
    page = browser.get("home.today")
    assert page.section("nothing").startswith("Nothing to do today")
    assert [link.text_content() for link in page.select("//*[@id='nothing']//a")] == [
        "First",
        "Second",
        "Third",
    ]


@pytest.mark.parametrize("error", [SQLAlchemyError("no such column"), KeyError("x"), ValueError()])
def test_a_block_that_fails_says_so_alone(browser, session, monkeypatch, caplog, error):
    def fail(user_id):
        raise error

    broken = [
        replace(block, query=fail) if block.key == "tasks" else block for block in registry.home
    ]
    monkeypatch.setattr(registry, "home", broken)
    MeetingFactory(name="Demain", starts=in_days(1))
    browser.sign_in("viewer")
    with caplog.at_level(logging.ERROR):
        page = browser.get("home.today")
    assert page.status == 200
    assert "This block could not be shown" in page.section("tasks")
    assert "Demain" in page.section("meetings")
    assert "tasks" in caplog.text


def test_a_block_whose_statement_the_database_refuses_leaves_the_others(
    browser, session, monkeypatch
):
    first = min(registry.home, key=lambda each: each.order)
    original = first.query
    broken = [
        replace(block, query=lambda user_id: original(user_id).where(text("no_such_column = 1")))
        if block is first
        else block
        for block in registry.home
    ]
    monkeypatch.setattr(registry, "home", broken)
    MeetingFactory(name="Demain", starts=in_days(1))
    page = browser.sign_in("viewer").get("home.today")
    assert page.status == 200
    assert "This block could not be shown" in page.section(first.key)
    assert "Demain" in page.section("meetings")


def filled(user_id, rows):
    """Put this many rows into each block of somebody."""
    mine = {"owner_id": user_id}
    network = NetworkFactory()
    long_ago = now() - timedelta(days=800)
    us = OrganisationFactory(is_us=True)
    for number in range(rows):
        partner = OrganisationFactory(
            partnership_status=PartnershipStatus.ACTIVE, tier=Tier.A, **mine
        )
        TaskFactory(due=in_days(1), assignee_id=user_id, subject_id=partner.id)
        CommitmentFactory(organisation_id=partner.id, due=in_days(number), **mine)
        DutyFactory(subject_id=network.id, due=in_days(number), **mine)
        MeetingFactory(starts=in_days(1), network_id=network.id)
        MeetingFactory(starts=in_days(-1), network_id=network.id)
        asked = DeclarationFactory(stage=Stage.OPEN)
        SignatureFactory(declaration_id=asked.id, status=SignatureStatus.INVITED)
        person = PersonFactory()
        PositionFactory(person_id=person.id, organisation_id=partner.id)
        records = Record.__table__
        db.session.execute(
            sa.update(records).where(records.c.id == person.id).values(updated_at=long_ago)
        )
        MandateFactory(network_id=network.id, organisation_id=us.id, person_id=None)
        DraftFactory(user_id=user_id)
        MailFactory(user_id=user_id)


@pytest.mark.parametrize("who", ["me", "team"])
def test_every_number_is_that_of_the_rows_behind_it(browser, session, who):
    browser.sign_in("manager")
    filled(browser.user.id, 7)
    page = browser.get("home.today", who=who)
    for block in registry.home:
        [link] = page.select(f"//*[@id='{block.key}']//a[contains(., 'See all')]")
        number = int(link.text_content().split()[2])
        assert number == 7, block.key
        assert len(page.select(f"//*[@id='{block.key}']//tbody/tr")) == 5
        behind = browser.get(link.get("href"))
        assert len(behind.select("//tbody/tr")) == number, block.key


def test_mine_is_mine_and_the_teams_is_everybodys(browser, session):
    browser.sign_in("contributor")
    other = UserFactory()
    filled(browser.user.id, 1)
    filled(other.id, 1)
    DutyFactory(name="Nobody’s", subject_id=NetworkFactory().id, due=in_days(1))
    mine, team = browser.get("home.today"), browser.get("home.today", who="team")
    assert mine.select("//a[@aria-current='true']")[-1].text_content().strip() == "For me"
    for key in ("tasks", "commitments", "dormant", "positions"):
        assert len(mine.select(f"//*[@id='{key}']//tbody/tr")) == 1, key
        assert len(team.select(f"//*[@id='{key}']//tbody/tr")) == 2, key
    assert len(mine.select("//*[@id='duties']//tbody/tr")) == 2
    assert "Nobody’s" in mine.section("duties")
    assert len(team.select("//*[@id='duties']//tbody/tr")) == 3
    assert other.name in team.section("tasks")


def test_the_blocks_stand_in_the_order_of_the_day(browser, session):
    browser.sign_in("contributor")
    filled(browser.user.id, 1)
    page = browser.get("home.today")
    shown = page.select("//main//section[contains(@class, 'panel')]/@id")
    assert [key for key in shown if key != "first-steps"] == [
        "tasks",
        "commitments",
        "duties",
        "meetings",
        "no-attendance",
        "declarations",
        "reviews",
        "dormant",
        "drafts",
        "mails",
        "seats",
        "positions",
    ]


def test_what_somebody_may_not_see_is_in_no_number(browser, session):
    browser.sign_in("contributor")
    user_id = browser.user.id
    filled(user_id, 7)
    hidden = {"visibility": Visibility.MANAGERS}
    secret = OrganisationFactory(
        name="Secret",
        partnership_status=PartnershipStatus.ACTIVE,
        owner_id=user_id,
        **hidden,
    )
    TaskFactory(name="Secret", assignee_id=user_id, **hidden)
    CommitmentFactory(organisation_id=secret.id, owner_id=user_id)
    DutyFactory(subject_id=secret.id, due=in_days(1), owner_id=user_id)
    for days in (1, -1):
        MeetingFactory(name="Secret", starts=in_days(days), **hidden)
    DeclarationFactory(name="Secret", stage=Stage.CLOSED, **hidden)
    page = browser.get("home.today")
    assert {
        link.text_content().split(" – ")[0]
        for link in page.select("//a[starts-with(., 'See all')]")
    } == {"See all 7"}
    assert "Secret" not in page.html


def test_the_page_of_a_block_that_is_none_is_not_found(browser, session):
    assert browser.sign_in("viewer").get("home.block", key="none").status == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "2"])
def test_a_page_that_is_none_is_answered_calmly(browser, session, page):
    browser.sign_in("viewer")
    assert browser.get("home.block", key="seats", page=page).status == 200


def test_a_task_waits_a_week_or_until_a_date(browser, session):
    browser.sign_in("contributor")
    task = TaskFactory(name="Call back", due=in_days(-3), assignee_id=browser.user.id)
    [url] = browser.get("home.today").select(
        "//*[@id='tasks']//a[contains(@href, 'postpone')]/@href"
    )
    form = browser.get(url)
    assert form.select("//input[@name='due']/@value") == [in_days(7).format("en", "dense")]
    page = browser.post(url, {"due": in_days(-1).first_day.isoformat()})
    assert page.error_at("due") == "Enter a date to come"
    page = browser.post(url, {"due": in_days(30).first_day.isoformat()})
    assert page.title == "Today"
    assert "can wait until" in page.text
    assert session.get(type(task), task.id).due == in_days(30)


def test_a_person_is_confirmed_from_today_and_one_is_back_there(browser, session):
    browser.sign_in("contributor")
    filled(browser.user.id, 1)
    [url] = browser.get("home.today").select("//*[@id='positions']//form/@action")
    page = browser.post(url)
    assert page.title == "Today"
    assert page.section("positions") == "No position to check"


def test_the_first_steps_are_offered_until_they_are_taken(browser, session):
    admin = browser.sign_in("admin")
    page = admin.get("home.today")
    assert len(page.select("//*[@id='first-steps']//li")) == 4
    assert "done" not in page.section("first-steps")
    us, network = OrganisationFactory(is_us=True), NetworkFactory()
    assert "Add the partner organisations – done" in admin.get("home.today").section("first-steps")
    MembershipFactory(network_id=network.id, member_id=us.id)
    DutyFactory(subject_id=network.id)
    UserFactory()
    assert admin.get("home.today").section("first-steps") == ""
    assert browser.sign_in("viewer").get("home.today").section("first-steps") == ""


def test_the_number_of_statements_is_bounded_and_does_not_grow_with_the_rows(
    browser, session, count_statements
):
    browser.sign_in("manager")

    def statements():
        count_statements.clear()
        browser.get("home.today")
        return len(count_statements)

    filled(browser.user.id, 7)
    statements()
    few = statements()
    assert few <= MOST_STATEMENTS
    filled(browser.user.id, 7)
    assert statements() == few


def test_the_number_of_a_block_is_that_of_its_page(app, browser, session, acting):
    browser.sign_in("manager")
    filled(browser.user.id, 7)
    acting(browser.user)
    with app.test_request_context():
        login_user(browser.user)
        for block in registry.home:
            for user_id in (browser.user.id, None):
                rows, number = blocks._first(block, user_id)
                assert number == count_of(ids_of(block.query(user_id))), block.key
                assert len(rows) == min(number, blocks.MOST_ROWS), block.key

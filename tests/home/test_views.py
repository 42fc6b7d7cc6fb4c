"""The page Today."""

import logging
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.records.kinds import registry
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.tasks import TaskFactory


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
    browser.post(done[0])
    assert "En retard" not in browser.get("home.today").section("tasks")


def test_five_rows_and_the_way_to_all_of_them(browser, session):
    browser.sign_in("contributor")
    for number in range(5):
        TaskFactory(name=f"Tâche {number}", due=in_days(number), assignee_id=browser.user.id)
    assert "See all" not in browser.get("home.today").section("tasks")
    TaskFactory(name="Tâche 5", due=in_days(5), assignee_id=browser.user.id)
    page = browser.get("home.today")
    assert len(page.select("//*[@id='tasks']//tbody/tr")) == 5
    assert "Tâche 5" not in page.section("tasks")
    everything = browser.get(page.links()["See all"])
    assert len(everything.select("//tbody/tr")) == 6


def test_hidden_records_are_not_on_today(browser, session):
    browser.sign_in("contributor")
    hidden = OrganisationFactory(visibility=Visibility.MANAGERS)
    TaskFactory(name="Discrète", assignee_id=browser.user.id, subject_id=hidden.id)
    MeetingFactory(name="Discret", starts=in_days(1), visibility=Visibility.MANAGERS)
    page = browser.get("home.today")
    assert "Discr" not in page.html
    assert "Nothing to do today" in page.section("tasks")


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
    assert len(page.select("//main//section")) == len(registry.home)


def test_a_block_that_fails_says_so_alone(browser, session, monkeypatch, caplog):
    def fail():
        raise SQLAlchemyError("no such column")

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
        replace(block, query=lambda: original().where(text("no_such_column = 1")))
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


def test_the_number_of_statements_does_not_grow_with_the_rows(browser, session, count_statements):
    browser.sign_in("contributor")

    def statements():
        count_statements.clear()
        browser.get("home.today")
        return len(count_statements)

    def fill():
        for _ in range(4):
            TaskFactory(
                due=in_days(1),
                assignee_id=browser.user.id,
                subject_id=OrganisationFactory().id,
            )
            MeetingFactory(starts=in_days(1))
            MeetingFactory(starts=in_days(-1))

    fill()
    statements()
    few = statements()
    fill()
    assert statements() == few

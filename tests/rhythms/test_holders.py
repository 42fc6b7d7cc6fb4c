"""Who of the team holds the relationship with a partner."""

from datetime import timedelta

import pytest

from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.core.principal import Principal, acting_as
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.interactions import exchange_with
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory


@pytest.fixture
def claire(session):
    return UserFactory(name="Claire")


@pytest.fixture
def paul(session):
    return UserFactory(name="Paul")


@pytest.fixture
def talk(session):
    """Return a function that notes exchanges on behalf of a colleague."""

    def note(user, *records, days=1, **values):
        with acting_as(session, Principal(user.id, user.permissions)):
            exchange_with(
                *records, happened=PartialDate.of(today() - timedelta(days=days)), **values
            )

    return note


def names(page):
    return [" ".join(cell.text_content().split()) for cell in page.select("//tbody/tr/td[2]")]


def known_by_one(browser, who, kind="organisations", **values):
    page = browser.get(f"{kind}.index", known_by_one=who, cols="title,known_by", **values)
    return [
        link.text_content().strip() for link in page.select("//tbody//td[@data-label='Name']//a")
    ]


def test_those_whom_one_colleague_alone_was_in_touch_with(browser, claire, paul, talk):
    alone, shared, _silent = (
        OrganisationFactory(name=each) for each in ("Alone", "Shared", "Silent")
    )
    talk(claire, alone)
    talk(claire, alone, days=30)
    talk(claire, shared)
    talk(paul, shared)
    browser.sign_in("viewer")
    assert known_by_one(browser, "any") == ["Alone"]
    assert known_by_one(browser, claire.id) == ["Alone"]
    assert known_by_one(browser, paul.id) == []


def test_an_exchange_with_anybody_there_counts_and_people_have_the_same_filter(
    browser, claire, paul, talk
):
    house = OrganisationFactory(name="House")
    ada, omar = PersonFactory(name="Ada"), PersonFactory(name="Omar")
    for person in (ada, omar):
        PositionFactory(person_id=person.id, organisation_id=house.id)
    talk(claire, ada)
    browser.sign_in("viewer")
    assert known_by_one(browser, claire.id) == ["House"]
    talk(paul, omar)
    assert known_by_one(browser, "any") == []
    assert known_by_one(browser, claire.id, kind="people") == ["Ada"]
    assert known_by_one(browser, paul.id, kind="people") == ["Omar"]


def test_what_was_longer_than_two_years_ago_is_forgotten(browser, claire, paul, talk):
    house = OrganisationFactory(name="House")
    talk(claire, house)
    talk(paul, house, days=731)
    browser.sign_in("viewer")
    assert known_by_one(browser, claire.id) == ["House"]


def test_who_may_no_longer_sign_in_is_nobody_to_ask(browser, session, claire, paul, talk):
    house = OrganisationFactory(name="House")
    talk(claire, house)
    talk(paul, house)
    session.merge(paul).is_enabled = False
    browser.sign_in("viewer")
    assert known_by_one(browser, claire.id) == ["House"]


def test_hidden_exchanges_leave_no_trace(browser, claire, paul, talk):
    house = OrganisationFactory(name="House")
    talk(claire, house)
    talk(paul, house, visibility=Visibility.MANAGERS)
    browser.sign_in("viewer")
    assert known_by_one(browser, claire.id) == ["House"]
    page = browser.get("organisations.index", cols="title,known_by")
    assert "Paul" not in page.select("//tbody")[0].text_content()
    browser.sign_in("manager")
    assert known_by_one(browser, claire.id) == []


def test_the_list_says_who_knows_whom_how_much_and_since_when(
    browser, claire, paul, talk, count_statements
):
    houses = [OrganisationFactory(name=f"House {number}") for number in range(3)]
    talk(claire, houses[0], days=1)
    talk(claire, houses[0], days=2)
    talk(paul, houses[0], days=3)
    browser.sign_in("viewer")

    def read():
        count_statements.clear()
        page = browser.get("organisations.index", cols="title,known_by")
        return names(page), len(count_statements)

    read()
    (first, second, third), few = read()
    yesterday = PartialDate.of(today() - timedelta(days=1)).format("en")
    assert first.startswith(f"Claire (2, last on {yesterday})")
    assert "Paul (1, last on" in first
    assert (second, third) == ("—", "—")
    for house in houses:
        talk(claire, house)
    assert read()[1] == few


@pytest.mark.parametrize("value", ["x", "-1", "9" * 30])
def test_what_is_no_colleague_is_ignored(browser, value):
    OrganisationFactory(name="House")
    page = browser.sign_in("viewer").get("organisations.index", known_by_one=value)
    assert "it was ignored" in page.text


def test_the_day_of_the_team_and_the_list_of_users_lead_there(browser, session):
    browser.sign_in("admin")
    today_page = browser.get("home.today", who="team")
    url = today_page.links()["Partners known by one colleague only"]
    assert browser.get(url).status == 200
    assert "Partners known by one colleague only" not in browser.get("home.today").links()
    assert browser.get("accounts.users").links()["Known by one colleague only"] == url

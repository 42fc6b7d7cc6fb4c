"""Pictures: each number is that of the list behind it, and what is hidden leaves no trace."""

import re

import pytest
import time_machine

from crm.core.partial_date import PartialDate
from crm.organisations.models import Tier
from crm.reports.pictures import PICTURES
from tests.factories.organisations import OrganisationFactory
from tests.reports.conftest import DAY, partner

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(DAY, tick=False):
        yield


def rows(page, key):
    """Return the rows of the table of a picture: the label, then the numbers."""
    return {
        " ".join(each.xpath("string(td[1])").split()): [
            int(cell.text_content()) for cell in each.xpath("td")[1:]
        ]
        for each in page.select(f'//*[@id="{key}"]//tbody/tr')
    }


def finding(page, key):
    return " ".join(page.select(f'//*[@id="{key}"]/h2')[0].text_content().split())


def numbers(page):
    """Return each number of the page that leads somewhere, in tables and drawings, with where."""
    found = [
        (int(each.text_content()), each.get("href"))
        for each in page.select('//*[@class="picture"]//td//a')
    ]
    for each in page.select('//*[@class="picture"]//svg//a'):
        words = each.xpath('string(.//*[contains(@class, "chart-value")])')
        found.append((int(re.match(r"\d+", words.strip())[0]), each.get("href")))
    return found


def length(browser, url):
    """Return how many records a list says it has."""
    page = browser.get(url)
    assert page.status == 200
    assert not page.select('//*[contains(@class, "message")]'), page.text[:300]
    words = page.select('//*[contains(@class, "count")]')[0].text_content()
    found = re.search(r"\d+", words)
    return int(found[0]) if found else 0


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_each_number_of_each_picture_is_that_of_the_list_behind_it(browser, world, role):
    browser.sign_in(role)
    page = browser.get("reports.index")
    found = numbers(page)
    assert len(found) > 40
    lengths = {url: length(browser, url) for url in {url for _number, url in found}}
    assert [(number, url) for number, url in found if lengths[url] != number] == []


def test_what_is_kept_to_managers_leaves_no_trace_in_numbers(browser, world):
    seen = browser.sign_in("viewer").get("reports.index")
    assert "Malta" not in seen.text
    assert "Secret" not in seen.text
    assert rows(seen, "exchanges")["Q3 2026"] == [20]
    assert rows(seen, "networks")["Common network"] == [2]
    assert rows(seen, "signatures") == {"Rome": [11, 4]}
    managed = browser.sign_in("manager").get("reports.index")
    assert rows(managed, "countries")["Malta"] == [1]
    assert rows(managed, "exchanges")["Q3 2026"] == [24]
    assert rows(managed, "networks")["Common network"] == [3]
    assert rows(managed, "signatures") == {"Secret": [1, 1], "Rome": [12, 5]}


def test_exchanges_are_counted_in_the_quarter_in_which_their_date_begins(browser, world):
    found = rows(browser.sign_in().get("reports.index"), "exchanges")
    assert list(found) == [
        *("Q4 2024", "Q1 2025", "Q2 2025", "Q3 2025", "Q4 2025"),
        *("Q1 2026", "Q2 2026", "Q3 2026", "Q4 2026"),
    ]
    assert [each for (each,) in found.values()] == [3, 0, 0, 0, 0, 1, 14, 20, 1]


def test_the_finding_compares_the_last_quarter_that_is_over_with_the_one_before(browser, world):
    page = browser.sign_in().get("reports.index")
    assert finding(page, "exchanges") == (
        "Exchanges rose by 43% in the third quarter of 2026: 20 after 14"
    )


def test_the_findings_say_what_the_numbers_say(browser, world):
    page = browser.sign_in().get("reports.index")
    assert finding(page, "countries") == "2 countries, above all: Italy (2 partners of 4)"
    assert finding(page, "kinds") == "The most frequent kind: NGO (3 partners of 4)"
    assert finding(page, "networks") == (
        "Where most of them sit with us: Common network (2 partners)"
    )
    assert finding(page, "dormant") == "1 partner of 3 is dormant"
    assert finding(page, "signatures") == "36% of those asked have signed: 4 of 11"


def test_the_findings_are_said_in_french(browser, world):
    page = browser.sign_in()
    page.user.locale = "fr"
    found = browser.get("reports.index")
    assert finding(found, "exchanges") == (
        "Les échanges ont augmenté de 43 % au troisième trimestre 2026 : 20 contre 14"
    )
    assert finding(found, "dormant") == "1 partenaire sur 3 est en veille"


def test_without_a_partnership_all_organisations_are_counted_and_the_page_says_so(browser, session):
    OrganisationFactory(country="IT")
    OrganisationFactory(country="FR", is_us=True)
    page = browser.sign_in().get("reports.index")
    assert rows(page, "countries") == {"France": [1], "Italy": [1]}
    assert "No partnership is noted yet: all organisations are counted." in page.text
    assert finding(page, "dormant") == "No partnership is developing or active"
    assert finding(page, "networks") == "We sit in no network"


def test_an_empty_memory_is_told_as_such(browser, session):
    page = browser.sign_in().get("reports.index")
    assert finding(page, "exchanges") == "No exchange noted in this time"
    assert finding(page, "countries") == "No country is noted"
    assert finding(page, "kinds") == "No organisation yet"
    assert finding(page, "signatures") == "No organisation was asked to sign anything"


def test_countries_beyond_the_largest_are_one_bar_that_opens_their_list(browser, session):
    codes = ["FR", "IT", "ES", "PT", "DE", "AT", "HU", "PL", "GR", "BE", "NL", "SE", "FI", "DK"]
    for number, code in enumerate(codes):
        for _each in range(1 + (number == 0)):
            partner(country=code)
    partner(country=None)
    page = browser.sign_in().get("reports.index")
    bars = page.select('//*[@id="countries"]//svg//a')
    assert len(bars) == 12
    assert bars[-1].xpath("string(.//text[1])") == "Others"
    assert int(bars[-1].xpath('string(.//*[@class="chart-value"])')) == 4
    assert length(browser, bars[-1].get("href")) == 4
    assert len(rows(page, "countries")) == len(codes) + 1


def test_partners_left_to_rest_are_not_dormant(browser, session):
    partner(tier=Tier.C, rest_until=DAY.replace(year=2027))
    partner(tier=None)
    page = browser.sign_in().get("reports.index")
    assert rows(page, "dormant") == {"Tier C": [1, 0], "No tier": [0, 1]}


def test_the_numbers_leave_as_a_file_as_the_team_may_see_them(browser, world):
    page = browser.sign_in("manager").get("/reports/countries.csv")
    assert page.response.mimetype == "text/csv"
    assert page.text.lstrip("\ufeff").split("\r\n")[:3] == [
        "Country,Partners",
        "Italy,2",
        "Hungary,1",
    ]
    assert "Malta" not in page.text


@pytest.mark.parametrize("key", PICTURES)
def test_every_picture_has_its_file(browser, world, key):
    assert browser.sign_in("contributor").get(f"/reports/{key}.csv").status == 200


def test_there_is_no_file_of_what_is_no_picture(browser, session):
    assert browser.sign_in("contributor").get("/reports/nothing.csv").status == 404
    assert browser.sign_in("viewer").get("/reports/countries.csv").status == 403


def test_a_name_that_reads_as_a_formula_is_none_in_the_file(browser, world):
    world["declaration"].name = world["declaration"].title = "=1+1"
    page = browser.sign_in("contributor").get("/reports/signatures.csv")
    assert "'=1+1" in page.text


def test_the_page_takes_few_statements_however_much_there_is(
    browser, world, count_statements, session
):
    browser.sign_in()
    browser.get("reports.index")
    count_statements.clear()
    browser.get("reports.index")
    few = len(count_statements)
    for number in range(30):
        partner(name=f"Partner {number}", country="ES", partner_since=PartialDate(2020))
    session.flush()
    count_statements.clear()
    browser.get("reports.index")
    assert len(count_statements) <= few
    assert few <= 16


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_the_map_has_the_numbers_of_its_table_and_each_opens_its_list(browser, world, role):
    page = browser.sign_in(role).get("/map?metric=partners")
    found = {
        each.get("href"): int(each.text_content()) for each in page.select("//main//tbody//td//a")
    }
    assert {url: length(browser, url) for url in found} == found
    drawn = {each.get("href"): each.get("aria-label") for each in page.select("//figure//a")}
    assert set(drawn) < set(found)  # Those without a country are in the table alone.
    assert all(
        label.endswith(f"{found[url]} partner{'s' * (found[url] > 1)}")
        for url, label in drawn.items()
    )
    assert ("Malta" in page.text) == (role == "manager")


def test_projects_have_a_map_of_their_own_and_nothing_else_has_one(browser, world):
    browser.sign_in()
    assert browser.get("/map?metric=projects").title == "Projects by country"
    assert browser.get("/map?metric=people").status == 404
    assert browser.get("/map").title == "Partners by country"

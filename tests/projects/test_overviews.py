"""Projects looked at together: each number is that of the list behind it."""

from decimal import Decimal

import pytest
import time_machine

from crm.core.partial_date import PartialDate
from crm.projects.models import InvolvementRole, WorkKind
from crm.records.models import Visibility
from tests.factories.organisations import OrganisationFactory
from tests.factories.projects import (
    InvolvementFactory,
    OutputFactory,
    ProjectCountryFactory,
    ProjectFactory,
    WorkFactory,
)

PAGES = ("projects.by_country", "projects.by_partner", "projects.by_funder", "projects.over_time")


def rows(page):
    return {
        " ".join(each.xpath("string(td[1])").split()): [
            " ".join(cell.text_content().split()) for cell in each.xpath("td")[1:]
        ]
        for each in page.select("//main//tbody/tr")
    }


def numbers(page):
    """Return the number of each row, with the address of the list behind it."""
    return {
        " ".join(each.xpath("string(td[1])").split()): (
            int(each.xpath("string(td[2])")),
            each.xpath("td[2]//a")[0].get("href"),
        )
        for each in page.select("//main//tbody/tr")
    }


def assert_each_number_is_that_of_its_list(browser, page):
    found = numbers(page)
    assert found
    for name, (number, url) in found.items():
        assert len(browser.get(url).select("//main//tbody/tr")) == number, name


@pytest.fixture
def world(session):
    """Make three projects, of which one is kept to managers."""
    us = OrganisationFactory(name="We", is_us=True, country="FR")
    partner = OrganisationFactory(name="Partner", country="HU")
    funder = OrganisationFactory(name="Fund", country="BE")
    first = ProjectFactory(
        name="First", starts=PartialDate(2025), ends=PartialDate(2027), currency="EUR"
    )
    second = ProjectFactory(name="Second", starts=PartialDate(2020), ends=PartialDate(2021))
    third = ProjectFactory(name="Third", duration_months=72)
    secret = ProjectFactory(name="Secret", visibility=Visibility.MANAGERS, starts=PartialDate(2026))
    for project in (first, second, third, secret):
        InvolvementFactory(project_id=project.id, organisation_id=us.id, country="FR")
        InvolvementFactory(project_id=project.id, organisation_id=partner.id, country="HU")
    InvolvementFactory(
        project_id=first.id,
        organisation_id=funder.id,
        role=InvolvementRole.FUNDER,
        amount=Decimal("1000.50"),
    )
    ProjectCountryFactory(project_id=first.id, country="SI", city="Ljubljana")
    ProjectCountryFactory(project_id=first.id, country="SI", city="Maribor")
    ProjectCountryFactory(project_id=first.id, country="FR")
    ProjectCountryFactory(project_id=second.id, country="IT")
    ProjectCountryFactory(project_id=third.id, country="IT")
    ProjectCountryFactory(project_id=secret.id, country="MT", city="Valletta")
    return {"first": first, "second": second, "secret": secret}


def test_countries_are_counted_once_for_each_project(browser, world):
    page = browser.sign_in().get("projects.by_country")
    found = rows(page)
    assert found["Slovenia"][0] == "1"
    assert "Ljubljana" in found["Slovenia"][2]
    assert found["France"][0] == "1"
    assert "We" in found["France"][3]
    assert "Hungary" not in found
    assert "Malta" not in page.text
    assert_each_number_is_that_of_its_list(browser, page)


def test_the_map_has_the_numbers_of_the_table_as_links(browser, world):
    page = browser.sign_in().get("projects.by_country")
    links = {
        each.get("aria-label"): each.get("href")
        for each in page.select("//figure//*[@aria-label]/a")
    } | {each.get("aria-label"): each.get("href") for each in page.select("//figure//a")}
    assert set(links) >= {"France: 1 project", "Italy: 2 projects", "Slovenia: 1 project"}
    printed = sorted(
        each.text_content().strip() for each in page.select("//figure//*[@aria-hidden='true']")
    )
    assert printed == ["1", "1", "2"]
    assert "takes no side on the status of any territory" in page.text
    assert "Kosovo" not in page.text


def test_the_map_says_what_is_disputed_where_it_is_named(browser, session):
    ProjectCountryFactory(country="XK")
    page = browser.sign_in().get("projects.by_country")
    assert "Resolution 1244 (1999)" in page.text


def test_a_country_outside_the_map_is_in_the_table(browser, session):
    ProjectCountryFactory(country="BR")
    page = browser.sign_in().get("projects.by_country")
    assert "Brazil" in rows(page)
    assert "Countries outside the map are in the table." in page.text


def test_partners_are_counted_without_ourselves_and_without_funders(browser, world):
    page = browser.sign_in().get("projects.by_partner")
    found = rows(page)
    assert list(found) == ["Partner"]
    assert found["Partner"][0] == "3"
    assert "Hungary" in found["Partner"][3]
    assert_each_number_is_that_of_its_list(browser, page)


def test_funders_are_shown_with_what_they_gave(browser, world):
    page = browser.sign_in().get("projects.by_funder")
    assert rows(page)["Fund"] == ["1", "First", "—", "€1,000.50"]
    assert_each_number_is_that_of_its_list(browser, page)


@time_machine.travel("2026-11-26T12:00:00Z", tick=False)
def test_projects_over_time_are_drawn_and_listed(browser, world):
    page = browser.sign_in().get("projects.over_time")
    drawn = [each.text_content().strip() for each in page.select("//figure//a")]
    assert drawn == ["Second", "First"]
    assert list(rows(page)) == ["Second", "First", "Third"]
    assert rows(page)["Third"][0] == "6 years"
    assert page.select("//figcaption")[0].text_content() == "2 projects under way"
    assert "1 project without dates stands in the table alone." in page.text


def test_the_pages_lead_to_each_other(browser, world):
    browser.sign_in()
    page = browser.get("projects.index")
    for endpoint in PAGES:
        assert browser.address(endpoint) in page.links().values()
    tabs = browser.get("projects.by_partner").select("//ul[@class='tabs']//a")
    assert [each.get("aria-current") for each in tabs] == [None, None, "page", None, None]


@pytest.mark.parametrize("endpoint", PAGES)
def test_without_projects_a_sentence_says_so(browser, session, endpoint):
    page = browser.sign_in().get(endpoint)
    assert page.status == 200
    assert page.select("//p[@class='empty']")


@pytest.mark.parametrize("endpoint", PAGES)
def test_what_is_confidential_leaves_no_trace(browser, world, endpoint):
    page = browser.sign_in().get(endpoint)
    for word in ("Secret", "Malta", "Valletta"):
        assert word not in page.html
    manager = browser.sign_in("manager").get(endpoint)
    assert endpoint == "projects.by_funder" or "Secret" in manager.html


@pytest.mark.parametrize("endpoint", PAGES)
def test_a_page_asks_as_often_for_many_projects_as_for_few(
    browser, world, count_statements, endpoint
):
    def ask():
        browser.get(endpoint)
        count_statements.clear()
        browser.get(endpoint)
        return len([each for each in count_statements if each.startswith("SELECT")])

    browser.sign_in()
    few = ask()
    for number in range(30):
        project = ProjectFactory(name=f"Project {number}", starts=PartialDate(2000 + number))
        InvolvementFactory(project_id=project.id, country="FR")
        InvolvementFactory(project_id=project.id, role=InvolvementRole.FUNDER)
        ProjectCountryFactory(project_id=project.id, country="IT", city=f"Town {number}")
    assert ask() == few


# The times of one project


@time_machine.travel("2026-11-26T12:00:00Z", tick=False)
def test_the_work_of_a_project_is_drawn_and_listed(browser, session):
    project = ProjectFactory(name="Long", starts=PartialDate(2025), ends=PartialDate(2027))
    package = WorkFactory(
        project_id=project.id,
        number="WP1",
        title="Training",
        starts=PartialDate(2025, 3),
        due=PartialDate(2026, 12),
    )
    WorkFactory(
        project_id=project.id,
        number="MS1",
        title="Middle",
        kind=WorkKind.MILESTONE,
        due=PartialDate(2026, 6, 30),
        within_id=package.id,
    )
    OutputFactory(record_id=project.id, number="D1", title="Guide", due=PartialDate(2026, 9))
    page = browser.sign_in().get("projects.timeline", place=f"{project.id}-{project.slug}")
    drawn = [
        each.text_content().strip() for each in page.select("//figure//*[local-name()='text']")
    ]
    for label in ("The whole project", "WP1 – Training", "MS1 – Middle", "D1 – Guide"):
        assert label in drawn
    assert len(page.select("//main//tbody/tr")) == 3
    assert page.select("//figcaption")[0].text_content() == "2 pieces of work are open"


def test_a_project_without_work_says_so(browser, session):
    project = ProjectFactory(name="Empty")
    page = browser.sign_in().get("projects.timeline", place=f"{project.id}-{project.slug}")
    assert "No work package, milestone or deliverable noted yet" in page.text

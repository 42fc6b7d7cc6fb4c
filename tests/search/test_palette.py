"""What the search box proposes while one types."""

import pytest
import sqlalchemy as sa

from crm.core.partial_date import PartialDate
from crm.records.models import RECORDS, Visibility
from tests.factories.accounts import UserFactory
from tests.factories.interactions import exchange_with
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory


def propose(browser, text):
    return browser.get("search.propose", q=text).response.get_json()


def titles(found, group=None):
    return [each["value"] for each in found if group in (None, each["group"])]


@pytest.fixture
def agency(session):
    """Make an organisation where we know two people, and one who has left."""
    organisation = OrganisationFactory(name="European Agency", acronym="EUAA")
    people = [PersonFactory(name=name) for name in ("Known Well", "Known Little", "Has Left")]
    for person in people:
        until = PartialDate(2020) if person.name == "Has Left" else None
        PositionFactory(person_id=person.id, organisation_id=organisation.id, until=until)
    for name, person, day in (
        ("Claire", people[0], PartialDate(2026, 10, 12)),
        ("Paul", people[0], PartialDate(2025, 1, 5)),
        ("Paul", people[1], PartialDate(2024, 3)),
    ):
        exchange = exchange_with(person, happened=day)
        # Written by hand: an exchange belongs to whoever the session acts for.
        logged = sa.update(RECORDS).where(RECORDS.c.id == exchange.id)
        session.connection().execute(logged.values(created_by_id=UserFactory(name=name).id))
    return organisation


def test_whom_we_know_at_an_organisation_stands_below_it_with_who_and_when(browser, agency):
    found = propose(browser.sign_in(), "eua")
    assert titles(found)[:3] == ["European Agency (EUAA)", "Known Well", "Known Little"]
    assert found[1]["context"] == "known by Claire, Mon, 12 Oct 2026"
    assert found[2]["context"] == "known by Paul, March 2024"
    assert "Has Left" not in titles(found)


def test_each_line_leads_to_a_page(browser, agency):
    browser.sign_in()
    for each in propose(browser, "eua"):
        assert browser.get(each["url"]).status == 200


def test_kinds_are_grouped_and_the_closest_comes_first(browser, session):
    OrganisationFactory(name="Refuge Lyon")
    OrganisationFactory(name="Refuge")
    PersonFactory(name="Rita Refuge")
    found = propose(browser.sign_in(), "refuge")
    assert titles(found, "Organisations") == ["Refuge", "Refuge Lyon"]
    assert titles(found, "People") == ["Rita Refuge"]


def test_something_to_do_is_found_by_its_words_where_it_may_be_done(browser, session):
    found = propose(browser.sign_in("contributor"), "add a per")
    assert "Add a person" in titles(found, "Do")
    assert titles(propose(browser.sign_in("viewer"), "add a per"), "Do") == []
    assert "Duties" in titles(propose(browser, "dut"), "Go to")


def test_before_anything_is_typed_it_shows_what_one_worked_on_last(browser, session):
    browser.sign_in("contributor")
    browser.post(
        "organisations.create",
        data={"name": "Mine", "organisation_kind": "ngo", "visibility": "team"},
    )
    OrganisationFactory(name="Of others")
    found = propose(browser, "")
    assert titles(found, "Recent") == ["Mine"]


def test_what_was_mistyped_is_proposed(browser, session):
    PersonFactory(name="François Lefèvre")
    assert titles(propose(browser.sign_in(), "lefevbre"))[:1] == ["François Lefèvre"]


@pytest.mark.parametrize("text", ["a", "  ", '"', "*", "NEAR(", "é", "%", "a" * 500, "\u0301"])
def test_rubbish_is_answered(browser, session, text):
    page = browser.sign_in().get("search.propose", q=text)
    assert page.status == 200


def test_what_is_confidential_leaves_no_trace(browser, session, agency):
    hidden = PersonFactory(name="Quagga Zebrafish", visibility=Visibility.MANAGERS)
    PositionFactory(person_id=hidden.id, organisation_id=agency.id)
    OrganisationFactory(name="Okapi House", visibility=Visibility.NAMED)
    browser.sign_in("viewer")
    for text in ("eua", "quagga", "quaga", "zebrafish", "zebrafihs", "okapi", "okapii"):
        found = propose(browser, text)
        assert not {"Quagga Zebrafish", "Okapi House"} & set(titles(found)), text
        page = browser.get("search.index", q=text)
        for word in ("Quagga", "zebrafish”", "Okapi House", "“okapi”"):
            assert word not in page.text.replace(f"“{text}”", ""), text
    browser.sign_in("manager")
    assert "Quagga Zebrafish" in titles(propose(browser, "quaga"))


def test_a_guess_counts_only_what_the_person_sees(browser, session):
    PersonFactory(name="Anna Lefevre", visibility=Visibility.MANAGERS)
    PersonFactory(name="Anna Lefebre")
    page = browser.sign_in().get("search.index", q="lefexre")
    assert "lefevre" not in page.html
    assert "Here is what" not in page.text or "lefebre" in page.text

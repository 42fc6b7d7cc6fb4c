"""A panel with many rows: the first on the record's page, all on a page of their own."""

import pytest

from crm.records.models import Visibility
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.organisations import OrganisationFactory


@pytest.fixture
def declaration(session):
    made = DeclarationFactory(name="Declaration of Rome")
    for number in range(120):
        SignatureFactory(declaration_id=made.id, displayed_name=f"Refuge {number:03}")
    return made


def place(record):
    return f"{record.id}-{record.slug}"


def shown(page):
    return [each.text_content().strip() for each in page.select("//tbody/tr/td[1]//a")]


def test_the_record_shows_the_first_rows_says_how_many_and_leads_to_all(browser, declaration):
    page = browser.sign_in("contributor").get("declarations.detail", place=place(declaration))
    assert "Signatures (120)" in page.section("signatures")
    assert "Refuge 119" not in page.section("signatures")
    page = browser.get(page.links()["See all 120"])
    assert page.title == "Signatures (120)"
    assert len(shown(page)) == 100
    assert "Add a signature" in page.links(), "what can be done there can be done here"
    assert "Edit" in page.text
    page = browser.get(page.links()["Next"])
    assert "Refuge 119" in page.text
    assert len(shown(page)) == 20
    assert "Previous" in page.links()


def test_few_rows_need_no_page_of_their_own(browser, session):
    declaration = DeclarationFactory()
    SignatureFactory(declaration_id=declaration.id)
    page = browser.sign_in("contributor").get("declarations.detail", place=place(declaration))
    assert not [words for words in page.links() if words.startswith("See all")]


def test_hidden_rows_are_neither_shown_nor_counted(browser, session, declaration):
    secret = OrganisationFactory(name="Secret", visibility=Visibility.MANAGERS)
    SignatureFactory(
        declaration_id=declaration.id, signatory_id=secret.id, displayed_name="A secret"
    )
    page = browser.sign_in("viewer").get(
        "declarations.panel", place=place(declaration), key="signatures"
    )
    assert page.title == "Signatures (120)"
    assert "A secret" not in page.html
    assert "Edit" not in page.text, "who only reads is offered nothing"


@pytest.mark.parametrize("number", ["0", "-1", "99", "x", "9" * 40, "²"])
def test_a_page_that_is_none_is_the_nearest_one(browser, declaration, number):
    page = browser.sign_in().get(
        "declarations.panel", place=place(declaration), key="signatures", page=number
    )
    assert page.status == 200
    assert shown(page)


def test_a_panel_that_is_none_is_not_found(browser, declaration):
    page = browser.sign_in().get("declarations.panel", place=place(declaration), key="nothing")
    assert page.status == 404

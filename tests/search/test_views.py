"""The search page."""

import pytest

from crm.records.models import Name, NameKind, Visibility
from crm.records.services import trash
from tests.factories.interactions import exchange_with
from tests.factories.meetings import MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.factories.tasks import TaskFactory


def found(page):
    return [each.text_content().strip() for each in page.select("//main//tbody//td[1]//a")]


def tabs(page):
    return [" ".join(each.text_content().split()) for each in page.select("//main//ul//a")]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("crée", "Conseil des Réfugiés (CREE)"),
        ("CREE", "Conseil des Réfugiés (CREE)"),
        ("refugies conseil", "Conseil des Réfugiés (CREE)"),
        ("REFU", "Conseil des Réfugiés (CREE)"),
        ("ancien nom", "Conseil des Réfugiés (CREE)"),
        ("belgique", "Conseil des Réfugiés (CREE)"),
        ("belgium", "Conseil des Réfugiés (CREE)"),
        ("shevchenko", "Олена Шевченко"),
        ("Шевченко", "Олена Шевченко"),
        ("olena", "Олена Шевченко"),
        ("diaye", "Éloïse N’Diaye"),
        ("n'diaye eloise", "Éloïse N’Diaye"),
        ("plan action", "Appel du jour"),
        ("gand 2026", "Forum"),
        ("rapport", "Envoyer le rapport"),
    ],
)
def test_records_are_found_however_they_are_written(browser, session, words, title):
    body = OrganisationFactory(name="Conseil des Réfugiés", acronym="CREE", country="BE")
    session.add(Name(record_id=body.id, kind=NameKind.FORMER, text="Ancien Nom commun"))
    PersonFactory(name="Олена Шевченко")
    PersonFactory(name="Éloïse N’Diaye")
    exchange_with(body, subject="Appel du jour", note="Le plan d’action")
    MeetingFactory(name="Forum", place="Gand")
    TaskFactory(name="Envoyer le rapport")
    page = browser.sign_in("viewer").get("search.index", q=words)
    assert title in found(page)


def test_kinds_are_counted_and_each_count_opens_its_records(browser, session):
    for number in range(2):
        OrganisationFactory(name=f"Lumière {number}")
    PersonFactory(name="Ada Lumière")
    browser.sign_in("viewer")
    page = browser.get("search.index", q="lumiere")
    assert tabs(page) == ["Organisations (2)", "People (1)"]
    assert found(page) == ["Lumière 0", "Lumière 1", "Ada Lumière"]
    page = browser.get(page.links()["People (1)"])
    assert found(page) == ["Ada Lumière"]
    assert tabs(page) == ["Organisations (2)", "People (1)"]
    assert page.select("//a[@aria-current='true' and contains(text(), 'People')]")


def test_hidden_records_are_neither_found_nor_counted(browser, session):
    OrganisationFactory(name="Lumière ouverte")
    hidden = OrganisationFactory(name="Lumière cachée", visibility=Visibility.MANAGERS)
    exchange_with(hidden, subject="Lumière du soir")
    trash(PersonFactory(name="Lumière Partie"))
    page = browser.sign_in("viewer").get("search.index", q="lumière")
    assert found(page) == ["Lumière ouverte"]
    assert tabs(page) == ["Organisations (1)"]
    page = browser.sign_in("manager").get("search.index", q="lumière")
    assert len(found(page)) == 3
    assert tabs(page) == ["Exchanges (1)", "Organisations (2)"]


@pytest.mark.parametrize("words", ["introuvable", "%", "*", "\"'", "AND"])
def test_nothing_found_says_what_to_try(browser, session, words):
    OrganisationFactory(name="Lumière")
    page = browser.sign_in("viewer").get("search.index", q=words)
    assert "Nothing has all the words" in page.text
    assert "Try fewer words" in page.text
    assert found(page) == []


def test_an_empty_search_is_a_quiet_page(browser, session):
    OrganisationFactory()
    browser.sign_in("viewer")
    for query in ({}, {"q": ""}, {"q": "   "}, {"kind": "person"}):
        page = browser.get("search.index", **query)
        assert page.status == 200
        assert found(page) == []


def test_a_kind_that_is_none_is_ignored_and_networks_are_organisations(browser, session):
    OrganisationFactory(name="Lumière")
    browser.sign_in("viewer")
    for kind in ("planet", "", "network"):
        assert found(browser.get("search.index", q="lumiere", kind=kind)) == ["Lumière"], kind


def test_only_the_first_fifty_are_shown_and_that_is_said_when_there_are_more(browser, session):
    for number in range(50):
        OrganisationFactory(name=f"Lumière {number:02}")
    browser.sign_in("viewer")
    page = browser.get("search.index", q="lumiere")
    assert len(found(page)) == 50
    assert "Only the first 50" not in page.text
    OrganisationFactory(name="Lumière 99")
    page = browser.get("search.index", q="lumiere")
    assert len(found(page)) == 50
    assert "Only the first 50" in page.text
    assert tabs(page) == ["Organisations (51)"]


@pytest.mark.parametrize("query", ["", "?q=lumiere", "?q=rien", "?q=lumiere&kind=organisation"])
def test_the_page_reads_in_french(browser, session, query):
    OrganisationFactory(name="Lumière")
    browser.sign_in("viewer")
    browser.user.locale = "fr"
    session.merge(browser.user)
    page = browser.get(f"/search{query}")
    assert page.status == 200
    assert page.select("//html/@lang") == ["fr"]


def test_who_has_not_signed_in_searches_nothing(browser, session):
    assert browser.get("search.index", q="x", follow=False).status == 302


def test_the_empty_page_asks_for_no_record(browser, session, count_statements):
    browser.sign_in()
    browser.get("search.index")
    count_statements.clear()
    browser.get("search.index")
    assert not [each for each in count_statements if "records" in each]


def test_words_looked_for_one_after_the_other_are_each_their_own(browser, session):
    for name in ("Forum des villes", "Conseil de Gand"):
        OrganisationFactory(name=name)
    browser.sign_in()
    for words, title in (("forum", "Forum des villes"), ("gand", "Conseil de Gand")) * 2:
        assert found(browser.get("search.index", q=words)) == [title]


def test_who_searches_after_somebody_else_sees_what_they_may(browser, session):
    OrganisationFactory(name="Forum ouvert")
    OrganisationFactory(name="Forum secret", visibility=Visibility.MANAGERS)
    for role, titles in (("manager", 2), ("viewer", 1)) * 2:
        browser.sign_in(role)
        assert len(found(browser.get("search.index", q="forum"))) == titles

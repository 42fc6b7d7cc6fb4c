"""A form sent twice adds its thing once, whatever the kind."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from crm.core.clock import now
from crm.core.once import Sending, claim, forget_old, new_token, page_of
from crm.organisations.models import Organisation
from crm.records.models import Name
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def send(browser, once, **data):
    return browser.post(
        "organisations.create",
        data={
            "name": "Refuge",
            "organisation_kind": "ngo",
            "visibility": "team",
            "once": once,
            **data,
        },
    )


def token(page):
    return page.select("//input[@name='once']/@value")[0]


def test_a_token_is_claimed_once(session):
    once = new_token()
    taken = claim(once)
    taken.url = "/somewhere"
    session.flush()
    assert claim(once) is None
    assert page_of(once) == "/somewhere"
    assert claim(new_token()) is not None


def test_a_form_without_a_token_is_taken_each_time(session):
    assert page_of(None) is None
    assert claim(None) is not None
    assert claim(None) is not None
    assert count(session, Sending) == 2


def test_the_same_organisation_form_sent_twice_makes_one_and_leads_to_its_page(browser, session):
    browser.sign_in("contributor")
    once = token(browser.get("organisations.create"))
    first = send(browser, once)
    second = send(browser, once)
    assert first.title == second.title == "Refuge"
    assert "“Refuge” added" in first.html
    assert "nothing was added twice" in second.html
    assert count(session, Organisation) == 1


def test_a_refused_organisation_form_is_sent_again_with_the_same_token(browser, session):
    browser.sign_in("contributor")
    once = token(browser.get("organisations.create"))
    page = send(browser, once, visibility="managers")
    assert page.errors()
    assert token(page) == once
    OrganisationFactory(name="Refuge")
    page = send(browser, once, country="FR")
    assert page.error_at("name")
    assert count(session, Sending) == 0
    assert send(browser, once, name="Autre refuge").title == "Autre refuge"
    assert count(session, Organisation) == 2


def test_the_same_part_sent_twice_is_added_once(browser, session):
    ada = PersonFactory(name="Ada Test")
    place = f"{ada.id}-{ada.slug}"
    browser.sign_in("contributor")
    once = token(browser.get("people.add_part", place=place, part_name="names"))
    for _ in range(2):
        page = browser.post(
            "people.add_part",
            place=place,
            part_name="names",
            data={"kind": "other", "text": "Ada T.", "once": once},
        )
        assert page.title == "Ada Test"
    assert count(session, Name) == 1


def test_two_people_with_two_forms_add_two(browser, session):
    for name in ("Refuge A", "Refuge B"):
        browser.sign_in("contributor")
        send(browser, token(browser.get("organisations.create")), name=name)
    assert count(session, Organisation) == 2


@pytest.mark.parametrize("once", ["x" * 500, "é" * 40, "' OR 1", " "])
def test_a_strange_token_is_a_token(browser, session, once):
    browser.sign_in("contributor")
    assert send(browser, once).title == "Refuge"
    send(browser, once, name="Autre")
    assert count(session, Organisation) == 1


def test_forms_taken_long_ago_are_forgotten_and_fresh_ones_kept(session):
    session.add_all([Sending(token="old", at=now() - timedelta(days=8)), Sending(token="fresh")])
    session.flush()
    forget_old()
    assert session.scalars(select(Sending.token)).all() == ["fresh"]

"""Letting a partner rest until a day."""

from datetime import timedelta

import pytest

from crm.core.clock import today
from crm.organisations.models import Organisation, PartnershipStatus, Tier
from tests.factories.organisations import OrganisationFactory


def partner(**values):
    return OrganisationFactory(
        name="Refuge", **{"partnership_status": PartnershipStatus.ACTIVE, "tier": Tier.A, **values}
    )


def place(record):
    return f"{record.id}-{record.slug}"


def in_days(days):
    return today() + timedelta(days=days)


def test_a_dormant_partner_is_let_rest_from_today_and_is_no_longer_there(browser, session):
    browser.sign_in("contributor")
    quiet = partner(owner_id=browser.user.id)
    page = browser.get("home.today")
    assert "Refuge" in page.section("dormant")
    url = page.links()["Let rest until…"]
    form = browser.get(url)
    assert form.select("//input[@name='rest_until']/@value") == [in_days(90).isoformat()]
    page = browser.post(url, {"rest_until": in_days(30).isoformat()})
    assert page.title == "Today"
    assert "“Refuge” rests until" in page.text
    assert page.section("dormant") == "No partner is going dormant"
    assert session.get(Organisation, quiet.id).rest_until == in_days(30)


def test_its_page_says_so_and_ends_the_rest(browser, session):
    browser.sign_in("contributor")
    resting = partner(rest_until=in_days(30))
    page = browser.get("organisations.detail", place=place(resting))
    assert "At rest until" in page.text
    [url] = page.select("//form[contains(@action, '/wake')]/@action")
    page = browser.post(url)
    assert "“Refuge” rests no longer" in page.text
    assert "At rest until" not in page.text
    assert "Let rest until…" in page.links()


@pytest.mark.parametrize(
    "typed", [lambda: "", lambda: "x", lambda: today().isoformat(), lambda: in_days(-1).isoformat()]
)
def test_a_rest_ends_on_a_day_to_come(browser, session, typed):
    browser.sign_in("contributor")
    quiet = partner()
    page = browser.post("organisations.rest", {"rest_until": typed()}, place=place(quiet))
    assert page.error_at("rest_until")
    assert session.get(Organisation, quiet.id).rest_until is None


def test_a_rest_that_is_over_is_none(browser, session):
    browser.sign_in("contributor")
    rested = partner(rest_until=today())
    page = browser.get("organisations.detail", place=place(rested))
    assert "At rest until" not in page.text


def test_a_viewer_lets_nobody_rest(browser, session):
    browser.sign_in("viewer")
    quiet = partner()
    assert "Let rest until…" not in browser.get("home.today", who="team").links()
    assert browser.post("organisations.rest", place=place(quiet)).status == 403
    assert browser.post("organisations.wake", place=place(quiet)).status == 403


def test_an_exchange_is_logged_from_the_row(browser, session):
    browser.sign_in("contributor")
    quiet = partner(owner_id=browser.user.id)
    [url] = browser.get("home.today").select("//*[@id='dormant']//a[contains(., 'Log an')]/@href")
    assert url.startswith(f"/interactions/new?organisation={quiet.id}")

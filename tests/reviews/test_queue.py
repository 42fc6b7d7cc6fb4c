"""Which partners wait for a review, and why."""

from datetime import timedelta

import pytest

from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.organisations.models import PartnershipStatus, Tier
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.interactions import exchange_with
from tests.factories.organisations import OrganisationFactory
from tests.factories.reviews import ReviewFactory
from tests.reviews.world import days_ago, partner


def later():
    return {"next_review": days_ago(-200)}


@pytest.fixture
def manager(browser):
    return browser.sign_in("manager")


def in_touch(*partners):
    for each in partners:
        exchange_with(each, happened=days_ago(5))


def names(page):
    return [" ".join(each.text_content().split()) for each in page.select("//main//tbody/tr/td[1]")]


def queue(browser, **asked):
    return browser.get("reviews.index", **asked)


def test_nothing_waits_where_everything_is_up_to_date(manager):
    in_touch(partner(**later()))
    assert "Everything is up to date" in queue(manager).text


@pytest.mark.parametrize(
    ("next_review", "waits"),
    [
        (lambda: days_ago(0), True),
        (lambda: days_ago(-1), False),
        (lambda: PartialDate(today().year + 1), False),
        (lambda: PartialDate(today().year - 1), True),
        (lambda: days_ago(0).in_months(-1), True),
    ],
)
def test_a_review_is_due_once_its_date_has_come(manager, next_review, waits):
    refuge = partner(name="Refuge", next_review=next_review())
    in_touch(refuge)
    assert ("Refuge" in names(queue(manager))) is waits


@pytest.mark.parametrize(
    ("since", "waits"),
    [(lambda: days_ago(400), True), (lambda: days_ago(100), False), (lambda: None, True)],
)
def test_without_a_date_it_counts_from_the_beginning_of_the_partnership(manager, since, waits):
    in_touch(partner(name="Refuge", next_review=None, partner_since=since()))
    assert ("Refuge" in names(queue(manager))) is waits


@pytest.mark.parametrize(("closed", "waits"), [(400, True), (300, False)])
def test_without_a_date_it_counts_from_the_last_review(manager, closed, waits):
    refuge = partner(name="Refuge", next_review=None, partner_since=PartialDate(2001))
    in_touch(refuge)
    ReviewFactory(organisation_id=refuge.id, closed_on=today() - timedelta(days=closed))
    assert ("Refuge" in names(queue(manager))) is waits


def test_a_partner_gone_dormant_waits_whatever_its_date(manager):
    partner(name="Silent", **later())
    page = queue(manager)
    assert names(page) == ["Silent"]
    assert "No exchange for long: it has gone dormant" in page.text
    assert names(queue(manager, why="overdue")) == []
    assert names(queue(manager, why="dormant")) == ["Silent"]


def test_a_dormant_partner_that_was_just_looked_at_is_left_alone(manager):
    silent = partner(name="Silent", **later())
    ReviewFactory(organisation_id=silent.id, closed_on=today() - timedelta(days=10))
    assert names(queue(manager)) == []


def test_ourselves_those_that_ended_and_those_that_are_no_partners_never_wait(manager):
    partner(is_us=True)
    partner(partnership_status=PartnershipStatus.ENDED)
    partner(partnership_status=None)
    assert names(queue(manager)) == []


def test_each_line_says_why_who_looks_after_it_and_what_was_decided_last(manager):
    claire = UserFactory(name="Claire Colleague")
    refuge = partner(name="Refuge", owner_id=claire.id)
    ReviewFactory(organisation_id=refuge.id, closed_on=today() - timedelta(days=400))
    text = queue(manager).text
    assert "Review due: " in text
    assert "Claire Colleague" in text
    assert "Keep as it is" in text


def test_the_queue_is_narrowed_by_owner_status_and_tier(manager):
    claire = UserFactory()
    partner(name="Hers", owner_id=claire.id, tier=Tier.B)
    partner(name="Mine", owner_id=manager.user.id)
    partner(name="Orphan", partnership_status=PartnershipStatus.SUSPENDED)
    assert names(queue(manager, owner=claire.id)) == ["Hers"]
    assert names(queue(manager, owner="me")) == ["Mine"]
    assert names(queue(manager, owner="none")) == ["Orphan"]
    assert names(queue(manager, tier="b")) == ["Hers"]
    assert names(queue(manager, status="suspended")) == ["Orphan"]
    assert len(names(queue(manager, owner="x" * 300, tier="z", status="?", page="-1"))) == 3


def test_a_long_queue_is_turned_page_by_page(manager):
    for _each in range(53):
        partner()
    first = queue(manager)
    assert len(names(first)) == 50
    assert "53 partners" in first.text
    assert len(names(manager.get(first.links()["Next"]))) == 3


def test_partners_kept_to_managers_wait_for_managers_alone(manager, browser):
    partner(name="Secret", visibility=Visibility.MANAGERS)
    assert names(queue(manager)) == ["Secret"]
    contributor = browser.sign_in("contributor")
    assert "Everything is up to date" in queue(contributor).text


def test_contributors_are_offered_to_review_what_they_look_after(browser):
    contributor = browser.sign_in("contributor")
    partner(name="Mine", owner_id=contributor.user.id)
    other = partner(name="Other")
    page = queue(contributor)
    assert len(page.select("//main//tbody//a[text()='Review now']")) == 1
    assert contributor.get("reviews.begin", organisation=other.id).status == 403


def test_viewers_read_the_queue_and_change_nothing(browser):
    viewer = browser.sign_in("viewer")
    refuge = partner(name="Refuge", owner_id=viewer.user.id)
    page = queue(viewer)
    assert names(page) == ["Refuge"]
    assert page.select("//main//tbody//a[text()='Review now']") == []
    assert viewer.get("reviews.begin", organisation=refuge.id).status == 403


def test_today_shows_those_of_mine_and_leads_to_all_of_them(browser):
    contributor = browser.sign_in("contributor")
    for number in range(6):
        partner(name=f"Mine {number}", owner_id=contributor.user.id)
    partner(name="Other")
    page = contributor.get("/")
    section = page.section("reviews")
    assert section.count("Mine") >= 5
    assert "Other" not in section
    assert any("/reviews/?owner=me" in url for url in page.links().values())


def test_the_page_of_a_partner_offers_its_review_and_shows_the_last_ones(manager):
    refuge = partner(name="Refuge")
    ReviewFactory(organisation_id=refuge.id, closed_by_id=manager.user.id)
    OrganisationFactory()
    page = manager.get("organisations.detail", place=f"{refuge.id}-refuge")
    assert "Keep as it is" in page.section("reviews")
    assert manager.user.name in page.section("reviews")
    assert f"/reviews/new?organisation={refuge.id}" in page.links().values()

"""The list of all commitments: what its address asks for, and what it shows of each."""

from datetime import timedelta

import pytest

from crm.commitments import page as commitments_page
from crm.commitments.models import CommitmentState, Debtor
from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.records.models import Visibility
from tests.factories.accounts import UserFactory
from tests.factories.commitments import CommitmentFactory
from tests.factories.organisations import OrganisationFactory


@pytest.fixture
def contributor(browser):
    return browser.sign_in("contributor")


def in_days(days):
    return PartialDate.of(today() + timedelta(days=days))


def names(page):
    """Return what is owed in each row."""
    return [
        cell.text_content().strip()
        for cell in page.select("//tbody//td[@data-label='What is owed']")
    ]


def test_it_begins_with_what_is_open_the_most_urgent_first(contributor):
    CommitmentFactory(name="Someday")
    CommitmentFactory(name="Soon", due=in_days(3))
    CommitmentFactory(name="Late", due=in_days(-3))
    CommitmentFactory(name="Kept", state=CommitmentState.KEPT, settled_on=today())
    page = contributor.get("commitments.index")
    assert names(page) == ["Late", "Soon", "Someday"]
    assert "3 results" in page.text


@pytest.mark.parametrize(
    ("due", "is_late"),
    [
        (lambda: in_days(-1), True),
        (lambda: in_days(0), False),
        (lambda: PartialDate(today().year), False),
        (lambda: PartialDate(today().year - 1), True),
        (lambda: PartialDate(today().year - 1, 12), True),
        (lambda: PartialDate(today().year, today().month), False),
        (lambda: None, False),
    ],
)
def test_late_is_what_should_have_been_kept_by_now(contributor, due, is_late):
    CommitmentFactory(name="Report", due=due())
    assert names(contributor.get("commitments.index", state="late")) == ["Report"] * is_late


def test_what_is_settled_says_when_and_what_came_of_it_the_latest_first(contributor):
    for name, days in (("Before", -9), ("Yesterday", -1)):
        CommitmentFactory(
            name=name,
            state=CommitmentState.DROPPED,
            settled_on=today() + timedelta(days=days),
            outcome=f"{name}: no longer needed",
        )
    page = contributor.get("commitments.index", state="settled")
    assert names(page) == ["Yesterday", "Before"]
    assert "Before: no longer needed" in page.text


def test_it_is_narrowed_by_who_owes_who_follows_and_the_partner(contributor):
    claire, refuge = UserFactory(name="Claire"), OrganisationFactory(name="Refuge")
    CommitmentFactory(name="Ours", owner_id=claire.id)
    CommitmentFactory(name="Theirs", debtor=Debtor.THEM, organisation_id=refuge.id)
    assert names(contributor.get("commitments.index", debtor="them")) == ["Theirs"]
    page = contributor.get("commitments.index", owner=claire.id)
    assert names(page) == ["Ours"]
    assert "Who follows it: Claire" in page.text
    for asked in ("Refuge", refuge.id):
        page = contributor.get("commitments.index", partner=asked)
        assert names(page) == ["Theirs"]
        assert "Partner: Refuge" in page.text
    assert names(contributor.get("commitments.index", debtor="us", partner="Refuge")) == []


@pytest.mark.parametrize(
    "asked", [{"debtor": "x"}, {"owner": "x"}, {"owner": "9" * 30}, {"partner": "No such"}]
)
def test_what_makes_no_sense_is_told_and_ignored(contributor, asked):
    CommitmentFactory(name="Report")
    page = contributor.get("commitments.index", **asked)
    assert names(page) == ["Report"]
    assert "it was ignored" in page.text


@pytest.mark.parametrize("asked", [{"state": "x"}, {"page": "x"}, {"page": "-1"}, {"page": "99"}])
def test_an_odd_state_or_page_is_answered_calmly(contributor, asked):
    CommitmentFactory(name="Report")
    assert names(contributor.get("commitments.index", **asked)) == ["Report"]


def test_it_goes_on_from_page_to_page(contributor, monkeypatch):
    monkeypatch.setattr(commitments_page, "PAGE_ROWS", 2)
    for number in range(5):
        CommitmentFactory(name=str(number), due=in_days(number))
    page, seen = contributor.get("commitments.index", debtor="us"), []
    while True:
        seen += names(page)
        if "Next" not in page.links():
            break
        page = contributor.get(page.links()["Next"])
    assert seen == ["0", "1", "2", "3", "4"]
    assert "5 results" in page.text


def test_hidden_partners_and_origins_are_in_neither_rows_nor_number(contributor):
    secret = OrganisationFactory(name="Secret", visibility=Visibility.MANAGERS)
    CommitmentFactory(organisation_id=secret.id)
    CommitmentFactory(origin_id=secret.id)
    page = contributor.get("commitments.index")
    assert "No result" in page.text
    assert names(contributor.get("commitments.index", partner=secret.id)) == []
    page = contributor.get("commitments.index", partner="Secret")
    assert "it was ignored" in page.text


@pytest.mark.parametrize(
    ("days", "age"),
    [(0, "0 days"), (59, "59 days"), (60, "2 months"), (729, "24 months"), (730, "2 years")],
)
def test_the_age_is_said_in_the_unit_that_fits(contributor, days, age):
    CommitmentFactory(noted_on=today() - timedelta(days=days))
    page = contributor.get("commitments.index")
    [cell] = page.select("//tbody//td[@data-label='Open for']")
    assert cell.text_content().strip() == age


def test_one_comes_back_to_the_list_after_settling(contributor):
    CommitmentFactory(name="Report", debtor=Debtor.THEM)
    page = contributor.get("commitments.index", debtor="them")
    url = page.links()["Note as settled"]
    form = contributor.get(url)
    after = contributor.post(form.select("//form[@method='post']/@action")[-1], {"state": "kept"})
    assert after.title == "Commitments"
    assert "Noted: Kept" in after.text
    assert names(after) == []


def test_the_number_of_statements_does_not_grow_with_the_rows(contributor, count_statements):
    def statements():
        count_statements.clear()
        contributor.get("commitments.index")
        return len(count_statements)

    def fill():
        CommitmentFactory(owner_id=UserFactory().id, origin_id=OrganisationFactory().id)

    fill()
    statements()
    few = statements()
    for _number in range(5):
        fill()
    assert statements() == few

"""Renewing from the list of duties, counted action by action."""

import pytest
from playwright.sync_api import expect

from tests.web_pages.meter import Meter

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fees(page):
    """Return the rows whose fee can be paid."""
    return page.locator("main tbody tr").filter(has=page.get_by_role("link", name="Renew"))


def focused(page):
    """Return the words of what has the focus, which must be seen."""
    found = page.locator(":focus")
    expect(found).to_be_in_viewport()
    return found.inner_text().strip()


def focused_row(page):
    """Return the words of the action that has the focus; none before one has."""
    return focused(page) if page.locator("main tbody tr :focus").count() else ""


def focused_subject(page):
    """Return the network of the row that has the focus."""
    return page.locator("tr:has(:focus) td").nth(2).inner_text().strip()


def expect_renewed(page, network):
    """Read that the fee is noted as done, and when the next one is due."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Duties")
    expect(page.get_by_role("status")).to_contain_text("Renewed. The next fee is due")
    assert network not in fees(page).all_inner_texts()
    page.goto("/duties/?state=closed")
    row = page.locator("main tbody tr").filter(has_text=network).filter(has_text="Yearly fee")
    expect(row).to_have_count(1)


@pytest.fixture
def duties(visit):
    """Return a function that opens the list of duties."""

    def opened(**options):
        page = visit(**options)
        page.goto("/duties/")
        return page, Meter(page)

    return opened


def test_rows_are_walked_by_keys_and_back(duties):
    page, meter = duties()
    rows = page.locator("main tbody tr")
    meter.press("j")
    first = focused(page)
    assert rows.first.get_by_role("link", name=first).count() == 1
    meter.press("j")
    expect(rows.nth(1).locator(":focus")).to_have_count(1)
    meter.press("k")
    expect(rows.first.locator(":focus")).to_have_count(1)
    meter.press("k")  # Before the first row is nothing: the focus stays.
    expect(rows.first.locator(":focus")).to_have_count(1)
    meter.press("g", "t")
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    meter.press("g", "d")
    expect(page.get_by_role("heading", level=1)).to_have_text("Duties")


def test_keys_typed_into_a_field_move_nothing(duties):
    page, _meter = duties()
    page.keyboard.press("/")
    page.keyboard.type("jgd")
    expect(page.locator("#site-search")).to_have_value("jgd")
    expect(page.locator("#site-search")).to_be_focused()


def test_the_last_fee_is_renewed_with_eight_keys(duties):
    page, meter = duties()
    count = fees(page).count()
    assert count
    for _each in range(count):
        meter.press("r")
        assert focused(page) == "Renew"
    network = focused_subject(page)
    meter.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Renew")
    meter.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Duties")
    meter.assert_within(keys=8, loads=2)
    expect_renewed(page, network)


def test_a_fee_is_renewed_with_four_clicks_without_javascript(duties):
    page, meter = duties(java_script_enabled=False)
    row = fees(page).first
    network = row.locator("td").nth(2).inner_text().strip()
    meter.click(row.get_by_role("link", name="Renew"))
    meter.click(page.get_by_role("main").get_by_role("button", name="Renew"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Duties")
    meter.assert_within(clicks=4, loads=2)
    expect_renewed(page, network)

"""From the page of a meeting to the file of its pack, counted action by action."""

import pytest
from playwright.sync_api import expect

from tests.web_pages.meter import Meter

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MOST_ACTIONS = 6


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_pack_is_three_actions_away_from_the_page_of_its_meeting(
    visit, server, java_script_enabled
):
    page = visit(java_script_enabled=java_script_enabled)
    meter = Meter(page)
    page.goto(server.places["ev-rome-2020"])
    meter.click(page.get_by_role("link", name="Prepare the pack"))
    meter.click(page.get_by_role("button", name="Make the pack").last)
    with page.expect_download() as found:
        meter.click(page.get_by_role("link", name="PDF, to print"))
    assert found.value.suggested_filename.endswith(".pdf")
    assert meter.clicks + meter.keys <= MOST_ACTIONS // 2


def test_parts_are_ordered_by_keyboard_without_javascript(visit, server):
    page = visit(java_script_enabled=False)
    page.goto(f"{server.places['ev-rome-2020']}/pack?preset=training")
    rows = page.locator(".part-list li")
    expect(rows.nth(1)).to_contain_text("Agenda and papers")
    page.get_by_role("button", name="Move “Agenda and papers” up").focus()
    page.keyboard.press("Enter")
    expect(rows.nth(0)).to_contain_text("Agenda and papers")
    # The focus stays on what was moved, as far as it can go on.
    expect(rows.nth(0).get_by_role("button", name="down")).to_be_focused()


def test_enter_in_the_form_makes_the_pack(visit, server):
    page = visit()
    page.goto(f"{server.places['ev-rome-2020']}/pack?preset=training")
    page.get_by_label("Practical sheet").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Contents")).to_be_visible()

"""Today in a real browser: what is due is done, put off and read without JavaScript, on a phone."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from crm.core.clock import today

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 740}


def test_a_task_is_put_off_then_done_by_keyboard_without_javascript(visit):
    page = visit(java_script_enabled=False)
    page.set_viewport_size(PHONE)
    page.goto("/")
    row = page.locator("#tasks tbody tr", has_text="Send the paper")
    row.get_by_role("link", name="Postpone").press("Enter")
    tomorrow = today() + timedelta(days=1)
    page.get_by_label("Due").fill(tomorrow.isoformat())
    page.get_by_role("button", name="Postpone").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Today")
    expect(page.get_by_role("status")).to_contain_text(
        re.compile(rf"can wait until .*\b{tomorrow.day} \w+ {tomorrow.year}")
    )
    row.get_by_role("button", name="Done").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("“Send the paper” is done")
    expect(row).to_have_count(0)


def test_mine_and_the_teams_are_one_press_apart_and_the_address_says_which(visit):
    page = visit()
    page.goto("/")
    page.get_by_role("link", name="For the team").click()
    expect(page).to_have_url("/?who=team")
    expect(page.get_by_role("link", name="For the team")).to_have_attribute("aria-current", "true")
    page.get_by_role("link", name="For me").click()
    expect(page).to_have_url("/")


def test_a_commitment_is_settled_from_today_with_what_came_of_it(visit):
    page = visit()
    page.goto("/?who=team")
    page.locator("#commitments tbody tr").first.get_by_role("link", name="Note as settled").click()
    page.get_by_label("Outcome").fill("Sent to all members")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url("/?who=team")
    expect(page.get_by_role("status")).to_contain_text("Noted: Kept")
    page.goto("/commitments/?state=settled")
    expect(page.locator("tbody")).to_contain_text("Sent to all members")

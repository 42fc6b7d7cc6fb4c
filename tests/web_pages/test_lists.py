"""Lists in a browser: narrowed while typing, kept as a view, several rows changed at once."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROWS = "main table tbody tr"


def narrow_to_network(page):
    page.goto("/organisations/")
    page.get_by_text("More filters").click()
    field = page.get_by_role("combobox", name="Network")
    field.fill("ECR")
    expect(page.locator(".combobox-list [role=option]").first).to_contain_text("ECRE")
    field.press("ArrowDown")
    field.press("Enter")
    field.press("Enter")
    expect(page.get_by_label("Active filters")).to_contain_text("ECRE")


def test_a_list_is_narrowed_by_a_name_that_is_proposed_and_its_address_stays_short(visit):
    page = visit()
    narrow_to_network(page)
    assert page.url.partition("?")[2].startswith("network=")
    assert "&" not in page.url
    page.get_by_role("link", name="All but these instead").click()
    expect(page.get_by_label("Active filters")).to_contain_text("not")
    assert "network.not=" in page.url


@pytest.mark.parametrize("has_script", [True, False])
def test_a_list_is_kept_as_a_view_changed_and_gone_back_to(visit, has_script):
    page = visit(java_script_enabled=has_script)
    name = f"French {has_script}"
    page.goto("/organisations/?country=FR")
    page.locator(".views-menu summary").click()
    page.get_by_role("link", name="Save this list as a view").click()
    page.get_by_label("Name of the view").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    state = page.locator(".view-state")
    expect(state).to_contain_text(name)
    page.get_by_label("Kind of organisation").select_option("ministry")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(state).to_contain_text("View changed")
    if has_script:  # It is one itself.
        assert Axe().run(page).violations_count == 0
    page.get_by_role("link", name="Back to the view").click()
    expect(state).not_to_contain_text("View changed")
    page.goto("/views/")
    page.get_by_role("link", name=name).click()
    expect(page.get_by_label("Active filters")).to_contain_text("France")


def test_columns_are_moved_by_keyboard(visit):
    page = visit()
    page.goto("/organisations/")
    page.get_by_text("Columns and rows").press("Enter")
    page.get_by_label("Tags", exact=True).check()
    page.get_by_role("button", name="Show these").press("Enter")
    expect(page.get_by_role("columnheader", name="Tags")).to_be_visible()
    page.get_by_text("Columns and rows").press("Enter")
    page.get_by_role("button", name="Move “Tags” to the left").press("Enter")
    expect(page.locator("#columns")).to_have_attribute("open", "")
    headings = page.locator("main table thead th").all_inner_texts()
    assert headings[-2:] == ["Tags", "Partner since"]


def test_the_button_says_how_many_rows_are_ticked_and_one_undo_takes_it_back(visit):
    page = visit()
    page.goto("/organisations/?country=FR")
    count = page.locator(ROWS).count()
    assert count > 1
    button = page.get_by_role("button", name="The rows ticked")
    expect(button).to_be_visible()
    page.locator(f"{ROWS} input[type=checkbox]").first.check()
    expect(page.get_by_role("button", name="The row ticked")).to_be_visible()
    page.locator("main table thead input[type=checkbox]").check()
    page.get_by_label("With several rows").select_option("tag")
    page.get_by_role("button", name=f"The {count} rows ticked").click()
    page.get_by_label("Tag").fill("Kept together")
    page.get_by_role("button", name=f"Add a tag: {count} records").click()
    expect(page.get_by_role("status")).to_have_text(f"{count} records done")
    assert Axe().run(page).violations_count == 0
    page.get_by_text("Undo all of it").first.click()
    page.locator(".confirm-panel button").click()
    expect(page.get_by_role("status")).to_have_text("Undone")
    page.goto("/organisations/?tag=kept+together")
    expect(page.get_by_text("No record matches these filters")).to_be_visible()


def test_without_script_rows_are_ticked_and_changed(visit):
    page = visit(java_script_enabled=False)
    page.goto("/organisations/?country=FR")
    page.locator(f"{ROWS} input[type=checkbox]").nth(1).check()
    page.get_by_label("With several rows").select_option("tag")
    page.get_by_role("button", name="The rows ticked").click()
    page.get_by_label("Tag").fill("Plain")
    page.get_by_role("button", name="Add a tag: 1 record").click()
    expect(page.get_by_role("status")).to_have_text("1 record done")

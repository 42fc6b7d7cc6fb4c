"""A pasted list and what follows a meeting, counted action by action."""

import pytest
from playwright.sync_api import expect

from tests.meetings import forty
from tests.web_pages.meter import Meter

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def meeting(visit, server):
    """Return a function that opens a meeting that has just been."""

    def opened(name, **options):
        page = visit(**options)
        page.goto(server.places[name])
        return page, Meter(page)

    return opened


def paste(page, meter, lines):
    """Paste as a person does: the text comes from elsewhere, one press puts it there."""
    page.get_by_label("The list").evaluate("(box, text) => { box.value = text }", "\n".join(lines))
    meter.keys += 1


def decide(page, meter):
    """Say who is meant by the four lines that are near, and add the two that are new."""
    for row in page.locator("fieldset.paste-row").all():
        meter.click(row.locator("input[type=radio]").first)
    for box in reversed(page.locator("main input[type=checkbox]:not(:checked)").all()):
        meter.click(box)


OTHERS = ("Petra Unheard, Refuge Europe", "Ivan Unseen, Open Doors")


@pytest.mark.parametrize(
    ("name", "lines", "has_scripts"),
    [("plenary", forty.LINES, True), ("assembly", (*forty.LINES[:-2], *OTHERS), False)],
)
def test_forty_people_are_noted_with_sixteen_actions_on_three_screens(
    meeting, name, lines, has_scripts
):
    page, meter = meeting(name, java_script_enabled=has_scripts)
    meter.click(page.get_by_role("link", name="Paste a list"))
    meter.click(page.get_by_label("The list"))
    paste(page, meter, lines)
    meter.click(page.get_by_role("button", name="Compare"))
    expect(page.get_by_text("Recognised (34)")).to_be_visible()
    expect(page.get_by_role("heading", name="To check (4)")).to_be_visible()
    expect(page.get_by_role("heading", name="New (2)")).to_be_visible()
    decide(page, meter)
    meter.click(page.get_by_role("button", name="Save 40 attendances"))
    expect(page.get_by_role("status")).to_contain_text("40 attendances noted")
    assert meter.keys + meter.clicks <= 16
    meter.assert_within(keys=1, clicks=12, loads=3)


def test_a_meeting_is_written_up_by_keyboard_alone(meeting):
    page, meter = meeting("council")
    meter.click(page.get_by_role("link", name="After the meeting"))
    page.get_by_role("combobox", name="Also there").focus()
    page.keyboard.type("Zofia Łukaszewska")
    expect(page.get_by_role("option").first).to_be_visible()
    meter.press("ArrowDown", "Enter")
    page.get_by_label("Note for everyone present").focus()
    page.keyboard.type("Agreed to meet again in spring.")
    page.get_by_label("What is owed").first.focus()
    page.keyboard.type("Send the report")
    meter.press("Tab", "Tab")
    page.keyboard.type(forty.HOUSE)
    meter.press("Control+Enter")
    expect(page.get_by_role("status")).to_contain_text("1 commitment")
    expect(page.locator("#commitments")).to_contain_text("Send the report")

"""Logging a contact, counted action by action, with and without scripts."""

import pytest
from playwright.sync_api import expect

from tests.web_pages.meter import Meter
from tests.web_pages.test_browser import look, overflow, violations
from tests.web_pages.usability import told

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.usefixtures("no_drafts_left"),
]

JOB = "Log a contact"
HOUSE = "Hafenhaus Beispiel"
WORDS = {
    "en": {
        "log": "Log",
        "log here": "Log an exchange",
        "with": f"Exchange with {HOUSE}",
        "whom": "With whom",
        "note": "Note",
        "save": "Log the exchange",
        "logged": "Exchange logged.",
        "edit": "Edit",
        "undo": "Undo",
    },
    "fr": {
        "log": "Consigner",
        "log here": "Consigner un échange",
        "with": f"Échange avec {HOUSE}",
        "whom": "Avec qui",
        "note": "Note",
        "save": "Consigner l’échange",
        "logged": "Échange consigné.",
        "edit": "Modifier",
        "undo": "Annuler",
    },
}


def marked(page):
    """Return the suggestion that Enter takes."""
    return page.locator(".combobox-list").get_by_role("option", selected=True)


def expect_logged(page, words, note):
    """Read that the exchange is in the timeline, and what can be done now."""
    message = page.get_by_role("status").filter(has_text=words["logged"])
    expect(message).to_be_visible()
    expect(message.get_by_role("link", name=words["edit"])).to_be_visible()
    expect(message.get_by_role("button", name=words["undo"])).to_be_visible()
    expect(page.locator("#timeline article").filter(has_text=note)).to_have_count(1)


def same_as_told(meter, way):
    assert meter.counted == told(JOB)[way], f"{way}: {meter.counted}; write it into the table"


def test_a_contact_is_logged_from_the_organisation_with_nine_keys(visit, server, language, words):
    page = visit(language=language)
    page.goto(server.places["talked_with"])
    meter = Meter(page)
    meter.press("c")
    dialog = page.get_by_role("dialog", name=words["with"])
    first = dialog.get_by_role("checkbox").nth(1)
    expect(first).to_be_focused()
    meter.press("Space", "Tab", "Space", "Tab", "Tab", "Tab")
    expect(dialog.get_by_label(words["note"], exact=True)).to_be_focused()
    meter.write(f"By keys {language}")
    meter.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect_logged(page, words, f"By keys {language}")
    expect(page.get_by_role("link", name=words["log"], exact=True)).to_be_focused()
    meter.assert_within(keys=9)
    same_as_told(meter, "from the organisation, by keyboard")


@pytest.mark.parametrize("width", [1366, 360])
def test_a_contact_is_logged_from_the_organisation_with_five_clicks(
    visit, server, language, words, width
):
    page = visit(language=language, width=width)
    page.goto(server.places["talked_with"])
    meter = Meter(page)
    meter.click(page.get_by_role("link", name=words["log"], exact=True))
    dialog = page.get_by_role("dialog", name=words["with"])
    people = dialog.get_by_role("checkbox")
    meter.click(people.nth(1))
    meter.click(people.nth(2))
    page.keyboard.press("Tab")  # Somebody with a pointer would click; the caret is not counted.
    dialog.get_by_label(words["note"], exact=True).fill(f"By clicks {language} {width}")
    meter.click(dialog.get_by_role("button", name=words["save"]))
    expect_logged(page, words, f"By clicks {language} {width}")
    meter.assert_within(clicks=5)
    same_as_told(meter, "from the organisation, by pointer")


def test_a_contact_is_logged_from_anywhere_with_fourteen_keys(visit, language, words):
    page = visit(language=language)
    page.goto("/duties/")
    meter = Meter(page)
    meter.press("c")
    dialog = page.get_by_role("dialog")
    whom = dialog.get_by_role("combobox", name=words["whom"])
    expect(whom).to_be_focused()
    meter.find("hafe")
    expect(marked(page)).to_contain_text(HOUSE)
    meter.press("Enter")
    expect(page.get_by_role("dialog", name=words["with"])).to_be_visible()
    expect(dialog.get_by_role("checkbox").nth(1)).to_be_focused()
    meter.press("Space", "Tab", "Space", "Tab", "Tab", "Tab")
    expect(dialog.get_by_label(words["note"], exact=True)).to_be_focused()
    meter.write(f"From anywhere {language}")
    meter.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text=words["logged"])).to_be_visible()
    meter.assert_within(keys=14)
    same_as_told(meter, "from anywhere, by keyboard")


def test_a_contact_is_logged_from_the_organisation_without_javascript(
    visit, server, language, words
):
    page = visit(language=language, java_script_enabled=False)
    page.goto(server.places["talked_with"])
    meter = Meter(page)
    meter.click(page.get_by_role("link", name=words["log here"], exact=True))
    people = page.get_by_role("group", name=words["whom"]).get_by_role("checkbox")
    meter.click(people.nth(1))
    meter.click(people.nth(2))
    page.get_by_label(words["note"], exact=True).fill(f"Without scripts {language}")
    meter.click(page.get_by_role("button", name=words["save"]))
    expect_logged(page, words, f"Without scripts {language}")
    meter.assert_within(clicks=5, loads=3)
    same_as_told(meter, "from the organisation, without JavaScript")


def test_a_contact_is_logged_from_anywhere_without_javascript(visit, language, words):
    page = visit(language=language, java_script_enabled=False)
    page.goto("/duties/")
    meter = Meter(page)
    meter.click(page.get_by_role("link", name=words["log"], exact=True))
    meter.click(page.get_by_label(words["whom"]))
    page.keyboard.type("Hafen; Karl")
    page.get_by_label(words["note"], exact=True).fill(f"No scripts {language}")
    meter.click(page.get_by_role("button", name=words["save"]))
    choices = page.get_by_role("group", name=words["whom"]).get_by_role("checkbox")
    meter.click(choices.nth(0))
    meter.click(choices.nth(1))
    meter.click(page.get_by_role("button", name=words["save"]))
    expect_logged(page, words, f"No scripts {language}")
    same_as_told(meter, "from anywhere, without JavaScript")


def test_what_was_said_at_a_meeting_is_noted_on_its_page(visit, server):
    page = visit()
    page.goto(server.places["ev-rome-2020"])
    meter = Meter(page)
    meter.click(page.locator("summary", has_text="Log an exchange about it"))
    section = page.locator(".log-section")
    meter.click(section.get_by_role("combobox", name="With whom"))
    page.keyboard.type("karl ex")
    expect(marked(page)).to_contain_text("Karl Exempel")
    page.keyboard.press("Enter")
    expect(section.get_by_role("checkbox", name="Karl Exempel")).to_be_checked()
    expect(section.get_by_role("checkbox", name=HOUSE)).to_be_checked()
    section.get_by_label("Note", exact=True).fill("On the way to the hall")
    assert violations(page) == []
    meter.click(section.get_by_role("button", name="Log the exchange"))
    expect_logged(page, WORDS["en"], "On the way to the hall")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rome")
    same_as_told(meter, "from the page of a meeting, by pointer")


def test_an_exchange_is_taken_back_with_one_click(visit, server):
    page = visit()
    page.goto(server.places["talked_with"])
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Note", exact=True).fill("Not to be kept")
    page.keyboard.press("Control+Enter")
    expect_logged(page, WORDS["en"], "Not to be kept")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status")).to_contain_text("in the trash")
    expect(page.get_by_role("heading", level=1)).to_have_text(HOUSE)
    expect(page.locator("#timeline")).not_to_contain_text("Not to be kept")


def test_the_dialog_can_be_used_by_everybody(visit):
    page = visit()
    page.goto("/duties/")
    page.keyboard.press("c")
    page.get_by_role("dialog").get_by_role("combobox", name="With whom").press_sequentially("hafe")
    expect(marked(page)).to_contain_text(HOUSE)
    assert violations(page) == []
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("checkbox").nth(1)).to_be_focused()
    look(page)
    page.set_viewport_size({"width": 360, "height": 700})
    assert overflow(page) <= 0
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("link", name="Log", exact=True)).to_be_focused()


def test_what_is_refused_stays_in_the_dialog_with_what_was_typed(visit):
    page = visit()
    page.goto("/duties/")
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Note", exact=True).fill("Words that stay")
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_role("alert").filter(has_text="There is a problem")).to_be_focused()
    expect(dialog.get_by_label("Note", exact=True)).to_have_value("Words that stay")
    assert violations(page) == []
    dialog.get_by_role("link", name="Enter with whom the exchange was").press("Enter")
    expect(dialog.get_by_role("combobox", name="With whom")).to_be_focused()


def test_leaving_the_field_picks_nobody_and_a_new_name_is_added_by_hand_only(visit):
    page = visit()
    page.goto("/duties/")
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    whom = dialog.get_by_role("combobox", name="With whom")
    whom.press_sequentially("hafe")
    expect(marked(page)).to_contain_text(HOUSE)
    whom.press("Tab")
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(0)
    whom.fill("")
    whom.press_sequentially("Quirin Neuling")
    whom.press("Enter")  # Nobody bears the name: nothing is marked, nothing is added.
    expect(page.locator(".combobox-list").get_by_role("option")).to_have_count(2)
    expect(dialog.get_by_role("checkbox", checked=True)).to_have_count(0)
    whom.press("ArrowDown")
    whom.press("Enter")
    expect(dialog.get_by_role("checkbox", name="Add “Quirin Neuling”")).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Exchange logged.")).to_be_visible()
    page.goto("/people/?q=quirin")
    expect(page.locator("main tbody tr")).to_have_count(1)


def test_the_dialog_spares_what_somebody_is_writing_on_the_page(visit):
    page = visit()
    page.goto("/organisations/new")
    page.get_by_label("Good to know").fill("Half a sentence")
    page.get_by_role("heading", level=1).click()
    page.get_by_role("link", name="Log", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="With whom").press_sequentially("hafe")
    marked(page).wait_for()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("checkbox", name=HOUSE)).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Exchange logged.")).to_be_visible()
    expect(page.get_by_label("Good to know")).to_have_value("Half a sentence")

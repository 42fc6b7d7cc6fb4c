"""What is typed survives the window, the session, the network, the server: in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.web_pages.conftest import EMAIL, PASSWORD
from tests.web_pages.test_browser import look

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.usefixtures("no_drafts_left"),
]

WORDS = "Half a page about the forum, and what we owe them"
FORMS = {
    "log": ("/interactions/new?organisation={organisation_id}", "Note"),
    "new record": ("/organisations/new", "Good to know"),
    "record": ("{organisation}/edit", "Good to know"),
    "part": ("{person}/sources/new", "What it says"),
    "debrief": ("{ev-rome-2020}/debrief", "Minutes"),
}


@pytest.fixture(params=FORMS)
def form(request, server):
    """Return where a form is, and the label of the field one types into."""
    address, label = FORMS[request.param]
    return address.format_map(server.places), label


def field(page, label):
    return page.locator("form[data-draft]").get_by_label(label, exact=True)


def type_into(page, form, words=WORDS):
    address, label = form
    page.goto(address)
    field(page, label).fill(words)


def leave_field(page):
    """Go elsewhere, which has the draft sent; wait until it is kept."""
    page.locator("form[data-draft]").get_by_role("button").last.focus()
    expect(page.locator(".draft-state")).to_contain_text("Draft kept at")


def expect_back(page, form, words=WORDS):
    expect(field(page, form[1])).to_have_value(words)
    expect(page.get_by_text("Your draft of")).to_be_visible()


def test_a_window_that_dies_after_five_seconds_loses_nothing(visit, form):
    page = visit()
    type_into(page, form)
    expect(page.locator(".draft-state")).to_contain_text("Draft kept at")  # Nobody left the field.
    page.close(run_before_unload=False)
    again = visit()
    again.goto(form[0])
    expect_back(again, form)


def test_going_elsewhere_at_once_loses_nothing(visit, form):
    page = visit()
    type_into(page, form)
    page.goto("/account")
    page.goto(form[0])
    expect_back(page, form)


def test_a_network_that_is_gone_for_a_while_loses_nothing(visit, form):
    page = visit()
    page.goto(form[0])
    page.context.set_offline(True)
    field(page, form[1]).fill(WORDS)
    page.locator("form[data-draft]").get_by_role("button").last.focus()
    expect(page.get_by_text("this window holds what you typed")).to_be_visible()
    page.context.set_offline(False)
    page.reload()
    expect_back(page, form)


def test_a_session_that_ends_while_one_types_loses_nothing(visit, form):
    page = visit()
    page.goto(form[0])
    page.context.clear_cookies()
    field(page, form[1]).fill(WORDS)
    page.locator("form[data-draft]").get_by_role("button").last.focus()
    expect(page.get_by_text("this window holds what you typed")).to_be_visible()
    page.goto(form[0])
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect_back(page, form)


def test_a_session_that_ends_before_sending_loses_nothing(visit, form):
    page = visit()
    page.goto(form[0])
    page.context.clear_cookies()
    field(page, form[1]).fill(WORDS)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("what you typed is kept")).to_be_visible()
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect_back(page, form)


def test_a_server_that_is_down_loses_nothing(visit, form):
    page = visit()
    page.goto(form[0])
    page.route("**/*", lambda route: route.abort())  # Nothing answers any more.
    field(page, form[1]).fill(WORDS)
    page.locator("form[data-draft]").get_by_role("button").last.focus()
    expect(page.get_by_text("this window holds what you typed")).to_be_visible()
    page.unroute("**/*")
    page.goto(form[0])
    expect_back(page, form)


def test_two_windows_write_beside_each_other(visit, form):
    one, other = visit(), visit()
    type_into(one, form, "Words of the first window")
    type_into(other, form, "Words of the second")
    leave_field(one)
    leave_field(other)
    page = visit()
    page.goto(form[0])
    first = field(page, form[1]).input_value()
    page.get_by_role("link", name="Another draft").click()
    expect(field(page, form[1])).not_to_have_value(first)
    second = field(page, form[1]).input_value()
    assert {first, second} == {"Words of the first window", "Words of the second"}


def test_a_draft_in_the_dialog_comes_back_there_and_is_discarded_there(visit, server):
    page = visit()
    page.goto(server.places["talked_with"])
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Note", exact=True).fill(WORDS)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.goto(server.places["talked_with"])
    page.keyboard.press("c")
    expect(dialog.get_by_label("Note", exact=True)).to_have_value(WORDS)
    dialog.get_by_role("button", name="Discard").click()
    expect(dialog.get_by_label("Note", exact=True)).to_have_value("")
    expect(dialog.get_by_role("button", name="Discard")).to_have_count(0)


def test_a_session_that_ended_leads_back_from_the_dialog_with_the_words(visit, server):
    page = visit()
    page.goto(server.places["talked_with"])
    page.keyboard.press("c")
    note = page.get_by_role("dialog").get_by_label("Note", exact=True)
    expect(note).to_be_visible()
    page.context.clear_cookies()
    note.fill(WORDS)
    page.keyboard.press("Control+Enter")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Note", exact=True)).to_have_value(WORDS)


def test_a_network_that_fails_while_logging_leaves_the_dialog_as_it_is(visit, server):
    page = visit()
    page.goto(server.places["talked_with"])
    page.keyboard.press("c")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Note", exact=True).fill("Sent in vain, then for good")
    page.context.set_offline(True)
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("What you typed is still here")
    page.context.set_offline(False)
    page.keyboard.press("Control+Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#timeline")).to_contain_text("Sent in vain, then for good")


def test_the_line_about_a_draft_can_be_read_by_everybody(visit):
    page = visit()
    type_into(page, ("/organisations/new", "Good to know"))
    leave_field(page)
    page.goto("/organisations/new")
    expect(page.get_by_text("Your draft of")).to_be_visible()
    look(page)
    page.goto("/drafts/")
    look(page)


def test_what_was_saved_is_no_draft_any_more(visit):
    page = visit()
    page.goto("/organisations/new")
    page.locator("#name").fill("Kept for good")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kept for good")
    page.goto("/organisations/new")
    expect(page.locator("#name")).to_have_value("")
    expect(page.get_by_text("Your draft of")).to_have_count(0)

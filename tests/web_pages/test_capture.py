"""Exchanges from one line and from a mail, by keyboard and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.capture.mails import mail, pdf
from tests.web_pages.meter import Meter
from tests.web_pages.test_browser import look

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.usefixtures("no_drafts_left"),
]

FILES = [("note.pdf", pdf()), ("tool.exe", b"MZ")]


def hand_in(page, sent):
    page.goto("/interactions/mail")
    page.get_by_label("Mail").set_input_files(
        {"name": "mail.eml", "mimeType": "message/rfc822", "buffer": sent.as_bytes()}
    )
    page.get_by_role("button", name="Continue").press("Enter")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_line_is_noted_with_two_presses_of_enter(visit, has_scripts):
    page = visit(java_script_enabled=has_scripts)
    page.goto("/interactions/line")
    meter = Meter(page)
    expect(page.get_by_label("The exchange, in one line")).to_be_focused()
    page.keyboard.type("yesterday call ECRE re: visas; todo send the draft by tomorrow !me")
    meter.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check and save")
    expect(page.get_by_role("button", name="Save").first).to_be_focused()
    assert page.evaluate("scrollY") == 0, "what is saved can be seen"
    meter.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Exchange logged")
    meter.assert_within(keys=2, loads=2)


def test_a_choice_of_a_line_can_be_made_by_everybody(visit):
    page = visit()
    page.goto("/interactions/line")
    page.keyboard.type("call @European and ECRE re: visas")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose one")
    look(page)


def test_a_mail_is_noted_by_keyboard_without_javascript(visit):
    page = visit(java_script_enabled=False)
    hand_in(page, mail(files=FILES))
    expect(page.get_by_role("heading", level=1)).to_have_text("Re: note détention")
    page.get_by_label("Maria Exemple <maria@ecre.example.org>").press("Space")
    page.get_by_label("note.pdf (2 KB)").press("Space")
    page.get_by_role("button", name="Save", exact=True).first.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Exchange logged")


def test_a_waiting_mail_can_be_read_by_everybody(visit):
    page = visit()
    hand_in(page, mail(files=FILES, Date=None))
    page.get_by_text("Signature and older mails").click()
    look(page)
    page.goto("/interactions/mail")
    look(page)
    page.get_by_role("link", name="Re: note détention").first.click()
    page.get_by_role("button", name="Remove this mail").click()
    expect(page.get_by_role("status").first).to_contain_text("The mail was removed")

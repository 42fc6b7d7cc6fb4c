"""Reviewing partnerships, counted action by action: job 8, by keyboard and by pointer."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.web_pages.meter import Meter

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.usefixtures("no_drafts_left"),
]

QUEUE = "/reviews/?tier=c&why=overdue"
WORDS = {
    "en": {
        "now": "Review now",
        "keep": "Keep as it is",
        "reason": "Reason",
        "save": "Save and next",
        "done": "Reviewed: ",
        "tier": "Tier",
    },
    "fr": {
        "now": "Faire la revue",
        "keep": "Maintenir",
        "reason": "Motif",
        "save": "Enregistrer et suivant",
        "done": "Revue close",
        "tier": "Niveau",
    },
}


def partner(page):
    """Return whose review is shown."""
    found = re.search(r"To be reviewed \d\d", page.get_by_role("heading", level=1).inner_text())
    return found[0] if found else ""


def expect_next(page, before, words):
    """Read that the review of one partner is closed, and that the next one is shown."""
    expect(page.get_by_role("status")).to_contain_text(words["done"])
    expect(page.get_by_role("status")).to_contain_text(before)
    assert partner(page) not in ("", before)


@pytest.mark.parametrize("language", WORDS)
def test_partners_are_reviewed_with_few_keys(visit, language):
    page, words = visit(language=language), WORDS[language]
    page.goto(QUEUE)
    meter = Meter(page)
    meter.press("j", "Enter")
    expect(page.get_by_role("radio").first).to_be_visible()
    first = decide(page, meter, words)
    meter.press("Control+Enter")
    expect_next(page, first, words)
    assert meter.counted == (5, 0, 2)
    meter = Meter(page)
    second = decide(page, meter, words)
    meter.press("Control+Enter")
    expect_next(page, second, words)
    assert meter.counted == (3, 0, 1)
    meter = Meter(page)
    third = decide(page, meter, words)
    meter.press("Tab", "Tab")
    expect(page.get_by_label(words["tier"])).to_be_focused()
    meter.press("ArrowUp", "Control+Enter")
    expect_next(page, third, words)
    assert meter.counted == (6, 0, 1)


def decide(page, meter, words):
    """Choose a decision and write a reason by keys; return whom it is about."""
    meter.press("2", "Tab")
    expect(page.get_by_label(words["reason"], exact=True)).to_be_focused()
    page.keyboard.insert_text("They answer, and on time")
    return partner(page)


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("has_script", [True, False])
def test_partners_are_reviewed_with_few_clicks(visit, language, has_script):
    page, words = visit(language=language, java_script_enabled=has_script), WORDS[language]
    page.goto(QUEUE)
    meter = Meter(page)
    meter.click(page.get_by_role("link", name=words["now"]).first)
    for taken in ((0, 4, 2), (0, 3, 1)):
        expect(page.get_by_role("radio").first).to_be_visible()
        before = partner(page)
        meter.click(page.locator(".decisions").get_by_text(words["keep"], exact=True))
        meter.click(page.get_by_label(words["reason"], exact=True))
        page.keyboard.insert_text("They answer, and on time")
        meter.click(page.get_by_role("button", name=words["save"]))
        expect_next(page, before, words)
        assert meter.counted == taken
        meter = Meter(page)


def test_partners_are_walked_by_keys_and_what_was_typed_is_kept(visit):
    page = visit()
    page.goto(QUEUE)
    meter = Meter(page)
    meter.press("j", "Enter")
    expect(page.get_by_role("radio").first).to_be_visible()
    first = partner(page)
    page.get_by_label("Reason").fill("Half a thought")
    page.get_by_role("radio", name="Watch").focus()
    page.locator("h1").click()
    meter.press("j")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text(first)
    meter.press("k")
    expect(page.get_by_role("heading", level=1)).to_contain_text(first)
    expect(page.get_by_label("Reason")).to_have_value("Half a thought")


def test_a_review_is_put_off_with_one_click(visit):
    page = visit()
    page.goto(QUEUE)
    page.get_by_role("link", name="Review now").last.click()
    before = partner(page)
    meter = Meter(page)
    meter.click(page.get_by_role("button", name="Postpone by 3 months"))
    expect(page.get_by_role("status")).to_contain_text(f"“{before}” is put off until")
    assert meter.counted == (0, 1, 1)


def test_closing_is_taken_back_with_one_click(visit):
    page = visit()
    page.goto(QUEUE)
    page.get_by_role("link", name="Review now").first.click()
    before = partner(page)
    page.get_by_text("Pause", exact=True).click()
    page.get_by_label("Reason").fill("A slip")
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_role("status")).to_contain_text(before)
    meter = Meter(page)
    meter.click(page.get_by_role("button", name="Undo", exact=True))
    expect(page.get_by_role("status")).to_contain_text("The review is open again")
    assert meter.counted == (0, 1, 1)
    assert partner(page) == before
    expect(page.get_by_label("Reason")).to_have_value("A slip")


def test_what_is_missing_is_said_and_the_evidence_is_open_to_everybody(visit, server):
    page = visit()
    page.goto(f"/reviews/new?organisation={server.places['partner_id']}")
    page.get_by_role("button", name="Save and next").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what you decide")
    for summary in page.locator("details.finding > summary").all():
        summary.click()
    assert Axe().run(page).violations_count == 0
    page.set_viewport_size({"width": 360, "height": 700})
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    assert Axe().run(page).violations_count == 0

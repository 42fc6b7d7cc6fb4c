"""Somebody met, from a pasted signature: counted action by action, with and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.web_pages.meter import Meter
from tests.web_pages.usability import told

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIGNATURE = """Kind regards

{name}
Policy officer
+44 20 7946 0123
{mail}@example.org"""


JOB = "Add somebody met"
WORDS = {
    "en": {
        "paste": "Paste a signature",
        "check": "Check and save",
        "go on": "Continue",
        "other": "It is somebody else",
        "save": "Save",
        "inform": "Inform “{}”",
    },
    "fr": {
        "paste": "Collez une signature",
        "check": "Vérifier et enregistrer",
        "go on": "Continuer",
        "other": "C’est une autre personne",
        "save": "Enregistrer",
        "inform": "Informer « {} »",
    },
}


def pasted(page, words, name):
    mail = name.casefold().replace(" ", ".")
    page.goto("/people/from-card")
    page.get_by_label(words["paste"]).fill(SIGNATURE.format(name=name, mail=mail))
    return Meter(page)


def expect_inform(page, words, name):
    heading = words["inform"].format(name)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def expect_saved(page, words, name):
    expect_inform(page, words, name)
    assert Axe().run(page).violations_count == 0


def test_a_pasted_signature_is_saved_with_six_keys_at_most(visit, language, words):
    page = visit(language=language)
    name = {"en": "Ada Keys", "fr": "Zora Clavier"}[language]
    meter = pasted(page, words, name)
    meter.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(words["check"])
    assert Axe().run(page).violations_count == 0
    meter.press("Control+Enter")
    expect_saved(page, words, name)
    meter.assert_within(keys=6, loads=2)
    assert meter.counted == told(JOB)["by keyboard"]


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}, {"width": 360}])
def test_a_pasted_signature_is_saved_with_five_clicks_at_most(visit, language, words, options):
    page = visit(language=language, **options)
    name = f"Ben Clicks{language}{'abc'[len(str(options)) % 3]}"
    meter = pasted(page, words, name)
    meter.click(page.get_by_role("button", name=words["go on"]))
    expect(page.get_by_role("heading", level=1)).to_have_text(words["check"])
    chosen = page.get_by_label(words["other"])
    assert not chosen.count() or chosen.is_checked()
    meter.click(page.get_by_role("button", name=words["save"], exact=True))
    expect_inform(page, words, name)
    meter.assert_within(clicks=5, loads=2)
    assert meter.counted == told(JOB)["by pointer"]

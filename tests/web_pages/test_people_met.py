"""Somebody met, from a pasted signature: counted action by action, with and without scripts."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.web_pages.meter import Meter

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIGNATURE = """Kind regards

{name}
Policy officer
+44 20 7946 0123
{mail}@example.org"""


def pasted(page, name):
    mail = name.casefold().replace(" ", ".")
    page.goto("/people/from-card")
    page.get_by_label("Paste a signature").fill(SIGNATURE.format(name=name, mail=mail))
    return Meter(page)


def expect_saved(page, name):
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Inform “{name}”")
    assert Axe().run(page).violations_count == 0


def test_a_pasted_signature_is_saved_with_six_keys_at_most(visit):
    page = visit()
    meter = pasted(page, "Ada Keys")
    meter.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Check and save")
    assert Axe().run(page).violations_count == 0
    meter.press("Control+Enter")
    expect_saved(page, "Ada Keys")
    meter.assert_within(keys=6, loads=2)


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}, {"width": 360}])
def test_a_pasted_signature_is_saved_with_five_clicks_at_most(visit, options):
    page = visit(**options)
    name = f"Ben Clicks{'abc'[len(str(options)) % 3]}"
    meter = pasted(page, name)
    meter.click(page.get_by_role("button", name="Continue"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Check and save")
    chosen = page.get_by_label("It is somebody else")
    assert not chosen.count() or chosen.is_checked()
    meter.click(page.get_by_role("button", name="Save", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Inform “{name}”")
    meter.assert_within(clicks=5, loads=2)

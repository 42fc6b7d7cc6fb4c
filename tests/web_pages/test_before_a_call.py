"""Who we know somewhere, and all that one wants to see before a call, counted action by action."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.web_pages.meter import Meter
from tests.web_pages.usability import told

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KNOWN = "Who we know somewhere"
SCREEN = {"width": 1366, "height": 768}
WORDS = {
    "en": {
        "search": "Search everything",
        "glances": (
            "Last exchanges",
            "To be done",
            "People",
            "Known by",
            "Networks in common",
            "Projects in common",
            "Declarations",
        ),
        "facts": ("Active", "Owner: Claire Martin", "Tier A", "Good to know"),
    },
    "fr": {
        "search": "Rechercher partout",
        "glances": (
            "Derniers échanges",
            "À faire",
            "Personnes",
            "Connu par",
            "Réseaux en commun",
            "Projets en commun",
            "Déclarations",
        ),
        "facts": ("Actif", "Suivi par : Claire Martin", "Niveau A", "À savoir"),
    },
}


def on_screen(locator):
    """Tell whether somebody sees all of it without a further step."""
    box = locator.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= SCREEN["height"]


@pytest.mark.parametrize("scripts", [True, False])
def test_the_nine_facts_before_a_call_are_on_the_first_screen(
    visit, server, language, words, scripts
):
    page = visit(language=language, java_script_enabled=scripts)
    page.goto(server.places["partner"])
    meter = Meter(page)
    for heading in words["glances"]:
        part = page.locator(".glance-part").filter(
            has=page.get_by_role("heading", name=heading, exact=True)
        )
        assert on_screen(part), heading
    for fact in words["facts"]:
        assert on_screen(page.get_by_text(fact, exact=True).first), fact
    exchanges = page.locator(".glance-part.is-wide li")
    assert exchanges.count() == 3
    assert all(len(each.text_content()) > 200 for each in exchanges.all())
    assert meter.counted == told("Before a call")["with and without JavaScript"]


def same_as_told(meter, way):
    assert meter.counted == told(KNOWN)[way], f"{way}: {meter.counted}; write it into the table"


def test_whom_we_know_somewhere_is_found_with_seven_keys(visit, language):
    page = visit(language=language)
    page.goto("/meetings/")
    meter = Meter(page)
    meter.press("/")
    meter.find("cer")
    listbox = page.get_by_role("listbox").filter(has_text="CERRA")
    expect(listbox.get_by_role("option").filter(has_text="Claire Martin").first).to_be_visible()
    meter.assert_within(keys=5)
    same_as_told(meter, "the answer, by keyboard")
    meter.press("ArrowDown", "Enter")
    expect(page.locator("#glance-people")).to_be_visible()
    same_as_told(meter, "the page, by keyboard")


def test_whom_we_know_somewhere_is_found_by_pointer(visit, language, words):
    page = visit(language=language)
    page.goto("/meetings/")
    meter = Meter(page)
    meter.click(page.get_by_role("combobox", name=words["search"]))
    meter.find("cer")
    meter.click(page.get_by_role("option").filter(has_text="CERRA").first)
    expect(page.locator("#glance-people")).to_be_visible()
    same_as_told(meter, "the page, by pointer")


def test_whom_we_know_somewhere_is_found_without_scripts(visit, language, words):
    page = visit(language=language, java_script_enabled=False)
    page.goto("/meetings/")
    meter = Meter(page)
    meter.click(page.get_by_role("searchbox", name=words["search"]))
    meter.find("cer")
    meter.press("Enter")
    meter.click(page.get_by_role("link", name="CERRA").first)
    expect(page.locator("#glance-people")).to_be_visible()
    same_as_told(meter, "the page, without JavaScript")


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"width": 360}])
def test_the_top_of_a_page_is_accessible(visit, server, options):
    page = visit(**options)
    page.goto(server.places["partner"])
    expect(page.locator(".glance")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

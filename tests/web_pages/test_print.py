"""Pages on paper, as Chromium prints them: A4, numbered, dated, nothing cut, nothing to press."""

import re
from io import BytesIO

import pytest
from pypdf import PdfReader

from crm.core.clock import today
from tests.web_pages.test_browser import PAGES, overflow

pytestmark = pytest.mark.browser

A4 = (595, 842)
"""Points."""
STANDING = {"width": 658, "height": 900}
LYING = {"width": 986, "height": 600}
"""Pixels between the margins of 18 mm."""
PUBLIC = ("preview",)
"""What strangers read names no internal document."""
PRESSED = (
    "button, summary:not(.finding > summary), .btn, .skip, .site-header, .rail, .bar, .pagination"
)
PRESSED_WORDS = ("Skip to the content", "Sign out", "Columns and rows", "With several rows")

WIDE = "/organisations/?cols=title,kind,country,tier,owner,networks,last,since,review,tags,changed"
MORE = {
    "list of many columns": WIDE,
    "partner": "{partner}",
    "history of a partner": "{partner}/history",
    "who has signed what": "/declarations/gaps?network={ecre_id}",
}


@pytest.fixture(scope="module")
def paper(chromium, server):
    """Return a window whose pages are printed."""
    server.renew_sessions()
    context = chromium.new_context(base_url=server.url, locale="en-GB", viewport=STANDING)
    context.add_cookies([{"name": "session", "value": server.cookie, "url": server.url}])
    page = context.new_page()
    page.emulate_media(media="print")
    yield page
    context.close()


def printed(page):
    """Return the sheets of the page that is open."""
    return PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages


def words(sheet):
    """Return the text of a sheet on one line."""
    return re.sub(r"\s+", " ", sheet.extract_text())


def cut_off(page):
    """Return the elements that hide a part of what they say."""
    return page.evaluate(
        """() => [...document.querySelectorAll("main *")]
        .filter(each => each.checkVisibility() && each.textContent.trim())
        .filter(each => !each.closest("svg, select, option, .visually-hidden"))
        .filter(each => getComputedStyle(each).overflowX !== "visible")
        .filter(each => getComputedStyle(each).clipPath === "none")
        .filter(each => each.scrollWidth > each.clientWidth + 1)
        .map(each => each.outerHTML.slice(0, 120))"""
    )


@pytest.mark.parametrize("name", [*PAGES, *MORE])
def test_a_page_prints_on_numbered_dated_sheets_of_a4_that_cut_nothing(paper, server, name):
    paper.goto((PAGES | MORE)[name].format_map(server.places))
    sheets = printed(paper)
    widths = {round(float(sheet.mediabox.width)) for sheet in sheets}
    heights = {round(float(sheet.mediabox.height)) for sheet in sheets}
    assert sorted(widths | heights) == list(A4)
    for number, sheet in enumerate(sheets, 1):
        text = words(sheet)
        assert f"{number}/{len(sheets)}" in text
        assert name in PUBLIC or f"{today().day} {today():%B %Y}" in text
        for word in PRESSED_WORDS:
            assert word not in text
    paper.set_viewport_size(LYING if widths == {A4[1]} else STANDING)
    assert overflow(paper) <= 0
    assert cut_off(paper) == []
    assert not paper.locator(PRESSED).filter(visible=True).count()


def test_a_partner_with_whom_much_is_going_on_takes_one_sheet(paper, server):
    paper.goto(server.places["partner"])
    sheets = printed(paper)
    assert len(sheets) == 1
    text = " ".join(words(sheet) for sheet in sheets)
    for fact in (
        "Active",
        "answers calls before nine",
        "Giulia Rossi Esempio",
        "Network for a common example of reception 4",
        "Welcoming towns 2",
        "6 signed",
        "town 2",
        "Chapter 3",
        "What they will say before the committee",
    ):
        assert fact in text


def test_a_long_status_in_the_narrow_column_stays_on_the_sheet(paper, server):
    paper.set_viewport_size(STANDING)
    paper.goto(server.places["ftda"])
    for chip in paper.locator(".record-side .chip > span:last-child").all():
        chip.evaluate(
            "chip => { chip.textContent = 'En cours, mais la fin est passée : à vérifier' }"
        )
    assert overflow(paper) <= 0


def test_links_print_no_address(paper, server):
    for place in ("partner", "person"):
        paper.goto(server.places[place])
        text = " ".join(words(sheet) for sheet in printed(paper))
        assert "/people/" not in text
        assert "http" not in text


def test_a_list_prints_its_filters_its_count_and_its_order_as_a_sentence(paper):
    paper.goto("/organisations/?country=FR&country.not=IT&sort=-title&size=50")
    text = words(printed(paper)[0])
    assert "Filters: Country: France; Country: not Italy – " in text
    assert re.search(r"\d+ results, in the reverse order of “Name”", text)
    paper.goto("/people/?size=25")
    assert re.search(
        r"\d+ results, 25 of them here, in the order of “Name”", words(printed(paper)[0])
    )


def test_what_a_matrix_is_narrowed_to_is_printed_too(paper):
    paper.goto("/networks/matrix?country=FR")
    assert "Filters: Country: France" in " ".join(map(words, printed(paper)))


def test_a_long_table_repeats_its_headings_and_splits_no_row(paper):
    paper.goto("/organisations/?size=200")
    sheets = printed(paper)
    assert len(sheets) > 1
    for sheet in sheets:
        assert "Name Kind Country" in words(sheet)
    rows = paper.locator("main tbody tr")
    assert rows.first.evaluate("row => getComputedStyle(row).breakInside") == "avoid"

"""Pages in a real browser: accessibility, narrow screens, dark colours, no JavaScript."""

import csv
import re
from io import StringIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from crm.documents.sheet_reading import read_tables
from tests.web_pages.conftest import EMAIL, PASSWORD

pytestmark = pytest.mark.browser

SMALLEST = 24
"""Pixels: WCAG 2.2, 2.5.8; exempt are links within a sentence, and countries of a map, which have
their equivalents in the table above."""

PAGES = {
    "today": "/",
    "today of the team": "/?who=team",
    "all of a block of today": "/today/no-attendance?who=team",
    "commitments": "/commitments/",
    "commitments narrowed": "/commitments/?state=late&debtor=us&partner={organisation_id}&owner=x",
    "settle a commitment": "/commitments/{commitment_id}/settle",
    "let a partner rest": "{organisation}/rest",
    "postpone a task": "{task}/postpone",
    "hand-over": "/admin/users/{user_id}/hand-over",
    "user": "/admin/users/{user_id}",
    "who knows whom": "/organisations/?known_by_one=any&cols=title,known_by",
    "search": "/search?q=sant",
    "list": "/organisations/",
    "empty list": "/organisations/?q=nothing&country=FR",
    "list with notices": "/organisations/?colour=blue",
    "make a file": "/exports/new/people?country=IT",
    "files made": "/exports/",
    "list narrowed": "/organisations/?country.not=IT&network=ECRE&on=2015&cols=networks,last",
    "columns of a list": "/people/?open=columns",
    "views": "/views/",
    "new view": "/views/new/organisations?country=FR",
    "several records": "/bulk/organisations?action=meeting&which=all",
    "changes of many records": "/bulk/",
    "corrected file": "/corrections/new?list=organisation",
    "record": "{organisation}",
    "person": "{person}",
    "new record": "/organisations/new",
    "new part": "{person}/positions/new",
    "edit": "{organisation}/edit",
    "history": "{organisation}/history",
    "trash": "/trash",
    "account": "/account",
    "help": "/help",
    "password": "/account/password",
    "sessions": "/account/sessions",
    "permissions": "/account/permissions",
    "users": "/admin/users",
    "invite": "/admin/users/new",
    "jobs": "/admin/jobs",
    "settings": "/admin/settings",
    "error": "/no-such-page",
    "networks": "/networks/",
    "network": "{ecre}",
    "our own organisation": "{ftda}",
    "network as on a day": "{ecre}?on=1990",
    "sheet": "{ecre}/sheet",
    "matrix": "/networks/matrix",
    "new network": "/networks/new",
    "new period": "{ecre}/our-periods/new",
    "new step": "{ecre}/steps/new",
    "end of a link": "/memberships/{membership_id}/end",
    "what follows a link": "/memberships/{membership_id}/succeed",
    "status of a link": "/memberships/{membership_id}/status",
    "renewal": "/memberships/{membership_id}/renew",
    "duties": "/duties/",
    "duties done": "/duties/?state=closed",
    "progress of a duty": "/duties/{duty_id}/progress",
    "date of a duty": "/duties/{duty_id}/confirm",
    "duties from templates": "/duties/take-over?subject={ecre_id}",
    "new duty": "{ecre}/duties/new",
    "lists": "/lists/",
    "kinds of link": "/lists/kinds-of-link/",
    "new kind of link": "/lists/kinds-of-link/new",
    "rules": "/lists/membership-statuses/",
    "new rule": "/lists/membership-statuses/new",
    "templates of duties": "/lists/duty-templates/",
    "my calendar": "/account/calendar",
    "new membership": "{ftda}/memberships/new",
    "meetings": "/meetings/",
    "meeting": "{ev-rome-2020}",
    "attendance": "{ev-rome-2020}/attendance",
    "new attendance": "{ev-rome-2020}/attendances/new",
    "series": "{series}",
    "who came when": "{series}/series",
    "next of a series": "/meetings/new?next_of={series_id}",
    "new deadline": "{ev-rome-2020}/deadlines/new",
    "from a card": "/people/from-card",
    "signatories": "{decl-rome}/list",
    "new approval": "{decl-rome}/approvals/new",
    "after the meeting": "{ev-rome-2020}/debrief",
    "new commitment": "{ev-rome-2020}/commitments/new",
    "statuses of attendance": "/lists/attendance-statuses/",
    "paste": "{ev-rome-2020}/attendance/paste",
    "pack": "{ev-rome-2020}/pack",
    "kept pack": "{ev-rome-2020}/packs/{pack_id}",
    "pack being made": "{ev-rome-2020}/packs/{unfinished_pack_id}",
    "packs compared": "{ev-rome-2020}/packs/compare?one={pack_id}&other={older_pack_id}",
    "new aim": "{ev-rome-2020}/aims/new",
    "declarations": "/declarations/",
    "declaration": "{decl-rome}",
    "stage": "{decl-rome}/stage",
    "new signature": "{decl-rome}/signatures/new",
    "projects": "/projects/",
    "project": "{cifer}",
    "new work": "{cifer}/work/new",
    "new output": "{cifer}/outputs/new",
    "new value": "{cifer}/values/new",
    "change of a role": "/projects/involvements/{involvement_id}/change-role",
    "times of a project": "{cifer}/timeline",
    "projects by country": "/projects/by-country",
    "projects by partner": "/projects/by-partner",
    "projects by funder": "/projects/by-funder",
    "projects over time": "/projects/timeline",
    "in several ways": "/organisations/several-ways",
    "public page": "/publishing/",
    "edition": "/publishing/editions/{edition_id}",
    "words for the public page": "/publishing/words/{cifer_id}",
    "sections of the public page": "/lists/public-sections/",
    "put on the public page": "{series}/public/new",
    "preview": "/publishing/preview/en",
    "reports": "/reports/",
    "map": "/map?metric=partners",
    "ties": "/graph?organisation={ecre_id}",
    "activity": "/reports/activity?theme=asile",
    "activity refused": "/reports/activity?from=2026&to=2020",
    "activity as a file": "/reports/activity/file",
    "exchanges": "/interactions/",
    "exchange": "{exchange}",
    "log": "/interactions/new?organisation={organisation_id}",
    "one line": "/interactions/line",
    "from a mail": "/interactions/mail",
    "reviews": "/reviews/",
    "review": "/reviews/new?organisation={partner_id}",
    "closed review": "/reviews/{review_id}",
    "report of a round": "/reviews/report",
    "criteria of reviews": "/lists/review-criteria/",
    "new criterion": "/lists/review-criteria/new",
    "drafts": "/drafts/",
    "file of duties": "/exports/parts/duties",
    "tasks": "/tasks/",
    "task": "{task}",
}
STRANGER = {"sign in": "/sign-in", "forgotten": "/forgot", "unusable link": "/link/none"}


def violations(page):
    """Return what axe finds, short enough to read."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


def overflow(page):
    """Return by how many pixels the page is wider than the screen."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def small_targets(page):
    """Return the controls that are too small to hit."""
    return page.evaluate(
        """least => [...document.querySelectorAll("a, button, input, select, textarea, summary")]
        .filter(each => each.checkVisibility())
        .filter(each => !each.matches(".skip, p a, .map a, [type=hidden]"))
        .filter(each => {
          const box = each.getBoundingClientRect();
          return Math.min(box.width, box.height) < least - 0.5;
        })
        .map(each => each.outerHTML.slice(0, 120))""",
        SMALLEST,
    )


def look(page):
    """Hold what is true of every page: in light and dark colours, on wide and narrow screens."""
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page) == [], "dark"
    page.set_viewport_size({"width": 320, "height": 700})
    assert overflow(page) <= 0
    assert small_targets(page) == []
    page.emulate_media(color_scheme="light")
    assert violations(page) == [], "narrow"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_used_by_everybody(visit, server, name):
    page = visit()
    page.goto(PAGES[name].format_map(server.places))
    look(page)


def test_a_pasted_list_can_be_checked_by_everybody(visit, server):
    page = visit()
    page.goto(f"{server.places['ev-rome-2020']}/attendance/paste")
    page.get_by_label("The list").fill("زينب الحسن\nZaynab Alhassan\nNina Newcomer, New House\n123")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check the list")
    look(page)


def corrected(made):
    """Return a file of organisations with other places, some of which there are not."""
    [table] = read_tables("list.xlsx", made)
    rows = [list(row) for row in table.rows]
    for place, heading in enumerate(table.headings):
        for number, row in enumerate(rows):
            if heading == "City":
                row[place] = "Milan" if number % 2 else None
            if heading == "Country":
                row[place] = ("Atlantis", "France", "Italie")[number % 3]
    text = StringIO(newline="")
    csv.writer(text).writerows([[*table.headings, "Colour"], *([*row, "blue"] for row in rows)])
    return text.getvalue().encode()


def send_corrected(page):
    """Make a file of organisations, correct it and send it back."""
    page.goto("/exports/new/organisations")
    page.get_by_label("City").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Make the file").click()
    content = corrected(download.value.path().read_bytes())
    page.goto("/organisations/")
    page.get_by_role("link", name="Take back a corrected file").click()
    page.get_by_label("File").set_input_files(
        {"name": "Places.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Compare").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Corrections: Places.csv")


def test_a_corrected_file_is_decided_upon_by_keyboard_without_javascript(visit):
    page = visit(java_script_enabled=False)
    send_corrected(page)
    page.get_by_role("link", name="Untick all").press("Enter")
    page.get_by_role("checkbox").first.press("Space")
    page.get_by_role("button", name="Change what is ticked").press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 record done")
    page.locator("summary", has_text="Undo all of it").press("Enter")
    page.get_by_role("button", name="Undo all of it").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Undone")


def test_what_differs_in_a_file_can_be_read_by_everybody(visit):
    page = visit()
    send_corrected(page)
    look(page)


@pytest.mark.parametrize("name", STRANGER)
def test_a_page_for_strangers_can_be_used_by_everybody(visit, name):
    page = visit(known=False)
    page.goto(STRANGER[name])
    look(page)


def test_without_javascript_somebody_signs_in_and_adds_an_organisation_by_keyboard(visit):
    page = visit(known=False, java_script_enabled=False)
    page.goto("/organisations/new")
    page.get_by_label("Email").focus()
    page.keyboard.type(EMAIL)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Add an organisation")
    page.locator("#name").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^Error:"))
    page.get_by_role("alert").get_by_role("link", name="Enter a name").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("Accueil sans frontières")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Accueil sans frontières")


def test_what_is_wrong_is_read_first_and_leads_to_its_field(visit):
    page = visit()
    page.goto("/organisations/new")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert violations(page) == []
    page.get_by_role("link", name="Enter a name").press("Enter")
    assert page.evaluate("document.activeElement.id") == "name"
    assert page.locator("#name").get_attribute("aria-invalid") == "true"


def test_a_record_is_found_while_typing_and_chosen_by_keyboard(visit, server):
    page = visit()
    page.goto(f"{server.places['person']}/positions/new")
    field = page.get_by_role("combobox", name="Organisation")
    field.press_sequentially("sant")
    page.get_by_role("option").first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    assert violations(page) == []
    field.press("ArrowDown")
    assert page.evaluate(
        "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))"
        ".getAttribute('aria-selected')"
    )
    field.press("Enter")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("زينب الحسن")


def test_menus_open_by_keyboard_and_give_the_focus_back(visit):
    page = visit()
    page.goto("/account")
    menu = page.locator(".site-header summary")
    menu.press("Enter")
    assert page.get_by_role("button", name="Sign out").is_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Sign out").press("Escape")
    assert not page.get_by_role("button", name="Sign out").is_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_the_skip_link_leads_past_the_navigation(visit):
    page = visit()
    page.goto("/organisations/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_a_record_prints_on_one_sheet_without_the_navigation(visit, server):
    page = visit()
    page.goto(server.places["organisation"])
    page.emulate_media(media="print")
    for hidden in (".site-header", ".rail", ".bar", ".tools"):
        assert not page.locator(hidden).first.is_visible()
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


def test_whom_we_know_somewhere_is_answered_within_five_keys(visit, server):
    page = visit()
    page.goto("/duties/")
    for key in ("/", "s", "a", "n", "t"):
        page.keyboard.press(key)
    box = page.get_by_role("combobox", name="Search everything")
    expect(box).to_be_focused()
    expect(page.get_by_role("option").first).to_contain_text("Communauté de Sant’Egidio")
    person = page.get_by_role("option").nth(1)
    expect(person).to_contain_text("زينب الحسن")
    expect(person).to_contain_text("known by")
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page) == [], "dark"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(person).to_have_attribute("aria-selected", "true")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("زينب الحسن")


def test_enter_without_a_choice_leads_to_all_results(visit):
    page = visit()
    page.goto("/duties/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search everything")
    expect(box).to_be_focused()
    expect(page.get_by_role("option").first).to_be_visible()  # What one may do or go to.
    page.keyboard.type("sant")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    expect(page.locator("main tbody tr").first).to_contain_text("Sant’Egidio")


def test_escape_closes_what_is_proposed_and_keeps_what_was_typed(visit):
    page = visit()
    page.goto("/duties/")
    box = page.get_by_role("combobox", name="Search everything")
    box.press_sequentially("sant")
    page.get_by_role("option").first.wait_for()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("sant")


def test_the_proposals_of_the_search_box_fit_a_narrow_screen(visit):
    page = visit(width=320)
    page.goto("/duties/")
    page.get_by_role("combobox", name="Search everything").press_sequentially("sant")
    page.get_by_role("option").first.wait_for()
    assert overflow(page) <= 0

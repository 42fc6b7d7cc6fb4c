"""What was done in a time, on a theme: its numbers, by what records were found, and its files."""

import hashlib
import re
from io import BytesIO

import docx
import pytest
import time_machine
from sqlalchemy import select

from crm.accounts.models import User
from crm.core.partial_date import PartialDate
from crm.documents.sheet_reading import read_tables
from crm.exports.models import Export
from crm.meetings.models import MeetingKind
from crm.projects.models import OutputState
from crm.records.models import Visibility
from crm.records.services import add_tag
from tests.factories.declarations import DeclarationFactory, SubmissionFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import MeetingFactory
from tests.factories.networks import NetworkFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import OutputFactory, ProjectFactory
from tests.reports.conftest import DAY, sits_in
from tests.reports.test_pictures import length


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(DAY, tick=False):
        yield


@pytest.fixture
def year(session):
    """Make a year of work on detention and on other things; some of it is kept to managers."""
    us = OrganisationFactory(name="We", is_us=True, country="FR")
    partner = OrganisationFactory(name="Partner", country="IT")
    abroad = OrganisationFactory(name="Abroad", country="HU")
    hidden = OrganisationFactory(name="Hidden", country="MT", visibility=Visibility.MANAGERS)
    nina = PersonFactory(name="Nina Newcomer")
    PositionFactory(person_id=nina.id, organisation_id=abroad.id)
    network = NetworkFactory(name="Net")
    for member in (us, partner, hidden):
        sits_in(member, network)
    project = ProjectFactory(name="Alternatives to detention", acronym=None)
    worded = exchange_with(partner, subject="Visit", note="Long talk about detention centres.")
    topical = exchange_with(nina, subject="Budget", about=(project,))
    tagged = exchange_with(partner, nina, subject="Call", happened=PartialDate(2026, 3))
    exchange_with(partner, subject="Housing")
    exchange_with(hidden, subject="Secret detention")
    exchange_with(partner, subject="Detention before", happened=PartialDate(2025, 12, 31))
    themed = MeetingFactory(
        name="Seminar",
        themes="Detention; borders",
        starts=PartialDate(2026, 5, 4),
        country="IT",
        network_id=network.id,
    )
    MeetingFactory(name="Detention called off", starts=PartialDate(2026, 6), is_cancelled=True)
    MeetingFactory(
        name="Detention series", starts=PartialDate(2026), meeting_kind=MeetingKind.SERIES
    )
    text = DeclarationFactory(name="Against detention", dated=PartialDate(2026, 2))
    DeclarationFactory(
        name="Secret detention text", dated=PartialDate(2026, 2), visibility=Visibility.MANAGERS
    )
    SubmissionFactory(
        declaration_id=text.id, recipient_id=abroad.id, submitted_on=PartialDate(2026, 4, 1)
    )
    SubmissionFactory(
        declaration_id=text.id, recipient_id=hidden.id, submitted_on=PartialDate(2026, 4, 2)
    )
    OutputFactory(
        record_id=project.id,
        title="Guide",
        published=PartialDate(2026, 7),
        state=OutputState.PUBLISHED,
    )
    OutputFactory(record_id=project.id, title="Old guide", published=PartialDate(2024))
    for record in (tagged, themed):
        add_tag(record, word="Détention")
    return {
        "worded": worded,
        "topical": topical,
        "tagged": tagged,
        "hidden": hidden,
        "partner": partner,
        "abroad": abroad,
        "network": network,
    }


def figures(page):
    return {
        re.sub(r"^\d+ ", "", each.text_content().strip()): (
            int(re.match(r"\d+", each.text_content().strip())[0]),
            each.get("href"),
        )
        for each in page.select('//*[@class="count-list"]//a')
    }


def table(page, caption):
    return {
        " ".join(row.xpath("string(td[1])").split()): [
            " ".join(" ".join(cell.itertext()).split()) for cell in row.xpath("td")[1:]
        ]
        for row in page.select(f'//table[normalize-space(caption)="{caption}"]/tbody/tr')
    }


def found_by(page, caption, title):
    rows = page.select(f'//table[normalize-space(caption)="{caption}"]/tbody/tr')
    row = next(each for each in rows if title in each.text_content())
    return " ".join(" ".join(row.xpath("td")[-1].itertext()).split())


def on_detention(browser, **values):
    return browser.get("reports.activity", theme="detention", **values)


def test_the_figures_are_those_of_this_year_until_today(browser, year):
    page = browser.sign_in().get("reports.activity")
    assert {key: number for key, (number, _url) in figures(page).items()} == {
        "exchanges": 4,
        "meeting": 1,
        "declaration": 1,
        "submission": 1,
        "publication": 1,
    }
    assert "Nothing is noted" not in page.text


def test_on_a_theme_is_what_has_it_as_tag_theme_or_words_or_was_about_such_a_record(browser, year):
    page = on_detention(browser.sign_in())
    assert figures(page)["exchanges"][0] == 3
    assert found_by(page, "Exchanges", "Visit") == "words"
    assert found_by(page, "Exchanges", "Budget") == "what it was about"
    assert found_by(page, "Exchanges", "Call") == "tag"
    assert found_by(page, "Meetings", "Seminar") == "tag theme words"
    assert found_by(page, "Declarations", "Against") == "words"
    assert table(page, "Handed in") == {"Against detention": ["Abroad", "Wed, 1 Apr 2026"]}
    assert list(table(page, "Published")) == ["Guide"]


@pytest.mark.parametrize("role", ["viewer", "manager"])
@pytest.mark.parametrize("theme", ["", "detention"])
def test_each_number_opens_its_list_and_equals_it(browser, year, role, theme):
    page = browser.sign_in(role).get("reports.activity", theme=theme)
    checked = 0
    for number, url in figures(page).values():
        if url.startswith("#"):
            assert len(page.select(f'//*[@id="{url[1:]}"]//tbody/tr')) == number
        else:
            assert length(browser, url) == number, url
        checked += 1
    for cell in page.select('//table[caption="By country" or caption="By network"]//td//a'):
        assert length(browser, cell.get("href")) == int(cell.text_content()), cell.get("href")
        checked += 1
    assert checked > 10


def test_it_says_with_whom_by_country_and_network(browser, year):
    page = on_detention(browser.sign_in())
    assert table(page, "By country") == {"Hungary": ["2", "0"], "Italy": ["2", "1"]}
    assert table(page, "By network") == {"Net": ["2", "1"]}
    assert "Most exchanges with members of: Net (2)" in page.text
    assert "Most exchanges with partners in" not in page.text  # Two are level.
    assert "3 exchanges; in the same length of time before: 1" in page.text


def test_what_is_kept_to_managers_leaves_no_trace(browser, year):
    page = on_detention(browser.sign_in("viewer"))
    assert "ecret" not in page.html
    assert "Malta" not in page.html
    managed = on_detention(browser.sign_in("manager"))
    assert figures(managed)["exchanges"][0] == 4
    assert table(managed, "By country")["Malta"] == ["1", "0"]


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ({"from": "2026-05", "to": "2026-04"}, "to", "The end must not be before the beginning"),
        ({"from": "soon"}, "from", "Write the date like 23/11/2026"),
        ({"from": "2027"}, "from", "This time has not begun yet: choose a day until today"),
        ({"from": "1000"}, "from", "Choose a day of the last 100 years"),
        ({"from": "1400"}, "from", "Choose a day of the last 100 years"),
        ({"to": "2999-12-31"}, "to", "Choose a day of the next 100 years"),
        ({"theme": "?!"}, "theme", "Search for letters or digits"),
        ({"theme": "x" * 101}, "theme", "Shorten the theme to 100 characters"),
    ],
)
def test_what_makes_no_sense_is_told_in_a_sentence(browser, year, asked, field, sentence):
    page = browser.sign_in("manager").get("reports.activity", **asked)
    assert page.status == 200
    assert page.error_at(field).startswith(sentence)
    assert not figures(page)
    assert browser.get("reports.activity_file", **asked).error_at(field).startswith(sentence)


def test_a_time_in_which_nothing_is_noted_says_so(browser, year):
    page = browser.sign_in("manager").get("reports.activity", **{"from": "1990", "to": "1991"})
    assert "Nothing is noted of this time" in page.text
    assert "Make a file" not in page.text
    refused = browser.post(
        "reports.activity_file", {"file_format": "docx"}, **{"from": "1990", "to": "1991"}
    )
    assert refused.errors() == ["Nothing of this list may stand in such a file"]


def make(browser, file_format, **values):
    return browser.post(
        "reports.activity_file",
        {"file_format": file_format, "reason": "For the board"},
        theme="detention",
        **values,
    )


def words_of(content):
    document = docx.Document(BytesIO(content))
    cells = [cell.text for each in document.tables for row in each.rows for cell in row.cells]
    return document, " ".join([*(each.text for each in document.paragraphs), *cells])


def test_a_text_has_real_headings_tables_and_what_the_team_may_see(browser, year, session):
    made = make(browser.sign_in("manager"), "docx")
    assert made.response.mimetype.endswith("wordprocessingml.document")
    content = made.response.get_data()
    document, words = words_of(content)
    headings = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
    assert headings == [
        *("Overview", "By country", "By network", "Handed in", "Published"),
        *("Exchanges", "Meetings", "Declarations"),
    ]
    assert "What we did: detention" in words
    assert "3 exchanges" in words
    assert "what it was about" in words
    assert "Confidential items withheld: 3" in words
    assert "ecret" not in words
    assert "Hidden" not in words
    noted = session.scalars(select(Export)).one()
    assert noted.sha256 == hashlib.sha256(content).hexdigest()
    assert (noted.kind, noted.row_count, noted.reason) == ("activity", 7, "For the board")
    assert "theme=detention" in noted.address
    assert noted.withheld == {"confidential": 3}
    shown = browser.get("exports.show", export_id=noted.id)
    assert shown.title.startswith("what-we-did-detention")


def test_a_workbook_has_every_record_and_its_numbers(browser, year):
    made = make(browser.sign_in("manager"), "xlsx")
    tables = {each.name: each for each in read_tables("report.xlsx", made.response.get_data())}
    assert list(tables) == [
        *("Overview", "By country", "By network", "Handed in", "Published"),
        *("Exchanges", "Meetings", "Declarations"),
    ]
    assert [list(row) for row in tables["By network"].rows] == [["Net", 2, 1]]
    exchanges = tables["Exchanges"]
    assert len(list(exchanges.rows)) == 3
    assert exchanges.headings[-1] == "Found by"
    assert "ecret" not in str([list(each.rows) for each in tables.values()])


def test_people_who_may_not_be_named_outside_are_in_no_file(browser, year, session):
    hidden = session.get(type(year["partner"]), year["partner"].id)
    assert hidden is not None
    ada = PersonFactory(name="Ada Endangered", is_at_risk=True)
    exchange_with(ada, subject="Detention of Ada")
    page = on_detention(browser.sign_in("manager"))
    assert "Ada Endangered" in page.text
    _document, words = words_of(make(browser, "docx").response.get_data())
    assert "Ada" not in words
    workbook = make(browser, "xlsx").response.get_data()
    assert "Ada" not in str([list(each.rows) for each in read_tables("r.xlsx", workbook)])


def test_files_are_for_managers_and_those_about_many_people_want_a_reason(browser, year):
    assert on_detention(browser.sign_in("contributor")).status == 200
    assert browser.get("reports.activity_file").status == 403
    for _each in range(60):
        exchange_with(year["partner"], subject="Detention")
    browser.sign_in("manager")
    refused = browser.post("reports.activity_file", {"file_format": "xlsx"}, theme="detention")
    assert refused.error_at("reason").startswith("Say what for")


def test_a_long_report_names_the_first_records_and_leads_to_the_others(
    browser, year, count_statements
):
    browser.sign_in()
    on_detention(browser)
    count_statements.clear()
    on_detention(browser)
    few = len(count_statements)
    for _each in range(40):
        exchange_with(year["partner"], subject="Detention")
    count_statements.clear()
    page = on_detention(browser)
    assert len(count_statements) <= few
    assert few <= 40
    assert len(page.select('//table[caption="Exchanges"]/tbody/tr')) == 20
    assert page.links()["See all 43"] == figures(page)["exchanges"][1]


def test_it_is_said_in_french(browser, year, session):
    browser.sign_in()
    session.get(User, browser.user.id).locale = "fr"
    page = on_detention(browser)
    assert page.title == "Ce que nous avons fait"
    assert set(figures(page)) == {
        "échanges",
        "réunion",
        "déclaration",
        "remise",
        "publication",
    }

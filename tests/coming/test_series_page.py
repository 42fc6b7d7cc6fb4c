"""The page of a series: who came when, and what changed since last time."""

import csv
from io import StringIO

import pytest
import time_machine

from crm.core.partial_date import PartialDate
from crm.meetings.models import AttendanceRole, AttendanceStatus, MeetingKind
from crm.records.models import Visibility
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-11-23T10:00:00+01:00", tick=False):
        yield


def place(record):
    return f"{record.id}-{record.slug}"


def words(element):
    return " ".join(" ".join(element.itertext()).split())


def at(meeting, person, organisation=None, status="attended", **values):
    """Note a person at a meeting."""
    AttendanceFactory(
        meeting_id=meeting.id,
        person_id=person.id if person else None,
        organisation_id=organisation.id if organisation else None,
        status=AttendanceStatus(status),
        **values,
    )


def show(browser, series, **asked):
    return browser.get("meetings.series", place=place(series), **asked)


def headings(page):
    return [words(each) for each in page.select("//table[contains(@class, 'matrix')]/thead//th")]


def matrix(page):
    """Return the cells of each row as a screen reader gets them."""
    return {
        words(row.xpath("./th")[0]): [
            words(cell.xpath(".//*[contains(@class, 'visually-hidden')]")[0])
            if cell.xpath(".//*[contains(@class, 'visually-hidden')]")
            else words(cell)
            for cell in row.xpath("./td")
        ]
        for row in page.select("//table[contains(@class, 'matrix')]/tbody/tr")
    }


def change(page, key):
    """Return the heading of a change and whom it concerns."""
    (section,) = page.select(f"//section[@id='{key}']")
    rows = [[words(cell) for cell in row.xpath("./td")] for row in section.xpath(".//tbody/tr")]
    return words(section.find("h3")), rows


def notices(page):
    return [words(each) for each in page.select("//p[contains(@class, 'is-warn')]")]


def occurrence(series, year, **values):
    return MeetingFactory(
        name=f"Plénière {year}", series_id=series.id, starts=PartialDate(year, 3), **values
    )


@pytest.fixture
def series(session):
    return MeetingFactory(name="Plénières", meeting_kind=MeetingKind.SERIES, starts=None)


@pytest.fixture
def held(series):
    """Two meetings that took place, with six changes between them, and one to come."""
    first, second = occurrence(series, 2024), occurrence(series, 2025)
    coming = occurrence(series, 2027)
    north, south, west = (OrganisationFactory(name=f"Refuge {each}") for each in "NSW")
    ada, bea, cleo, dora, eve = (
        PersonFactory(name=f"{each} Test") for each in ("Ada", "Bea", "Cleo", "Dora", "Eve")
    )
    at(first, ada, north)
    at(second, ada, north, "remote", role=AttendanceRole.SPEAKER)
    at(first, bea, north)
    at(second, bea, west)
    at(first, cleo, south)
    at(second, cleo, south, "apologies")
    at(first, dora, north)
    at(second, eve, north)
    at(coming, eve, north, "registered")
    at(coming, ada, north, "invited")
    return first, second, coming


# Who came when


def test_rows_are_organisations_and_columns_meetings_from_the_oldest_on(browser, series, held):
    page = show(browser.sign_in("viewer"), series)
    assert page.title == "Who came when – Plénières"
    assert headings(page) == [
        "Organisation",
        "03/2024 4 came",
        "03/2025 3 came",
        "03/2027 1 expected",
        "Came",
    ]
    assert matrix(page) == {
        "Refuge N": [
            "Attended: 3",
            "Attended: 1, Attended at a distance: 1",
            "Registered: 1, Invited: 1",
            "2 of 2",
        ],
        "Refuge S": ["Attended", "Apologies", "—", "1 of 2"],
        "Refuge W": ["—", "Attended", "—", "1 of 2"],
    }


def test_rows_can_be_people(browser, series, held):
    page = show(browser.sign_in("viewer"), series)
    page = browser.get(page.links()["By person"])
    found = matrix(page)
    assert list(found) == ["Ada Test", "Bea Test", "Cleo Test", "Dora Test", "Eve Test"]
    assert found["Ada Test"] == ["Attended", "Attended at a distance", "Invited", "2 of 2"]
    assert "5 people" in page.text
    assert "By organisation" in page.links()


def test_the_number_in_a_cell_opens_the_list_of_those_people(browser, series, held):
    page = show(browser.sign_in("viewer"), series)
    (first, *_others) = page.select("//table[contains(@class, 'matrix')]/tbody//td//a/@href")
    opened = browser.get(first.partition("#")[0])
    names = [words(each) for each in opened.select("//*[@id='people']//tbody/tr/td[1]")]
    assert names == ["Ada Test", "Bea Test", "Dora Test"]


def test_the_number_of_a_meeting_opens_the_list_of_those_who_came_or_are_expected(
    browser, series, held
):
    page = show(browser.sign_in("viewer"), series)
    counts = [4, 3, 1]
    links = page.select("//table[contains(@class, 'matrix')]/thead//th/span/a/@href")
    for link, count in zip(links, counts, strict=True):
        opened = browser.get(link.partition("#")[0])
        assert len(opened.select("//*[@id='people']//tbody/tr")) == count


def test_signs_are_explained_and_the_table_is_reached_by_keyboard(browser, series, held):
    page = show(browser.sign_in("viewer"), series)
    legend = [words(each) for each in page.select("//ul[@class='legend']/li")]
    assert legend[:2] == ["● Attended", "◉ Attended at a distance"]
    (region,) = page.select("//*[@role='region'][table]")
    assert region.get("tabindex") == "0"


def test_what_has_no_row_is_counted_below(browser, series):
    meeting = occurrence(series, 2025)
    at(meeting, PersonFactory())
    at(meeting, None, OrganisationFactory(), category="presse", headcount=4)
    browser.sign_in("viewer")
    assert "1 entry without an organisation is not shown" in show(browser, series).text
    assert "1 entry without a named person is not shown" in show(browser, series, by="person").text
    assert "5 came" in show(browser, series).text


def test_the_last_twelve_meetings_are_shown_and_older_ones_reached(browser, series):
    refuge = OrganisationFactory()
    for year in range(1998, 2026):
        at(occurrence(series, year), None, refuge)
    MeetingFactory(name="Sans date", series_id=series.id, starts=None)
    page = show(browser.sign_in("viewer"), series)

    def years(page):
        return [heading.split()[0].removeprefix("03/") for heading in headings(page)[1:-1]]

    assert years(page) == [str(year) for year in range(2014, 2026)]
    assert "Newer meetings" not in page.links()
    page = browser.get(page.links()["Older meetings"])
    assert years(page) == [str(year) for year in range(2002, 2014)]
    oldest = browser.get(page.links()["Older meetings"])
    assert years(oldest)[1:] == ["1998", "1999", "2000", "2001"]
    assert "Older meetings" not in oldest.links()
    assert years(browser.get(oldest.links()["Newer meetings"]))[-1] == "2013"
    assert years(browser.get(page.links()["Newer meetings"]))[-1] == "2025"


def test_many_rows_are_on_several_pages(browser, series):
    meeting = occurrence(series, 2025)
    for number in range(53):
        at(meeting, None, OrganisationFactory(name=f"Refuge {number:02}"))
    page = show(browser.sign_in("viewer"), series)
    assert len(matrix(page)) == 50
    assert "Page 1 of 2" in page.text
    page = browser.get(page.links()["Next"])
    assert list(matrix(page)) == ["Refuge 50", "Refuge 51", "Refuge 52"]


def test_a_series_without_anybody_says_so(browser, series):
    page = show(browser.sign_in("viewer"), series)
    assert "Nobody is noted at a meeting of this series yet" in page.text
    assert "There are not two meetings yet of which it is noted who came" in page.text


def test_the_page_of_a_series_leads_here_and_that_of_a_meeting_does_not(browser, series, held):
    browser.sign_in("viewer")
    link = browser.get("meetings.detail", place=place(series)).links()["Who came when"]
    assert browser.get(link).title == "Who came when – Plénières"
    assert "Who came when" not in browser.get("meetings.detail", place=place(held[0])).links()
    assert show(browser, held[0]).status == 404


# What changed


def test_the_last_two_meetings_held_are_compared(browser, series, held):
    page = show(browser.sign_in("viewer"), series)
    assert (
        "Plénière 2025 (Mar 2025), compared with Plénière 2024 (Mar 2024)" in page.text
        or "Plénière 2025 (March 2025), compared with Plénière 2024 (March 2024)" in page.text
    )
    assert change(page, "newcomers") == (
        "Newcomers (1)",
        [["Eve Test", "Refuge N", "Participant"]],
    )
    assert change(page, "gone") == (
        "Did not come back (2)",
        [["Cleo Test", "Refuge S", "Apologies"], ["Dora Test", "Refuge N", "not noted"]],
    )
    assert change(page, "new-organisations") == ("New organisations (1)", [["Refuge W"]])
    assert change(page, "gone-organisations") == (
        "Organisations no longer there (1)",
        [["Refuge S"]],
    )
    assert change(page, "roles") == (
        "Other role or status (1)",
        [["Ada Test", "Participant Attended", "Speaker Attended at a distance"]],
    )
    assert change(page, "moves") == (
        "Came for another organisation (1)",
        [["Bea Test", "Refuge N", "Refuge W"]],
    )


def test_a_meeting_to_come_is_compared_by_who_is_counted(browser, series, held):
    page = show(browser.sign_in("viewer"), series, to=str(held[2].id))
    assert "Who came is not noted yet for Plénière 2027: those counted are compared" in page.text
    assert change(page, "newcomers")[0] == "Newcomers (0)"
    assert [row[0] for row in change(page, "gone")[1]] == ["Ada Test", "Bea Test"]


def test_any_two_meetings_can_be_compared(browser, series, held):
    browser.sign_in("viewer")
    asked = {"from": str(held[1].id), "to": str(held[0].id)}
    page = show(browser, series, by="person", **asked)
    assert [row[0] for row in change(page, "newcomers")[1]] == ["Cleo Test", "Dora Test"]
    assert page.select("//input[@type='hidden'][@name='by']/@value") == ["person"]
    page = show(browser, series, **{"from": str(held[0].id), "to": str(held[0].id)})
    assert notices(page) == ["Choose two different meetings to compare"]


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "colour"},
        {"before": "1"},
        {"before": "x" * 400},
        {"page": "9"},
        {"page": "٢"},
        {"from": "999999999999999999999"},
        {"to": "-1"},
        {"colour": "blue"},
    ],
)
def test_what_makes_no_sense_is_ignored_and_said(browser, series, held, asked):
    page = show(browser.sign_in("viewer"), series, **asked)
    assert page.status == 200
    assert len(notices(page)) == 1
    assert "it was ignored" in notices(page)[0]
    assert len(matrix(page)) == 3


def test_a_meeting_of_another_series_is_no_value(browser, series, held):
    foreign = MeetingFactory()
    page = show(browser.sign_in("viewer"), series, to=str(foreign.id))
    assert "it was ignored" in notices(page)[0]
    assert foreign.name not in page.html


# Who may see what


def content(page):
    """Return the page without its frame, which names the day."""
    return page.html.partition("<main")[2]


def test_what_is_hidden_is_in_no_row_column_or_change(browser, series, held):
    secret = OrganisationFactory(name="Maison secrète", visibility=Visibility.MANAGERS)
    zofia = PersonFactory(name="Zofia Cachée", visibility=Visibility.MANAGERS)
    at(held[1], zofia, OrganisationFactory(name="Refuge E"))
    at(held[1], PersonFactory(name="Yves Test"), secret)
    hidden = occurrence(series, 2026, visibility=Visibility.MANAGERS)
    at(hidden, PersonFactory(name="Xena Test"))
    for by in ("organisation", "person"):
        page = show(browser.sign_in("viewer"), series, by=by)
        for name in ("secrète", "Zofia", "Yves", "Xena", "2026", "Refuge E"):
            assert name not in content(page)
        assert "03/2025 3 came" in headings(page)
    page = show(browser, series, to=str(hidden.id))
    assert "it was ignored" in notices(page)[0]
    page = show(browser.sign_in("manager"), series, by="person")
    for name in ("Zofia", "Yves", "Xena", "2026"):
        assert name in content(page)
    assert "03/2025 5 came" in headings(page)


def download(browser, series):
    address = browser.address("meetings.series_csv", place=place(series))
    return browser.get(address)


def test_the_file_holds_every_meeting_as_the_whole_team_sees_it(browser, series, held):
    secret = OrganisationFactory(name="Maison secrète", visibility=Visibility.MANAGERS)
    at(held[1], PersonFactory(), secret)
    at(occurrence(series, 2026, visibility=Visibility.MANAGERS), PersonFactory())
    page = show(browser.sign_in("manager"), series)
    answer = browser.get(page.links()["CSV"])
    rows = list(csv.reader(StringIO(answer.html.removeprefix("\ufeff"), newline="")))
    assert rows[0][0] == "Organisation"
    assert [heading.split(" (")[0] for heading in rows[0][1:]] == [
        "Plénière 2024",
        "Plénière 2025",
        "Plénière 2027",
    ]
    assert [row[0] for row in rows[1:]] == ["Refuge N", "Refuge S", "Refuge W"]
    assert rows[1][1] == "Attended: 3"
    assert rows[2][1:] == ["Attended", "Apologies", ""]


def test_no_file_is_made_of_a_series_kept_to_a_few(browser, session):
    series = MeetingFactory(meeting_kind=MeetingKind.SERIES, visibility=Visibility.MANAGERS)
    browser.sign_in("manager")
    assert "CSV" not in show(browser, series).links()
    assert download(browser, series).status == 404
    assert download(browser.sign_in("viewer"), series).status in (403, 404)


# The page


def test_statements_are_the_same_for_few_and_for_many(browser, series, count_statements):
    browser.sign_in("viewer")
    meetings = [occurrence(series, year) for year in (2023, 2024)]

    def add(count):
        for _ in range(count):
            person, organisation = PersonFactory(), OrganisationFactory()
            for meeting in meetings:
                at(meeting, person, organisation)
            at(meetings[1], PersonFactory(), OrganisationFactory())

    def statements():
        show(browser, series)
        count_statements.clear()
        show(browser, series)
        return len(count_statements)

    add(5)
    few = statements()
    meetings += [occurrence(series, year) for year in (2025, 2026)]
    add(100)
    assert statements() == few


def test_it_reads_in_french(browser, series, held, session):
    browser.sign_in("viewer")
    browser.user.locale = "fr"
    session.merge(browser.user)
    page = show(browser, series)
    assert page.status == 200
    assert page.select("//html/@lang") == ["fr"]
    assert "03/2024" in page.text


def test_meetings_of_one_month_are_told_apart_by_the_day(browser, series):
    refuge = OrganisationFactory()
    for day in (PartialDate(2025, 3, 4), PartialDate(2025, 3, 18), PartialDate(2025, 6, 1), None):
        at(MeetingFactory(series_id=series.id, starts=day), None, refuge)
    page = show(browser.sign_in("viewer"), series)
    dates = [heading.rsplit(" ", 2)[0] for heading in headings(page)[1:-1]]
    assert dates == ["date not stated", "04/03/2025", "18/03/2025", "06/2025"]

"""Series and their meetings: the one before, the one after, the next to add; cancelled ones."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import select

from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.core.principal import Principal, acting_as
from crm.meetings import agenda
from crm.meetings.models import MeetingFormat, MeetingKind
from crm.meetings.occurrences import next_values
from crm.permissions import ROLES
from crm.records.models import DeadlineKind, Document, DocumentKind, Reader, Visibility
from tests.factories.accounts import UserFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.networks import NetworkFactory, WorkingGroupFactory
from tests.factories.people import PersonFactory
from tests.packs.reading import FORMATS, ask, squeeze, words

EVERY = {"Forum 2024", "Forum 2025", "Yearly forum"}


def place(record):
    return f"{record.id}-{record.slug}"


def facts(page):
    return {
        " ".join(each.xpath("string(dt)").split()): " ".join(each.xpath("string(dd)").split())
        for each in page.select("//dl[@class='facts']/div")
    }


@pytest.fixture
def series(session):
    return MeetingFactory(name="Yearly forum", meeting_kind=MeetingKind.SERIES, starts=None)


def held(series, year, **values):
    values.setdefault("name", f"Forum {year}")
    return MeetingFactory(series_id=series.id, starts=PartialDate(year, 11, 12), **values)


def test_a_meeting_leads_to_the_one_before_and_the_one_after(browser, series):
    for year in (2023, 2024, 2025, 2026):
        held(series, year)
    hidden = held(series, 2022, name="Secret forum", visibility=Visibility.MANAGERS)
    second = browser.sign_in().get("meetings.detail", place=place(held(series, 2021)))
    assert hidden.name not in second.text
    assert facts(second)["Next time"].startswith("Forum 2023")
    assert "Previous time" not in facts(second)


def test_a_series_marks_its_next_meeting_and_no_other(browser, series):
    for name, days, cancelled in (
        ("Forum after the next", 400, False),
        ("Forum that is next", 30, False),
        ("Forum called off", 10, True),
    ):
        starts = PartialDate.of(today() + timedelta(days=days))
        MeetingFactory(name=name, series_id=series.id, starts=starts, is_cancelled=cancelled)
    held(series, 2020)
    page = browser.sign_in().get("meetings.detail", place=place(series))
    (row,) = page.select("//section[@id='occurrences']//tr[contains(., 'Next meeting')]")
    assert "Forum that is next" in row.text_content()


def test_a_meeting_of_this_month_may_be_the_next_one(browser, series):
    this_month = PartialDate(today().year, today().month)
    MeetingFactory(name="Forum", series_id=series.id, starts=this_month)
    page = browser.sign_in().get("meetings.detail", place=place(series))
    assert "Next meeting" in page.section("occurrences")


def test_a_meeting_without_a_date_is_not_taken_for_the_last_one(series):
    held(series, 2025)
    MeetingFactory(name="Forum one day", series_id=series.id, starts=None)
    assert next_values(series.id)["name"] == "Forum 2026"


def test_the_next_meeting_begins_with_what_is_always_the_same(browser, session, series):
    group = WorkingGroupFactory()
    held(
        series,
        2025,
        network_id=group.network_id,
        working_group_id=group.id,
        meeting_kind=MeetingKind.PLENARY,
        format=MeetingFormat.HYBRID,
        themes="asylum; detention",
        time_zone="Europe/Brussels",
        place="Vienna",
        start_time="09:00",
    )
    held(series, 2019, network_id=group.network_id)
    page = browser.sign_in("contributor").get("meetings.detail", place=place(series))
    address = page.links()["Add the next meeting of the series"]
    assert address == f"/meetings/new?next_of={series.id}"
    page = browser.get(address)
    assert page.select("//input[@name='name']/@value") == ["Forum 2026"]
    assert page.select("//input[@name='themes']/@value") == ["asylum; detention"]
    chosen = page.select("//select/option[@selected]/@value")
    assert {"plenary", "hybrid", str(group.id)} <= set(chosen)
    assert f"id:{series.id}" in page.select("//input[@name='series_id']/@value")
    assert page.select("//input[@name='starts']/@value") == [""]
    assert page.select("//input[@name='place']/@value") == [""]


@pytest.mark.parametrize(
    ("name", "following"),
    [
        ("Forum 2025", "Forum 2026"),
        ("Forum", "Forum"),
        ("2025 Forum", "2025 Forum"),
        ("Forum 2024-2025", "Forum 2024-2025"),
    ],
)
def test_the_year_of_a_name_is_raised_where_it_ends_it(series, name, following):
    held(series, 2025, name=name)
    assert next_values(series.id)["name"] == following


def test_the_first_meeting_of_a_series_begins_with_what_is_known_of_the_series(series):
    series.themes = "asylum"
    begun = next_values(series.id)
    assert (begun["name"], begun["themes"]) == ("Yearly forum", "asylum")
    assert "meeting_kind" not in begun


def test_what_was_confidential_is_not_made_known_by_the_next_meeting(browser, session, series):
    last = held(series, 2025, visibility=Visibility.MANAGERS)
    browser.sign_in("manager")
    page = browser.get("meetings.create", next_of=series.id)
    assert page.select("//select[@name='visibility']/option[@selected]/@value") == ["managers"]
    browser.sign_in("contributor")
    page = browser.get("meetings.create", next_of=series.id)
    assert last.name not in page.text
    assert page.select("//input[@name='name']/@value") == ["Yearly forum"]


def test_those_named_may_read_the_next_meeting_too(browser, session, series):
    reader = UserFactory()
    hidden = held(series, 2025, visibility=Visibility.NAMED)
    session.add(Reader(record_id=hidden.id, user_id=reader.id))
    session.flush()
    begun = next_values(series.id)
    assert (begun["visibility"], begun["reader_ids"]) == (Visibility.NAMED, [reader.id])


@pytest.mark.parametrize("asked", ["999999999", "x", "-1", ""])
def test_the_next_meeting_of_what_is_no_series_begins_empty(browser, series, asked):
    page = browser.sign_in("contributor").get("meetings.create", next_of=asked)
    assert page.status == 200
    assert page.select("//input[@name='name']/@value") == [""]


def test_the_next_meeting_is_added_on_the_page_of_the_series(browser, series):
    page = browser.sign_in("contributor").get("meetings.detail", place=place(held(series, 2025)))
    assert "Add the next meeting of the series" not in page.links()


def test_a_viewer_adds_no_next_meeting(browser, series):
    page = browser.sign_in().get("meetings.detail", place=place(series))
    assert "Add the next meeting of the series" not in page.links()


def test_a_cancelled_meeting_says_so_wherever_it_is_listed(browser, series):
    soon = PartialDate.of(today() + timedelta(days=3))
    MeetingFactory(name="Called off", series_id=series.id, starts=soon, is_cancelled=True)
    browser.sign_in()
    for page in (
        browser.get("meetings.index"),
        browser.get("home.today"),
        browser.get("meetings.detail", place=place(series)),
    ):
        (row,) = page.select("//tr[.//a[contains(., 'Called off')]]")
        assert "Meeting cancelled" in row.text_content()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"year": "2024"}, {"Forum 2024"}),
        ({"theme": "egal"}, {"Forum 2025"}),
        ({"theme": "sante EGALITE"}, {"Forum 2025"}),
        ({"theme": "Forum"}, set()),
        ({"theme": "%"}, EVERY),
        ({"year": "20x4"}, EVERY),
        ({"year": "999"}, EVERY),
        ({"year": "2999"}, set()),
    ],
)
def test_meetings_are_found_by_year_and_theme(browser, series, query, found):
    held(series, 2024)
    held(series, 2025, themes="Égalité; santé")
    page = browser.sign_in().get("meetings.index", **query)
    assert {link.text_content().strip() for link in page.select("//tbody//td[1]//a")} == found


def test_a_list_holds_the_meetings_of_a_series(browser, series):
    held(series, 2024)
    MeetingFactory(name="Another")
    page = browser.sign_in().get("meetings.index", series=series.id)
    assert "Forum 2024" in page.text
    assert "Another" not in page.text


def keep_files(browser, meeting):
    for name, kind in (("photo.txt", "other"), ("paper.txt", "paper"), ("agenda.txt", "agenda")):
        data = {"upload": (BytesIO(b"Some words."), name), "kind": kind}
        browser.post("meetings.add_file", place=place(meeting), data=data)


def test_a_hidden_series_reads_like_none_at_all(browser, series):
    series.visibility = Visibility.MANAGERS
    held(series, 2024)
    browser.sign_in("contributor")
    for number in (series.id, 999999999):
        assert "Forum 2024" not in browser.get("meetings.index", series=number).text
        page = browser.get("meetings.create", next_of=number)
        assert page.select("//input[@name='name']/@value") == [""]
    browser.sign_in("manager")
    assert "Forum 2024" in browser.get("meetings.index", series=series.id).text


def test_papers_stand_before_other_files(browser, session):
    meeting = MeetingFactory()
    keep_files(browser.sign_in("contributor"), meeting)
    page = browser.get("meetings.detail", place=place(meeting))
    section = page.section("documents")
    assert section.index("agenda.txt") < section.index("paper.txt") < section.index("photo.txt")
    kinds = {each.kind for each in session.scalars(select(Document))}
    assert kinds == {DocumentKind.AGENDA, DocumentKind.PAPER, DocumentKind.OTHER}


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_pack_says_what_there_is_to_read_and_that_a_meeting_was_called_off(browser, file_format):
    meeting = MeetingFactory(starts=PartialDate(2026, 11, 23), is_cancelled=True)
    keep_files(browser.sign_in("contributor"), meeting)
    text = words(ask(browser, meeting, file_format).data, file_format)
    assert squeeze("agenda.txt (Agenda)") in text
    assert squeeze("paper.txt (Meeting paper)") in text
    assert "photo.txt" not in text
    assert squeeze("23 Nov 2026 – cancelled") in text


def test_a_cancelled_meeting_says_so_to_those_who_would_have_come(browser):
    person, network = PersonFactory(), NetworkFactory()
    meeting = MeetingFactory(
        name="Called off", network_id=network.id, starts=PartialDate(2026, 5), is_cancelled=True
    )
    AttendanceFactory(meeting_id=meeting.id, person_id=person.id)
    browser.sign_in()
    page = browser.get("people.detail", place=place(person))
    assert "Meeting cancelled" in page.section("meetings")
    assert "cancelled" in page.section("timeline")
    page = browser.get("organisations.detail", place=place(network))
    assert "Meeting cancelled" in page.section("held")


def test_a_list_names_the_working_group_of_a_meeting(browser):
    group = WorkingGroupFactory(name="Group on detention")
    MeetingFactory(network_id=group.network_id, working_group_id=group.id)
    assert "Group on detention" in browser.sign_in().get("meetings.index").text


def test_who_added_a_meeting_is_reminded_of_its_deadlines(browser, session):
    browser.sign_in("contributor")
    user = browser.user
    near, far = today() + timedelta(days=7), today() + timedelta(days=8)
    with acting_as(session, Principal(user.id, ROLES["contributor"])):
        mine = MeetingFactory(name="Mine", created_by_id=user.id)
        cancelled = MeetingFactory(name="Off", created_by_id=user.id, is_cancelled=True)
        others = MeetingFactory(name="Theirs")
        others.created_by_id = None
        for meeting in (mine, cancelled, others):
            for day in (near, far):
                DeadlineFactory(
                    record_id=meeting.id, day=PartialDate.of(day), kind=DeadlineKind.PAPERS
                )
        session.flush()
        section = agenda.due(user.id, today())
        mine.visibility = Visibility.MANAGERS
        session.flush()
        hidden = agenda.due(user.id, today())
    papers = DeadlineKind.PAPERS.label
    assert [(line.text, line.due) for line in section.lines] == [(f"Mine · {papers}", near)]
    assert hidden.lines == []

"""Pages of meetings, as people use them."""

import pytest
from sqlalchemy import select

from crm.core.partial_date import PartialDate
from crm.meetings.models import Attendance, AttendanceStatus, Meeting, MeetingKind, Organiser
from crm.records.models import Visibility
from tests.factories.meetings import AttendanceFactory, MeetingFactory, OrganiserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory


def place(record):
    return f"{record.id}-{record.slug}"


def add(browser, meeting, part="attendances", **data):
    return browser.post(
        "meetings.add_part",
        place=place(meeting),
        part_name=part,
        data={"status": "registered", "role": "participant", **data},
    )


def create(browser, **data):
    return browser.post(
        "meetings.create",
        data={"name": "Forum", "meeting_kind": "conference", "visibility": "team", **data},
    )


def shown(page):
    return {link.text_content().strip() for link in page.select("//table//tbody//td[1]//a")}


def test_a_contributor_adds_a_meeting_of_a_series_and_both_pages_say_so(browser, session):
    series = MeetingFactory(name="Plénières", meeting_kind=MeetingKind.SERIES, starts=None)
    page = create(
        browser.sign_in("contributor"),
        name="Plénière 2026",
        series_id="Plénières",
        starts="23/11/2026",
        ends="24/11/2026",
        start_time="9h30",
        end_time="17:00",
        time_zone="Europe/Brussels",
        country="BE",
        place="Maison ronde",
    )
    assert page.title == "Plénière 2026"
    for words in ("23–24 Nov", "09:30–17:00 Europe/Brussels", "Maison ronde (Belgium)"):
        assert words in page.text
    assert page.links()["Plénières"] == browser.address("meetings.detail", place=place(series))
    assert session.scalar(select(Meeting.start_time).where(Meeting.name == "Plénière 2026")) == (
        "09:30"
    )
    page = browser.get("meetings.detail", place=place(series))
    assert "Plénière 2026" in page.section("occurrences")


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"starts": "24/11/2026", "ends": "23/11/2026"}, "ends", "must not be before the start"),
        ({"starts": "2026", "ends": "2025"}, "ends", "must not be before the start"),
        ({"start_time": "25:00"}, "start_time", "Write the hour like 09:30"),
        ({"end_time": "9:75"}, "end_time", "Write the hour like 09:30"),
        ({"start_time": "noon"}, "start_time", "Write the hour like 09:30"),
        ({"time_zone": "Paris time"}, "time_zone", "like Europe/Paris or UTC"),
        ({"time_zone": "../../etc/passwd"}, "time_zone", "like Europe/Paris or UTC"),
        (
            {"starts": "28/3/2027", "start_time": "2:30", "time_zone": "Europe/Paris"},
            "start_time",
            "The clocks skip this hour",
        ),
        (
            {"starts": "1/3/2027", "ends": "28/3/2027", "end_time": "02:00"},
            "end_time",
            "The clocks skip this hour",
        ),
        (
            {"starts": "1/3/2027", "start_time": "17:00", "end_time": "9:00"},
            "end_time",
            "must not be before the start",
        ),
        ({"starts": "soonish"}, "starts", "Write the date like"),
        ({"name": "x" * 301}, "name", "300 characters or fewer (it is 301)"),
    ],
)
def test_what_cannot_be_is_refused_with_one_sentence_at_its_field(
    browser, session, data, field, words
):
    page = create(browser.sign_in("contributor"), place="Salle 2", **data)
    assert words in page.error_at(field)
    assert len(page.errors()) == 1
    assert page.select("//input[@id='place']/@value") == ["Salle 2"]
    assert session.scalar(select(Meeting)) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("9h30", "09:30"),
        ("9h", "09:00"),
        ("14.05", "14:05"),
        ("00:00", "00:00"),
        ("23H59", "23:59"),
    ],
)
def test_hours_are_read_as_people_write_them(browser, session, typed, kept):
    create(browser.sign_in("contributor"), start_time=typed)
    assert session.scalar(select(Meeting.start_time)) == kept


def test_a_change_is_held_to_the_same_rules(browser, session):
    meeting = MeetingFactory(name="Forum", starts=PartialDate(2026, 3, 4))
    data = {"name": "Forum", "meeting_kind": "conference", "visibility": "team", "version": "1"}
    browser.sign_in("contributor")
    page = browser.post(
        "meetings.edit_record",
        place=place(meeting),
        data={**data, "starts": "04/03/2026", "ends": "03/03/2026"},
    )
    assert "must not be before the start" in page.error_at("ends")
    page = browser.post(
        "meetings.edit_record",
        place=place(meeting),
        data={**data, "starts": "04/03/2026", "series_id": f"id:{meeting.id}"},
    )
    assert "cannot be part of itself" in page.error_at("series_id")
    page = browser.post(
        "meetings.edit_record",
        place=place(meeting),
        data={**data, "starts": "04/03/2026", "end_time": "17h"},
    )
    assert page.errors() == []
    assert session.get(Meeting, meeting.id).end_time == "17:00"


def test_an_organiser_is_added_with_its_role(browser, session):
    meeting, town = MeetingFactory(), OrganisationFactory(name="Ville de Lyon")
    page = add(
        browser.sign_in("contributor"),
        meeting,
        "organisers",
        organisation_id="Ville de Lyon",
        role="host",
    )
    assert "Ville de Lyon" in page.section("organisers")
    assert "Host" in page.section("organisers")
    assert session.scalar(select(Organiser.organisation_id)) == town.id
    page = add(browser, meeting, "organisers", role="host")
    assert "Enter the organisation" in page.error_at("organisation_id")


def test_people_organisations_and_groups_are_noted_at_a_meeting(browser, session):
    meeting = MeetingFactory()
    PersonFactory(name="Ada Test")
    OrganisationFactory(name="Refuge")
    browser.sign_in("contributor")
    add(browser, meeting, person_id="Ada Test", organisation_id="Refuge", status="accepted")
    add(browser, meeting, organisation_id="Refuge")
    page = add(browser, meeting, category="chercheurs", headcount="5", countries=["ES", "DE", "DE"])
    panel = page.section("attendances")
    for words in ("Ada Test", "Refuge", "Accepted", "chercheurs (5)", "Germany, Spain"):
        assert words in panel
    group = session.scalar(select(Attendance).where(Attendance.category.is_not(None)))
    assert (group.person_id, group.headcount, group.countries) == (None, 5, ["DE", "ES"])


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"person_id": "Ada Test", "headcount": "5"}, "headcount", "A person counts as one"),
        ({}, "person_id", "Enter a person, an organisation, or who they are as a group"),
        ({"headcount": "5"}, "person_id", "Enter a person, an organisation"),
        ({"category": "x", "headcount": "0"}, "headcount", "from 1 to 100,000"),
        ({"category": "x", "headcount": "many"}, "headcount", "whole number"),
        ({"person_id": "Nobody Known"}, "person_id", "Nothing is called “Nobody Known”"),
        ({"category": "x", "countries": ["ZZ"]}, "countries", "list"),
    ],
)
def test_an_attendance_that_makes_no_sense_is_refused_at_its_field(
    browser, session, data, field, words
):
    meeting = MeetingFactory()
    PersonFactory(name="Ada Test")
    page = add(browser.sign_in("contributor"), meeting, note="gardé", **data)
    assert words in page.error_at(field)
    assert page.select("//input[@id='note']/@value") == ["gardé"]
    assert session.scalar(select(Attendance)) is None


def test_the_same_person_twice_is_refused_at_the_field(browser, session):
    meeting = MeetingFactory()
    ada, bea = PersonFactory(name="Ada Test"), PersonFactory(name="Bea Test")
    AttendanceFactory(meeting_id=meeting.id, person_id=ada.id)
    second = AttendanceFactory(meeting_id=meeting.id, person_id=bea.id)
    page = add(browser.sign_in("contributor"), meeting, person_id="Ada Test")
    assert "on the list already" in page.error_at("person_id")
    page = browser.post(
        "meetings.edit_part",
        place=place(meeting),
        part_name="attendances",
        part_id=second.id,
        data={
            "person_id": f"id:{ada.id}",
            "status": "attended",
            "role": "participant",
            "version": "1",
        },
    )
    assert "on the list already" in page.error_at("person_id")
    assert len(session.scalars(select(Attendance)).all()) == 2


def test_a_person_noted_for_a_body_one_does_not_see_is_refused_with_the_same_sentence(
    browser, session
):
    meeting, ada = MeetingFactory(), PersonFactory(name="Ada Test")
    hidden = OrganisationFactory(visibility=Visibility.MANAGERS)
    AttendanceFactory(meeting_id=meeting.id, person_id=ada.id, organisation_id=hidden.id)
    page = add(browser.sign_in("contributor"), meeting, person_id="Ada Test")
    assert page.status == 200
    assert "on the list already" in page.error_at("person_id")


def test_somebody_who_registered_is_noted_as_having_attended(browser, session):
    noted = AttendanceFactory()
    meeting = session.get(Meeting, noted.meeting_id)
    page = browser.sign_in("contributor").post(
        "meetings.edit_part",
        place=place(meeting),
        part_name="attendances",
        part_id=noted.id,
        data={
            "person_id": f"id:{noted.person_id}",
            "status": "attended",
            "role": "speaker",
            "version": "1",
        },
    )
    assert "Attended" in page.section("attendances")
    assert session.get(Attendance, noted.id).status is AttendanceStatus.ATTENDED


def test_the_attendance_page_goes_by_country_of_the_organisation_else_of_the_person(
    browser, session
):
    meeting = MeetingFactory(name="Forum")
    here = {"meeting_id": meeting.id}
    spanish = OrganisationFactory(name="Refugio", country="ES")
    AttendanceFactory(
        **here,
        person_id=PersonFactory(name="Ada Test", country="DE").id,
        organisation_id=spanish.id,
    )
    AttendanceFactory(**here, person_id=PersonFactory(name="Bea Test", country="DE").id)
    AttendanceFactory(**here, person_id=PersonFactory(name="Cleo Test").id)
    for codes in (None, ["IT"], ["IT", "PT"]):
        AttendanceFactory(
            **here, person_id=None, category=f"groupe {codes}", headcount=3, countries=codes
        )
    page = browser.sign_in("viewer").get("meetings.attendance", place=place(meeting))
    headings = [each.text_content().strip() for each in page.select("//main//h3")]
    assert headings == [
        "Germany (1)",
        "Italy (1)",
        "Spain (1)",
        "Several countries (1)",
        "Country not stated (2)",
    ]
    tables = page.select("//*[@id='people']//table")
    assert "Bea Test" in tables[0].text_content()
    assert "groupe ['IT'] (3)" in tables[1].text_content()
    assert "Ada Test" in tables[2].text_content()
    assert "Italy, Portugal" in tables[3].text_content()
    assert "groupe None (3)" in tables[4].text_content()
    assert "Cleo Test" in tables[4].text_content()
    moved = browser.get(f"/meetings/{meeting.id}-other/attendance", follow=False)
    assert moved.location.endswith(f"/meetings/{place(meeting)}/attendance")


def test_a_meeting_nobody_is_noted_at_says_so(browser, session):
    meeting = MeetingFactory()
    page = browser.sign_in("viewer").get("meetings.attendance", place=place(meeting))
    assert "Nobody noted yet" in page.text
    assert "Nobody noted yet" in browser.get("meetings.detail", place=place(meeting)).section(
        "attendances"
    )


@pytest.fixture
def three(session):
    network = OrganisationFactory(name="Réseau")
    ada, town = PersonFactory(name="Ada Test"), OrganisationFactory(name="Ville")
    alpha = MeetingFactory(name="Alpha", network_id=network.id, starts=PartialDate(2025, 5, 1))
    beta = MeetingFactory(
        name="Beta", meeting_kind="plenary", format="online", starts=PartialDate(2026, 5, 1)
    )
    MeetingFactory(name="Gamma", starts=None, place="Gand")
    AttendanceFactory(meeting_id=alpha.id, person_id=ada.id)
    OrganiserFactory(meeting_id=beta.id, organisation_id=town.id)
    return {"network": network, "ada": ada, "town": town}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"Alpha", "Beta", "Gamma"}),
        ("kind=plenary", {"Beta"}),
        ("kind=plenary&kind=conference", {"Alpha", "Beta", "Gamma"}),
        ("format=online", {"Beta"}),
        ("network={network.id}", {"Alpha"}),
        ("person={ada.id}", {"Alpha"}),
        ("organisation={town.id}", {"Beta"}),
        ("from=2026", {"Beta"}),
        ("before=2026", {"Alpha"}),
        ("q=gand", {"Gamma"}),
        ("q=2025", {"Alpha"}),
    ],
)
def test_filters_narrow_the_list(browser, session, three, query, expected):
    page = browser.sign_in().get(f"/meetings/?{query.format(**three)}")
    assert shown(page) == expected


def test_the_newest_meeting_comes_first(browser, session, three):
    page = browser.sign_in().get("/meetings/")
    order = [each.text_content().strip() for each in page.select("//tbody//td[1]//a")]
    assert order == ["Beta", "Alpha", "Gamma"]


def test_the_page_of_a_person_shows_the_meetings_and_that_of_a_body_its_timeline(browser, session):
    refuge, ada = OrganisationFactory(name="Refuge"), PersonFactory(name="Ada Test")
    there = MeetingFactory(name="Atelier", starts=PartialDate(2025, 6))
    AttendanceFactory(
        meeting_id=there.id, person_id=ada.id, organisation_id=refuge.id, status="attended"
    )
    held = MeetingFactory(name="Assemblée", network_id=refuge.id)
    hosted = MeetingFactory(name="Colloque")
    OrganiserFactory(meeting_id=hosted.id, organisation_id=refuge.id)
    MeetingFactory(name="Ailleurs")
    browser.sign_in("viewer")
    panel = browser.get("people.detail", place=place(ada)).section("meetings")
    assert "Atelier" in panel
    assert "Jun 2025" in panel or "June 2025" in panel
    assert "Attended" in panel
    timeline = browser.get("organisations.detail", place=place(refuge)).section("timeline")
    for name in ("Atelier", held.title, hosted.title):
        assert name in timeline
    assert "Ailleurs" not in timeline


def test_a_hidden_person_is_absent_for_a_viewer(browser, session):
    meeting = MeetingFactory()
    refuge = OrganisationFactory(name="Refuge")
    hidden = PersonFactory(name="Zofia Cachée", visibility=Visibility.MANAGERS)
    PositionFactory(person_id=hidden.id, organisation_id=refuge.id)
    AttendanceFactory(meeting_id=meeting.id, person_id=hidden.id, organisation_id=refuge.id)
    for role, count in (("viewer", 0), ("manager", 1)):
        browser.sign_in(role)
        page = browser.get("meetings.detail", place=place(meeting))
        assert page.html.count("Zofia Cachée") >= count
        assert ("Zofia" in page.html) is bool(count)
        page = browser.get("meetings.attendance", place=place(meeting))
        assert ("Zofia" in page.html) is bool(count)
        assert ("France" in page.text) is bool(count)


def test_a_confidential_meeting_is_not_there_for_a_viewer(browser, session):
    ada = PersonFactory(name="Ada Test")
    meeting = MeetingFactory(name="Réunion secrète", visibility=Visibility.MANAGERS)
    AttendanceFactory(meeting_id=meeting.id, person_id=ada.id)
    browser.sign_in("viewer")
    assert browser.get("meetings.detail", place=place(meeting)).status == 404
    assert browser.get("meetings.attendance", place=place(meeting)).status == 404
    assert "secrète" not in browser.get("/meetings/").html
    assert "secrète" not in browser.get("people.detail", place=place(ada)).html


def test_one_person_is_noted_once_when_the_form_is_sent_twice(browser, session):
    meeting = MeetingFactory()
    browser.sign_in("contributor")
    for _ in range(2):
        page = add(browser, meeting, category="chercheurs", headcount="2", once="same-form")
    assert page.title == meeting.title
    assert "nothing was added twice" in page.html
    assert len(session.scalars(select(Attendance)).all()) == 1


def test_a_long_list_shows_its_beginning_and_says_where_everybody_is(browser, session):
    meeting = MeetingFactory()
    for number in range(53):
        AttendanceFactory(
            meeting_id=meeting.id, person_id=PersonFactory(name=f"Person {number:02}").id
        )
    page = browser.sign_in().get("meetings.detail", place=place(meeting))
    assert "Who comes (53)" in page.section("attendances")
    assert "Person 52" not in page.section("attendances")
    everybody = browser.get(page.links()["See all 53"])
    assert everybody.response.request.path.endswith("/attendance")
    assert "Person 52" in everybody.text


def test_the_number_of_statements_does_not_grow_with_those_who_come(
    browser, session, count_statements
):
    meeting = MeetingFactory()
    browser.sign_in()

    def statements():
        count_statements.clear()
        browser.get("meetings.attendance", place=place(meeting))
        browser.get("meetings.detail", place=place(meeting))
        return len(count_statements)

    for _ in range(2):
        AttendanceFactory(meeting_id=meeting.id, organisation_id=OrganisationFactory().id)
    statements()
    few = statements()
    for _ in range(20):
        AttendanceFactory(meeting_id=meeting.id, organisation_id=OrganisationFactory().id)
    assert statements() == few


def test_every_page_reads_in_french(browser, session):
    meeting = MeetingFactory(name="Forum", start_time="09:30", country="ES")
    noted = AttendanceFactory(meeting_id=meeting.id)
    browser.sign_in("manager")
    browser.user.locale = "fr"
    session.merge(browser.user)
    here = {"place": place(meeting)}
    for endpoint, values in (
        ("meetings.index", {}),
        ("meetings.create", {}),
        ("meetings.detail", here),
        ("meetings.edit_record", here),
        ("meetings.attendance", here),
        ("meetings.history", here),
        ("meetings.add_part", {**here, "part_name": "attendances"}),
        ("meetings.add_part", {**here, "part_name": "organisers"}),
        ("meetings.edit_part", {**here, "part_name": "attendances", "part_id": noted.id}),
    ):
        page = browser.get(endpoint, **values)
        assert page.status == 200, endpoint
        assert page.select("//html/@lang") == ["fr"], endpoint


def test_what_names_a_hidden_record_is_not_found_by_its_id(browser, session):
    hidden = OrganisationFactory(visibility=Visibility.MANAGERS)
    meeting = MeetingFactory(name="On the bridges", network_id=hidden.id)
    for role, found in (("contributor", False), ("manager", True)):
        page = browser.sign_in(role).get("meetings.index", network=hidden.id)
        assert (meeting.name in page.text) is found

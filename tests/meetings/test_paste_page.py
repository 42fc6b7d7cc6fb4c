"""Pasting a list of people at a meeting: three groups, nobody added by itself, one undo."""

import re
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from crm.core.partial_date import PartialDate
from crm.meetings import queries
from crm.meetings.models import Attendance, AttendanceStatus, MeetingFormat
from crm.organisations.models import Organisation
from crm.people.models import Person, Position
from crm.people.services import leave
from crm.records.models import ContactKind, ContactPoint, Visibility
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.meetings import forty


def place(record):
    return f"{record.id}-{record.slug}"


def somebody(name, organisation=None, email=None, **values):
    person = PersonFactory(name=name, **values)
    if organisation is not None:
        PositionFactory(person_id=person.id, organisation_id=organisation.id)
    return person


def mail(session, person, address):
    session.add(ContactPoint(record_id=person.id, kind=ContactKind.EMAIL, value=address))
    session.flush()


def compare(browser, meeting, text, **data):
    return browser.post(
        "meetings.paste",
        place=place(meeting),
        data={"text": text, "status": "registered", **data},
    )


def save(browser, meeting, page, **answers):
    """Send the page as a browser does: what is ticked, and what the person ticks."""
    ticked = {
        each.get("name"): each.get("value")
        for each in page.select("//input[@type='checkbox'][@checked]")
    }
    text = page.select("//input[@name='text']/@value")[0]
    status = page.select("//input[@name='status']/@value")[0]
    data = {"step": "save", "text": text, "status": status, **ticked, **answers}
    return browser.post("meetings.paste", place=place(meeting), data=data)


def groups(page):
    found = re.findall(r"(Recognised|To check|New|Not read) \((\d+)\)", page.text)
    return {name: int(count) for name, count in found}


def attended(session):
    return {
        session.get(Person, each.person_id).name: each.status.value
        for each in session.scalars(select(Attendance))
    }


def test_forty_people_are_noted_on_three_screens(browser, session):
    meeting = MeetingFactory(name="Plenary")
    forty.make_known()
    page = compare(browser.sign_in("contributor"), meeting, "\n".join(forty.LINES))
    assert groups(page) == {"Recognised": 34, "To check": 4, "New": 2}
    assert "Save 40 attendances" in page.html
    for reason in ("Another spelling", "other organisation", "Only a part of the name"):
        assert reason in page.text
    assert session.scalars(select(Attendance)).all() == []
    answers = {}
    for field in page.select("//fieldset[contains(@class, 'paste-row')]"):
        first = field.xpath(".//input[@type='radio']")[0]
        answers[first.get("name")] = first.get("value")
    for box in page.select("//input[@type='checkbox'][not(@checked)]"):
        answers[box.get("name")] = "new"
    assert len(answers) == 6
    page = save(browser, meeting, page, **answers)
    assert "40 attendances noted · 2 people added" in page.text
    assert len(attended(session)) == 40
    nina = session.scalars(select(Person).where(Person.name == "Nina Newcomer")).one()
    assert session.scalars(select(Position).where(Position.person_id == nina.id)).one()
    assert nina.data_source == "List of the meeting “Plenary”"
    assert session.scalars(select(Organisation).where(Organisation.name == "House of Hope")).one()

    page = compare(browser, meeting, "\n".join(forty.KNOWN))
    page = save(browser, meeting, page)
    assert "0 attendances noted · 34 were there already" in page.text
    assert len(attended(session)) == 40


def test_one_undo_takes_the_whole_list_back(browser, session):
    meeting = MeetingFactory(name="Plenary")
    somebody("Ada Test")
    page = compare(browser.sign_in("contributor"), meeting, "Ada Test\nNina Newcomer, New House")
    page = save(browser, meeting, page, **{"row-1": "new"})
    assert len(attended(session)) == 2
    (undo,) = [each for each in page.select("//form/@action") if each.endswith("/undo")]
    stranger = browser.sign_in("contributor").post(undo)
    assert "cannot be undone here" in stranger.html
    page = browser.sign_in("manager").post(undo)
    assert "The whole list was undone" in page.html
    assert session.scalars(select(Attendance)).all() == []
    assert (
        session.scalars(
            select(Person).where(Person.name == "Nina Newcomer", Person.deleted_at.is_(None))
        ).all()
        == []
    )
    assert session.scalars(select(Person).where(Person.name == "Ada Test")).one()


def test_nobody_is_added_who_is_not_ticked(browser, session):
    meeting = MeetingFactory()
    page = compare(browser.sign_in("contributor"), meeting, "Nina Newcomer")
    assert groups(page) == {"New": 1}
    page = save(browser, meeting, page)
    assert "Nobody is ticked yet" in " ".join(page.errors())
    assert session.scalars(select(Person)).all() == []


def test_lines_that_are_left_come_back_to_be_mended(browser, session):
    meeting = MeetingFactory()
    somebody("Ada Test")
    page = compare(browser.sign_in("contributor"), meeting, "Ada Test\n12345\nNina Newcomer")
    assert groups(page) == {"Recognised": 1, "New": 1, "Not read": 1}
    page = save(browser, meeting, page, unread="Nils Mended")
    assert "1 attendance noted" in page.text
    assert page.select("//textarea[@name='text']")[0].text.strip().splitlines() == [
        "Nina Newcomer",
        "Nils Mended",
    ]


@pytest.mark.parametrize(
    ("line", "doubt"),
    [
        ("Ada Test", "Several people"),
        ("Marie Dubois, Somewhere Else Entirely Foundation", "other organisation"),
        ("Marie Duboys", "Another spelling"),
        ("M. Dubois", "Only a part"),
        ("Nobody Else <marie@example.org>", "Same e-mail address"),
        ("Marie Dubois <other@example.org>", "other e-mail"),
    ],
)
def test_what_could_be_somebody_else_is_left_to_a_person(browser, session, line, doubt):
    meeting, house = MeetingFactory(), OrganisationFactory(name="Refuge Europe")
    somebody("Ada Test", house)
    somebody("Ada Test")
    marie = somebody("Marie Dubois", house)
    mail(session, marie, "marie@example.org")
    page = compare(browser.sign_in("contributor"), meeting, line)
    assert groups(page) == {"To check": 1}
    assert doubt in page.text


@pytest.mark.parametrize(
    "line",
    [
        "marie dubois",
        "DUBOIS Marie",
        "Dubois, Marie",
        "Marie Dubois (Refuge Europe)",
        "Marie Dubois, Old House",
        "Marie Dubois, RE",
        "Marie Duboys <marie@example.org>",
        "marie@example.org",
        "Марі Дюбуа",
    ],
)
def test_a_person_is_recognised_however_the_name_is_written(browser, session, line):
    meeting, house = MeetingFactory(), OrganisationFactory(name="Refuge Europe", acronym="RE")
    old = OrganisationFactory(name="Old House")
    marie = somebody("Marie Dubois", house, native_name="Марі Дюбуа")
    PositionFactory(person_id=marie.id, organisation_id=old.id)
    leave(marie, organisation_id=old.id, on=PartialDate(2020))
    mail(session, marie, "Marie@example.org")
    page = compare(browser.sign_in("contributor"), meeting, line)
    assert groups(page) == {"Recognised": 1}


def test_a_hidden_person_is_neither_recognised_nor_offered(browser, session):
    meeting = MeetingFactory()
    hidden = somebody("Ada Secret", visibility=Visibility.MANAGERS)
    mail(session, hidden, "ada@example.org")
    page = compare(browser.sign_in("contributor"), meeting, "Ada Secret <ada@example.org>")
    assert groups(page) == {"New": 1}
    page = compare(browser.sign_in("manager"), meeting, "Ada Secret <ada@example.org>")
    assert groups(page) == {"Recognised": 1}


def test_a_list_of_a_video_call_turns_the_expected_into_attended(browser, session):
    meeting = MeetingFactory()
    ada, jean = somebody("Ada Test"), somebody("Jean Exemple")
    AttendanceFactory(meeting_id=meeting.id, person_id=ada.id, status=AttendanceStatus.ACCEPTED)
    AttendanceFactory(meeting_id=meeting.id, person_id=jean.id, status=AttendanceStatus.DECLINED)
    text = "Name,User Email,Join Time\nAda Test,,9:00\nJean Exemple,,9:00\n"
    page = compare(browser.sign_in("contributor"), meeting, text)
    page = save(browser, meeting, page)
    assert "1 changed to attended" in page.text
    assert attended(session) == {"Ada Test": "attended", "Jean Exemple": "declined"}


def test_a_file_may_be_sent_instead(browser, session):
    meeting = MeetingFactory()
    somebody("Ada Test")
    content = "Name;Organisation\nAda Test;Refuge\n".encode("utf-16")
    page = compare(
        browser.sign_in("contributor"), meeting, "", upload=(BytesIO(content), "list.csv")
    )
    assert sum(groups(page).values()) == 1
    page = compare(browser, meeting, "", upload=(BytesIO(b"\x00\x01\x02" * 900), "list.bin"))
    assert page.error_at("upload")


def test_nobody_is_asked_who_came_to_a_cancelled_meeting(session):
    day = date(2026, 11, 20)
    for is_cancelled in (True, False):
        MeetingFactory(starts=PartialDate.of(day), is_cancelled=is_cancelled)
    found = session.scalars(queries.without_attendance(day, day)).all()
    assert [meeting.is_cancelled for meeting in found] == [False]


def test_a_viewer_pastes_nothing(browser, session):
    meeting = MeetingFactory()
    assert browser.sign_in().get("meetings.paste", place=place(meeting)).status == 403


def test_the_number_of_statements_does_not_grow_with_the_list(browser, session, count_statements):
    meeting = MeetingFactory()
    names = [f"Person{chr(97 + n)} Family{chr(97 + n)}" for n in range(20)]
    for name in names:
        somebody(name)
    browser.sign_in("contributor")
    compare(browser, meeting, names[0])
    count_statements.clear()
    compare(browser, meeting, names[0])
    few = len(count_statements)
    count_statements.clear()
    compare(browser, meeting, "\n".join(names))
    assert len(count_statements) <= few


def test_signs_of_a_hint_are_shown_and_make_no_tag(browser, session):
    page = browser.sign_in("contributor").get("meetings.paste", place=place(MeetingFactory()))
    assert "“Name <mail>”" in page.text


def test_a_list_for_each_day_adds_the_day_and_nobody_twice(browser, session):
    meeting = MeetingFactory(starts=PartialDate(2026, 3, 4), ends=PartialDate(2026, 3, 5))
    somebody("Ada Test")
    somebody("Jean Exemple")
    browser.sign_in("contributor")
    for day, text in (("1", "Ada Test"), ("2", "Ada Test\nJean Exemple"), ("2", "Ada Test")):
        page = compare(browser, meeting, text, status="attended", day=day)
        assert page.select("//input[@name='day']/@value") == [day]
        page = save(browser, meeting, page, day=day)
    assert "1 was there already" in page.text
    days = {
        session.get(Person, each.person_id).name: each.days
        for each in session.scalars(select(Attendance))
    }
    assert days == {"Ada Test": [1, 2], "Jean Exemple": [2]}


def test_the_file_of_a_video_call_of_a_mixed_meeting_is_of_those_at_a_distance(browser, session):
    meeting = MeetingFactory(format=MeetingFormat.HYBRID)
    ada = somebody("Ada Test")
    AttendanceFactory(meeting_id=meeting.id, person_id=ada.id, status=AttendanceStatus.ACCEPTED)
    text = "Name,User Email,Join Time\nAda Test,,9:00\n"
    page = compare(browser.sign_in("contributor"), meeting, text)
    save(browser, meeting, page)
    assert attended(session) == {"Ada Test": "remote"}
    (noted,) = session.scalars(select(Attendance))
    assert noted.is_remote

"""Meetings and their deadlines on calendars: read back, and opened by another program."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from crm.agenda import gathering
from crm.core.clock import moment
from crm.core.db import Base, db
from crm.core.partial_date import PartialDate
from crm.documents import ics
from crm.feeds import services
from crm.meetings.agenda import REPLIES
from crm.meetings.models import AttendanceStatus, Meeting, MeetingKind
from crm.meetings.services import change_meeting
from crm.records.models import ContactKind, ContactPoint, DeadlineKind, Visibility
from crm.records.services import change_part, trash
from tests.accounts.people import member
from tests.browser import Browser
from tests.factories.deadlines import DeadlineFactory
from tests.factories.declarations import DeclarationFactory
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = PartialDate(2026, 3, 10)
SERVER = "https://crm.example.org"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setitem(Base.metadata.info, "base_url", SERVER)
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def add(row):
    db.session.add(row)
    db.session.flush()


def place(record):
    return f"{record.id}-{record.slug}"


def fed(browser, user):
    """Return what stands in the private calendar of a user, by title."""
    page = Browser(browser.app).get(f"/calendar/{services.make_address(user.id, 'calendar')}.ics")
    assert page.status == 200
    calendar = Calendar.from_ical(page.response.get_data())
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def opened(browser, meeting):
    """Return the file of a meeting."""
    page = browser.get("meetings.calendar", place=place(meeting))
    assert page.status == 200
    assert page.response.mimetype == "text/calendar"
    return page.response.get_data()


def read(content):
    [event] = Calendar.from_ical(content).walk("VEVENT")
    return event


def attendees(event):
    found = event.get("attendee", [])
    found = found if isinstance(found, list) else [found]
    return {each.params["CN"]: (each.params["PARTSTAT"], str(each)) for each in found}


def test_a_meeting_of_several_days_fills_them_all(browser):
    MeetingFactory(name="Forum", starts=DAY, ends=PartialDate(2026, 3, 12))
    event = fed(browser, member())["Forum"]
    assert event["dtstart"].dt == date(2026, 3, 10)
    assert event["dtend"].dt == date(2026, 3, 13)


def test_a_meeting_has_its_hours_by_the_clock_of_its_place(browser):
    network = OrganisationFactory(name="Réseau")
    meeting = MeetingFactory(
        name="Plénière",
        starts=DAY,
        start_time="09:30",
        end_time="17:00",
        time_zone="America/New_York",
        place="Maison ronde",
        country="US",
        themes="Accueil",
        network_id=network.id,
    )
    event = fed(browser, member())["Plénière"]
    new_york = ZoneInfo("America/New_York")
    assert event["dtstart"].dt == datetime(2026, 3, 10, 9, 30, tzinfo=new_york)
    assert event["dtstart"].params["TZID"] == "America/New_York"
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(hours=7, minutes=30)
    address = f"{SERVER}/records/{meeting.id}"
    assert str(event["location"]) == "Maison ronde (United States)"
    assert str(event["description"]) == f"Réseau\nAccueil\n{address}"
    assert str(event["url"]) == address
    assert str(event["uid"]) == f"meeting-{meeting.id}@crm.example.org"
    assert "attendee" not in event


@pytest.mark.parametrize(
    ("values", "start", "end", "words"),
    [
        ({"start_time": "09:30"}, "2026-03-10 09:30", None, ""),
        ({"start_time": "17:00", "end_time": "09:00"}, "2026-03-10 17:00", None, "17:00–09:00"),
        ({"end_time": "17:00"}, "2026-03-10", "2026-03-11", ""),
        (
            {"start_time": "09:30", "ends": PartialDate(2026, 3, 11)},
            "2026-03-10",
            "2026-03-12",
            "09:30",
        ),
        (
            {"start_time": "09:30", "end_time": "12:00", "ends": PartialDate(2026, 3, 11)},
            "2026-03-10 09:30",
            "2026-03-11 12:00",
            "",
        ),
        ({"ends": PartialDate(2026, 3)}, "2026-03-10", "2026-03-11", ""),
    ],
)
def test_no_hour_and_no_day_is_made_up(browser, values, start, end, words):
    meeting = MeetingFactory(name="Forum", starts=DAY, **values)
    event = fed(browser, member())["Forum"]

    def written(value):
        return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)

    assert written(event["dtstart"].dt) == start
    assert (written(event["dtend"].dt) if "dtend" in event else None) == end
    address = f"{SERVER}/records/{meeting.id}"
    assert str(event["description"]) == (f"{words}\n{address}" if words else address)


def test_an_hour_that_the_clocks_skip_is_the_next_there_is(browser):
    MeetingFactory(
        name="Nuit",
        starts=PartialDate(2026, 3, 29),
        start_time="02:30",
        end_time="03:45",
        time_zone="Europe/Brussels",
    )
    event = fed(browser, member())["Nuit"]
    assert event["dtstart"].dt == datetime(2026, 3, 29, 3, 30, tzinfo=ZoneInfo("Europe/Brussels"))
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=15)


@pytest.mark.parametrize("zone", ["Mars/Base", "../../etc/passwd", "Europe", "x" * 50, "Paris\0"])
def test_a_zone_that_is_none_makes_no_moment(zone):
    assert moment(date(2026, 3, 10), "09:30", zone) is None


@pytest.mark.parametrize(
    ("hour", "said"), [("9h", "09:00"), ("12.05", "12:05"), ("23:59", "23:59")]
)
def test_hours_are_read_as_people_write_them(hour, said):
    assert f"{moment(date(2026, 3, 10), hour, None):%H:%M}" == said


@pytest.mark.parametrize("hour", ["midi", "24:00", "9", "25:00", "١٢:00"])
def test_an_hour_that_is_none_makes_no_moment(hour):
    assert moment(date(2026, 3, 10), hour, None) is None


def test_only_what_has_a_day_and_is_not_long_ago_is_in_the_calendar(browser):
    MeetingFactory(name="Sans date", starts=None)
    MeetingFactory(name="Dans le mois", starts=PartialDate(2026, 4))
    MeetingFactory(name="Dans l’année", starts=PartialDate(2026))
    MeetingFactory(name="Suite", starts=DAY, meeting_kind=MeetingKind.SERIES)
    MeetingFactory(name="Ancienne", starts=PartialDate(2025, 12, 31))
    MeetingFactory(name="Récente", starts=PartialDate(2026, 1, 1))
    thrown = MeetingFactory(name="Jetée", starts=DAY)
    DeadlineFactory(record_id=thrown.id)
    trash(thrown)
    forum = MeetingFactory(name="Forum", starts=None)
    DeadlineFactory(record_id=forum.id, day=PartialDate(2026, 4))
    DeadlineFactory(record_id=forum.id, day=None)
    assert set(fed(browser, member())) == {"Récente"}


def test_a_change_keeps_the_name_of_a_meeting_and_raises_its_number(session, browser, clock):
    meeting = MeetingFactory(name="Forum", starts=DAY)
    deadline = DeadlineFactory(record_id=meeting.id)
    user = member()
    before = fed(browser, user)
    clock.shift(timedelta(hours=1))
    meeting = session.get(Meeting, meeting.id)
    change_meeting(meeting, meeting.version, name="Forum II")
    deadline = session.get(type(deadline), deadline.id)
    change_part(deadline, deadline.version, day=PartialDate(2026, 3, 21))
    after = fed(browser, user)
    for words in ("", "Registration closes – "):
        then, now = before[f"{words}Forum"], after[f"{words}Forum II"]
        assert now["uid"] == then["uid"]
        assert now["sequence"] > then["sequence"]
        assert now["dtstamp"].dt > then["dtstamp"].dt


def test_a_cancelled_meeting_stays_in_calendars_and_says_so(session, browser):
    browser.sign_in("contributor")
    page = browser.post(
        "meetings.create",
        data={
            "name": "Forum",
            "meeting_kind": "conference",
            "visibility": "team",
            "starts": "10/03/2026",
            "is_cancelled": "y",
        },
    )
    assert "Meeting cancelled" in page.text
    meeting = session.scalar(select(Meeting))
    DeadlineFactory(record_id=meeting.id)
    found = fed(browser, member())
    assert {str(event["status"]) for event in found.values()} == {"CANCELLED"}
    assert len(found) == 2
    event = read(opened(browser, meeting))
    assert (str(event["status"]), str(event["transp"])) == ("CANCELLED", "TRANSPARENT")


def test_a_deadline_is_due_at_its_hour_or_on_its_day(browser):
    forum = MeetingFactory(name="Forum", starts=None)
    appeal = DeclarationFactory(name="Appel")
    DeadlineFactory(record_id=forum.id, hour="12:00", time_zone="Europe/Lisbon")
    DeadlineFactory(record_id=forum.id, kind=DeadlineKind.PAPERS, is_soft=True)
    DeadlineFactory(record_id=forum.id, kind=DeadlineKind.OTHER, hour="midi", time_zone="Mars")
    kept = DeadlineFactory(record_id=appeal.id, kind=DeadlineKind.SIGNATURE)
    found = fed(browser, member())
    assert set(found) == {
        "Registration closes – Forum",
        "Papers – Forum",
        "Deadline – Forum",
        "Signature – Appel",
    }
    closes = found["Registration closes – Forum"]
    assert closes["dtstart"].dt == datetime(2026, 3, 20, 12, tzinfo=ZoneInfo("Europe/Lisbon"))
    assert "dtend" not in closes
    assert found["Papers – Forum"]["dtstart"].dt == date(2026, 3, 20)
    assert "Late answers are accepted" in found["Papers – Forum"]["description"]
    assert str(found["Deadline – Forum"]["description"]).startswith("midi Mars\n")
    signature = found["Signature – Appel"]
    assert str(signature["uid"]) == f"deadline-{kept.id}@crm.example.org"
    assert str(signature["url"]) == f"{SERVER}/records/{appeal.id}"
    assert {str(event["transp"]) for event in found.values()} == {"TRANSPARENT"}


def test_calendars_speak_the_language_of_whose_they_are(session):
    forum = MeetingFactory(name="Forum", starts=DAY, country="BE")
    DeadlineFactory(record_id=forum.id)
    session.flush()
    french, english = ([*gathering.events(member(locale=code))] for code in ("fr", "en"))
    assert {event.location for event in french} == {"Belgique", ""}
    assert {event.location for event in english} == {"Belgium", ""}
    assert len({event.summary for event in (*french, *english)}) == 3


@pytest.mark.parametrize(("role", "seen"), [("viewer", False), ("manager", True)])
def test_nothing_is_in_a_calendar_that_its_owner_may_not_see(browser, role, seen):
    secret = {"visibility": Visibility.MANAGERS}
    network = OrganisationFactory(name="Réseau discret", **secret)
    MeetingFactory(name="Ouverte", starts=DAY, network_id=network.id)
    hidden = MeetingFactory(name="Cachée", starts=DAY, **secret)
    DeadlineFactory(record_id=hidden.id)
    DeadlineFactory(record_id=DeclarationFactory(name="Tue", **secret).id)
    found = fed(browser, member(role))
    more = {"Cachée", "Registration closes – Cachée", "Registration closes – Tue"}
    assert set(found) == {"Ouverte"} | (more if seen else set())
    assert ("Réseau discret" in found["Ouverte"]["description"]) is seen


def test_the_file_of_a_meeting_names_those_who_come(browser):
    meeting = MeetingFactory(name="Forum", starts=DAY, start_time="10:00", end_time="11:00")
    refuge = OrganisationFactory(name="Refuge")
    ada, paul, zoe = (PersonFactory(name=name) for name in ("Ada Nys", "Paul Roy", "Zoé Lam"))
    AttendanceFactory(meeting_id=meeting.id, person_id=ada.id, organisation_id=refuge.id)
    AttendanceFactory(meeting_id=meeting.id, person_id=paul.id, status=AttendanceStatus.APOLOGIES)
    AttendanceFactory(meeting_id=meeting.id, person_id=zoe.id, status=AttendanceStatus.INVITED)
    AttendanceFactory(
        meeting_id=meeting.id,
        person_id=None,
        organisation_id=refuge.id,
        status=AttendanceStatus.TENTATIVE,
    )
    AttendanceFactory(meeting_id=meeting.id, person_id=None, category="chercheurs", headcount=5)
    for person, mail, values in (
        (ada, "ada@elsewhere.example.org", {"at_organisation_id": OrganisationFactory().id}),
        (ada, "ada@refuge.example.org", {"at_organisation_id": refuge.id}),
        (paul, "paul@home.example.org", {"is_private": True}),
        (zoe, "zoe@example.org\r\nATTENDEE:mailto:eve@example.org", {}),
    ):
        add(ContactPoint(record_id=person.id, kind=ContactKind.EMAIL, value=mail, **values))
    browser.sign_in("viewer")
    page = browser.get("meetings.detail", place=place(meeting))
    assert page.links()["To my calendar"].endswith("/calendar.ics")
    content = opened(browser, meeting)
    event = read(content)
    assert attendees(event) == {
        "Ada Nys": ("ACCEPTED", "mailto:ada@refuge.example.org"),
        "Paul Roy": ("DECLINED", f"{SERVER}/records/{paul.id}"),
        "Zoé Lam": ("NEEDS-ACTION", f"{SERVER}/records/{zoe.id}"),
        "Refuge": ("TENTATIVE", f"{SERVER}/records/{refuge.id}"),
    }
    assert {each.params["SCHEDULE-AGENT"] for each in event["attendee"]} == {"NONE"}
    assert b"METHOD" not in content, "what names attendees is not published (RFC 5546)"
    assert str(event["transp"]) == "OPAQUE"
    assert len(Calendar.from_ical(content).walk("VTIMEZONE")) == 1


def test_every_status_of_attendance_has_its_answer():
    assert set(REPLIES) == set(AttendanceStatus)


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_a_file_names_nobody_whom_the_team_does_not_see(session, browser, role):
    secret = {"visibility": Visibility.MANAGERS}
    hidden = OrganisationFactory(name="Refuge discret", **secret)
    meeting = MeetingFactory(
        name="Forum", starts=DAY, network_id=OrganisationFactory(name="Réseau tu", **secret).id
    )
    for values in (
        {"person_id": PersonFactory(name="Zoé Tue", **secret).id},
        {"person_id": PersonFactory(name="Paul Roy").id, "organisation_id": hidden.id},
        {"person_id": None, "organisation_id": hidden.id},
        {"person_id": PersonFactory(name="Ada Nys").id},
    ):
        AttendanceFactory(meeting_id=meeting.id, **values)
    session.flush()
    event = read(opened(browser.sign_in(role), meeting))
    assert set(attendees(event)) == {"Ada Nys"}
    assert "Réseau tu" not in str(event["description"])


def test_the_file_of_a_confidential_meeting_is_for_those_who_see_it_and_names_nobody(browser):
    hidden = MeetingFactory(name="Cachée", starts=DAY, visibility=Visibility.MANAGERS)
    AttendanceFactory(meeting_id=hidden.id, person_id=PersonFactory().id)
    address = browser.address("meetings.calendar", place=place(hidden))
    browser.sign_in("viewer")
    missing = browser.get(browser.address("meetings.calendar", place="1-x"))
    page = browser.get(address)
    assert (page.status, missing.status) == (404, 404)
    assert "Cachée" not in page.html
    event = read(opened(browser.sign_in("manager"), hidden))
    assert str(event["summary"]) == "Cachée"
    assert attendees(event) == {}


@pytest.mark.parametrize(
    "values",
    [
        {"starts": None},
        {"starts": PartialDate(2026, 4)},
        {"starts": DAY, "meeting_kind": MeetingKind.SERIES},
    ],
)
def test_a_meeting_without_a_day_has_no_file(browser, values):
    meeting = MeetingFactory(name="Forum", **values)
    browser.sign_in("viewer")
    assert "To my calendar" not in browser.get("meetings.detail", place=place(meeting)).links()
    assert browser.get("meetings.calendar", place=place(meeting)).status == 404


NASTY = 'Forum; a, b\\ "c" 😀\r\nATTENDEE:mailto:eve@example.org\x0b\u2028END:VEVENT ' + "é😀" * 40


def test_no_name_adds_a_line_to_a_file(session, browser):
    meeting = MeetingFactory(name=NASTY, starts=DAY, place=NASTY, themes=NASTY)
    AttendanceFactory(meeting_id=meeting.id, person_id=PersonFactory(name=NASTY[:110]).id)
    session.flush()
    content = opened(browser.sign_in("viewer"), meeting)
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    lines = content.decode().splitlines()
    assert [line for line in lines if line.startswith(("ATTENDEE:", "END:VEVENT "))] == []
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    event = read(content)
    assert 'Forum; a, b\\ "c" 😀\nATTENDEE:mailto:eve@example.org' in str(event["summary"])
    assert len(attendees(event)) == 1


def khal(folder, *arguments):
    """Run a calendar program that people use, on a calendar of its own."""
    (folder / "calendar").mkdir(exist_ok=True)
    formats = "%Y-%m-%d", "%H:%M", "%Y-%m-%d %H:%M"
    settings = folder / "khal.conf"
    settings.write_text(
        f"[calendars]\n[[ours]]\npath = {folder / 'calendar'}\n"
        f"[sqlite]\npath = {folder / 'khal.db'}\n"
        "[locale]\nlocal_timezone = Europe/Paris\ndefault_timezone = Europe/Paris\n"
        f"dateformat = {formats[0]}\nlongdateformat = {formats[0]}\ntimeformat = {formats[1]}\n"
        f"datetimeformat = {formats[2]}\nlongdatetimeformat = {formats[2]}\n"
    )
    done = subprocess.run(  # noqa: S603 - a program of the tests
        [Path(sys.executable).parent / "khal", "-c", settings, *arguments],
        check=False,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


LINE = "{start}|{end}|{title}|{location}|{status}|{attendees}|{uid}"


def test_another_program_opens_the_file_of_a_meeting(session, browser, tmp_path):
    meeting = MeetingFactory(
        name="Plénière, à New York; 😀",
        starts=DAY,
        start_time="09:30",
        end_time="17:00",
        time_zone="America/New_York",
        place="Maison ronde",
    )
    ada = PersonFactory(name="Ada Nys")
    AttendanceFactory(meeting_id=meeting.id, person_id=ada.id)
    add(ContactPoint(record_id=ada.id, kind=ContactKind.EMAIL, value="ada@example.org"))
    browser.sign_in("viewer")
    file = tmp_path / "meeting.ics"

    def shown():
        file.write_bytes(opened(browser, meeting))
        khal(tmp_path, "import", "--batch", str(file))
        return khal(tmp_path, "list", "2026-03-01", "31d", "--format", LINE).splitlines()[1:]

    uid = f"meeting-{meeting.id}@crm.example.org"
    words = "Plénière, à New York; 😀|Maison ronde"
    assert shown() == [
        f"2026-03-10 14:30|2026-03-10 22:00|{words}|CONFIRMED |ada@example.org|{uid}"
    ]
    meeting = session.get(Meeting, meeting.id)
    change_meeting(meeting, meeting.version, is_cancelled=True, starts=PartialDate(2026, 3, 11))
    assert shown() == [
        f"2026-03-11 14:30|2026-03-11 22:00|{words}|CANCELLED |ada@example.org|{uid}"
    ], "it is the same event, and no second one"


def test_another_program_opens_a_private_calendar(session, tmp_path):
    forum = MeetingFactory(name="Forum", starts=DAY, ends=PartialDate(2026, 3, 12))
    DeadlineFactory(record_id=forum.id, hour="12:00", time_zone="Europe/Lisbon")
    session.flush()
    file = tmp_path / "feed.ics"
    file.write_bytes(ics.write(gathering.events(member()), SERVER))
    khal(tmp_path, "import", "--batch", str(file))
    found = khal(tmp_path, "list", "2026-03-01", "31d", "--format", "{start}|{title}")
    assert [line for line in found.splitlines() if "|" in line] == [
        *["2026-03-10|Forum"] * 3,  # On each of its days.
        "2026-03-20 13:00|Registration closes – Forum",
    ]

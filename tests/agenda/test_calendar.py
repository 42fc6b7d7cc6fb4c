"""The private calendar: who reads what in it, and until when."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select

from crm.accounts.models import AuthAttempt, Role, User
from crm.accounts.services import disable, enable
from crm.agenda import gathering
from crm.core.db import Base, db
from crm.core.partial_date import PartialDate
from crm.documents import ics
from crm.documents.ics import CalendarEvent
from crm.feeds import services
from crm.feeds.models import PrivateAddress
from crm.records.kinds import registry
from crm.records.models import Visibility
from crm.records.services import trash
from crm.tasks.models import Task
from crm.tasks.services import change_task, finish
from tests.accounts.people import member
from tests.browser import Browser
from tests.factories.organisations import OrganisationFactory
from tests.factories.tasks import TaskFactory
from tests.web.apps import committed, own_app, url_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DUE = PartialDate(2026, 3, 29)


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def stranger(app, session, monkeypatch):
    """Return a calendar program: nobody has signed in with it."""
    monkeypatch.setitem(Base.metadata.info, "base_url", "https://crm.example.org")
    return Browser(app)


def read(browser, token):
    page = browser.get(f"/calendar/{token}.ics")
    assert page.status == 200
    assert page.response.mimetype == "text/calendar"
    return Calendar.from_ical(page.response.get_data())


def events_of(calendar):
    return {str(event["summary"]): event for event in calendar.walk("VEVENT")}


def test_a_task_that_is_due_is_in_the_calendar_of_who_does_it(session, stranger, clock):
    claire = member("contributor")
    refuge = OrganisationFactory(name="Refuge")
    task = TaskFactory(name="Rappeler Ada", due=DUE, assignee_id=claire.id, subject_id=refuge.id)
    TaskFactory(name="D’un autre", due=DUE, assignee_id=member().id)
    TaskFactory(name="Sans date", assignee_id=claire.id)
    TaskFactory(name="Dans le mois", due=PartialDate(2026, 3), assignee_id=claire.id)
    done = TaskFactory(name="Faite", due=DUE, assignee_id=claire.id)
    finish(done)
    thrown = TaskFactory(name="Jetée", due=DUE, assignee_id=claire.id)
    trash(thrown)
    calendar = read(stranger, services.make_address(claire.id, "calendar"))
    assert str(calendar["X-WR-CALNAME"]) == "Passerelle"
    assert "Passerelle" in calendar["PRODID"]
    assert set(events_of(calendar)) == {"Rappeler Ada"}
    event = events_of(calendar)["Rappeler Ada"]
    assert str(event["uid"]) == f"task-{task.id}@crm.example.org"
    assert event["dtstart"].dt == date(2026, 3, 29)
    assert event["dtend"].dt == date(2026, 3, 30)
    assert str(event["url"]) == f"https://crm.example.org/records/{task.id}"
    assert str(event["description"]) == "Refuge"
    assert str(event["status"]) == "CONFIRMED"
    assert event["dtstamp"].dt == event["last-modified"].dt == NOON


def test_the_link_of_an_event_leads_to_its_page(session, stranger, clock):
    claire = member("contributor")
    TaskFactory(name="Rappeler Ada", due=DUE, assignee_id=claire.id)
    event = events_of(read(stranger, services.make_address(claire.id, "calendar")))["Rappeler Ada"]
    address = str(event["url"]).removeprefix("https://crm.example.org")
    assert stranger.sign_in(claire).get(address).title == "Rappeler Ada"


def test_a_change_keeps_the_name_of_an_event_and_raises_its_number(session, stranger, clock):
    claire = member("contributor")
    task = TaskFactory(name="Rappeler Ada", due=DUE, assignee_id=claire.id)
    token = services.make_address(claire.id, "calendar")
    before = events_of(read(stranger, token))["Rappeler Ada"]
    clock.shift(timedelta(hours=1))
    task = session.get(Task, task.id)
    change_task(task, task.version, due=PartialDate(2026, 4, 1))
    after = events_of(read(stranger, token))["Rappeler Ada"]
    assert after["uid"] == before["uid"]
    assert after["sequence"] > before["sequence"]
    assert after["dtstamp"].dt > before["dtstamp"].dt
    assert after["dtstart"].dt == date(2026, 4, 1)


@pytest.mark.parametrize(("role", "seen"), [("contributor", False), ("manager", True)])
def test_nothing_is_in_a_calendar_that_its_owner_may_not_see(session, stranger, role, seen):
    owner = member(role)
    secret = OrganisationFactory(name="Refuge secret", visibility=Visibility.MANAGERS)
    TaskFactory(name="Cachée", due=DUE, assignee_id=owner.id, visibility=Visibility.MANAGERS)
    TaskFactory(name="Cachée avec", due=DUE, assignee_id=owner.id, subject_id=secret.id)
    TaskFactory(name="Ouverte", due=DUE, assignee_id=owner.id)
    session.flush()
    token = services.make_address(owner.id, "calendar")
    hidden = {"Cachée", "Cachée avec"} if seen else set()
    assert set(events_of(read(stranger, token))) == {"Ouverte"} | hidden
    page = stranger.get(f"/calendar/{token}.ics")
    assert ("secret" in page.html) is seen


def test_who_is_signed_in_reads_no_more_in_the_calendar_of_somebody_else(session, stranger):
    owner = member("contributor")
    TaskFactory(name="Cachée", due=DUE, assignee_id=owner.id, visibility=Visibility.MANAGERS)
    token = services.make_address(owner.id, "calendar")
    stranger.sign_in("manager")
    assert events_of(read(stranger, token)) == {}


def test_a_role_that_is_taken_away_counts_from_the_next_reading(session, stranger):
    owner = member("manager")
    TaskFactory(name="Cachée", due=DUE, assignee_id=owner.id, visibility=Visibility.MANAGERS)
    token = services.make_address(owner.id, "calendar")
    assert "Cachée" in events_of(read(stranger, token))
    session.get(User, owner.id).role = Role.VIEWER
    assert events_of(read(stranger, token)) == {}


def test_an_address_that_is_withdrawn_replaced_or_unknown_answers_the_same(session, stranger):
    claire, paul, marie = member(), member(), member()
    withdrawn = services.make_address(claire.id, "calendar")
    replaced = services.make_address(paul.id, "calendar")
    turned_off = services.make_address(marie.id, "calendar")
    assert read(stranger, withdrawn)
    services.withdraw_address(claire.id, "calendar")
    new = services.make_address(paul.id, "calendar")
    session.get(User, marie.id).is_enabled = False
    answers = {
        (page.status, page.html, page.response.mimetype)
        for token in (withdrawn, replaced, turned_off, "nothing", "é" * 3, "0" * 3000)
        for page in [stranger.get(f"/calendar/{token}.ics")]
    }
    assert answers == {(404, "There is no such calendar\n", "text/plain")}
    assert read(stranger, new)


def test_who_was_turned_off_and_on_again_needs_a_new_address(session, stranger):
    user = member()
    token = services.make_address(user.id, "calendar")
    disable(user)
    enable(user)
    assert stranger.get(f"/calendar/{token}.ics").status == 404


def test_guessing_addresses_is_slowed_down_and_who_knows_one_still_reads(session, stranger, clock):
    token = services.make_address(member().id, "calendar")
    statuses = [stranger.get(f"/calendar/{number}.ics").status for number in range(31)]
    assert statuses == [404] * 30 + [429]
    assert int(stranger.get("/calendar/x.ics").response.headers["Retry-After"]) == 3600
    assert read(stranger, token)
    stranger.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert stranger.get("/calendar/x.ics").status == 404
    stranger.client.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    clock.shift(timedelta(hours=1))
    assert stranger.get("/calendar/x.ics").status == 404


def test_the_address_is_kept_nowhere_and_not_cached(session, stranger):
    token = services.make_address(member().id, "calendar")
    kept = session.scalar(select(PrivateAddress))
    assert token not in (kept.token_hash, str(kept.id))
    assert len(kept.token_hash) == 64
    headers = stranger.get(f"/calendar/{token}.ics").response.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in headers


def test_reading_is_noted_once_a_day_and_changes_nothing_else(session, stranger, clock):
    claire = member("contributor")
    TaskFactory(due=DUE, assignee_id=claire.id)
    token = services.make_address(claire.id, "calendar")

    def rows():
        session.expire_all()
        return {
            table.name: sorted(map(str, session.execute(table.select())))
            for table in Base.metadata.sorted_tables
        }

    before = rows()
    read(stranger, token)
    noted = rows()
    assert {name for name in before if before[name] != noted[name]} == {"private_addresses"}
    clock.shift(timedelta(hours=23))
    read(stranger, token)
    assert rows() == noted
    clock.shift(timedelta(hours=1))
    read(stranger, token)
    assert session.scalar(select(PrivateAddress.last_read_at)) == NOON + timedelta(days=1)


def test_people_make_replace_and_withdraw_their_address(browser, session):
    browser.sign_in("viewer")
    page = browser.get(browser.get("accounts.account").links()["My calendar"])
    assert page.title == "My calendar"
    page = browser.post(page.select("//main//form/@action")[0])
    [address] = page.select("//input[@id='private-address']/@value")
    token = re.fullmatch(r"http://localhost/calendar/([\w-]{43})\.ics", address)[1]
    assert Browser(browser.app).get(f"/calendar/{token}.ics").status == 200
    page = browser.get("agenda.calendar")
    assert token not in page.html
    assert "It is not shown again" in page.text
    assert "Reading is noted once a day" in page.text
    page = browser.post("agenda.make_address")
    [other] = page.select("//input[@id='private-address']/@value")
    assert Browser(browser.app).get(f"/calendar/{token}.ics").status == 404
    page = browser.post("agenda.withdraw_address")
    assert "The address is withdrawn" in page.html
    assert page.select("//main//form/@action") == ["/account/calendar/new"]
    assert Browser(browser.app).get(other.removeprefix("http://localhost")).status == 404
    assert session.scalar(select(PrivateAddress)) is None


def test_nothing_is_shown_or_withdrawn_of_others(browser, session):
    token = services.make_address(member().id, "calendar")
    browser.sign_in("viewer")
    assert "Your address was made" not in browser.get("agenda.calendar").text
    browser.post("agenda.withdraw_address")
    assert browser.get(f"/calendar/{token}.ics").status == 200


def event(**values):
    return CalendarEvent(
        **{
            "uid": "meeting-1",
            "start": datetime(2026, 3, 29, 7, 0, tzinfo=UTC),
            "summary": "Plénière",
            "url": "/records/1",
            "modified": NOON,
            **values,
        }
    )


def test_times_are_those_of_paris_with_their_rules():
    written = ics.write([event(end=datetime(2026, 3, 29, 10, 0, tzinfo=UTC))], "https://x.example")
    calendar = Calendar.from_ical(written)
    [zone], [read_back] = calendar.walk("VTIMEZONE"), calendar.walk("VEVENT")
    assert str(zone["tzid"]) == "Europe/Paris"
    start = read_back["dtstart"]
    assert start.params["TZID"] == "Europe/Paris"
    assert start.dt.hour == 9, "summer time has begun that night"
    assert read_back["dtend"].dt - start.dt == timedelta(hours=3)


def test_what_is_cancelled_stays_and_says_so():
    [read_back] = Calendar.from_ical(
        ics.write([event(is_cancelled=True, sequence=4, location="Genève")], "https://x.example")
    ).walk("VEVENT")
    assert (str(read_back["status"]), read_back["sequence"]) == ("CANCELLED", 4)
    assert str(read_back["location"]) == "Genève"


def test_the_last_of_several_days_belongs_to_the_event():
    several = event(start=date(2026, 3, 1), end=date(2026, 3, 3))
    calendar = Calendar.from_ical(ics.write([several], "https://x.example"))
    assert calendar.walk("VEVENT")[0]["dtend"].dt == date(2026, 3, 4)
    assert calendar.walk("VTIMEZONE") == []


def test_no_text_adds_an_event():
    text = "a\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:b;c,d\\"
    written = ics.write([event(summary=text, description="x" * 500)], "https://x.example")
    [read_back] = Calendar.from_ical(written).walk("VEVENT")
    assert "SUMMARY:b;c,d\\" in read_back["summary"]
    assert max(len(line) for line in written.split(b"\r\n")) <= 75


def test_the_same_events_make_the_same_file():
    both = [event(), event(uid="meeting-2")]
    assert ics.write(both, "https://x.example") == ics.write(both[::-1], "https://x.example")


def test_each_source_is_asked_on_behalf_of_the_reader_and_in_their_language(session, monkeypatch):
    asked = []

    def source(user_id):
        asked.append((user_id, db.session.info["principal"].user_id, str(Visibility.TEAM.label)))
        return [event()]

    monkeypatch.setattr(registry, "calendar", [source, source])
    french = member(locale="fr")
    session.flush()
    assert len(gathering.events(french)) == 2
    assert asked == [(french.id, french.id, "Toute l’équipe")] * 2
    assert db.session.info["principal"].is_system


def test_a_calendar_is_read_and_noted_in_an_installation_of_its_own(database, tmp_path):
    """With real transactions: reading takes no write lock, noting and counting do."""
    with own_app(tmp_path, url_of(database, "calendar"), protected=True) as app:
        with committed(app):
            claire = member("contributor")
            TaskFactory(name="Rappeler Ada", due=DUE, assignee_id=claire.id)
            token = services.make_address(claire.id, "calendar")
        client = app.test_client()
        for _ in range(2):
            answer = client.get(f"/calendar/{token}.ics")
            assert "Rappeler Ada" in answer.get_data(as_text=True)
        assert client.get("/calendar/nothing.ics").status_code == 404
        with committed(app):
            assert db.session.scalar(select(PrivateAddress.last_read_at)) is not None
            assert len(db.session.scalars(select(AuthAttempt)).all()) == 1

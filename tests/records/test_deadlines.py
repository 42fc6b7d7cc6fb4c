"""Deadlines of meetings and declarations: what may be entered, and how they have moved."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from crm.core.clock import is_skipped, today
from crm.core.partial_date import PartialDate
from crm.records.deadlines import add_deadline, change_deadline, moves_of
from crm.records.models import Deadline, DeadlineKind, Visibility
from crm.records.times import span_in_words
from tests.factories.deadlines import DeadlineFactory
from tests.factories.declarations import DeclarationFactory
from tests.factories.meetings import MeetingFactory

NEW = {"kind": "registration", "day": "12/4/2027", "hour": "13:00", "time_zone": "Europe/Paris"}


def place(record):
    return f"{record.id}-{record.slug}"


def add(browser, meeting, **data):
    return browser.post(
        "meetings.add_part",
        place=place(meeting),
        part_name="deadlines",
        data={**NEW, **data},
    )


def change(browser, meeting, deadline, **data):
    return browser.post(
        "meetings.edit_part",
        place=place(meeting),
        part_name="deadlines",
        part_id=deadline.id,
        data={**NEW, "version": str(deadline.version), **data},
    )


@pytest.fixture
def meeting():
    return MeetingFactory(name="Plenary")


@pytest.fixture
def contributor(browser):
    return browser.sign_in("contributor")


@pytest.mark.parametrize(
    ("data", "field", "words"),
    [
        ({"hour": "noon"}, "hour", "Write the hour like 09:30"),
        ({"hour": "24:00"}, "hour", "Write the hour like 09:30"),
        ({"hour": "in the evening of that day"}, "hour", "Write the hour like 09:30"),
        ({"time_zone": "Paris time"}, "time_zone", "like Europe/Paris or UTC"),
        ({"time_zone": "../../etc/passwd"}, "time_zone", "like Europe/Paris or UTC"),
        ({"day": "4/2027"}, "day", "An hour needs a day"),
        ({"day": ""}, "day", "An hour needs a day"),
        ({"day": "28/3/2027", "hour": "2:30"}, "hour", "The clocks skip this hour"),
        (
            {"day": "14/3/2027", "hour": "02h15", "time_zone": "America/New_York"},
            "hour",
            "The clocks skip this hour",
        ),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(contributor, session, meeting, data, field, words):
    page = add(contributor, meeting, **data)
    assert words in page.error_at(field)
    assert len(page.errors()) == 1
    assert session.scalar(select(Deadline)) is None


@pytest.mark.parametrize("typed", ["9:30", "9h30", "9 h 30", "9\u202fh\u202f30", "09.30"])
def test_an_hour_is_read_as_people_write_it(contributor, session, meeting, typed):
    assert add(contributor, meeting, hour=typed).errors() == []
    assert session.scalars(select(Deadline)).one().hour == "09:30"


def test_an_hour_that_is_none_stays_as_it_was_typed(contributor, meeting):
    page = add(contributor, meeting, hour="half past nine")
    assert page.select("//input[@name='hour']/@value") == ["half past nine"]


def test_an_hour_is_shown_there_and_in_paris(contributor, meeting):
    page = add(contributor, meeting, time_zone="America/New_York", hour="20h")
    words = "12 Apr 2027 20:00 America/New_York (02:00 the next day in Paris)"
    assert words in page.section("deadlines")
    page = add(contributor, meeting, hour="13:00")
    assert "12 Apr 2027 13:00 Europe/Paris" in page.section("deadlines")
    assert "13:00 in Paris" not in page.text


def test_a_deadline_that_moves_says_why_and_keeps_what_it_was(contributor, session, meeting):
    add(contributor, meeting)
    deadline = session.scalars(select(Deadline)).one()
    page = change(contributor, meeting, deadline, day="20/4/2027")
    assert page.error_at("reason") == "Say why the deadline moves"
    page = change(contributor, meeting, deadline, day="20/4/2027", reason="Asked for by members")
    assert page.errors() == []
    session.expire_all()
    deadline = session.scalars(select(Deadline)).one()
    page = contributor.get(
        "meetings.edit_part", place=place(meeting), part_name="deadlines", part_id=deadline.id
    )
    assert page.select("//input[@name='reason']/@value") in ([], [""])
    change(contributor, meeting, deadline, day="20/4/2027", hour="23:59", reason="End of the day")
    page = contributor.get("meetings.detail", place=place(meeting))
    shown = page.section("deadlines")
    assert "20 Apr 2027 23:59" in shown
    assert "Moved from Tue, 20 Apr 2027 13:00 Europe/Paris – End of the day" in shown
    assert "Moved from Mon, 12 Apr 2027 13:00 Europe/Paris – Asked for by members" in shown
    assert shown.index("End of the day") < shown.index("Asked for by members")


def test_what_does_not_move_needs_no_reason_and_loses_none(session, meeting):
    deadline = add_deadline(
        record_id=meeting.id, kind=DeadlineKind.PAPERS, day=PartialDate(2027, 4, 12)
    )
    change_deadline(deadline, 1, day=PartialDate(2027, 4, 13), reason="The host asked")
    change_deadline(deadline, deadline.version, is_soft=True, reason=None)
    assert deadline.reason == "The host asked"
    (move,) = moves_of(meeting)[deadline.id]
    assert (move.day, move.reason) == (PartialDate(2027, 4, 12), "The host asked")


def test_who_moves_nothing_is_asked_no_reason_when_somebody_else_moved_it(
    contributor, session, meeting
):
    add(contributor, meeting)
    deadline = session.scalars(select(Deadline)).one()
    read = str(deadline.version)
    change(contributor, meeting, deadline, day="20/4/2027", reason="The host asked", version=read)
    page = change(contributor, meeting, deadline, is_soft="y", reason="", version=read)
    assert page.errors() == []
    session.expire_all()
    deadline = session.scalars(select(Deadline)).one()
    assert (deadline.day, deadline.is_soft) == (PartialDate(2027, 4, 20), True)
    assert deadline.reason == "The host asked"


def test_the_reason_of_one_move_is_not_that_of_the_next(contributor, session, meeting):
    add(contributor, meeting)
    deadline = session.scalars(select(Deadline)).one()
    change(contributor, meeting, deadline, day="20/4/2027", reason="The host asked")
    session.expire_all()
    page = change(contributor, meeting, deadline, day="21/4/2027")
    assert page.error_at("reason") == "Say why the deadline moves"


def test_a_registration_does_not_close_before_it_opens(contributor, session, meeting):
    add(contributor, meeting, kind="registration_opens", day="1/4/2027", hour="")
    page = add(contributor, meeting, day="31/3/2027", hour="")
    assert "must not close before it opens" in page.error_at("day")
    assert add(contributor, meeting, day="1/4/2027", hour="").errors() == []
    page = add(contributor, meeting, kind="papers", day="1/1/2027", hour="")
    assert page.errors() == []
    page = add(contributor, meeting, kind="registration_opens", day="2/4/2027", hour="")
    assert "must not close before it opens" in page.error_at("day")


def test_a_registration_of_one_day_closes_after_the_hour_at_which_it_opens(contributor, meeting):
    add(contributor, meeting, kind="registration_opens", hour="09:00")
    page = add(contributor, meeting, hour="09:30", time_zone="Europe/Athens")
    assert "must not close before it opens" in page.error_at("day")
    assert add(contributor, meeting, hour="09:30").errors() == []


def test_guests_may_register_when_members_no_longer_may(contributor, meeting):
    for kind, day in (
        ("registration_opens", "1/3/2027"),
        ("registration", "31/3/2027"),
        ("registration", "30/4/2027"),
        ("registration_opens", "5/4/2027"),
    ):
        assert add(contributor, meeting, kind=kind, day=day, hour="").errors() == []


def test_deadlines_stand_in_their_order_those_without_a_date_last(contributor, meeting):
    wanted = [("1/4/2027", "09:00"), ("1/4/2027", "15:00"), ("1/4/2027", ""), ("2/4/2027", "")]
    for day, hour in [("", ""), *reversed(wanted)]:
        add(contributor, meeting, kind="papers", day=day, hour=hour)
    page = contributor.get("meetings.detail", place=place(meeting))
    days = [cell.text_content().strip() for cell in page.select("//*[@id='deadlines']//td[2]")]
    assert [day[:22].strip() for day in days] == [
        "Thu, 1 Apr 2027 09:00",
        "Thu, 1 Apr 2027 15:00",
        "Thu, 1 Apr 2027",
        "Fri, 2 Apr 2027",
        "no date",
    ]


@pytest.mark.parametrize(
    ("days", "words"), [(-1, "Passed"), (0, "Today"), (1, "in 1 day"), (9, "in 9 days")]
)
def test_it_says_how_many_days_are_left(browser, meeting, days, words):
    DeadlineFactory(record_id=meeting.id, day=PartialDate.of(today() + timedelta(days=days)))
    page = browser.sign_in().get("meetings.detail", place=place(meeting))
    assert words in page.section("deadlines")


def test_the_statements_do_not_grow_with_the_deadlines(browser, meeting, count_statements):
    browser.sign_in()

    def opened():
        browser.get("meetings.detail", place=place(meeting))
        count_statements.clear()
        browser.get("meetings.detail", place=place(meeting))
        return len(count_statements)

    DeadlineFactory(record_id=meeting.id)
    few = opened()
    for day in range(1, 9):
        DeadlineFactory(record_id=meeting.id, day=PartialDate(2026, 3, day))
    assert opened() == few


def test_the_deadlines_of_a_hidden_meeting_are_hidden(browser, session):
    hidden = MeetingFactory(visibility=Visibility.MANAGERS)
    DeadlineFactory(record_id=hidden.id)
    assert browser.sign_in().get("meetings.detail", place=place(hidden)).status == 404


def test_declarations_have_the_same_deadlines(browser, session):
    declaration = DeclarationFactory()
    data = {**NEW, "kind": "signature", "is_soft": "y"}
    page = browser.sign_in("contributor").post(
        "declarations.add_part", place=place(declaration), part_name="deadlines", data=data
    )
    assert "Late answers are accepted" in page.section("deadlines")


@pytest.mark.parametrize(
    ("zone", "start", "until", "words"),
    [
        ("Europe/London", "09:30", "17:00", "09:30–17:00 Europe/London (10:30–18:00 in Paris)"),
        ("Europe/Brussels", "09:30", "17:00", "09:30–17:00 Europe/Brussels"),
        (None, "09:30", None, "09:30"),
        ("Asia/Tokyo", "06:00", None, "06:00 Asia/Tokyo (22:00 the day before in Paris)"),
        ("Nowhere/Land", "06:00", None, "06:00 Nowhere/Land"),
    ],
)
def test_hours_are_said_by_both_clocks_where_they_differ(app, zone, start, until, words):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert span_in_words(PartialDate(2026, 11, 24), start, until, zone) == words


def test_without_a_day_no_clock_is_compared(app):
    with app.test_request_context():
        found = span_in_words(PartialDate(2026, 11), "09:30", None, "Europe/London")
    assert found == "09:30 Europe/London"


@pytest.mark.parametrize(
    ("day", "hour", "zone", "expected"),
    [
        (date(2027, 3, 28), "02:30", None, True),
        (date(2027, 3, 28), "01:59", None, False),
        (date(2027, 3, 28), "03:00", None, False),
        (date(2027, 10, 31), "02:30", None, False),  # Twice that night: the first one.
        (date(2027, 3, 28), "02:30", "UTC", False),
        (date(2027, 3, 28), "soon", None, False),
        (date(2027, 3, 28), "02:30", "Nowhere/Land", False),
    ],
)
def test_the_hour_that_clocks_skip_is_known(day, hour, zone, expected):
    assert is_skipped(day, hour, zone) is expected

"""When duties fall due again, and on which days somebody is reminded."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.errors import InvalidValue
from crm.core.partial_date import PartialDate
from crm.duties.calendar import (
    LONGEST_TURN,
    check_turn,
    covered_by,
    first_due,
    is_reminded,
    leads,
    next_due,
    reminder_days,
)

TODAY = date(2026, 11, 23)

days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
turns = st.integers(1, LONGEST_TURN)


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    """Draw a year, a month or a day."""
    day = PartialDate.of(draw(days))
    return draw(st.sampled_from([day, PartialDate(day.year, day.month), PartialDate(day.year)]))


def iso(text: str) -> PartialDate:
    """Shorten what the tests start from."""
    return PartialDate.parse_iso(text)


def following(first: PartialDate, every_months: int, number: int) -> list[PartialDate]:
    """Return the first date and those that follow, each made from the one before."""
    found = [first]
    for _ in range(number):
        later = next_due(found[-1], every_months, first)
        assert later is not None
        found.append(later)
    return found


@given(partial_dates(), turns, st.none() | partial_dates())
def test_the_next_is_later_and_as_precise(due, every_months, counted_from):
    later = next_due(due, every_months, counted_from)
    assert later is not None
    assert later > due
    assert later.precision is due.precision


@given(partial_dates(), turns)
def test_the_next_is_one_turn_away(due, every_months):
    months = max(every_months, 12) if due.month is None else every_months
    assert next_due(due, every_months, due) == due.in_months(months)


@given(days, turns)
def test_what_is_due_on_a_day_of_the_month_never_slips_from_it(day, every_months):
    for found in following(PartialDate.of(day), every_months, 30):
        last_of_month = PartialDate(found.year, found.month).last_day.day
        assert found.day == min(day.day, last_of_month)


def test_the_31st_is_the_last_day_of_short_months_and_the_31st_of_long_ones():
    found = following(iso("2026-12-31"), 1, 4)
    assert [str(each) for each in found[1:]] == [
        "2027-01-31",
        "2027-02-28",
        "2027-03-31",
        "2027-04-30",
    ]


def test_a_leap_day_comes_back_as_a_leap_day():
    found = following(iso("2024-02-29"), 12, 4)
    assert [str(each) for each in found[1:]] == [
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]


def test_what_is_known_by_its_year_stays_known_by_its_year():
    assert [str(each) for each in following(iso("2026"), 12, 2)] == ["2026", "2027", "2028"]
    assert [str(each) for each in following(iso("2026"), 48, 2)] == ["2026", "2030", "2034"]


def test_another_day_than_the_one_it_is_counted_from_does_not_move_what_follows():
    """This year’s fee was asked for a week later; next year’s is due as ever."""
    assert next_due(iso("2027-02-07"), 12, iso("2026-01-31")) == iso("2028-01-31")
    assert next_due(iso("2027-01-24"), 12, iso("2026-01-31")) == iso("2027-01-31")


def test_a_day_to_count_from_that_is_later_or_less_precise_is_left_aside():
    assert next_due(iso("2027-01-31"), 12, iso("2030-01-31")) == iso("2028-01-31")
    assert next_due(iso("2027-01-31"), 12, iso("2026")) == iso("2028-01-31")


def test_nothing_follows_where_the_calendar_ends():
    assert next_due(iso("2999-01-31"), 12, None) is None
    assert next_due(iso("2999"), 12, iso("2012")) is None


def test_the_report_counted_from_2012_is_next_due_in_2028_about_2024_to_2027():
    due = first_due(month=6, day=1, every_months=48, start=iso("2012-07"), on=TODAY)
    assert due == iso("2028-06-01")
    assert covered_by(due, 48) == (iso("2024"), iso("2027"))
    first = first_due(month=6, day=1, every_months=48, start=iso("2012"), on=date(2012, 7, 1))
    assert covered_by(first, 48) == (iso("2012"), iso("2015"))


@pytest.mark.parametrize(
    ("month", "day", "every_months", "due"),
    [
        (12, 31, 12, "2026-12-31"),
        (11, 23, 12, "2026-11-23"),
        (11, 22, 12, "2027-11-22"),
        (1, 31, 12, "2027-01-31"),
        (11, None, 12, "2026-11"),
        (10, None, 12, "2027-10"),
        (None, None, 12, "2026"),
        (2, 31, 12, "2027-02-28"),
        (1, 31, 1, "2026-11-30"),
        (None, None, None, None),
    ],
)
def test_a_template_first_falls_due_from_today_on(month, day, every_months, due):
    found = first_due(month=month, day=day, every_months=every_months, start=None, on=TODAY)
    assert found == (iso(due) if due else None)


@given(
    st.none() | st.integers(1, 12),
    st.none() | st.integers(1, 31),
    turns,
    st.none() | partial_dates(),
    days,
)
def test_the_first_date_is_never_past_and_always_found(month, day, every_months, start, on):
    due = first_due(month=month, day=day, every_months=every_months, start=start, on=on)
    assert due is not None
    assert due.last_day >= on


def test_a_link_that_begins_at_the_end_of_the_calendar_owes_nothing():
    assert first_due(month=6, day=1, every_months=48, start=iso("2999"), on=TODAY) is None


def test_only_turns_of_whole_years_are_about_years():
    assert covered_by(iso("2027-01-31"), 12) == (iso("2026"), iso("2026"))
    assert covered_by(iso("2027-01-31"), 6) is None
    assert covered_by(iso("2027-01-31"), None) is None
    assert covered_by(iso("1000"), 12) is None


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("12, 6, 3, 1", [12, 6, 3, 1]),
        ("1 ; 3;1", [3, 1]),
        ("0", [0]),
        ("", []),
        (None, []),
    ],
)
def test_lead_times_are_read_in_any_order(text, months):
    assert leads(text) == months


@pytest.mark.parametrize("text", ["soon", "-1", "1.5", "121", "²", ",".join("1" * 13)])
def test_lead_times_that_are_no_months_are_refused_at_their_field(text):
    with pytest.raises(InvalidValue) as refused:
        leads(text)
    assert refused.value.field == "lead_months"


def test_a_turn_is_from_a_month_to_ten_years():
    for months in (None, 1, 48, LONGEST_TURN):
        check_turn(months, iso("2027-01-31"))
    for months in (0, -12, 360):
        with pytest.raises(InvalidValue) as refused:
            check_turn(months)
        assert refused.value.field == "every_months"
    with pytest.raises(InvalidValue) as refused:
        check_turn(6, iso("2027"))
    assert refused.value.field == "due"


def test_the_report_to_the_united_nations_is_recalled_at_12_6_3_1_months_then_weekly():
    found = reminder_days(iso("2028-06-01"), [12, 6, 3, 1], is_weekly_at_end=True)
    assert [day.isoformat() for day in found] == [
        "2027-06-01",
        "2027-12-01",
        "2028-03-01",
        "2028-05-01",
        "2028-05-04",
        "2028-05-11",
        "2028-05-18",
        "2028-05-25",
        "2028-06-01",
    ]


@given(partial_dates(), st.lists(st.integers(0, LONGEST_TURN), max_size=12), st.booleans())
def test_reminders_end_on_the_day_it_is_due_and_come_in_order(due, lead_months, is_weekly):
    found = reminder_days(due, lead_months, is_weekly_at_end=is_weekly)
    assert found[-1] == due.last_day
    assert found == sorted(set(found))
    if is_weekly:
        last_month = [
            day for day in found if day > PartialDate.of(due.last_day).in_months(-1).first_day
        ]
        gaps = {(later - day).days for day, later in pairwise(last_month)}
        assert max(gaps) <= 7


def test_what_is_late_is_recalled_the_day_after_and_every_week():
    due = iso("2026-11-20")
    told = [
        day
        for day in (due.last_day + timedelta(days=number) for number in range(1, 20))
        if is_reminded(due, [1], is_weekly_at_end=False, on=day)
    ]
    assert [day.day for day in told] == [21, 28, 5]


def test_what_is_due_in_a_year_is_recalled_before_the_year_ends():
    assert is_reminded(iso("2026"), [1], is_weekly_at_end=False, on=date(2026, 11, 30))
    assert is_reminded(iso("2026"), [], is_weekly_at_end=False, on=date(2026, 12, 31))
    assert not is_reminded(iso("2026"), [1], is_weekly_at_end=False, on=date(2026, 12, 30))

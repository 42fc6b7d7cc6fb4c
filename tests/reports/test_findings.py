"""What numbers say: shares by their names, and no share of what is too little."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.partial_date import PartialDate
from crm.reports import findings
from crm.reports.period import Period
from crm.reports.quarters import Quarter, edge, last_quarters

QUARTERS = [Quarter(2026, 2), Quarter(2026, 3), Quarter(2026, 4)]


@pytest.fixture(autouse=True)
def english(app, session):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        yield


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (42, 28, "Exchanges fell by a third in the third quarter of 2026: 28 after 42"),
        (40, 30, "Exchanges fell by a quarter in the third quarter of 2026: 30 after 40"),
        (40, 20, "Exchanges fell by half in the third quarter of 2026: 20 after 40"),
        (20, 30, "Exchanges rose by half in the third quarter of 2026: 30 after 20"),
        (100, 117, "Exchanges rose by 17% in the third quarter of 2026: 117 after 100"),
        (30, 60, "Exchanges doubled in the third quarter of 2026: 60 after 30"),
        (10, 90, "Exchanges more than doubled in the third quarter of 2026: 90 after 10"),
        (50, 50, "Exchanges hardly changed in the third quarter of 2026: 50 after 50"),
        (
            3,
            1,
            "Too little to compare: 1 exchange in the third quarter of 2026, 3 in the one before",
        ),
        (60, 0, "Exchanges fell by 100% in the third quarter of 2026: 0 after 60"),
    ],
)
def test_the_last_quarter_that_is_over_is_compared_with_the_one_before(before, now, said):
    counts = list(zip(QUARTERS, (before, now, 5), strict=True))
    assert findings.of_quarters(counts) == said


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=12))
def test_something_is_said_of_any_numbers(numbers):
    quarters = [QUARTERS[-1].later(away) for away in range(1 - len(numbers), 1)]
    said = findings.of_quarters(list(zip(quarters, numbers, strict=True)))
    assert said
    assert "%(" not in said


@given(st.dates(date(1950, 1, 1), date(2900, 1, 1)))
def test_quarters_follow_each_other_without_a_gap(day):
    quarters = last_quarters(8, day)
    assert len(quarters) == 9
    for one, other in pairwise(quarters):
        assert one.later(1) == other
        assert other.later(-1) == one
        assert one.start < other.start
    assert quarters[-1] == Quarter.of(PartialDate.of(day))
    assert quarters[-1].start.first_day <= day < quarters[-1].later(1).start.first_day


@given(st.dates(date(1950, 1, 1), date(2900, 1, 1)))
def test_a_bound_begins_on_its_day_and_lets_in_what_is_less_precise(day):
    bound = edge(day)
    assert bound.first_day == day
    assert bound <= PartialDate.of(day)
    if day.day == 1:
        assert bound <= PartialDate(day.year, day.month)


def test_the_time_before_is_as_long_and_ends_where_the_time_begins():
    period = Period(date(2026, 3, 1), date(2026, 3, 31))
    assert period.before() == Period(date(2026, 1, 29), date(2026, 2, 28))
    assert (str(period.start), str(period.end)) == ("2026-03", "2026-04")

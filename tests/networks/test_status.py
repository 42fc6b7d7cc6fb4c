"""How a membership stands on a day."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.core.partial_date import PartialDate
from crm.networks.models import Ending, Membership, Term
from crm.networks.status import MembershipStatus, status_on

DAY = date(2026, 11, 23)


def on(text):
    return PartialDate.parse_iso(text) if text else None


def membership(*periods):
    return Membership(
        terms=[
            Term(since=on(since), until=on(until), ending=ending)
            for since, until, ending in periods
        ]
    )


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        ([], "applied"),
        ([("2027", None, None)], "pending"),
        ([("2026-11-24", None, None)], "pending"),
        ([("2026-11-23", None, None)], "active"),
        ([("2026-11", None, None)], "active"),
        ([("1981", None, None)], "active"),
        ([(None, None, None)], "active"),
        ([("2020", "2026", None)], "active"),
        ([("2020", "2026-11", "lapsed")], "active"),
        ([("2020", "2026-11-23", "withdrawn")], "active"),
        ([("2020", "2026-11-22", "lapsed")], "lapsed"),
        ([("2020", "2025", "withdrawn")], "withdrawn"),
        ([(None, "2025", "excluded")], "excluded"),
        ([("2020", "2025", None)], "ended"),
        ([("2020", "2025", "succeeded")], "ended"),
        ([("2020", "2025", "dissolved")], "ended"),
        ([("2008", "2016", "lapsed"), ("2018", None, None)], "active"),
        ([("2008", "2016", "lapsed"), ("2018", "2020", "withdrawn")], "withdrawn"),
        ([("2008", "2016", "lapsed"), ("2027", None, None)], "lapsed"),
        ([("1981", None, "lapsed")], "active"),
    ],
)
def test_the_status_is_what_the_periods_say_on_the_day(periods, expected):
    periods = [(since, until, Ending(end) if end else None) for since, until, end in periods]
    assert status_on(membership(*periods), DAY) is MembershipStatus(expected)


@pytest.mark.parametrize("year", [1981, 2026, 2126])
def test_a_membership_without_an_end_never_lapses(year):
    assert (
        status_on(membership(("1981", None, None)), date(year, 12, 31)) is MembershipStatus.ACTIVE
    )


DATES = st.builds(
    lambda year, month, day: PartialDate(year, month, day if month else None),
    st.integers(2020, 2030),
    st.none() | st.integers(1, 12),
    st.none() | st.integers(1, 28),
)
PERIODS = st.lists(
    st.tuples(st.none() | DATES, st.none() | DATES, st.none() | st.sampled_from(Ending)), max_size=5
)


@given(PERIODS, st.dates(date(2019, 1, 1), date(2031, 12, 31)), st.randoms())
@example(
    [(None, on("2025"), Ending.LAPSED), (None, on("2025-12"), Ending.WITHDRAWN)], DAY, None
).via("two periods that end on one day")
def test_there_is_exactly_one_status_whatever_the_order_of_the_periods(periods, day, dice):
    def status(order):
        terms = [Term(since=since, until=until, ending=end) for since, until, end in order]
        return status_on(Membership(terms=terms), day)

    first = status(periods)
    assert first in list(MembershipStatus)
    assert status(list(reversed(periods))) is first
    if dice is not None:
        shuffled = list(periods)
        dice.shuffle(shuffled)
        assert status(shuffled) is first

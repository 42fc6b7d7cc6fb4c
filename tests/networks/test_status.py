"""How a membership stands on a day."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.core.partial_date import PartialDate
from crm.networks.models import Ending, Membership, MembershipKind, MembershipStatus, Term
from crm.networks.status import SUBJECT, status_on, stretches
from crm.records.lists import change_value
from crm.statuses.book import rules_for

DAY = date(2026, 11, 23)


MEMBER = MembershipKind(can_lapse=True)
STATUS = MembershipKind(can_lapse=False)


def on(text):
    return PartialDate.parse_iso(text) if text else None


def membership(*periods, kind=MEMBER):
    return Membership(
        kind=kind,
        terms=[
            Term(since=on(since), until=on(until), ending=Ending(ending) if ending else None)
            for since, until, ending in periods
        ],
    )


# What holds whether a link lapses or not (features.md d3).
ALWAYS = [
    ([], "applied"),
    ([("2027", None, None)], "pending"),
    ([("2026-11-24", None, None)], "pending"),
    ([("2026-11-23", None, None)], "active"),
    ([("2026-11", None, None)], "active"),
    ([("1981", None, None)], "active"),
    ([(None, None, None)], "active"),
    ([("2020", "2027", None)], "active"),
    ([("2020", "2026-11-22", "lapsed")], "lapsed"),
    ([("2020", "2026-11-22", "suspended")], "suspended"),
    ([("2020", "2025", "withdrawn")], "withdrawn"),
    ([(None, "2025", "excluded")], "excluded"),
    ([("2020", "2025", "succeeded")], "ended"),
    ([("2020", "2025", "dissolved")], "ended"),
    ([("2008", "2016", "lapsed"), ("2018", None, None)], "active"),
    ([("2008", "2016", "lapsed"), ("2018", "2020", "withdrawn")], "withdrawn"),
    ([("2008", "2016", "lapsed"), ("2027", None, None)], "lapsed"),
    ([("2020", "2025", "suspended"), ("2026", None, None)], "active"),
    ([("1981", None, "lapsed")], "active"),
]


@pytest.mark.parametrize("kind", [MEMBER, STATUS], ids=["lapses", "never lapses"])
@pytest.mark.parametrize(("periods", "expected"), ALWAYS)
def test_the_status_is_what_the_periods_say_on_the_day(session, periods, expected, kind):
    assert status_on(membership(*periods, kind=kind), DAY) is MembershipStatus(expected)


@pytest.mark.parametrize(
    ("until", "lapses", "never"),
    [
        ("2027-01-22", "active", "active"),
        ("2027-01-21", "renewal_due", "active"),
        ("2026", "renewal_due", "active"),
        ("2026-11-23", "renewal_due", "active"),
        ("2026-11-22", "grace", "ended"),
        ("2026-10-24", "grace", "ended"),
        ("2026-10-23", "lapsed", "ended"),
        ("2025", "lapsed", "ended"),
    ],
)
def test_what_lapses_warns_before_its_end_and_waits_after_it(session, until, lapses, never):
    periods = ("2020", until, None)
    assert status_on(membership(periods), DAY) is MembershipStatus(lapses)
    assert status_on(membership(periods, kind=STATUS), DAY) is MembershipStatus(never)


def test_a_period_that_follows_without_a_gap_is_no_end(session):
    link = membership(("2026", "2026", None), ("2027", "2027", None))
    assert status_on(link, date(2026, 12, 31)) is MembershipStatus.ACTIVE
    apart = membership(("2026", "2026", None), ("2027-01-02", "2027", None))
    assert status_on(apart, date(2026, 12, 31)) is MembershipStatus.RENEWAL_DUE
    assert status_on(apart, date(2027, 1, 1)) is MembershipStatus.GRACE


@pytest.mark.parametrize("year", [1981, 2026, 2126])
def test_a_membership_without_an_end_never_lapses(session, year):
    link = membership(("1981", None, None))
    assert status_on(link, date(year, 12, 31)) is MembershipStatus.ACTIVE


def test_a_status_set_by_hand_holds_until_its_end(session):
    link = membership(("2020", None, None))
    link.override, link.override_since = MembershipStatus.SUSPENDED, date(2026, 6, 1)
    link.override_until = DAY
    assert status_on(link, date(2026, 5, 31)) is MembershipStatus.ACTIVE
    assert status_on(link, DAY) is MembershipStatus.SUSPENDED
    assert status_on(link, DAY + timedelta(days=1)) is MembershipStatus.ACTIVE


def test_the_rules_are_data(session):
    link = membership(("2020", "2027-02-01", None))
    assert status_on(link, DAY) is MembershipStatus.ACTIVE
    rule = next(each for each in rules_for("membership") if each.status == "renewal_due")
    change_value(rule, rule.version, SUBJECT.check, from_days=-90)
    assert status_on(link, DAY) is MembershipStatus.RENEWAL_DUE


DATES = st.builds(
    lambda year, month, day: PartialDate(year, month, day if month else None),
    st.integers(2020, 2030),
    st.none() | st.integers(1, 12),
    st.none() | st.integers(1, 28),
)
PERIODS = st.lists(
    st.tuples(st.none() | DATES, st.none() | DATES, st.none() | st.sampled_from(Ending)), max_size=5
)


@given(
    PERIODS,
    st.dates(date(2019, 1, 1), date(2031, 12, 31)),
    st.sampled_from([MEMBER, STATUS]),
    st.randoms(),
)
@example(
    [(None, on("2025"), Ending.LAPSED), (None, on("2025-12"), Ending.WITHDRAWN)], DAY, MEMBER, None
).via("two periods that end on one day")
def test_there_is_exactly_one_status_whatever_the_order_of_the_periods(
    session, periods, day, kind, dice
):
    def status(order):
        terms = [Term(since=since, until=until, ending=end) for since, until, end in order]
        return status_on(Membership(kind=kind, terms=terms), day)

    first = status(periods)
    assert first in list(MembershipStatus)
    assert status(list(reversed(periods))) is first
    if dice is not None:
        shuffled = list(periods)
        dice.shuffle(shuffled)
        assert status(shuffled) is first


@given(PERIODS)
def test_between_two_days_the_status_changes_only_at_an_edge_of_a_period_or_a_rule(
    session, periods
):
    terms = [Term(since=since, until=until, ending=end) for since, until, end in periods]
    link = Membership(kind=MEMBER, terms=terms)
    edges = {
        edge + timedelta(days=days)
        for stretch in stretches(terms)
        for edge, shift in ((stretch.start, (0,)), (stretch.last_day, (1, 1 - 60, 1 + 30)))
        if date(1990, 1, 1) < edge < date(2990, 1, 1)
        for days in shift
    }
    first, last = date(2019, 1, 1), date(2032, 1, 1)
    for begin, end in pairwise(sorted({first, last, *(e for e in edges if first < e < last)})):
        middle = begin + (end - begin) // 2
        known = {status_on(link, day) for day in (begin, middle, end - timedelta(days=1))}
        assert len(known) == 1, (begin, end, known)


@given(PERIODS)
def test_stretches_neither_overlap_nor_touch(periods):
    found = stretches([Term(since=since, until=until) for since, until, _ in periods])
    for one, other in pairwise(found):
        assert one.last_day + timedelta(days=1) < other.start

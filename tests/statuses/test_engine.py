"""The rule engine: one status on every day, whatever the order of the rules."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.core.errors import InvalidValue
from crm.networks.status import SUBJECT
from crm.statuses.engine import Facts, applies, ordered, shifted, status_on
from crm.statuses.models import shipped_rules

DAY = date(2026, 11, 23)


@dataclass
class Rule:
    """A rule that is no row."""

    status: str = "active"
    position: int = 10
    condition: str | None = None
    from_event: str | None = None
    from_days: int = 0
    until_event: str | None = None
    until_days: int = 0
    is_active: bool = True
    id: int = 1


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(), True),
        (Rule(condition="paid"), True),
        (Rule(condition="free"), False),
        (Rule(from_event="start"), True),
        (Rule(from_event="start", from_days=1), False),
        (Rule(from_event="start", from_days=-1), True),
        (Rule(from_event="unknown"), False),
        (Rule(until_event="end"), True),
        (Rule(until_event="end", until_days=-1), False),
        (Rule(until_event="start"), False),
        (Rule(until_event="unknown"), True),
        (Rule(from_event="start", until_event="unknown", condition="paid"), True),
    ],
)
def test_a_rule_fits_from_its_first_event_until_the_day_before_its_last(rule, expected):
    facts = Facts({"start": DAY, "end": DAY + timedelta(days=1)}, frozenset({"paid"}))
    assert applies(rule, facts, DAY) is expected


def test_a_rule_out_of_use_is_not_asked():
    rules = [Rule("first", is_active=False), Rule("second", position=20)]
    assert status_on(rules, Facts(), DAY) == "second"


def test_no_rule_means_no_status():
    assert status_on([Rule(condition="never")], Facts(), DAY) is None


def test_days_at_the_edge_of_the_calendar_do_not_fall_off():
    assert shifted(date.max, 30) == date.max
    assert shifted(date.min, -30) == date.min


def test_a_list_without_a_rule_that_always_fits_is_refused():
    with pytest.raises(InvalidValue):
        SUBJECT.check([Rule(condition="has_term"), Rule(is_active=False)])
    SUBJECT.check([Rule(condition="has_term"), Rule()])


EVENTS = ("start", "end", "deadline")
RULES = st.lists(
    st.builds(
        Rule,
        status=st.sampled_from(["applied", "active", "grace", "lapsed"]),
        position=st.integers(0, 5),
        condition=st.none() | st.sampled_from(["lapses", "has_term"]),
        from_event=st.none() | st.sampled_from(EVENTS),
        from_days=st.integers(-90, 90),
        until_event=st.none() | st.sampled_from(EVENTS),
        until_days=st.integers(-90, 90),
        is_active=st.booleans(),
        id=st.integers(1, 10_000),
    ),
    max_size=8,
    unique_by=lambda rule: rule.id,
)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
FACTS = st.builds(
    Facts,
    st.dictionaries(st.sampled_from(EVENTS), DAYS),
    st.frozensets(st.sampled_from(["lapses", "has_term"])),
)


@given(RULES, FACTS, DAYS, st.randoms())
def test_the_order_in_which_rules_are_fetched_changes_nothing(rules, facts, day, dice):
    shuffled = list(rules)
    dice.shuffle(shuffled)
    assert [rule.id for rule in ordered(shuffled)] == [rule.id for rule in ordered(rules)]
    assert status_on(shuffled, facts, day) == status_on(rules, facts, day)


@given(RULES, FACTS, DAYS)
def test_with_a_rule_that_always_fits_there_is_exactly_one_status_each_day(rules, facts, day):
    closed = [*rules, Rule("last", position=99, id=99_999)]
    found = status_on(closed, facts, day)
    assert found is not None
    first = next(rule for rule in ordered(closed) if applies(rule, facts, day))
    assert found == first.status


@given(st.sampled_from(["membership", "project", "declaration"]), FACTS, DAYS)
def test_the_shipped_rules_leave_no_day_without_a_status(subject, facts, day):
    rules = [Rule(**_named(each)) for each in shipped_rules() if each["subject"] == subject]
    assert status_on(rules, facts, day) is not None


def _named(values):
    return {key: value for key, value in values.items() if key not in ("subject", "version")}

"""The rule engine: the first rule that fits the facts of a day names the status.

The same engine serves memberships, projects and declarations; the rules are rows of
:class:`crm.statuses.models.StatusRule`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol


class Rule(Protocol):
    """What the engine reads of a rule."""

    @property
    def id(self) -> int: ...  # noqa: D102 - as in the model
    @property
    def position(self) -> int: ...  # noqa: D102
    @property
    def status(self) -> str: ...  # noqa: D102
    @property
    def condition(self) -> str | None: ...  # noqa: D102
    @property
    def from_event(self) -> str | None: ...  # noqa: D102
    @property
    def from_days(self) -> int: ...  # noqa: D102
    @property
    def until_event(self) -> str | None: ...  # noqa: D102
    @property
    def until_days(self) -> int: ...  # noqa: D102
    @property
    def is_active(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True)
class Facts:
    """What is known of one thing.

    :param events: days on which something begins; an event that is left out has no date.
    :param conditions: what else is true of it.
    """

    events: Mapping[str, date] = field(default_factory=dict)
    conditions: frozenset[str] = frozenset()


def ordered(rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules in use, in the one order in which they are asked."""
    return sorted((rule for rule in rules if rule.is_active), key=_place)


def _place(rule: Rule) -> tuple[int, str, int]:
    # Two rules in one place: the order must not depend on how the rows were fetched.
    return rule.position, rule.status, rule.id or 0


def status_on(rules: Iterable[Rule], facts: Facts, day: date) -> str | None:
    """Return the status on a day; None only where no rule at all fits."""
    return next((rule.status for rule in ordered(rules) if applies(rule, facts, day)), None)


def applies(rule: Rule, facts: Facts, day: date) -> bool:
    """Tell whether a rule fits: from its first event on, until the day before its last.

    A rule that begins with an event without a date never fits; one that ends with such an event
    goes on for ever. So nothing lapses that has no end.
    """
    if rule.condition and rule.condition not in facts.conditions:
        return False
    if rule.from_event:
        begins = facts.events.get(rule.from_event)
        if begins is None or day < shifted(begins, rule.from_days):
            return False
    if rule.until_event:
        ends = facts.events.get(rule.until_event)
        if ends is not None and day >= shifted(ends, rule.until_days):
            return False
    return True


def shifted(day: date, days: int) -> date:
    """Return a day some days later, or earlier, within the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min

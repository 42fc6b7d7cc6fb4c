"""The rules in use, read once per request, and the status they give."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from crm.core.read_once import ReadOnce
from crm.records.reading import Reading
from crm.statuses import engine, queries
from crm.statuses.models import StatusRule


def _by_subject(found: Iterable[StatusRule]) -> Mapping[str, Sequence[StatusRule]]:
    rules: dict[str, list[StatusRule]] = defaultdict(list)
    for rule in found:
        rules[rule.subject].append(rule)
    return rules


_rules = ReadOnce(StatusRule, queries.rules, _by_subject)
ON_PAGES = Reading(
    on=("organisation", "person", "meeting", "declaration", "project"),
    query=lambda record: queries.rules(),
    most=None,
    take=_rules.take,
)
"""The rules, for the pages of records that show a status."""


def rules_for(subject: str) -> Sequence[StatusRule]:
    """Return the rules of a subject."""
    return _rules()[subject]


def status_of(subject: str, facts: engine.Facts, day: date) -> str:
    """Return the code of the status on a day.

    Where no rule fits, the last one names it: a thing is never without a status.
    """
    rules = engine.ordered(rules_for(subject))
    found = engine.status_on(rules, facts, day)
    return found if found is not None else rules[-1].status

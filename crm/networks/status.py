"""The status of a membership, computed from its periods on the day it is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from crm.core.i18n import _l
from crm.networks.models import Ending, Membership, MembershipStatus, Term
from crm.statuses.book import status_of
from crm.statuses.engine import Facts
from crm.statuses.subjects import StatusSubject

SUBJECT = StatusSubject(
    name="membership",
    statuses=MembershipStatus,
    events={"start": _l("the first day of the period"), "end": _l("the day after the period")},
    conditions={
        "has_term": _l("a period is noted"),
        "lapses": _l("this kind of link lapses, and no end is noted"),
        "ended_withdrawn": _l("the period ended by withdrawal"),
        "ended_excluded": _l("the period ended by exclusion"),
        "ended_suspended": _l("the period ended by suspension"),
        "ended_lapsed": _l("the period is noted as lapsed"),
        "ended_otherwise": _l("the period ended by replacement or with the network"),
    },
)

_CONDITIONS = {
    Ending.WITHDRAWN: "ended_withdrawn",
    Ending.EXCLUDED: "ended_excluded",
    Ending.SUSPENDED: "ended_suspended",
    Ending.LAPSED: "ended_lapsed",
    Ending.SUCCEEDED: "ended_otherwise",
    Ending.DISSOLVED: "ended_otherwise",
}
_WEIGHTS: tuple[Ending | None, ...] = (None, *Ending)


def status_on(membership: Membership, day: date) -> MembershipStatus:
    """Return how a membership stands on a day; a status set by hand holds until its end."""
    if is_overridden(membership, day) and membership.override is not None:
        return membership.override
    return computed_on(membership, day)


def is_overridden(membership: Membership, day: date) -> bool:
    """Tell whether a person has set the status by hand, and that still holds."""
    return (
        membership.override is not None
        and (membership.override_since is None or membership.override_since <= day)
        and (membership.override_until is None or day <= membership.override_until)
    )


def computed_on(membership: Membership, day: date) -> MembershipStatus:
    """Return how a membership stands by its periods alone."""
    return MembershipStatus(status_of(SUBJECT.name, facts_on(membership, day), day))


def facts_on(membership: Membership, day: date) -> Facts:
    """Return what the rules ask of a membership: the stretch of periods that counts that day."""
    stretch = _stretch_on(membership.terms, day)
    if stretch is None:
        return Facts()
    conditions = {"has_term"}
    events = {"start": stretch.start}
    if stretch.last_day < date.max:
        events["end"] = _day_after(stretch.last_day)
    if stretch.ending is not None:
        conditions.add(_CONDITIONS[stretch.ending])
    elif membership.kind.can_lapse:
        conditions.add("lapses")
    return Facts(events, frozenset(conditions))


@dataclass(frozen=True)
class Stretch:
    """Periods that follow each other without a gap: paying the next year in time is no end."""

    start: date
    last_day: date
    ending: Ending | None


def stretches(terms: Iterable[Term]) -> list[Stretch]:
    """Return the periods of a link in order, those without a gap between them as one."""
    found: list[Stretch] = []
    for term in sorted(terms, key=lambda each: (_start(each), *_end(each))):
        start, (last_day, _weight) = _start(term), _end(term)
        if found and start <= _day_after(found[-1].last_day):
            before = found.pop()
            # Of two that end on one day, one is always the last: the order they came in is chance.
            end, weight = max((before.last_day, _WEIGHTS.index(before.ending)), _end(term))
            found.append(Stretch(before.start, end, _WEIGHTS[weight]))
        else:
            found.append(Stretch(start, last_day, term.ending))
    return found


def _stretch_on(terms: Iterable[Term], day: date) -> Stretch | None:
    """Return the stretch that covers the day, else the last before it, else the next."""
    known = stretches(terms)
    begun = [stretch for stretch in known if stretch.start <= day]
    return begun[-1] if begun else next(iter(known), None)


def _start(term: Term) -> date:
    return term.since.first_day if term.since else date.min


def _end(term: Term) -> tuple[date, int]:
    return (term.until.last_day if term.until else date.max), _WEIGHTS.index(term.ending)


def _day_after(day: date) -> date:
    return day + timedelta(days=1) if day < date.max else day

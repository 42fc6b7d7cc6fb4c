"""The status of a membership, computed from its periods on the day it is asked for."""

from datetime import date

from crm.core.choice import Choice
from crm.core.i18n import _l
from crm.core.partial_date import covers
from crm.networks.models import Ending, Membership, Term


class MembershipStatus(Choice):
    """How a membership stands."""

    APPLIED = "applied", _l("Applied")
    PENDING = "pending", _l("Not begun")
    ACTIVE = "active", _l("Active")
    LAPSED = "lapsed", _l("Lapsed")
    WITHDRAWN = "withdrawn", _l("Withdrawn")
    EXCLUDED = "excluded", _l("Excluded")
    ENDED = "ended", _l("Ended")


_AFTER: dict[Ending | None, MembershipStatus] = {
    Ending.LAPSED: MembershipStatus.LAPSED,
    Ending.WITHDRAWN: MembershipStatus.WITHDRAWN,
    Ending.EXCLUDED: MembershipStatus.EXCLUDED,
}
_WEIGHTS = (None, *Ending)


def _end(term: Term) -> tuple[date, int]:
    """Return when a period ended; of two that ended on one day, one is always the last."""
    return (term.until.last_day if term.until else date.max), _WEIGHTS.index(term.ending)


def status_on(membership: Membership, day: date) -> MembershipStatus:
    """Return how a membership stands on a day; a period without an end never lapses."""
    terms = membership.terms
    if any(covers(term.since, term.until, day) for term in terms):
        return MembershipStatus.ACTIVE
    past = [term for term in terms if term.until is not None and term.until.last_day < day]
    if past:
        last = max(past, key=_end)
        return _AFTER.get(last.ending, MembershipStatus.ENDED)
    return MembershipStatus.PENDING if terms else MembershipStatus.APPLIED

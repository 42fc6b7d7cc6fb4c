"""Which partners wait for a review, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select

from crm.core.clock import today
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.core.principal import principal_of
from crm.organisations.models import Organisation, PartnershipStatus, Tier
from crm.reviews import queries
from crm.rhythms.dormancy import dormant_on, rhythms

PAUSE_MONTHS = 3
"""For so long a postponed review waits, and a dormant partner that was looked at is left alone."""
USUAL_MONTHS = 12
"""From one review to the next where no rhythm is in use (R-10.11)."""

ME = "me"
NOBODY = "none"
OVERDUE = "overdue"
DORMANT = "dormant"


def months_between(tier: Tier | None) -> int:
    """Return how many months lie between two reviews of a partner of a tier."""
    months = {each.tier: each.review_every_months for each in rhythms()}
    if tier in months:
        return months[tier]
    return list(months.values())[-1] if months else USUAL_MONTHS


def next_after(tier: Tier | None, day: date) -> PartialDate:
    """Return when a partner of a tier is to be reviewed again after a day."""
    return PartialDate.of(day).in_months(months_between(tier))


def is_overdue(day: date) -> ColumnElement[bool]:
    """Tell whether a partner should have been reviewed by a day."""
    oldest = {
        each.tier: PartialDate.of(day).in_months(-each.review_every_months) for each in rhythms()
    }
    return queries.is_overdue(day, oldest)


def is_dormant(day: date) -> ColumnElement[bool]:
    """Tell whether a partner has gone dormant and nobody has looked at that yet."""
    since = PartialDate.of(day).in_months(-PAUSE_MONTHS).first_day
    return sa.and_(dormant_on(day), sa.not_(queries.was_looked_at(day, since)))


@dataclass(frozen=True)
class Question:
    """Of which partners one wants to see whether they wait; a value of no sense is none.

    :param owner: the id of a colleague, :data:`ME` or :data:`NOBODY`.
    :param why: :data:`OVERDUE` or :data:`DORMANT`.
    """

    owner: str = ""
    status: str = ""
    tier: str = ""
    why: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> "Question":
        """Return what an address asks."""
        owner = args.get("owner", "")
        is_user = owner.isascii() and owner.isdigit() and len(owner) < 10
        return cls(
            owner=owner if is_user or owner in (ME, NOBODY) else "",
            status=_among(args.get("status", ""), [each.value for each in PartnershipStatus]),
            tier=_among(args.get("tier", ""), [each.value for each in Tier]),
            why=_among(args.get("why", ""), (OVERDUE, DORMANT)),
        )

    def address_values(self) -> dict[str, Any]:
        """Return what an address says of it."""
        values = {"owner": self.owner, "status": self.status, "tier": self.tier, "why": self.why}
        return {key: value for key, value in values.items() if value}

    def conditions(self) -> Sequence[ColumnElement[bool]]:
        """Return what partners must be like."""
        found = []
        if self.owner:
            found.append(queries.of_owner(self._owner_id()))
        if self.status:
            found.append(Organisation.partnership_status == PartnershipStatus(self.status))
        if self.tier:
            found.append(Organisation.tier == Tier(self.tier))
        return found

    def _owner_id(self) -> int | None:
        if self.owner == ME:
            principal = principal_of(db.session)
            return principal.user_id if principal else None
        return int(self.owner) if self.owner != NOBODY else None


def _among(value: str, known: Sequence[str]) -> str:
    return value if value in known else ""


def waiting(asked: Question) -> Select[Organisation]:
    """Return the partners that wait for a review today."""
    day = today()
    due = [WHY[asked.why](day)] if asked.why else [condition(day) for condition in WHY.values()]
    return queries.queue(sa.or_(*due), asked.conditions())


WHY = {OVERDUE: is_overdue, DORMANT: is_dormant}


@dataclass(frozen=True)
class Queue:
    """Which partners wait today, by their ids, and why.

    :param ids: in their order.
    """

    ids: Sequence[int]
    overdue: frozenset[int]
    dormant: frozenset[int]

    def beside(self, organisation_id: int) -> tuple[int | None, int | None]:
        """Return the partners before and after one; the first where it does not wait."""
        if organisation_id not in self.ids:
            return None, self.ids[0] if self.ids else None
        place = self.ids.index(organisation_id)
        after = self.ids[place + 1 : place + 2]
        return self.ids[place - 1] if place else None, after[0] if after else None


def queue_of(asked: Question) -> Queue:
    """Return the whole queue: each reason is asked for once, however many partners there are."""
    day, conditions = today(), asked.conditions()
    places: dict[int, tuple[Any, ...]] = {}
    found: dict[str, frozenset[int]] = {}
    for why, condition in WHY.items():
        rows = db.session.execute(queries.places(condition(day), conditions)).all()
        found[why] = frozenset(row.id for row in rows)
        if asked.why in ("", why):
            places.update({row.id: tuple(row) for row in rows})
    ids = sorted(places, key=lambda each: _order(*places[each]))
    return Queue(ids, found[OVERDUE], found[DORMANT])


def _order(record_id: int, next_review: PartialDate | None, sort_key: str) -> tuple[Any, ...]:
    """Return what the queue is sorted by, as :func:`crm.reviews.queries.queue` does."""
    return next_review is None, str(next_review or ""), sort_key, record_id

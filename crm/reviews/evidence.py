"""Gathers what a review rests on: twelve months of a partnership, as its readers may see them.

What is gathered is plain data, as JSON holds it: an open review shows it as it is today, a closed
one as it was that day, both in the language of whoever reads it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Select

from crm.commitments.models import Commitment, Debtor
from crm.commitments.queries import open_with
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.core.principal import TEAM, Principal
from crm.declarations.models import Signature, SignatureStatus
from crm.interactions.queries import known_by
from crm.networks.queries import shared_networks
from crm.organisations.models import Organisation
from crm.organisations.queries import ourselves
from crm.permissions import ROLES
from crm.projects.models import Project, ProjectStatus
from crm.records.models import Record
from crm.records.visibility import alone
from crm.reviews import queries

MONTHS = 12
MONTHS_KNOWN = 24
"""Whoever was in touch that long ago still holds the relationship."""
MOST_ROWS = 200
"""Of one finding; the number counts all."""

SIGNED = (SignatureStatus.SIGNED,)
SILENT = (SignatureStatus.INVITED, SignatureStatus.REMINDED, SignatureStatus.NO_ANSWER)
"""Asked to sign, and not heard of since."""

READERS = (TEAM, Principal(user_id=0, permissions=ROLES["manager"]))
"""For whom evidence is gathered: the whole team, or all managers where only they see the partner.

What is kept to named people is gathered for nobody: who is named may change.
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Asking:
    """About whom evidence is gathered, and of which time.

    :param us_id: our own organisation, where it is noted.
    :param after: the day before the first one.
    """

    partner_id: int
    us_id: int | None
    after: date
    until: date


@dataclass
class Found:
    """A number, the lines behind it, and what else can be said of them."""

    total: int = 0
    rows: list[Row] = field(default_factory=list)
    counts: dict[str, Any] = field(default_factory=dict)


def gather(organisation_id: int, day: date, review_id: int | None = None) -> dict[str, Any]:
    """Return what is known of the twelve months before a day, that day included.

    :param review_id: the review for which it is gathered, once it is begun: what was agreed in it.

    The session forgets what it has loaded: what one reader saw must not slip into what all see.
    """
    until = PartialDate.of(day)
    evidence: dict[str, Any] = {
        "after": str(until.in_months(-MONTHS)),
        "until": str(until),
        "knows_us": True,
        "findings": {},
        "agreed": [],
    }
    for reader in READERS:
        evidence["is_for_managers"] = reader is not TEAM
        with alone(reader):
            partner = db.session.get(Organisation, organisation_id)
            if partner is None:
                continue
            evidence["title"] = partner.title
            us = db.session.scalar(ourselves())
            asking = Asking(
                partner_id=organisation_id,
                us_id=us.id if us else None,
                after=until.in_months(-MONTHS).first_day,
                until=day,
            )
            evidence["knows_us"] = us is not None
            evidence["findings"] = {key: _kept(find(asking)) for key, find in FINDERS.items()}
            evidence["agreed"] = _agreed(review_id)
            break
    return evidence


def _kept(found: Found) -> dict[str, Any]:
    return {"total": found.total, "rows": found.rows[:MOST_ROWS], "counts": found.counts}


def named(record: Record | None) -> dict[str, Any] | None:
    """Return a record as evidence names it: by its title of that day."""
    return None if record is None else {"id": record.id, "title": record.title}


def named_in(row: Mapping[str, Any]) -> set[int]:
    """Return the ids of the records that a line names."""
    return {value["id"] for value in row.values() if isinstance(value, dict)}


def _text(day: PartialDate | date | None) -> str | None:
    return str(day) if day is not None else None


# What is found


def _contacts(asking: Asking) -> Found:
    """Find the exchanges, and how many there were in each three months."""
    since = PartialDate.of(asking.after + timedelta(days=1))
    exchanges = [
        each
        for each in db.session.scalars(queries.contacts_with(asking.partner_id, since))
        if each.happened.first_day <= asking.until
    ]
    rows = [
        {
            "day": str(each.happened),
            "kind": each.interaction_kind.value,
            "record": named(each),
            "who": each.created_by.name if each.created_by else None,
        }
        for each in exchanges
    ]
    days = [each.happened.first_day for each in exchanges]
    return Found(len(rows), rows, {"quarters": _by_quarter(days, asking.until)})


def _by_quarter(days: Iterable[date], until: date) -> list[list[Any]]:
    """Return (first day, last day, number) of four times three months, the last one first."""
    ends = [PartialDate.of(until).in_months(-months).first_day for months in (0, 3, 6, 9, 12)]
    found = list(days)
    return [
        [
            (begin + timedelta(days=1)).isoformat(),
            end.isoformat(),
            sum(begin < day <= end for day in found),
        ]
        for end, begin in pairwise(ends)
    ]


def _meetings(asking: Asking) -> Found:
    if asking.us_id is None:
        return Found()
    shared = queries.shared_meetings(asking.us_id, asking.partner_id, asking.after, asking.until)
    rows = [
        {"day": _text(each.starts), "record": named(each)} for each in db.session.scalars(shared)
    ]
    return Found(len(rows), rows)


def _signatures(asking: Asking) -> Found:
    """Find what the partner signed, and how much it was asked to sign."""
    query = queries.asked_to_sign(asking.partner_id, asking.after, asking.until)
    return _answered(query, SIGNED)


def _our_signatures(asking: Asking) -> Found:
    """Find which texts of the partner we signed, and how many we were asked to sign."""
    if asking.us_id is None:
        return Found()
    query = queries.asked_to_sign(asking.us_id, asking.after, asking.until)
    return _answered(query.where(queries.is_theirs(asking.partner_id)), SIGNED)


def _declined(asking: Asking) -> Found:
    query = queries.asked_to_sign(asking.partner_id, asking.after, asking.until)
    return _answered(query, (SignatureStatus.DECLINED,))


def _unanswered(asking: Asking) -> Found:
    query = queries.asked_to_sign(asking.partner_id, asking.after, asking.until)
    return _answered(query, SILENT)


def _answered(query: Select[Signature], statuses: Sequence[SignatureStatus]) -> Found:
    """Find the signatures with one of these statuses, and how many there are in all."""
    asked = db.session.scalars(query).all()
    rows = [
        {
            "record": named(each.declaration),
            "day": _text(each.signed_on or each.declaration.dated),
            "status": each.status.value,
        }
        for each in asked
        if each.status in statuses
    ]
    return Found(len(rows), rows, {"asked": len(asked)})


def _projects(asking: Asking) -> Found:
    """Find the projects that both ran in these months."""
    if asking.us_id is None:
        return Found()
    roles: dict[Project, list[str]] = {}
    for _id, each in db.session.execute(queries.joint_projects(asking.us_id, asking.partner_id)):
        if _went_on(each.project, asking):
            roles.setdefault(each.project, []).append(each.role.value)
    rows = [
        {"record": named(project), "roles": played, "status": project.status.value}
        for project, played in roles.items()
    ]
    return Found(len(rows), rows)


def _went_on(project: Project, asking: Asking) -> bool:
    """Tell whether a project went on in these months; of one that is past its end must say so."""
    if project.starts is not None and project.starts.first_day > asking.until:
        return False
    if project.ends is None:
        return project.status is not ProjectStatus.PAST
    return project.ends.last_day > asking.after


def _networks(asking: Asking) -> Found:
    if asking.us_id is None:
        return Found()
    shared = shared_networks(asking.us_id, asking.partner_id, asking.until)
    rows = [{"record": named(each)} for each in db.session.scalars(shared)]
    return Found(len(rows), rows)


def _people_lost(asking: Asking) -> Found:
    ended = queries.positions_ended(asking.partner_id, asking.after, asking.until)
    rows = [
        {"record": named(each.person), "title": each.title, "day": _text(each.until)}
        for each in db.session.scalars(ended)
    ]
    return Found(len(rows), rows)


def _agreed(review_id: int | None) -> list[Row]:
    if review_id is None:
        return []
    return [_owed(each) for each in db.session.scalars(queries.agreed_in(review_id))]


def _late(asking: Asking) -> Found:
    """Find what either of us owes the other and should have done by now."""
    late = [
        each
        for each in db.session.scalars(open_with([asking.partner_id]))
        if each.due is not None and each.due.last_day < asking.until
    ]
    ours = sum(each.debtor is Debtor.US for each in late)
    rows = [_owed(each) for each in late]
    return Found(len(rows), rows, {"ours": ours, "theirs": len(rows) - ours})


def _owed(commitment: Commitment) -> Row:
    """Return a commitment as evidence tells of it."""
    return {
        "debtor": commitment.debtor.value,
        "name": commitment.name,
        "day": _text(commitment.due),
        "who": commitment.owner.name if commitment.owner else None,
        "record": named(commitment.origin),
    }


def _holders(asking: Asking) -> Found:
    """Find the colleagues who were in touch with the partner, the one who was most often first."""
    since = PartialDate.of(asking.until).in_months(-MONTHS_KNOWN).first_day
    rows = [
        {"who": name, "number": number, "day": str(last)}
        for _id, _user_id, name, number, last in db.session.execute(
            known_by([asking.partner_id], since)
        )
    ]
    return Found(len(rows), rows)


FINDERS: dict[str, Callable[[Asking], Found]] = {
    "contacts": _contacts,
    "meetings": _meetings,
    "holders": _holders,
    "people_lost": _people_lost,
    "signatures": _signatures,
    "our_signatures": _our_signatures,
    "declined": _declined,
    "unanswered": _unanswered,
    "projects": _projects,
    "networks": _networks,
    "late": _late,
}
"""In the order of the page."""

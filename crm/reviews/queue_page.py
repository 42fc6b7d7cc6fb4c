"""What the queue of reviews shows: which partners wait, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_login import current_user

from crm.accounts import queries as accounts
from crm.core.db import db
from crm.core.i18n import _, _l, _n
from crm.organisations.feature import status_chip
from crm.organisations.models import Organisation, PartnershipStatus, Tier
from crm.permissions import Permission
from crm.records.kinds import Column, record_link
from crm.records.listing import headings
from crm.reviews import queries, services, waiting
from crm.reviews.cells import begin_url, begun_by, decision_chip, name_of, url_of
from crm.reviews.models import Review
from crm.reviews.waiting import DORMANT, ME, NOBODY, OVERDUE, Question, Queue
from crm.web.cells import Action, Link, lines
from crm.web.tables import Row
from crm.web.templating import NavEntry, locale_code, shown

PAGE_SIZE = 50


@dataclass(frozen=True)
class Option:
    """A value of a choice, as the template draws it."""

    value: str
    label: str


@dataclass(frozen=True)
class Choice:
    """A choice of the filter."""

    key: str
    label: str
    options: Sequence[Option]
    chosen: str


@dataclass(frozen=True)
class Waiting:
    """A partner of the queue, with what is known of its reviews."""

    organisation: Organisation
    queue: Queue
    last: Review | None
    begun: Review | None


QUEUE = (
    Column("partner", _l("Partner"), lambda row: record_link(row.organisation)),
    Column("why", _l("Why it is here"), lambda row: lines(_why(row))),
    Column("status", _l("Partnership"), lambda row: _standing(row.organisation)),
    Column("owner", _l("Owner"), lambda row: name_of(row.organisation.owner)),
    Column("last", _l("Last review"), lambda row: _last(row.last)),
)


def _standing(organisation: Organisation) -> Any:
    return lines([status_chip(organisation.partnership_status), organisation.tier])


def _why(row: Waiting) -> list[Any]:
    told: list[Any] = []
    organisation = row.organisation
    if organisation.id in row.queue.overdue:
        told.append(_overdue(organisation, row.last))
    if organisation.id in row.queue.dormant:
        told.append(_("No exchange for long: it has gone dormant"))
    if row.begun is not None:
        told.append(begun_by(row.begun))
    return told


def _overdue(organisation: Organisation, last: Review | None) -> str:
    if organisation.next_review is not None:
        due = organisation.next_review.format(locale_code(), "long")
        return _("Review due: %(day)s", day=due)
    if last is not None or organisation.partner_since is not None:
        return _("No date noted, and the last look is long ago")
    return _("Never reviewed")


def _last(review: Review | None) -> Any:
    if review is None:
        return None
    return lines([Link(shown(review.closed_on), url_of(review)), decision_chip(review.decision)])


def rows_of(queue: Queue, ids: Sequence[int]) -> list[Waiting]:
    """Return what the queue shows of some partners, in the order of their ids."""
    partners = {each.id: each for each in db.session.scalars(queries.partners_with(ids))}
    last: dict[int, Review] = {}
    for review in db.session.scalars(queries.closed_of(ids)):
        last.setdefault(review.organisation_id, review)
    begun = {each.organisation_id: each for each in db.session.scalars(queries.open_reviews(ids))}
    return [
        Waiting(partners[each], queue, last.get(each), begun.get(each))
        for each in ids
        if each in partners
    ]


def action_of(organisation: Organisation, asked: Question | None = None) -> list[Action]:
    """Return the way to review a partner, for those who may."""
    if not services.may_review(organisation):
        return []
    values = asked.address_values() if asked else {}
    return [Action(_("Review now"), begin_url(organisation, **values))]


def queue_context(asked: Question, number: int) -> dict[str, Any]:
    """Return what the queue shows."""
    queue = waiting.queue_of(asked)
    count, first = len(queue.ids), (number - 1) * PAGE_SIZE
    values = asked.address_values()
    return {
        "columns": headings(QUEUE),
        "rows": [
            Row(
                [column.cell(row) for column in QUEUE],
                actions=action_of(row.organisation, asked),
            )
            for row in rows_of(queue, queue.ids[first : first + PAGE_SIZE])
        ],
        "count_text": _n("%(num)d partner", "%(num)d partners", count) if count else "",
        "choices": _choices(asked),
        "tabs": _tabs(asked),
        "clear_url": url_for("reviews.index"),
        "is_narrowed": bool(values),
        "report_url": url_for("reviews.report")
        if current_user.can(Permission.REVIEWS_MAKE)
        else None,
        "previous_url": url_for("reviews.index", **values, page=number - 1) if number > 1 else None,
        "next_url": url_for("reviews.index", **values, page=number + 1)
        if count > first + PAGE_SIZE
        else None,
    }


def _tabs(asked: Question) -> list[NavEntry]:
    others = {key: value for key, value in asked.address_values().items() if key != "owner"}
    mine = url_for("reviews.index", **others, owner=ME)
    return [
        NavEntry(_("Everybody"), url_for("reviews.index", **others), current=not asked.owner),
        NavEntry(_("My partners"), mine, current=asked.owner == ME),
    ]


def _choices(asked: Question) -> list[Choice]:
    everything = Option("", _("All"))
    people = [Option(str(each.id), each.name) for each in db.session.scalars(accounts.team())]
    statuses = [
        Option(each.value, str(each.label))
        for each in PartnershipStatus
        if each is not PartnershipStatus.ENDED
    ]
    return [
        Choice(
            "owner",
            _("Owner"),
            [everything, Option(ME, _("My partners")), Option(NOBODY, _("Nobody")), *people],
            asked.owner,
        ),
        Choice("status", _("Partnership"), [everything, *statuses], asked.status),
        Choice(
            "tier",
            _("Tier"),
            [everything, *(Option(each.value, str(each.label)) for each in Tier)],
            asked.tier,
        ),
        Choice(
            "why",
            _("Why it is here"),
            [
                everything,
                Option(OVERDUE, _("Review due")),
                Option(DORMANT, _("Dormant")),
            ],
            asked.why,
        ),
    ]

"""Everything that changes duties. No service commits."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from crm.core.clock import today
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import InvalidPartialDate, PartialDate
from crm.duties import calendar, queries
from crm.duties.models import AppliesTo, Duty, DutyState, DutyTemplate
from crm.networks import services as networks
from crm.networks.models import Membership, Term
from crm.organisations.models import Organisation, OrganisationKind
from crm.people.services import check_dates
from crm.records import files, services
from crm.records.models import DocumentKind, Record

MOVES: Mapping[DutyState, Sequence[DutyState]] = {
    DutyState.TO_DO: (DutyState.DONE, DutyState.SENT, DutyState.DROPPED),
    DutyState.SENT: (DutyState.DONE, DutyState.QUESTIONS),
    DutyState.QUESTIONS: (DutyState.ANSWERED, DutyState.DONE),
    DutyState.ANSWERED: (DutyState.DONE, DutyState.QUESTIONS),
    DutyState.DONE: (DutyState.TO_DO,),
    DutyState.DROPPED: (DutyState.TO_DO,),
}


def moves_from(duty: Duty) -> list[DutyState]:
    """Return the states a duty may go on to, the usual one first."""
    moves = [state for state in MOVES[duty.state] if duty.is_answered or not _is_reported(state)]
    if duty.is_answered and duty.state is DutyState.TO_DO:
        moves.sort(key=lambda state: state is not DutyState.SENT)
    return moves


def _is_reported(state: DutyState) -> bool:
    return state in (DutyState.SENT, DutyState.QUESTIONS, DutyState.ANSWERED)


def add_duty(**values: Any) -> Duty:
    """Add a duty.

    :raises InvalidValue: without a name, without a date, or with a recurrence of no sense.
    """
    _check(values)
    if values.get("every_months") and values.get("counted_from") is None:
        values["counted_from"] = values.get("due")
    duty: Duty = services.add(Duty(**values))
    return duty


def change_duty(duty: Duty, version: int, **values: Any) -> Duty:
    """Change a duty."""
    checked = (
        "name",
        "template_id",
        "due",
        "is_on_call",
        "every_months",
        "lead_months",
        "covers_since",
        "covers_until",
        "membership_id",
        "subject_id",
    )
    _check({key: values.get(key, getattr(duty, key)) for key in checked})
    if values.get("due", duty.due) != duty.due:
        values["counted_from"] = values.get("due")
    changed: Duty = services.change_part(duty, version, **values)
    return changed


def _check(values: Mapping[str, Any]) -> None:
    due, every_months = values.get("due"), values.get("every_months")
    if not values.get("name") and values.get("template_id") is None:
        raise InvalidValue("name", _("Enter what is owed"))
    if due is None and not values.get("is_on_call"):
        raise InvalidValue("due", _("Enter when it is due, or tick “On call”"))
    if due is not None and values.get("is_on_call"):
        raise InvalidValue("due", _("What is on call has no date. Leave this empty, or untick it"))
    if values.get("is_on_call") and every_months:
        raise InvalidValue(
            "every_months", _("What is on call does not come back by itself. Leave this empty")
        )
    calendar.check_turn(every_months, due)
    calendar.leads(values.get("lead_months"))
    since, until = values.get("covers_since"), values.get("covers_until")
    try:
        check_dates(since, until)
    except InvalidValue as refused:
        raise InvalidValue("covers_until", refused.message) from None
    membership_id = values.get("membership_id")
    if membership_id is not None:
        links = db.session.scalars(queries.our_links_with(values["subject_id"]))
        if membership_id not in {link.id for link in links}:
            raise InvalidValue("membership_id", _("Choose one of our links with this network"))


def remove_duty(duty: Duty) -> None:
    """Remove a duty; the one that follows it stands on its own from then on."""
    following = db.session.scalar(queries.following(duty.id))
    if following is not None:
        following.previous_id = None
        db.session.flush()
    services.remove_part(duty)


# From templates


def check_templates(templates: Iterable[DutyTemplate]) -> None:
    """Refuse a template of which no duty could be made.

    :raises InvalidValue: at the field to change.
    """
    for template in templates:
        calendar.leads(template.lead_months)
        month, day = template.month, template.day
        if template.every_months and template.every_months % 12 and month is None:
            raise InvalidValue(
                "month", _("Enter the month as well: it does not come back once a year")
            )
        if day is not None and (month is None or day > calendar.longest(month)):
            raise InvalidValue("day", _("Enter a month that has this day, or leave the day empty"))
        if template.membership_kind_id is not None and template.applies_to is not AppliesTo.LINK:
            raise InvalidValue(
                "membership_kind_id", _("Leave this empty, or offer it for a link with a network")
            )


def templates_of(record: Record) -> list[tuple[DutyTemplate, Membership | None]]:
    """Return the templates that fit a record and are not taken over yet, with the link they fit."""
    taken = set(db.session.scalars(queries.taken_from_templates(record.id)))
    found: list[tuple[DutyTemplate, Membership | None]] = []
    links = _links_with(record)
    if links:
        kinds = {link.kind_id: link for link in reversed(links) if link.kind.has_duties}
        templates = db.session.scalars(queries.templates_for_links(list(kinds)))
        first = next(iter(kinds.values()), None)
        found += [
            (each, kinds.get(each.membership_kind_id or 0, first)) for each in templates if kinds
        ]
    elif not isinstance(record, Organisation):
        found += [
            (each, None) for each in db.session.scalars(queries.templates_for(AppliesTo.PROJECT))
        ]
    elif not record.is_us:
        found += [
            (each, None) for each in db.session.scalars(queries.templates_for(AppliesTo.PARTNER))
        ]
    return [(template, link) for template, link in found if template.id not in taken]


def _links_with(record: Record) -> Sequence[Membership]:
    """Return our links with a network that have begun and not ended."""
    if (
        not isinstance(record, Organisation)
        or record.organisation_kind is not OrganisationKind.NETWORK
    ):
        return []
    return _going_on(db.session.scalars(queries.our_links_with(record.id)).all())


def _going_on(links: Sequence[Membership]) -> list[Membership]:
    day = today()
    return [
        link
        for link in links
        if not link.terms
        or any(term.until is None or term.until.last_day >= day for term in link.terms)
    ]


def to_renew(links: Sequence[Membership]) -> list[Membership]:
    """Return those of our links with a network that go on by being renewed."""
    return [
        link
        for link in _going_on(links)
        if link.terms and (link.kind.can_lapse or link.kind.has_fees)
    ]


def proposed_due(template: DutyTemplate, link: Membership | None) -> PartialDate | None:
    """Return when a template would fall due next; a person confirms it."""
    start = None
    if template.counts_from_start:
        begun = [term.since for term in link.terms if term.since] if link else []
        start = min(begun, default=None)
        if start is None:
            return None
    return calendar.first_due(
        month=template.month,
        day=template.day,
        every_months=template.every_months,
        start=start,
        on=today(),
    )


def take_over(
    record: Record,
    *,
    chosen: Iterable[tuple[DutyTemplate, Membership | None, PartialDate | None]],
    owner_id: int | None = None,
) -> list[Duty]:
    """Make duties of templates; a date that nobody has confirmed is marked so.

    :param chosen: each template with the link it fits and the date entered; without a date it is
        on call.
    :raises InvalidValue: at ``due_<id of the template>``.
    """
    made = []
    for template, link, due in chosen:
        _check_offer(template, due)
        is_proposal = due is not None and due == proposed_due(template, link)
        covered = calendar.covered_by(due, template.every_months) if due else None
        is_report = template.is_answered and covered is not None
        made.append(
            add_duty(
                subject_id=record.id,
                membership_id=link.id if link else None,
                template_id=template.id,
                kind=template.kind,
                due=due,
                is_on_call=due is None,
                is_unsure=is_proposal and template.is_unsure,
                every_months=template.every_months if due else None,
                lead_months=template.lead_months,
                is_weekly_at_end=template.is_weekly_at_end,
                is_answered=template.is_answered,
                covers_since=covered[0] if is_report and covered else None,
                covers_until=covered[1] if is_report and covered else None,
                owner_id=owner_id,
            )
        )
    if not made:
        raise InvalidValue(None, _("Tick at least one duty"))
    return made


def _check_offer(template: DutyTemplate, due: PartialDate | None) -> None:
    try:
        calendar.check_turn(template.every_months, due)
    except InvalidValue as refused:
        raise InvalidValue(f"due_{template.id}", refused.message) from None


# How far it has come


def confirm(duty: Duty, *, due: PartialDate) -> Duty:
    """Note that a person has confirmed when it is due."""
    calendar.check_turn(duty.every_months, due)
    if due != duty.due:
        duty.due = due
        duty.counted_from = due if duty.every_months else None
    duty.is_unsure = False
    db.session.flush()
    return duty


def progress(
    duty: Duty,
    *,
    state: DutyState,
    on: PartialDate | None = None,
    outcome: str | None = None,
    upload: Any = None,
) -> Duty:
    """Note how far a duty has come; closing one that comes back makes the next.

    :param on: the day on which it was sent or done; today when None.
    :param upload: the proof, kept with the network or project.
    """
    if state not in moves_from(duty):
        raise InvalidValue(
            "state",
            _("It is “%(state)s” by now. Choose what follows", state=duty.state_label),
        )
    day = on.last_day if on else today()
    if day > today():
        raise InvalidValue("on", _("The date must be today or in the past"))
    if upload:
        proof = files.attach(record_id=duty.subject_id, upload=upload, kind=DocumentKind.PROOF)
        duty.proof_id = proof.id
    if outcome:
        duty.outcome = outcome
    was_closed = duty.is_closed
    duty.state = state
    if state is DutyState.SENT:
        duty.sent_on = day
    duty.done_on = day if duty.is_closed else None
    db.session.flush()
    if duty.is_closed and not was_closed:
        _make_next(duty)
    elif was_closed:
        _take_back_next(duty)
    return duty


def _make_next(duty: Duty) -> None:
    """Make the duty that follows one that comes back, unless it is there."""
    if not duty.every_months or duty.due is None:
        return
    if db.session.scalar(queries.following(duty.id)) is not None:
        return
    due = calendar.next_due(duty.due, duty.every_months, duty.counted_from)
    if due is None:
        return
    kept = {
        key: getattr(duty, key)
        for key in (
            "subject_id",
            "membership_id",
            "template_id",
            "kind",
            "name",
            "every_months",
            "counted_from",
            "owner_id",
            "deputy_id",
            "lead_months",
            "is_weekly_at_end",
            "is_answered",
        )
    }
    add_duty(
        **kept,
        due=due,
        is_unsure=duty.is_unsure or bool(duty.template and duty.template.is_unsure),
        covers_since=_later(duty.covers_since, duty.every_months),
        covers_until=_later(duty.covers_until, duty.every_months),
        previous_id=duty.id,
    )


def _later(day: PartialDate | None, months: int) -> PartialDate | None:
    try:
        return day.in_months(months) if day is not None else None
    except InvalidPartialDate:
        return None


def _take_back_next(duty: Duty) -> None:
    """Remove the duty that closing this one made, unless somebody has worked on it."""
    made = db.session.scalar(queries.following(duty.id))
    if made is not None and made.version == 1:
        services.remove_part(made)


def renew(
    membership: Membership,
    *,
    since: PartialDate,
    until: PartialDate | None,
    duty: Duty | None,
    **values: Any,
) -> Term:
    """Add the next period of a link with its fee, and close the duty to pay it."""
    paid_on: date | None = values.get("paid_on")
    if paid_on is not None and paid_on > today():
        raise InvalidValue("paid_on", _("The date must be today or in the past"))
    term = networks.renew(membership, since=since, until=until, **values)
    if duty is not None and not duty.is_closed:
        duty.proof_id = term.proof_id
        progress(duty, state=DutyState.DONE, on=PartialDate.of(paid_on) if paid_on else None)
    return term

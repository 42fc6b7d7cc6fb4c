"""How links, periods, fees, seats and measures read in tables and facts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import format_decimal

from crm.core.clock import today
from crm.core.i18n import _, _n
from crm.core.money import format_money
from crm.core.partial_date import covers, format_range
from crm.networks.models import (
    Mandate,
    Membership,
    MembershipStatus,
    Qualifier,
    Term,
)
from crm.networks.status import is_overridden, status_on
from crm.organisations.models import Organisation
from crm.records.asof import page_day
from crm.records.kinds import record_link, registry
from crm.web.cells import Chip, Link, Long, Tone, lines
from crm.web.templating import locale_code, shown

STATUS_LOOKS: dict[MembershipStatus, tuple[Tone, str]] = {
    MembershipStatus.APPLIED: ("info", "◐"),
    MembershipStatus.PENDING: ("info", "◐"),
    MembershipStatus.ACTIVE: ("ok", "●"),
    MembershipStatus.RENEWAL_DUE: ("warn", "◔"),
    MembershipStatus.GRACE: ("warn", "▲"),
    MembershipStatus.LAPSED: ("danger", "▲"),
    MembershipStatus.SUSPENDED: ("warn", "‖"),
    MembershipStatus.WITHDRAWN: ("neutral", "■"),
    MembershipStatus.EXCLUDED: ("danger", "■"),
    MembershipStatus.ENDED: ("neutral", "■"),
}

SEAT_WARNING = timedelta(days=60)
"""So long before its end a mandate is about to lapse."""


def status_chip(membership: Membership) -> Chip:
    """Return the status of a membership on the day of the page, as a chip."""
    status = status_on(membership, page_day())
    return Chip(status.label, *STATUS_LOOKS[status])


def status_cell(membership: Membership) -> Any:
    """Return the status, and why it was set by hand where it was."""
    why = None
    if is_overridden(membership, page_day()):
        why = _(
            "set by hand until %(day)s: %(reason)s",
            day=shown(membership.override_until),
            reason=membership.override_reason,
        )
    return lines([status_chip(membership), why])


def periods(membership: Membership) -> Any:
    """Return the periods of a membership, one per line."""
    return lines([dates(term) for term in membership.terms])


def dates(row: Any) -> str:
    """Return from when to when something is."""
    return format_range(row.since, row.until, locale_code())


def kind_of_link(membership: Membership) -> Any:
    """Return the word for a link, how the member takes part, and what it follows."""
    how, before = membership.participation, membership.predecessor
    follows = _("follows: %(link)s", link=membership_title(before)) if before is not None else None
    return lines([membership.kind.label, Long(how) if how else None, follows])


def membership_title(membership: Membership) -> str:
    """Return a link in a few words."""
    network = membership.network.title if membership.network else ""
    return f"{membership.kind.label} – {network}".removesuffix(" – ")


def quantity(number: int, qualifier: Qualifier) -> str:
    """Return a number with how exact it is: “more than 250”."""
    words = str(format_decimal(number))
    if qualifier is Qualifier.MORE_THAN:
        return _("more than %(number)s", number=words)
    return _("about %(number)s", number=words) if qualifier is Qualifier.ABOUT else words


def fee(term: Term) -> Any:
    """Return the fee of a period and whether it is paid."""
    amount = format_money(term.fee, term.currency, locale_code())
    return lines([amount, fee_chip(term)])


def fee_chip(term: Term) -> Chip | None:
    """Return whether a fee is paid, due or overdue; None where there is none."""
    if term.fee is None and term.fee_due is None:
        return None
    if term.paid_on is not None:
        return Chip(_("Paid on %(day)s", day=shown(term.paid_on)), "ok", "●")
    if term.fee_due is None:
        return Chip(_("Not paid yet"), "info", "◔")
    late = (today() - term.fee_due).days
    if late > 0:
        return Chip(_n("Overdue by %(num)d day", "Overdue by %(num)d days", late), "danger", "▲")
    return Chip(_("Due on %(day)s", day=shown(term.fee_due)), "warn", "◔")


def proof(term: Term) -> Any:
    """Return a link to the proof of payment."""
    document = term.proof
    if document is None:
        return None
    record = document.record
    return Link(
        document.name, registry.kind_of(record).url(record, "download", document_id=document.id)
    )


def seat(mandate: Mandate) -> Any:
    """Return who holds a seat, and what to look at."""
    holder = record_link(mandate.person) if mandate.person_id is not None else None
    return lines([holder, seat_warning(mandate)])


def seat_warning(mandate: Mandate) -> Chip | None:
    """Return what is wrong with a seat: vacant, left behind, about to lapse."""
    day = page_day()
    if not covers(mandate.since, mandate.until, day):
        return None
    if mandate.person_id is None:
        return Chip(_("Vacant seat"), "warn", "◔")
    person = mandate.person
    if person is not None and not _still_there(mandate):
        return Chip(_("Has left"), "danger", "▲")
    if mandate.until is not None and mandate.until.last_day <= day + SEAT_WARNING:
        left = (mandate.until.last_day - day).days
        return Chip(_n("Ends in %(num)d day", "Ends in %(num)d days", left), "warn", "◔")
    return None


def _still_there(mandate: Mandate) -> bool:
    """Tell whether the holder works for whom she sits; not known counts as yes."""
    positions = mandate.person.positions if mandate.person is not None else []
    there = [each for each in positions if each.organisation_id == mandate.organisation_id]
    return not there or any(covers(each.since, each.until, page_day()) for each in there)


def role_and_dates(mandate: Mandate) -> Any:
    """Return what a seat is, where, and for how long."""
    station = mandate.duty_station
    return lines(
        [
            mandate.role.label,
            station.label if station else None,
            dates(mandate) if mandate.since or mandate.until else None,
        ]
    )


def our_link(network: Organisation) -> Any:
    """Return the kinds of our links with a network, each with its status."""
    return lines(
        [line for link in our_links(network) for line in (link.kind.label, status_chip(link))]
    )


def our_since(network: Organisation) -> Any:
    """Return the periods of our links with a network."""
    return lines([periods(link) for link in our_links(network)])


def our_links(network: Organisation) -> Sequence[Membership]:
    """Return our links with a network, those that hold first."""
    links: list[Membership] = network.own_links  # type: ignore[attr-defined]
    return links

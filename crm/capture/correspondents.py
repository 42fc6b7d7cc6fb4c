"""Who of those a mail names is known, by the address alone, among those one may see."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm.capture import queries
from crm.capture.message import Address
from crm.capture.models import WaitingMail
from crm.core.db import db
from crm.people import queries as people
from crm.people.proposals import OPEN_TO_ALL
from crm.people.signature import hosts_of
from crm.records import queries as records
from crm.records.models import Record

MOST_HOSTS = 20
MOST_STRANGERS = 50


@dataclass
class Correspondents:
    """The people of a mail.

    :param is_sent: whether somebody of us wrote it.
    :param chosen: ids of the people who wrote it or to whom it went.
    :param likely: people who were sent a copy or share an address, and organisations by domain.
    :param strangers: those whose address nobody has.
    """

    is_sent: bool = False
    chosen: list[int] = field(default_factory=list)
    likely: list[Record] = field(default_factory=list)
    strangers: list[Address] = field(default_factory=list)


def of(mail: WaitingMail) -> Correspondents:
    """Return who wrote a mail and to whom, without the people of the team."""
    team = set(db.session.scalars(queries.addresses_of_team()))
    sender, recipients, copied = (
        [Address(*each) for each in mail.addresses[key]]
        for key in ("sender", "recipients", "copied")
    )
    direct = _but(team, [*sender, *recipients])
    everybody = {**_but(team, copied), **direct}
    found = Correspondents(is_sent=any(each.email in team for each in sender))
    bearers = _bearers(everybody)
    hosts = _hosts(everybody) - _hosts(team)
    organisations = _organisations(sorted(hosts)[:MOST_HOSTS])
    likely: list[int] = []
    for email, address in everybody.items():
        bearing = sorted(bearers[email])
        if email in direct and len(bearing) == 1:
            found.chosen += bearing
        elif bearing:
            likely += bearing
        elif email not in organisations:
            found.strangers.append(address)
    likely += organisations.values()
    found.strangers = found.strangers[:MOST_STRANGERS]
    found.likely = list(db.session.scalars(records.by_sort_key(records.with_ids(likely))))
    return found


def _but(team: set[str], addresses: Sequence[Address]) -> dict[str, Address]:
    return {each.email: each for each in addresses if each.email not in team}


def _bearers(emails: Iterable[str]) -> dict[str, set[int]]:
    """Return who is reached at each address."""
    bearers: dict[str, set[int]] = defaultdict(set)
    for person_id, value in db.session.execute(people.bearers_of_mails(list(emails))):
        bearers[value.casefold()].add(person_id)
    return bearers


def _hosts(emails: Iterable[str]) -> set[str]:
    """Return the domains that tell where people work."""
    return {host for email in emails for host in hosts_of(email)} - OPEN_TO_ALL


def _organisations(hosts: list[str]) -> dict[str, int]:
    """Return the organisations of domains, by each address of theirs."""
    if not hosts:
        return {}
    return {
        address.casefold(): organisation_id
        for organisation_id, address in db.session.execute(people.organisations_reached_at(hosts))
        if set(hosts_of(address)) & set(hosts)
    }

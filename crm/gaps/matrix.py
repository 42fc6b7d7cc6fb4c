"""Who of a network has signed what: its members of today and the last declarations.

Row and column are visible records: the filter on memberships asks for the member and the network,
that on signatures for the declaration and whoever signs, so the tables joined to them need no
filter of their own, which would cost as much again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _
from crm.declarations.models import Declaration, Signature, SignatureStatus, Stage
from crm.networks.matrix import networks_with, sits_on
from crm.networks.models import Membership
from crm.organisations.models import Organisation, OrganisationKind
from crm.records import queries as records
from crm.records.filters import number
from crm.records.models import RECORDS, Record

FEWEST, USUAL, MOST = 1, 6, 12
"""How many declarations are shown: at least, unless asked otherwise, and at most."""
ROWS = 50
SILENT = (SignatureStatus.INVITED, SignatureStatus.REMINDED, SignatureStatus.NO_ANSWER)

_ORGANISATIONS: Any = Organisation.__table__
_MEMBERSHIPS: Any = Membership.__table__

State = SignatureStatus | None
"""What a member has done about a declaration; None when it was never asked."""


@dataclass(frozen=True)
class Question:
    """What is asked of the matrix.

    :param network: the id of the network; the first of those offered when None.
    :param last: how many declarations.
    :param never: the id of a declaration: only members that were never asked to sign it.
    :param ignored: values of the address that make no sense, each with its key.
    """

    network: int | None = None
    last: int = USUAL
    never: int | None = None
    ignored: Sequence[tuple[str, str]] = ()


def read(values: Iterable[tuple[str, str]]) -> Question:
    """Read the filters of an address."""
    found: dict[str, int] = {}
    ignored = []
    for key, value in values:
        if key not in ("network", "last", "never") or not value:
            continue
        if key not in found and _makes_sense(key, value):
            found[key] = number(value)
        else:
            ignored.append((key, value))
    return Question(
        found.get("network"), found.get("last", USUAL), found.get("never"), tuple(ignored)
    )


def _makes_sense(key: str, value: str) -> bool:
    try:
        given = number(value)
    except ValueError:
        return False
    return key != "last" or FEWEST <= given <= MOST


# Statements


def offered(day: date) -> Select[Any]:
    """Return the networks with members on the day: id, title, how many besides us, whether we."""
    network = _ORGANISATIONS.alias()
    is_us = sa.func.coalesce(_ORGANISATIONS.c.is_us, sa.false())
    return (
        select(
            Membership.network_id,
            RECORDS.c.title,
            sa.func.count(Membership.member_id.distinct()).filter(sa.not_(is_us)),
            sa.func.count(Membership.member_id).filter(is_us),
        )
        .join(RECORDS, RECORDS.c.id == Membership.network_id)
        .join(network, network.c.id == Membership.network_id)
        .outerjoin(_ORGANISATIONS, _ORGANISATIONS.c.id == Membership.member_id)
        .where(network.c.organisation_kind == OrganisationKind.NETWORK, sits_on(day))
        .group_by(Membership.network_id, RECORDS.c.title, RECORDS.c.sort_key)
        .order_by(RECORDS.c.sort_key, Membership.network_id)
    )


def members_of(network_id: int, day: date) -> Select[Any]:
    """Return the members of a network on the day, by name; once for each of their links."""
    return (
        select(
            Membership.member_id,
            RECORDS.c.title,
            _ORGANISATIONS.c.country,
            _ORGANISATIONS.c.is_us,
        )
        .join(RECORDS, RECORDS.c.id == Membership.member_id)
        .outerjoin(_ORGANISATIONS, _ORGANISATIONS.c.id == Membership.member_id)
        .where(Membership.network_id == network_id, sits_on(day))
        .order_by(RECORDS.c.sort_key, Membership.member_id)
    )


def latest(count: int) -> Select[Declaration]:
    """Return the last declarations, the newest first.

    Without a date, those open for signature come first: they are being signed now. The others come
    last, the newest entry first: an idea asks nobody yet, and must not push out what was signed.
    """
    is_undated = Declaration.dated.is_(None)
    return (
        select(Declaration)
        .options(selectinload(Declaration.signing_deadlines))
        .order_by(
            sa.case((sa.and_(is_undated, Declaration.stage == Stage.OPEN), 0), else_=1),
            Declaration.dated.desc().nulls_last(),
            Declaration.created_at.desc(),
            Declaration.id.desc(),
        )
        .limit(count)
    )


def named_on(declaration_ids: Sequence[int]) -> Select[int, int]:
    """Return (id of the declaration, how many have signed by name)."""
    return (
        select(Signature.declaration_id, sa.func.count())
        .where(
            Signature.declaration_id.in_(declaration_ids),
            Signature.status == SignatureStatus.SIGNED,
        )
        .group_by(Signature.declaration_id)
    )


def signatures_of(
    declaration_ids: Sequence[int], network_id: int
) -> Select[int, int, SignatureStatus]:
    """Return (declaration id, signatory id, status), what was withdrawn first.

    The memberships only narrow what is read, whenever they held: who is a row is not asked here.
    """
    members = select(_MEMBERSHIPS.c.member_id).where(_MEMBERSHIPS.c.network_id == network_id)
    return (
        select(Signature.declaration_id, Signature.signatory_id, Signature.status)
        .where(Signature.declaration_id.in_(declaration_ids), Signature.signatory_id.in_(members))
        .order_by(Signature.status != SignatureStatus.WITHDRAWN, Signature.id)
    )


# What is shown


@dataclass(frozen=True)
class Totals:
    """How members stand to a declaration; the numbers add up to how many they are.

    :param silent: asked, without an answer.
    :param others: in another state, such as agreed or withdrawn.
    """

    signed: int
    declined: int
    silent: int
    never: int
    others: Mapping[SignatureStatus, int]

    def asked(self) -> list[tuple[str, int]]:
        """Return the numbers of those that were asked, each with what it counts."""
        return [
            (str(SignatureStatus.SIGNED.label), self.signed),
            (str(SignatureStatus.DECLINED.label), self.declined),
            (_("Asked, no answer"), self.silent),
            *((str(status.label), count) for status, count in self.others.items()),
        ]


def total(states: Iterable[State]) -> Totals:
    """Count the states of members."""
    counted = Counter(states)
    apart = {SignatureStatus.SIGNED, SignatureStatus.DECLINED, *SILENT}
    return Totals(
        signed=counted[SignatureStatus.SIGNED],
        declined=counted[SignatureStatus.DECLINED],
        silent=sum(counted[status] for status in SILENT),
        never=counted[None],
        others={
            status: counted[status]
            for status in SignatureStatus
            if status not in apart and counted[status]
        },
    )


@dataclass(frozen=True)
class Network:
    """A network that may be chosen.

    :param members: how many members it has today, besides us.
    """

    id: int
    title: str
    members: int
    is_ours: bool


@dataclass(frozen=True)
class Column:
    """A declaration, and how all members stand to it."""

    declaration: Declaration
    totals: Totals
    unnamed: int = 0
    """How many signatories were announced that nobody has named here."""

    @property
    def blank_label(self) -> str:
        """Return what it means that a member is not on the list."""
        return _("No name known") if self.unnamed else _("Never asked")

    @property
    def id(self) -> int:
        """Return the id of the declaration."""
        return self.declaration.id


@dataclass(frozen=True)
class Row:
    """A member and its states, by the id of the declaration."""

    id: int
    title: str
    country: str | None
    is_us: bool
    states: Mapping[int, SignatureStatus]


@dataclass
class Matrix:
    """Who of a network has signed what.

    :param networks: those with members, ours first.
    :param network: the one shown; None where there is none.
    :param rows: us, then the members of this page.
    :param members: how many members the network has, besides us.
    :param count: how many of them fit the filter.
    :param page: the page of the rows, from 1; the last one where a later one was asked.
    :param never: the column of the declaration that narrows the rows.
    :param unknown: the network or declaration that was asked for and is not there.
    """

    question: Question
    networks: Sequence[Network]
    network: Organisation | None
    columns: Sequence[Column]
    rows: Sequence[Row]
    members: int
    count: int
    page: int
    pages: int
    never: Column | None
    unknown: Sequence[tuple[str, int]]
    records: Mapping[int, Record] = field(default_factory=dict)

    def ids(self) -> set[int]:
        """Return the ids of all records that it shows."""
        shown = {each.id for each in self.rows} | {each.id for each in self.columns}
        return shown | ({self.network.id} if self.network else set())


def gather(asked: Question, *, page: int | None = None) -> Matrix:
    """Return the matrix, in the same few statements whatever its size.

    :param page: a page of the rows with their records; all rows, without records, when None.
    """
    networks = _networks()
    network = _chosen(asked.network, networks)
    declarations = db.session.scalars(latest(asked.last)).all()
    members = _rows(network, [each.id for each in declarations])
    others = [each for each in members if not each.is_us]
    unnamed = _unnamed(declarations)
    columns = [
        Column(each, total(member.states.get(each.id) for member in others), unnamed[each.id])
        for each in declarations
    ]
    never = next((each for each in columns if each.id == asked.never), None)
    fitting = [each for each in others if never is None or never.id not in each.states]
    pages = max(1, -(-len(fitting) // ROWS))
    shown = 1 if page is None else min(max(page, 1), pages)
    on_page = fitting if page is None else fitting[(shown - 1) * ROWS : shown * ROWS]
    rows = [*(each for each in members if each.is_us), *on_page]
    return Matrix(
        question=asked,
        networks=networks,
        network=network,
        columns=columns,
        rows=rows,
        members=len(others),
        count=len(fitting),
        page=shown,
        pages=pages,
        never=never,
        unknown=_unknown(asked, network, never),
        records={} if page is None else _records(rows),
    )


def _networks() -> list[Network]:
    """Return the networks with members besides us: those where we sit, then by name."""
    found = [
        Network(network_id, title, members, ours > 0)
        for network_id, title, members, ours in db.session.execute(offered(today()))
        if members
    ]
    return sorted(found, key=lambda each: not each.is_ours)


def _chosen(asked: int | None, networks: Sequence[Network]) -> Organisation | None:
    """Return the network asked for, even one without members; else the first."""
    first = networks[0].id if networks else None
    wanted = [each for each in (asked, first) if each is not None]
    found = {each.id: each for each in db.session.scalars(networks_with(wanted))}
    return next((found[each] for each in wanted if each in found), None)


def _rows(network: Organisation | None, declaration_ids: Sequence[int]) -> list[Row]:
    if network is None:
        return []
    states: dict[int, dict[int, SignatureStatus]] = {}
    found = db.session.execute(signatures_of(declaration_ids, network.id))
    for declaration_id, signatory_id, status in found:
        # What was withdrawn comes first: where another is open, that one counts.
        states.setdefault(signatory_id, {})[declaration_id] = status
    rows = {
        member_id: Row(member_id, title, country, bool(is_us), states.get(member_id, {}))
        for member_id, title, country, is_us in db.session.execute(members_of(network.id, today()))
    }
    return list(rows.values())


def _unnamed(declarations: Sequence[Declaration]) -> Counter[int]:
    """Return how many announced signatories are not named, by the id of the declaration."""
    announced = {each.id: each.announced_count for each in declarations if each.announced_count}
    if not announced:
        return Counter()
    named = Counter(
        {key: count for key, count in db.session.execute(named_on(list(announced)))}  # noqa: C416
    )
    return Counter({key: max(0, count - named[key]) for key, count in announced.items()})


def _unknown(
    asked: Question, network: Organisation | None, never: Column | None
) -> list[tuple[str, int]]:
    unknown = []
    if asked.network is not None and (network is None or network.id != asked.network):
        unknown.append(("network", asked.network))
    if asked.never is not None and never is None:
        unknown.append(("never", asked.never))
    return unknown


def _records(rows: Sequence[Row]) -> dict[int, Record]:
    found = db.session.scalars(records.with_ids([each.id for each in rows]))
    return {each.id: each for each in found}

"""Who sits where: the organisations that sit in networks on a day, and since when.

Row and column are visible records: the filter on memberships asks for both, so the tables joined
to them need no filter of their own, which would cost as much again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Select, select

from crm.core.countries import country_names
from crm.core.db import db
from crm.core.partial_date import PartialDate, active_on
from crm.networks.models import Membership, MembershipKind, Term
from crm.networks.status import stretches
from crm.organisations.models import Organisation, OrganisationKind
from crm.records.asof import page_day
from crm.records.filters import number
from crm.records.models import RECORDS, Name, NameKind

MOST_COLUMNS = 12
"""On a screen, unless more are asked for."""
ROWS = 50
LONGEST_HEADING = 30

_ORGANISATIONS: Any = Organisation.__table__
_TERMS: Any = Term.__table__


@dataclass(frozen=True)
class Question:
    """What is asked of the matrix.

    :param networks: ids of the networks to show; all that somebody sits in when empty.
    :param ignored: values of the address that make no sense, each with its key.
    """

    day: date
    countries: Sequence[str] = ()
    networks: Sequence[int] = ()
    ignored: Sequence[tuple[str, str]] = ()


def read(values: Iterable[tuple[str, str]]) -> Question:
    """Read the filters of an address, for the day of :mod:`crm.records.asof`."""
    countries: dict[str, None] = {}
    networks: dict[int, None] = {}
    ignored = []
    for key, value in values:
        if not value:
            continue
        if key == "country" and value in country_names("en"):
            countries[value] = None
        elif key == "network" and _is_number(value):
            networks[number(value)] = None
        elif key in ("country", "network"):
            ignored.append((key, value))
    return Question(page_day(), tuple(countries), tuple(networks), tuple(ignored))


def _is_number(value: str) -> bool:
    try:
        number(value)
    except ValueError:
        return False
    return True


# Statements


def sits_on(day: date) -> ColumnElement[bool]:
    """Tell whether a period of a membership that may be seen covers a day."""
    term = _TERMS.alias()
    return sa.exists().where(
        term.c.membership_id == Membership.id, active_on(term.c.since, term.c.until, day)
    )


def sittings(asked: Question) -> Select[Any]:
    """Return which organisations sit in which networks on the day, and us, by name.

    All networks: the page offers those that are not chosen.
    """
    chosen: ColumnElement[bool] = sa.true()
    if asked.countries:
        chosen = sa.or_(_ORGANISATIONS.c.country.in_(asked.countries), _ORGANISATIONS.c.is_us)
    return (
        select(
            Membership.member_id,
            Membership.network_id,
            _ORGANISATIONS.c.is_us,
            RECORDS.c.title,
            _ORGANISATIONS.c.country,
        )
        .join(RECORDS, RECORDS.c.id == Membership.member_id)
        .join(_ORGANISATIONS, _ORGANISATIONS.c.id == Membership.member_id)
        .where(
            _ORGANISATIONS.c.organisation_kind != OrganisationKind.NETWORK,
            sits_on(asked.day),
            chosen,
        )
        .order_by(RECORDS.c.sort_key, Membership.member_id)
    )


def links(asked: Question, member_ids: Sequence[int] | None) -> Select[Any]:
    """Return the links that hold on the day with all their periods, of these members or of all."""
    query = (
        select(
            Membership.id,
            Membership.member_id,
            Membership.network_id,
            Membership.kind_id,
            _TERMS.c.since,
            _TERMS.c.until,
            _TERMS.c.ending,
        )
        .join(_TERMS, _TERMS.c.membership_id == Membership.id)
        .where(sits_on(asked.day))
        .order_by(Membership.id, _TERMS.c.id)
    )
    if asked.networks:
        query = query.where(Membership.network_id.in_(asked.networks))
    return query if member_ids is None else query.where(Membership.member_id.in_(member_ids))


def networks_with(ids: Iterable[int]) -> Select[Organisation]:
    """Return the networks with these ids."""
    return select(Organisation).where(
        Organisation.id.in_(list(ids)),
        Organisation.organisation_kind == OrganisationKind.NETWORK,
    )


def short_names(ids: Iterable[int]) -> Select[int, str]:
    """Return (id, short name) of the records that have one."""
    return (
        select(Name.record_id, Name.text)
        .where(Name.record_id.in_(list(ids)), Name.kind == NameKind.SHORT)
        .order_by(Name.id.desc())
    )


# What is shown


@dataclass(frozen=True)
class Sitting:
    """How an organisation belongs to a network, and since when."""

    word: str
    since: PartialDate | None


@dataclass(frozen=True)
class Column:
    """A network.

    :param short: its acronym or short name.
    :param members: how many organisations of the matrix sit in it, besides us.
    """

    id: int
    title: str
    short: str
    members: int
    is_ours: bool
    network: Organisation


@dataclass(frozen=True)
class Row:
    """An organisation and how it sits in the networks, by their id."""

    id: int
    title: str
    country: str | None
    cells: Mapping[int, Sequence[Sitting]]
    is_us: bool = False


@dataclass
class Matrix:
    """Who sits where.

    :param networks: all networks that somebody sits in, those where we sit first.
    :param columns: those shown.
    :param rows: us, then the organisations of this page.
    :param count: how many organisations there are besides us.
    :param page: the page of the rows, from 1; the last one where a later one was asked.
    """

    question: Question
    networks: Sequence[Column]
    columns: Sequence[Column]
    rows: Sequence[Row]
    count: int
    page: int
    pages: int
    records: Mapping[int, Organisation] = field(default_factory=dict)

    @property
    def left_out(self) -> int:
        """Return how many networks there was no room for."""
        return 0 if self.question.networks else len(self.networks) - len(self.columns)

    def ids(self) -> set[int]:
        """Return the ids of all records that it shows."""
        return {each.id for each in self.rows} | {each.id for each in self.columns}


@dataclass
class _Member:
    """An organisation and the networks it sits in."""

    id: int
    title: str
    country: str | None
    is_us: bool
    networks: set[int] = field(default_factory=set)


def gather(asked: Question, *, page: int | None = None, most_columns: int | None = None) -> Matrix:
    """Return the matrix, in the same few statements whatever its size.

    :param page: a page of the rows with their records; all rows, without records, when None.
    :param most_columns: of those not chosen by the question.
    """
    members = _members(db.session.execute(sittings(asked)))
    networks = _columns(asked, members)
    columns = networks[:most_columns]
    if asked.networks:
        columns = [each for each in networks if each.id in asked.networks]
    shown = {column.id for column in columns}
    us = [each for each in members if each.is_us]
    others = [each for each in members if not each.is_us and each.networks & shown]
    pages = max(1, -(-len(others) // ROWS))
    number_shown = 1 if page is None else min(max(page, 1), pages)
    on_page = others if page is None else others[(number_shown - 1) * ROWS : number_shown * ROWS]
    on_page = [*us, *on_page]
    ids = None if page is None else [each.id for each in on_page]
    found = _links(asked, ids)
    return Matrix(
        question=asked,
        networks=networks,
        columns=columns,
        rows=[
            Row(each.id, each.title, each.country, found.get(each.id, {}), each.is_us)
            for each in on_page
        ],
        count=len(others),
        page=number_shown,
        pages=pages,
        records=_records(ids or ()),
    )


def _members(rows: Iterable[Any]) -> list[_Member]:
    found: dict[int, _Member] = {}
    for member_id, network_id, is_us, title, country in rows:
        member = found.get(member_id)
        if member is None:
            member = found[member_id] = _Member(member_id, title, country, is_us)
        member.networks.add(network_id)
    return list(found.values())


def _columns(asked: Question, members: Sequence[_Member]) -> list[Column]:
    """Return the networks: those where we sit, then by number of members, then by name."""
    counted = Counter(each for member in members if not member.is_us for each in member.networks)
    ours = {each for member in members if member.is_us for each in member.networks}
    ids = {*counted, *ours, *asked.networks}
    short = {record_id: text for record_id, text in db.session.execute(short_names(ids))}  # noqa: C416 - rows
    columns = [
        Column(
            each.id,
            each.title,
            each.acronym or short.get(each.id) or each.name,
            counted[each.id],
            each.id in ours,
            each,
        )
        for each in db.session.scalars(networks_with(ids))
    ]
    return sorted(
        columns,
        key=lambda each: (not each.is_ours, -each.members, each.network.sort_key, each.id),
    )


def _links(
    asked: Question, member_ids: Sequence[int] | None
) -> dict[int, dict[int, list[Sitting]]]:
    """Return how members sit in networks, in the order of the kinds of link."""
    kinds = {kind.id: kind for kind in db.session.scalars(select(MembershipKind))}
    found: dict[int, dict[int, list[tuple[int, Sitting]]]] = {}
    rows = db.session.execute(links(asked, member_ids))
    for _id, group in groupby(rows, key=lambda row: row.id):
        terms = list(group)
        first = terms[0]
        kind = kinds[first.kind_id]
        sitting = Sitting(kind.word, _since(terms, asked.day))
        cell = found.setdefault(first.member_id, {}).setdefault(first.network_id, [])
        cell.append((kind.position, sitting))
    return {
        member_id: {
            network_id: [sitting for _place, sitting in sorted(cell, key=lambda each: each[0])]
            for network_id, cell in cells.items()
        }
        for member_id, cells in found.items()
    }


def _since(terms: Sequence[Any], day: date) -> PartialDate | None:
    """Return since when the link holds: paying the next year in time is no new beginning."""
    start = next(each.start for each in stretches(terms) if each.start <= day <= each.last_day)
    return next(
        (each.since for each in terms if each.since and each.since.first_day == start), None
    )


def _records(ids: Sequence[int]) -> dict[int, Organisation]:
    if not ids:
        return {}
    return {
        each.id: each
        for each in db.session.scalars(select(Organisation).where(Organisation.id.in_(ids)))
    }

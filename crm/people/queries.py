"""Questions about people. Each returns a statement; the caller fetches."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import aliased, contains_eager, selectinload

from crm.core.among import among
from crm.core.clock import PARIS
from crm.core.partial_date import active_on, begun_between, ended_between
from crm.organisations.models import LIVING, Organisation
from crm.people.models import Person, Position
from crm.records.models import ContactKind, ContactPoint, Name, Record
from crm.records.search import matching_any
from crm.records.visibility import Prepared


def listed() -> Select[Person]:
    """Return people; what else the list shows of them is asked for a page at a time."""
    return select(Person)


def positions_of(record: Record) -> Select[Position]:
    """Return the positions of a person, the current ones first."""
    return (
        select(Position)
        .join(Position.organisation)
        .where(Position.person_id == record.id)
        .options(contains_eager(Position.organisation))
        .order_by(Position.until.is_not(None), Position.is_primary.desc(), Position.since.desc())
    )


def positions_at(record: Record) -> Select[Position]:
    """Return who works or worked at an organisation, the current ones first."""
    return (
        select(Position)
        .join(Position.person)
        .where(Position.organisation_id == record.id)
        .options(contains_eager(Position.person))
        .order_by(
            Position.until.is_not(None), Position.is_primary.desc(), Person.sort_key, Position.id
        )
    )


def working_at(organisation_id: int, day: date) -> Select[Person]:
    """Return the people who work at an organisation on a day."""
    return (
        select(Person)
        .join(Position, Position.person_id == Person.id)
        .where(
            Position.organisation_id == organisation_id,
            active_on(Position.since, Position.until, day),
        )
        .order_by(Person.sort_key, Person.id)
    )


def open_positions(person_id: int) -> Select[Position]:
    """Return the positions of a person that have no end."""
    return select(Position).where(Position.person_id == person_id, Position.until.is_(None))


def to_check(day: date, user_id: int | None) -> Select[Position]:
    """Return the positions at our partners that may no longer be right, the oldest news first.

    Of people of whom nothing was confirmed or changed for a year, or who have left and of whom
    nobody has noted where they work now.

    :param user_id: who is in charge of the partners; all partners for None.
    """
    a_year_ago = day - timedelta(days=365)
    elsewhere = aliased(Position)
    is_placed = exists().where(
        elsewhere.person_id == Position.person_id,
        active_on(elsewhere.since, elsewhere.until, day),
    )
    is_old = and_(
        active_on(Position.since, Position.until, day),
        Person.updated_at < datetime.combine(a_year_ago, time.min, PARIS),
    )
    has_left = and_(ended_between(Position.until, a_year_ago, day), not_(is_placed))
    partners = select(Organisation.id).where(Organisation.partnership_status.in_(LIVING))
    if user_id is not None:
        partners = partners.where(Organisation.owner_id == user_id)
    return (
        select(Position)
        .join(Position.person)
        .where(or_(is_old, has_left), Position.organisation_id.in_(partners))
        .options(
            selectinload(Position.person),
            selectinload(Position.organisation).joinedload(Organisation.owner),
        )
        .order_by(Person.updated_at, Position.id)
    )


def has_position(day: date, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Tell whether a person has a position on a day that meets the conditions."""
    held = active_on(Position.since, Position.until, day)
    return exists(select(Position.id).where(Position.person_id == Person.id, held, *conditions))


def at_organisation_with(day: date, *conditions: Any) -> ColumnElement[bool]:
    """Tell whether a person works on a day at an organisation that meets the conditions."""
    chosen = select(Organisation.id).where(*conditions)
    return has_position(day, Position.organisation_id.in_(chosen))


def working_at_any(organisation_ids: list[int], day: date) -> Select[Position]:
    """Return the positions held on a day at any of these organisations, the main ones first."""
    return (
        select(Position)
        .join(Position.person)
        .where(
            Position.organisation_id.in_(organisation_ids),
            active_on(Position.since, Position.until, day),
        )
        .options(contains_eager(Position.person))
        .order_by(Position.is_primary.desc(), Person.sort_key, Position.id)
    )


def begun_or_ended(organisation_ids: list[int], after: date, until: date) -> Select[Position]:
    """Return the positions at these organisations held on one of two days alone, in order."""
    return (
        select(Position)
        .join(Position.person)
        .where(
            Position.organisation_id.in_(organisation_ids),
            or_(
                begun_between(Position.since, after, until),
                ended_between(Position.until, after, until),
            ),
        )
        .options(contains_eager(Position.person), selectinload(Position.organisation))
        .order_by(Person.sort_key, Position.since.nulls_first(), Position.id)
    )


def names_with_any_word(
    words: list[str],
) -> Select[int, str, str | None, str | None, str | None, str]:
    """Return (id, name, given, family, native, another name) of the people with one of the words.

    Columns, not people: a common name has thousands of bearers.
    """
    return (
        select(
            Person.id,
            Person.name,
            Person.given_name,
            Person.family_name,
            Person.native_name,
            Name.text,
        )
        .outerjoin(Name, Name.record_id == Person.id)
        .where(matching_any(Person.id, words))
    )


def with_ids(person_ids: list[int]) -> Select[Person]:
    """Return these people, with where they work and worked."""
    return (
        select(Person)
        .where(Person.id.in_(person_ids))
        .options(
            selectinload(Person.positions)
            .selectinload(Position.organisation)
            .selectinload(Organisation.names)
        )
    )


def bearers_of_mails(mails: list[str]) -> Select[int, str]:
    """Return (person id, address) of the people who are reached at one of these addresses."""
    return (
        select(Person.id, ContactPoint.value)
        .join(ContactPoint, ContactPoint.record_id == Person.id)
        .where(ContactPoint.kind == ContactKind.EMAIL, func.lower(ContactPoint.value).in_(mails))
    )


def mails_of(person_ids: list[int]) -> Select[int, str]:
    """Return (person id, address) of these people."""
    return select(ContactPoint.record_id, ContactPoint.value).where(
        ContactPoint.record_id.in_(person_ids), ContactPoint.kind == ContactKind.EMAIL
    )


def organisations_with_any_word(words: list[str]) -> Select[int, str, str, str | None, str]:
    """Return (id, title, name, acronym, another name) of organisations with one of the words."""
    return (
        select(
            Organisation.id,
            Organisation.title,
            Organisation.name,
            Organisation.acronym,
            Name.text,
        )
        .outerjoin(Name, Name.record_id == Organisation.id)
        .where(matching_any(Organisation.id, words))
    )


def organisations_reached_at(hosts: list[str]) -> Select[int, str]:
    """Return (id, address) of organisations whose mail or web address holds one of the domains."""
    return (
        select(Organisation.id, ContactPoint.value)
        .join(ContactPoint, ContactPoint.record_id == Organisation.id)
        .where(
            ContactPoint.kind.in_((ContactKind.EMAIL, ContactKind.WEBSITE)),
            or_(
                *(func.lower(ContactPoint.value).contains(host, autoescape=True) for host in hosts)
            ),
        )
    )


def stands_in_files() -> ColumnElement[bool]:
    """Tell whether a person may be named in a file: not at risk, and without an objection."""
    return and_(Person.is_at_risk.is_(False), Person.objected_on.is_(None))


def may_leave(
    person_ids: Sequence[int],
) -> Select[int, str, str | None, str | None, str | None, datetime]:
    """Return what a card says of those of these people who may stand in files; by name."""
    return (
        select(
            Person.id,
            Person.name,
            Person.given_name,
            Person.family_name,
            Person.form_of_address,
            Person.updated_at,
        )
        .where(among(Person.id, person_ids), stands_in_files())
        .order_by(Person.sort_key, Person.id)
    )


def places_of_work(person_ids: Sequence[int] | str, day: date) -> Select[int, str | None, int]:
    """Return (person id, position, organisation id) of those who work on a day.

    Of any position, told to nobody before it is known that they may see its organisation.

    :param person_ids: of people whom one may see: a position is then seen where its organisation
        is, which spares asking it of each position, a hundred thousand times in a large file.
    """
    held = Position.__table__.c
    return (
        select(held.person_id, held.title, held.organisation_id)
        .where(among(held.person_id, person_ids), active_on(held.since, held.until, day))
        # As the index gives them: then only the few rows of a person are sorted.
        .order_by(held.person_id, held.is_primary.desc(), held.since.desc(), held.id)
    )


@lru_cache(maxsize=32)
def posts(day: date) -> Prepared:
    """Return (person id, position, organisation's kind, id and title) of those who work on a day.

    Takes ``person_ids``: of people whom one may see, as :func:`places_of_work` does.
    """
    held = Position.__table__.c
    return Prepared(
        places_of_work("person_ids", day)
        .join(Record, Record.id == held.organisation_id)
        .with_only_columns(held.person_id, held.title, Record.kind, Record.id, Record.title)
    )


def said_to(person_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """Return (id, languages, form of address, given name, family name, name) of these people."""
    return select(
        Person.id,
        Person.languages,
        Person.form_of_address,
        Person.given_name,
        Person.family_name,
        Person.name,
    ).where(among(Person.id, person_ids))


def postal_addresses(person_ids: Sequence[int], day: date) -> Select[int, str]:
    """Return (person id, address) to which letters may go: one's own first, then of the work."""
    own = (
        select(ContactPoint.record_id.label("person"), ContactPoint.value, literal(0).label("rank"))
        .where(among(ContactPoint.record_id, person_ids))
        .where(ContactPoint.kind == ContactKind.ADDRESS, ContactPoint.is_private.is_(False))
    )
    held = active_on(Position.since, Position.until, day)
    of_work = (
        select(Position.person_id.label("person"), ContactPoint.value, literal(1).label("rank"))
        .join(ContactPoint, ContactPoint.record_id == Position.organisation_id)
        .where(among(Position.person_id, person_ids), held)
        .where(ContactPoint.kind == ContactKind.ADDRESS, ContactPoint.is_private.is_(False))
    )
    found = own.union_all(of_work).subquery()
    return select(found.c.person, found.c.value).order_by(found.c.rank, found.c.value)


def work_of(person_ids: Sequence[int], day: date) -> Select[int, str | None, str | None, str]:
    """Return (person id, title, department, organisation) of those who work on a day."""
    return (
        select(Position.person_id, Position.title, Position.department, Organisation.name)
        .join(Organisation, Organisation.id == Position.organisation_id)
        .where(
            among(Position.person_id, person_ids), active_on(Position.since, Position.until, day)
        )
        .order_by(Position.is_primary.desc(), Position.since.desc(), Position.id)
    )

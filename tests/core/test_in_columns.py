"""Columns of many rows, as the driver reads them."""

from datetime import date

import pytest
from sqlalchemy import Text, case, cast, func, literal, select, text, union_all
from sqlalchemy.exc import DBAPIError

from crm.accounts.models import Role
from crm.core.db import db
from crm.core.in_columns import Pieces, in_columns
from crm.core.principal import SYSTEM, acting_as
from crm.people.models import Person, Position
from crm.records.models import Record, Visibility
from tests.factories.accounts import UserFactory
from tests.factories.people import PersonFactory, PositionFactory

READ_AHEAD = 2_022
"""Number of a lock that nothing else asks for."""
EVERY_KIND = (
    *(Person.id, Record.title, Record.visibility, Record.created_at, Record.deleted_at),
    *(Person.is_at_risk, Person.informed_on, Person.legal_basis, Person.country),
)


@pytest.fixture
def people(session):
    return [
        PersonFactory(
            name=f"Person {number}",
            informed_on=date(2026, 1, 1 + number) if number % 2 else None,
            is_at_risk=number == 3,
            visibility=Visibility.MANAGERS if number == 4 else Visibility.TEAM,
        )
        for number in range(7)
    ]


def in_rows(pieces, *, ahead=False):
    rows = []
    if ahead:
        pieces.read_ahead()
    for piece in pieces:
        if ahead:
            pieces.read_ahead()
        rows += zip(*piece, strict=True)
    return rows


@pytest.mark.parametrize("ahead", [False, True])
@pytest.mark.parametrize("at_once", [None, 1, 2, 3, 7, 100])
def test_the_values_are_those_of_rows_however_many_are_read_at_once(
    session, people, at_once, ahead
):
    statement = select(*EVERY_KIND).order_by(Person.id)
    expected = [tuple(row) for row in session.execute(statement)]
    assert len(expected) == 7
    assert in_rows(Pieces(statement, at_once), ahead=ahead) == expected


def test_columns_of_a_table_are_read_alike(session, people):
    for person in people[:3]:
        PositionFactory(person_id=person.id, title="Director", since="2020")
    held = Position.__table__.c
    statement = select(held.person_id, held.title, held.since).order_by(held.id)
    expected = [tuple(row) for row in session.execute(statement)]
    assert len(expected) == 3
    assert list(zip(*in_columns(statement), strict=True)) == expected
    assert in_rows(Pieces(statement, 2), ahead=True) == expected


def test_nothing_is_no_piece(session):
    assert in_columns(select(Person.id, Person.name)) == []
    assert list(Pieces(select(Person.id, Person.name), 10)) == []


def test_nobody_reads_what_they_may_not_see(session, people, acting):
    statement = select(Person.id, Record.title)
    acting(UserFactory(role=Role.CONTRIBUTOR))
    assert len(in_rows(Pieces(statement))) == 6
    acting(UserFactory(role=Role.MANAGER))
    assert len(in_rows(Pieces(statement, 2), ahead=True)) == 7


def test_the_same_column_twice_is_read_twice(session, people):
    statement = select(Person.id, Record.title, Record.title).order_by(Person.id)
    expected = [tuple(row) for row in session.execute(statement)]
    assert in_rows(Pieces(statement)) == expected


@pytest.mark.parametrize("ahead", [False, True])
def test_after_a_file_that_nobody_wanted_to_its_end_the_session_reads_on(session, people, ahead):
    with Pieces(select(Person.id), 2) as pieces:
        next(pieces)
        if ahead:
            pieces.read_ahead()
    assert len(db.session.scalars(select(Person.id)).all()) == 7


def test_what_is_asked_while_a_piece_is_read_ahead_is_answered(session, people):
    statement = select(Person.id, Record.title).order_by(Person.id)
    expected = [tuple(row) for row in session.execute(statement)]
    found = []
    with Pieces(statement, 2) as pieces:
        for piece in pieces:
            pieces.read_ahead()
            assert db.session.scalar(select(func.count(Person.id))) == 7
            found += zip(*piece, strict=True)
    assert found == expected


def test_reading_ahead_does_not_wait_for_the_rows(session):
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite works in the process that asks")
    lock = func.pg_advisory_xact_lock(READ_AHEAD)
    number = union_all(*(select(literal(each)) for each in range(5))).subquery().c[0]
    slow = select(number, case((number == 0, ""), else_=cast(lock, Text)))
    session.execute(text("SET LOCAL lock_timeout = '20s'"))
    with db.engine.connect() as other, Pieces(slow, 3) as pieces:
        other.execute(select(lock))
        pieces.read_ahead()  # Whoever waited here would wait for what comes next.
        other.rollback()
        assert [row[0] for row in in_rows(pieces, ahead=True)] == [0, 1, 2, 3, 4]


def test_what_fails_in_the_middle_is_told_as_of_any_statement(session, people):
    last = Person.id == max(person.id for person in people)
    failing = {
        "sqlite": func.json(case((last, "{"), else_="{}")),
        "postgresql": func.sqrt(case((last, -1), else_=1)),
    }[session.get_bind().dialect.name]
    with (
        pytest.raises(DBAPIError),
        session.begin_nested(),
        Pieces(select(Person.id, failing), 2) as pieces,
    ):
        in_rows(pieces, ahead=True)
    assert len(db.session.scalars(select(Person.id)).all()) == 7


@pytest.mark.filterwarnings("ignore:<psycopg.ServerCursor:ResourceWarning")  # It went with it.
def test_a_transaction_that_ends_meanwhile_leaves_a_connection_that_works(app):
    numbers = select(union_all(*(select(literal(number)) for number in range(9))).subquery())
    with app.app_context(), acting_as(db.session, SYSTEM):
        with Pieces(numbers, 2) as pieces:
            next(pieces)
            pieces.read_ahead()
            db.session.rollback()
            assert db.session.scalar(select(literal(7))) == 7
        del pieces
        db.session.rollback()
        assert len(in_rows(Pieces(numbers, 2), ahead=True)) == 9
        db.session.rollback()

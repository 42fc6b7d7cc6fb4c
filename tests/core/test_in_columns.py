"""Columns of many rows, as the driver reads them."""

from datetime import date

import pytest
from sqlalchemy import select

from crm.accounts.models import Role
from crm.core.db import db
from crm.core.in_columns import in_columns
from crm.people.models import Person, Position
from crm.records.models import Record, Visibility
from tests.factories.accounts import UserFactory
from tests.factories.people import PersonFactory, PositionFactory

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


def in_rows(pieces):
    return [row for piece in pieces for row in zip(*piece, strict=True)]


@pytest.mark.parametrize("at_once", [None, 1, 2, 3, 7, 100])
def test_the_values_are_those_of_rows_however_many_are_read_at_once(session, people, at_once):
    statement = select(*EVERY_KIND).order_by(Person.id)
    expected = [tuple(row) for row in session.execute(statement)]
    assert len(expected) == 7
    assert in_rows(in_columns(statement, at_once)) == expected


def test_columns_of_a_table_are_read_alike(session, people):
    for person in people[:3]:
        PositionFactory(person_id=person.id, title="Director", since="2020")
    held = Position.__table__.c
    statement = select(held.person_id, held.title, held.since).order_by(held.id)
    expected = [tuple(row) for row in session.execute(statement)]
    assert len(expected) == 3
    assert in_rows(in_columns(statement)) == expected
    assert in_rows(in_columns(statement, 2)) == expected


def test_nothing_is_no_piece(session):
    assert list(in_columns(select(Person.id, Person.name))) == []
    assert list(in_columns(select(Person.id, Person.name), 10)) == []


def test_nobody_reads_what_they_may_not_see(session, people, acting):
    statement = select(Person.id, Record.title)
    acting(UserFactory(role=Role.CONTRIBUTOR))
    assert len(in_rows(in_columns(statement))) == 6
    acting(UserFactory(role=Role.MANAGER))
    assert len(in_rows(in_columns(statement, 2))) == 7


def test_the_same_column_twice_is_read_twice(session, people):
    statement = select(Person.id, Record.title, Record.title).order_by(Person.id)
    expected = [tuple(row) for row in session.execute(statement)]
    assert in_rows(in_columns(statement)) == expected


def test_after_a_file_that_nobody_wanted_to_its_end_the_session_reads_on(session, people):
    pieces = in_columns(select(Person.id), 2)
    next(pieces)
    pieces.close()
    assert len(db.session.scalars(select(Person.id)).all()) == 7

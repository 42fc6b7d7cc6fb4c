"""Many ids in one value: the statement is the same, and so is what it finds."""

import pytest
from sqlalchemy import select

from crm.core.among import among
from crm.records.models import Record
from tests.factories.people import PersonFactory


@pytest.mark.parametrize("number", [0, 1, 5])
def test_the_rows_are_those_with_the_ids(session, number):
    ids = [PersonFactory(name=f"Person {each}").id for each in range(8)]
    found = session.scalars(select(Record.id).where(among(Record.id, ids[:number])))
    assert sorted(found) == sorted(ids[:number])


def test_the_statement_is_the_same_for_few_and_for_many(session, count_statements):
    for number in (1, 2, 3_000):
        session.scalars(select(Record.id).where(among(Record.id, range(number)))).all()
    assert len(set(count_statements)) == 1


def test_only_numbers_are_written_into_the_value(session):
    with pytest.raises(Exception, match="invalid literal for int"):
        session.scalars(select(Record.id).where(among(Record.id, ["1]') --"]))).all()

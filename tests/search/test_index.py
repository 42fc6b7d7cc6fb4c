"""The index of search says what the records say, and can be made to again."""

import pytest
import sqlalchemy as sa

from crm.records import indexing, search
from crm.records.models import RECORDS, Name, NameKind, Record, Visibility
from crm.records.queries import matching_text
from crm.records.services import trash
from crm.search.jobs import merge_index
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import OutputFactory, ProjectFactory
from tests.security.world import build


@pytest.fixture
def world(session):
    """Make some records of which parts, names and people can be found."""
    lead = OrganisationFactory(name="Lead", visibility=Visibility.MANAGERS)
    project = ProjectFactory(name="Welcome")
    OutputFactory(record_id=project.id, title="Report", lead_id=lead.id)
    person = PersonFactory(name="Zofia")
    PositionFactory(person_id=person.id, organisation_id=OrganisationFactory().id)
    session.add(Name(record_id=project.id, kind=NameKind.FORMER, text="Accueil"))
    session.flush()
    trash(OrganisationFactory(name="Gone"))
    return project


def texts(session):
    rows = session.connection().execute(sa.select(RECORDS.c.id, RECORDS.c.search_text))
    return {record_id: text for record_id, text in rows}  # noqa: C416 - rows


def test_nothing_is_stale_after_ordinary_changes(session, world):
    assert indexing.count_stale(session()) == 0
    assert indexing.rebuild(session()) == 0


def test_what_was_damaged_is_counted_and_mended(session, world):
    before = texts(session)
    session.connection().execute(sa.update(RECORDS).values(search_text="damaged"))
    assert indexing.count_stale(session()) == len(before)
    assert indexing.rebuild(session()) == len(before)
    assert texts(session) == before
    assert indexing.count_stale(session()) == 0


def test_more_records_than_are_read_at_once_are_all_looked_at(session, world, monkeypatch):
    monkeypatch.setattr(indexing, "BATCH", 2)
    session.connection().execute(sa.update(RECORDS).values(search_text=""))
    assert indexing.rebuild(session()) == len(texts(session))


def test_every_kind_of_record_can_be_indexed_again(session):
    class Dice:
        """Names what is made next."""

        current = "open"

    build(Dice(), with_confidential=True)
    session.flush()
    assert len(texts(session)) > 15
    assert indexing.count_stale(session()) == 0


def added(session, count):
    """Add people one by one, as people do: each leaves a piece of the index."""
    for number in range(count):
        person = PersonFactory(name=f"Merged Person {number}")
        session.commit()
        yield person.id


def found(session, text):
    return set(session.scalars(matching_text(text).with_only_columns(Record.id)))


def test_an_index_in_many_pieces_is_merged_until_it_is_one_and_finds_the_same(session, monkeypatch):
    ids = set(added(session, 200))
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        assert not search.is_in_pieces(connection)
        return
    assert search.is_in_pieces(connection)
    monkeypatch.setattr(search, "_PAGES_AT_ONCE", 1)
    steps = 0
    while search.merge_some(connection):
        steps += 1
        assert found(session, "merged per") == ids
    assert steps
    assert connection.scalar(search._PIECES) == 1
    assert found(session, "merged per") == ids


def test_the_worker_merges_what_is_in_many_pieces_and_leaves_the_rest_alone(
    session, count_statements
):
    ids = set(added(session, 200))
    count_statements.clear()
    merge_index()
    merge_index()
    merges = [statement for statement in count_statements if "'merge'" in statement]
    assert len(merges) == (1 if session.connection().dialect.name == "sqlite" else 0)
    assert not search.is_in_pieces(session.connection())
    assert found(session, "merged per") == ids


def test_an_index_made_again_is_in_one_piece(session):
    ids = set(added(session, 200))
    assert indexing.rebuild(session()) == 0
    if session.connection().dialect.name == "sqlite":
        assert session.connection().scalar(search._PIECES) == 1
    assert found(session, "merged per") == ids

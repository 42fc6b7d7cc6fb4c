"""The index of search says what the records say, and can be made to again."""

import pytest
import sqlalchemy as sa

from crm.records import indexing
from crm.records.models import RECORDS, Name, NameKind, Visibility
from crm.records.services import trash
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

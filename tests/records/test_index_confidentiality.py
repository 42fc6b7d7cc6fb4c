"""What a record is found by tells nobody of records they may not see."""

import pytest
from sqlalchemy import select

from crm.accounts.models import Role
from crm.core.principal import SYSTEM
from crm.records.models import ContactKind, ContactPoint, Record, Visibility
from crm.records.search import matching
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.factories.projects import OutputFactory, ProjectFactory, WorkFactory


@pytest.fixture
def found(session, acting):
    """Return a function that tells which records a viewer finds by a word."""

    def find(word):
        acting(UserFactory())
        titles = session.scalars(select(Record).where(matching(Record.id, word))).all()
        session.info["principal"] = SYSTEM
        session.expunge_all()
        return [record.title for record in titles]

    return find


def hide(session, record, level):
    session.get(type(record), record.id).visibility = level
    session.flush()


def test_the_words_of_a_part_that_names_a_hidden_record_find_nothing(session, found):
    secret = OrganisationFactory(name="Hidden house", visibility=Visibility.MANAGERS)
    project = ProjectFactory(name="Open project")
    OutputFactory(record_id=project.id, title="Zebrafish report", lead_id=secret.id)
    WorkFactory(project_id=project.id, title="Quagga training", lead_id=secret.id)
    person = PersonFactory(name="Open Person")
    session.add(
        ContactPoint(
            record_id=person.id,
            kind=ContactKind.EMAIL,
            value="person@okapi.example.org",
            at_organisation_id=secret.id,
        )
    )
    session.flush()
    for word in ("zebrafish", "quagga", "okapi"):
        assert found(word) == []
    assert found("open project") == ["Open project"]


def test_the_words_go_and_come_back_with_the_record_that_is_named(session, found):
    lead = OrganisationFactory(name="Lead")
    project = ProjectFactory(name="Open project")
    OutputFactory(record_id=project.id, title="Zebrafish report", lead_id=lead.id)
    assert found("zebrafish") == ["Open project"]
    for level in (Visibility.MANAGERS, Visibility.NAMED):
        hide(session, lead, level)
        assert found("zebrafish") == []
    hide(session, lead, Visibility.TEAM)
    assert found("zebrafish") == ["Open project"]


def test_a_part_that_names_nobody_else_finds_its_own_hidden_record_for_those_who_see_it(
    session, found, acting
):
    project = ProjectFactory(name="Secret project", visibility=Visibility.MANAGERS)
    OutputFactory(record_id=project.id, title="Zebrafish report")
    assert found("zebrafish") == []
    acting(UserFactory(role=Role.MANAGER))
    assert len(session.scalars(select(Record).where(matching(Record.id, "zebrafish"))).all()) == 1

"""How often a file asks the database: by pieces of many rows, never by rows."""

import pytest
from werkzeug.datastructures import MultiDict

from crm.exports.gathering import Table
from crm.records.kinds import registry
from crm.records.listing import Listing
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import MeetingFactory
from tests.factories.networks import MembershipFactory, NetworkFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import InvolvementFactory, ProjectFactory
from tests.factories.tasks import TaskFactory


def _more(number):
    """Make one record more of every kind, each tied to others of its own."""
    organisation = OrganisationFactory(name=f"Organisation {number}")
    network = NetworkFactory(name=f"Network {number}")
    person = PersonFactory(name=f"Person {number}")
    PositionFactory(person_id=person.id, organisation_id=organisation.id)
    MembershipFactory(member_id=organisation.id, network_id=network.id)
    MeetingFactory(name=f"Meeting {number}", network_id=network.id)
    declaration = DeclarationFactory(name=f"Declaration {number}")
    SignatureFactory(declaration_id=declaration.id, signatory_id=organisation.id)
    project = ProjectFactory(name=f"Project {number}")
    InvolvementFactory(project_id=project.id, organisation_id=organisation.id, role="coordinator")
    exchange_with(person, organisation, subject=f"Exchange {number}")
    TaskFactory(name=f"Task {number}", subject_id=organisation.id)


@pytest.mark.usefixtures("session")
def test_a_file_of_more_rows_asks_no_more_questions(app, count_statements):
    def asked():
        found = {}
        with app.test_request_context():
            for kind in registry.kinds.values():
                columns = list(registry.columns_of(kind).values())
                table = Table(Listing(kind, MultiDict()), columns)
                count_statements.clear()
                rows = [row for piece in table.rows() for row in piece]
                assert rows, kind.name
                found[kind.name] = len(count_statements)
        return found

    _more(1)
    asked()  # Rules of statuses are read once.
    few = asked()
    for number in range(2, 6):
        _more(number)
    assert asked() == few

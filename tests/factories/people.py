"""People and positions."""

import factory

from crm.people.models import Person, Position
from tests.factories.base import Factory, sequence
from tests.factories.organisations import OrganisationFactory


class PersonFactory(Factory):
    """An invented person."""

    class Meta:
        """What is made."""

        model = Person

    name = sequence("Person {}")


class PositionFactory(Factory):
    """A position of a person at an organisation."""

    class Meta:
        """What is made."""

        model = Position

    person_id = factory.LazyFunction(lambda: PersonFactory().id)
    organisation_id = factory.LazyFunction(lambda: OrganisationFactory().id)
    title = "Policy officer"

"""Organisations."""

import factory

from crm.organisations.models import Organisation, OrganisationKind, Relation, RelationKind
from tests.factories.base import Factory, sequence


class OrganisationFactory(Factory):
    """An invented organisation."""

    class Meta:
        """What is made."""

        model = Organisation

    name = sequence("Refuge {}")
    organisation_kind = OrganisationKind.NGO
    country = "FR"


class RelationFactory(Factory):
    """A relation between two organisations."""

    class Meta:
        """What is made."""

        model = Relation

    kind = RelationKind.WORKS_WITH
    organisation_id = factory.LazyFunction(lambda: OrganisationFactory().id)
    other_id = factory.LazyFunction(lambda: OrganisationFactory().id)

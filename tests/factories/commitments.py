"""Commitments between us and partners."""

import factory

from crm.commitments.models import Commitment
from tests.factories.base import Factory, sequence
from tests.factories.organisations import OrganisationFactory


class CommitmentFactory(Factory):
    """Something that we owe a partner."""

    class Meta:
        """What is made."""

        model = Commitment

    organisation_id = factory.LazyFunction(lambda: OrganisationFactory().id)
    name = sequence("Send report {}")

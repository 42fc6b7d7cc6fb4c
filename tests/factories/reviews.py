"""Reviews of partnerships."""

from datetime import timedelta

import factory

from crm.core.clock import today
from crm.reviews.models import Decision, Review
from tests.factories.base import Factory
from tests.factories.organisations import OrganisationFactory


class ReviewFactory(Factory):
    """A review that was closed today."""

    class Meta:
        """What is made."""

        model = Review

    organisation_id = factory.LazyFunction(lambda: OrganisationFactory().id)
    closed_on = factory.LazyFunction(today)
    decision = Decision.KEEP
    reason = "It works"
    evidence = factory.LazyFunction(
        lambda: {
            "after": (today() - timedelta(days=365)).isoformat(),
            "until": today().isoformat(),
            "findings": {},
        }
    )

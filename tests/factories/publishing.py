"""What stands on the public page."""

import factory

from crm.publishing.models import Presentation
from crm.records.models import Source
from tests.factories.base import Factory
from tests.factories.projects import ProjectFactory


class PresentationFactory(Factory):
    """A record stands on the public page."""

    class Meta:
        """What is made."""

        model = Presentation

    record_id = factory.LazyFunction(lambda: ProjectFactory().id)


class SourceFactory(Factory):
    """Where a record comes from."""

    class Meta:
        """What is made."""

        model = Source

    record_id = factory.LazyFunction(lambda: ProjectFactory().id)
    title = "Our annual report"

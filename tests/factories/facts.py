"""What sources say."""

import factory

from crm.facts.models import FactKind, FactValue
from tests.factories.base import Factory
from tests.factories.projects import ProjectFactory


class FactValueFactory(Factory):
    """What a source says of the size of a project."""

    class Meta:
        """What is made."""

        model = FactValue

    record_id = factory.LazyFunction(lambda: ProjectFactory().id)
    kind = FactKind.SIZE
    value = "14 States"
    source = "A page"

"""Projects, who takes part in them and what comes out of them."""

import factory

from crm.projects.models import (
    Involvement,
    InvolvementRole,
    Output,
    OutputKind,
    Project,
    ProjectCountry,
    SizeFact,
    WorkItem,
    WorkKind,
)
from tests.factories.base import Factory, sequence
from tests.factories.organisations import OrganisationFactory


class ProjectFactory(Factory):
    """An invented project."""

    class Meta:
        """What is made."""

        model = Project

    name = sequence("Project {}")


class InvolvementFactory(Factory):
    """An organisation takes part in a project."""

    class Meta:
        """What is made."""

        model = Involvement

    project_id = factory.LazyFunction(lambda: ProjectFactory().id)
    organisation_id = factory.LazyFunction(lambda: OrganisationFactory().id)
    role = InvolvementRole.BENEFICIARY


class ProjectCountryFactory(Factory):
    """A country in which a project works."""

    class Meta:
        """What is made."""

        model = ProjectCountry

    project_id = factory.LazyFunction(lambda: ProjectFactory().id)
    country = "FR"


class SizeFactFactory(Factory):
    """How large a project is."""

    class Meta:
        """What is made."""

        model = SizeFact

    project_id = factory.LazyFunction(lambda: ProjectFactory().id)
    number = 170
    what = "indicators"


class WorkFactory(Factory):
    """A work package of a project."""

    class Meta:
        """What is made."""

        model = WorkItem

    project_id = factory.LazyFunction(lambda: ProjectFactory().id)
    kind = WorkKind.PACKAGE
    title = sequence("Work {}")


class OutputFactory(Factory):
    """Something a project produces."""

    class Meta:
        """What is made."""

        model = Output

    record_id = factory.LazyFunction(lambda: ProjectFactory().id)
    kind = OutputKind.REPORT
    title = sequence("Report {}")

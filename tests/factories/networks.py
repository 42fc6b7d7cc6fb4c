"""Networks, who belongs to them and who sits in them."""

import factory

from crm.core.db import db
from crm.networks.models import (
    Counted,
    Mandate,
    Membership,
    NetworkMeasure,
    NetworkProfile,
    Term,
    WorkingGroup,
)
from crm.networks.queries import kind_with
from crm.organisations.models import OrganisationKind
from tests.factories.base import Factory, sequence
from tests.factories.organisations import OrganisationFactory


def kind_of_link(code):
    """Return the id of a shipped kind of link."""
    return db.session.scalars(kind_with(code)).one().id


class NetworkFactory(OrganisationFactory):
    """An invented network, without a profile."""

    name = sequence("Network {}")
    organisation_kind = OrganisationKind.NETWORK
    country = "BE"


class NetworkProfileFactory(Factory):
    """What makes an organisation a network."""

    class Meta:
        """What is made."""

        model = NetworkProfile

    organisation_id = factory.LazyFunction(lambda: NetworkFactory().id)


class NetworkMeasureFactory(Factory):
    """The size of a network."""

    class Meta:
        """What is made."""

        model = NetworkMeasure

    network_id = factory.LazyFunction(lambda: NetworkFactory().id)
    counted = Counted.MEMBERS
    number = 100


class MembershipFactory(Factory):
    """Somebody belongs to a network; nothing has begun yet."""

    class Meta:
        """What is made."""

        model = Membership

    member_id = factory.LazyFunction(lambda: OrganisationFactory().id)
    network_id = factory.LazyFunction(lambda: NetworkFactory().id)
    kind_id = factory.LazyFunction(lambda: kind_of_link("member"))


class TermFactory(Factory):
    """A period of a membership, which is given or made."""

    class Meta:
        """What is made."""

        model = Term

    class Params:
        """What the period is made from."""

        membership = factory.LazyFunction(MembershipFactory)

    membership_id = factory.SelfAttribute("membership.id")
    member_id = factory.SelfAttribute("membership.member_id")
    network_id = factory.SelfAttribute("membership.network_id")


class WorkingGroupFactory(Factory):
    """A working group of a network."""

    class Meta:
        """What is made."""

        model = WorkingGroup

    network_id = factory.LazyFunction(lambda: NetworkFactory().id)
    name = sequence("Working group {}")


class MandateFactory(Factory):
    """A seat in a network; nobody holds it yet."""

    class Meta:
        """What is made."""

        model = Mandate

    network_id = factory.LazyFunction(lambda: NetworkFactory().id)
    organisation_id = factory.LazyFunction(lambda: OrganisationFactory().id)

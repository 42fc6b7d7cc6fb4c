"""Duties."""

import factory

from crm.core.partial_date import PartialDate
from crm.duties.models import Duty, DutyKind
from crm.networks.services import add_membership
from tests.factories.base import Factory, sequence
from tests.factories.networks import NetworkFactory, kind_of_link
from tests.factories.organisations import OrganisationFactory


class DutyFactory(Factory):
    """Something owed to a network; without a date unless one is given."""

    class Meta:
        """What is made."""

        model = Duty

    subject_id = factory.LazyFunction(lambda: NetworkFactory().id)
    name = sequence("Duty {}")
    lead_months = "1"


def our_link(*, kind="member", since=None, until=None, network=None, **values):
    """Return a link of ours with a network, with one period."""
    network = network or NetworkFactory()
    ours = OrganisationFactory(name="Notre association", is_us=True)
    return add_membership(
        member_id=ours.id,
        network_id=network.id,
        kind_id=kind_of_link(kind),
        since=since or PartialDate(2026, 1, 1),
        until=until or PartialDate(2026, 12, 31),
        **values,
    )


def fee_of(membership, due, **values):
    """Return the duty to pay the yearly fee of a link."""
    return DutyFactory(
        subject_id=membership.network_id,
        membership_id=membership.id,
        kind=DutyKind.FEE,
        name="Yearly fee",
        due=due,
        every_months=12,
        counted_from=due,
        **values,
    )

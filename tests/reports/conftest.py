"""A small world with something to count, and hidden records in between."""

from datetime import date

import pytest

from crm.core.partial_date import PartialDate
from crm.declarations.models import SignatureStatus
from crm.organisations.models import OrganisationKind, PartnershipStatus, Tier
from crm.records.models import Visibility
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.interactions import exchange_with
from tests.factories.networks import MembershipFactory, NetworkFactory, TermFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory

DAY = date(2026, 11, 26)


def partner(**values):
    return OrganisationFactory(**{"partnership_status": PartnershipStatus.ACTIVE, **values})


def sits_in(organisation, network, **values):
    membership = MembershipFactory(member_id=organisation.id, network_id=network.id)
    TermFactory(membership=membership, since=PartialDate(2010), **values)


def exchanges(organisation, number, *happened, **values):
    for _each in range(number):
        exchange_with(organisation, happened=PartialDate(*happened), **values)


@pytest.fixture
def world(session):
    """Make partners, exchanges, networks and signatures; one partner is kept to managers."""
    us = OrganisationFactory(name="We", is_us=True, country="FR")
    lone = partner(name="Lone", country="IT", tier=Tier.A)
    close = partner(name="Close", country="IT", tier=Tier.A)
    abroad = partner(
        name="Abroad",
        country="HU",
        tier=Tier.B,
        organisation_kind=OrganisationKind.UNIVERSITY,
        partnership_status=PartnershipStatus.DEVELOPING,
    )
    nowhere = partner(name="Nowhere", country=None, partnership_status=PartnershipStatus.DORMANT)
    OrganisationFactory(name="No partner", country="HU")
    partner(name="Over", country="PL", partnership_status=PartnershipStatus.ENDED)
    hidden = partner(name="Hidden", country="MT", tier=Tier.A, visibility=Visibility.MANAGERS)
    employee = PersonFactory(name="Nina Newcomer")
    PositionFactory(person_id=employee.id, organisation_id=abroad.id)
    network, other = NetworkFactory(name="Common network"), NetworkFactory(name="Their network")
    for organisation in (us, lone, close, hidden):
        sits_in(organisation, network)
    sits_in(abroad, network, until=PartialDate(2015))
    sits_in(close, other)
    exchanges(close, 12, 2026, 5, 4)
    exchanges(close, 2, 2026, 6)
    exchanges(employee, 20, 2026, 8, 1)
    exchanges(close, 1, 2026, 10, 2)
    exchanges(close, 1, 2026)
    exchanges(lone, 3, 2024, 11, 5)
    exchanges(hidden, 4, 2026, 9, 30)
    declaration = DeclarationFactory(name="Rome", dated=PartialDate(2026, 3))
    secret = DeclarationFactory(name="Secret", visibility=Visibility.MANAGERS)
    for number in range(10):
        SignatureFactory(
            declaration_id=declaration.id,
            signatory_id=OrganisationFactory().id,
            status=SignatureStatus.SIGNED if number < 4 else SignatureStatus.INVITED,
        )
    for signatory, status in (
        (lone, SignatureStatus.DECLINED),
        (hidden, SignatureStatus.SIGNED),
        (employee, SignatureStatus.SIGNED),
    ):
        SignatureFactory(declaration_id=declaration.id, signatory_id=signatory.id, status=status)
    SignatureFactory(declaration_id=secret.id, signatory_id=lone.id)
    return {
        "us": us,
        "close": close,
        "lone": lone,
        "abroad": abroad,
        "nowhere": nowhere,
        "hidden": hidden,
        "network": network,
        "declaration": declaration,
    }

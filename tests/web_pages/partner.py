"""A partner with whom much is going on, to see whether its page stays short on paper."""

from datetime import timedelta

from crm.accounts.models import User
from crm.commitments.models import Debtor
from crm.core.clock import today
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.organisations.models import Organisation, PartnershipStatus, Tier
from crm.organisations.queries import ourselves
from tests.factories.commitments import CommitmentFactory
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.interactions import exchange_with
from tests.factories.networks import MembershipFactory, NetworkFactory, TermFactory
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import InvolvementFactory, ProjectFactory
from tests.factories.tasks import TaskFactory

PEOPLE = (
    "Ingeborg Mustermann-Beispiel",
    "Giulia Rossi Esempio",
    "زينب المثال",
    "Jean-Baptiste de l’Exemple",
    "Zofia Przykładowa",
    "Nikolaos Paradeigmatopoulos",
    "O Vzor",
    "Ana María Ejemplo y Muestra",
)
NOTE = (
    "What they will say before the committee, and who among the other members is ready to sign: "
    "they ask for the text in both languages two weeks earlier than last year, with the figures "
    "of the winter, and propose that we present it together."
)


def busy_partner(user: User) -> Organisation:
    """Make a partner of several years: people, networks, exchanges, declarations, projects."""
    partner = OrganisationFactory(
        name="Consultorio Esempio per i Rifugiati e i Richiedenti Asilo",
        acronym="CERRA",
        city="Bologna",
        country="IT",
        partnership_status=PartnershipStatus.ACTIVE,
        tier=Tier.A,
        owner_id=user.id,
        good_to_know="The director answers calls before nine; write to the policy team first.",
        description="Legal advice and housing in twelve towns.\n\nWorks in Italian and English.",
    )
    _people(partner, user)
    us = db.session.scalars(ourselves()).first() or OrganisationFactory(is_us=True)
    for number in range(5):
        network = NetworkFactory(name=f"Network for a common example of reception {number}")
        for member in (partner, us) if number > 2 else (partner,):
            link = MembershipFactory(member_id=member.id, network_id=network.id)
            TermFactory(membership=link, since=PartialDate(2010 + number))
    RelationFactory(organisation_id=partner.id)
    _joint_work(partner, us)
    _to_do(partner, user)
    return partner


def _people(partner: Organisation, user: User) -> None:
    known = [PersonFactory(name=name) for name in PEOPLE]
    for person in known:
        PositionFactory(
            person_id=person.id, organisation_id=partner.id, title="Head of international advocacy"
        )
    for number in range(10):
        exchange = exchange_with(
            partner,
            known[number % len(known)],
            subject=f"What to say together before the committee {number}",
            note=NOTE,
            happened=PartialDate.of(today() - timedelta(days=20 * number)),
        )
        exchange.created_by_id = user.id


def _joint_work(partner: Organisation, us: Organisation) -> None:
    for number in range(6):
        declaration = DeclarationFactory(name=f"Joint appeal for safe passage {number}")
        SignatureFactory(
            declaration_id=declaration.id,
            signatory_id=partner.id,
            displayed_name=partner.name,
        )
    for number in range(3):
        project = ProjectFactory(name=f"Welcoming towns {number}", starts=PartialDate(2020))
        for member in (partner, us) if number == 2 else (partner,):
            InvolvementFactory(project_id=project.id, organisation_id=member.id)


def _to_do(partner: Organisation, user: User) -> None:
    for number in range(4):
        due = PartialDate.of(today() + timedelta(days=number))
        TaskFactory(
            name=f"Send the figures of town {number}",
            subject_id=partner.id,
            assignee_id=user.id,
            due=due,
        )
        CommitmentFactory(
            organisation_id=partner.id,
            name=f"Chapter {number} of the common report",
            debtor=Debtor.US if number % 2 else Debtor.THEM,
            due=due,
        )

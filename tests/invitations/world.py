"""An open declaration, a network whose members have addresses, and what to do with them."""

import re

from crm.core import queue
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.declarations.models import Declaration, Stage
from crm.declarations.services import freeze
from crm.invitations import wording
from crm.invitations.models import Invitation, MailKind
from crm.invitations.services import Invitee, invite
from crm.records.models import ContactKind, ContactPoint, DeadlineKind
from tests.factories.deadlines import DeadlineFactory
from tests.factories.declarations import DeclarationFactory, DeclarationTextFactory
from tests.factories.networks import MembershipFactory, NetworkFactory, TermFactory
from tests.factories.organisations import OrganisationFactory

TEXT = "Nobody is to be sent back to danger."


def place(record):
    return f"{record.id}-{record.slug}"


def open_declaration(name="Declaration of Rome", languages=("en", "fr"), **values):
    """Make a declaration that is open for signature, with a frozen text in each language."""
    declaration = DeclarationFactory(name=name, **values)
    for language in languages:
        freeze(
            DeclarationTextFactory(
                declaration_id=declaration.id, language=language, text=f"{TEXT} ({language})"
            )
        )
    declaration.stage = Stage.OPEN
    db.session.flush()
    return declaration


def deadline(declaration, day="2099-11-30", hour=None, zone=None, **values):
    """Give a declaration a deadline to sign."""
    return DeadlineFactory(
        record_id=declaration.id,
        kind=DeadlineKind.SIGNATURE,
        day=PartialDate.parse_iso(day),
        hour=hour,
        time_zone=zone,
        **values,
    )


def give_address(record, address, **values):
    """Give a record an email address."""
    db.session.add(
        ContactPoint(record_id=record.id, kind=ContactKind.EMAIL, value=address, **values)
    )
    db.session.flush()


def member(network, name, address=None, **values):
    """Make a member of a network, with an address where one is given."""
    organisation = OrganisationFactory(name=name, **{"country": "IT", **values})
    link = MembershipFactory(member_id=organisation.id, network_id=network.id)
    TermFactory(membership=link, since=PartialDate(2010))
    if address:
        give_address(organisation, address)
    return organisation


def network_with(count, name="ECRE", **values):
    """Make a network with so many members, each with an address."""
    network = NetworkFactory(name=name)
    members = [
        member(network, f"Refuge {number:03}", f"refuge{number}@example.org", **values)
        for number in range(count)
    ]
    return network, members


def words(*languages):
    return {each: wording.proposed(MailKind.INVITATION, each) for each in languages}


def invited(declaration, organisation=None, address="ada@example.org", language="en"):
    """Invite one organisation; return the invitation."""
    organisation = organisation or OrganisationFactory(name="Refuge", country="IT")
    invite(declaration, [Invitee(organisation.id, address, language)], words(language))
    db.session.commit()
    return db.session.scalars(
        db.select(Invitation).where(Invitation.signatory_id == organisation.id)
    ).one()


def send_all():
    """Do the jobs that wait, as the worker does."""
    db.session.commit()
    queue.run_due()
    db.session.expunge_all()


def text_of(message):
    return message.get_content().replace("\r\n", "\n")


def links_of(message):
    """Return the paths of the links of a mail below the address of the server."""
    return re.findall(r"https://crm\.example\.org(/s/\S+)", text_of(message))


def stored(declaration):
    return db.session.get(Declaration, declaration.id)

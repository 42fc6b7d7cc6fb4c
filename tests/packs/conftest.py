"""A meeting with all that a pack shows of it."""

from types import SimpleNamespace

import pytest

from crm.core.clock import today
from crm.core.partial_date import PartialDate
from crm.declarations.models import Declaration, Signature
from crm.networks.models import Membership, Term
from crm.people.models import Position
from crm.projects.models import Involvement, Project
from crm.records.models import ContactKind, ContactPoint, Deadline, DeadlineKind
from tests.factories.interactions import exchange_with
from tests.factories.meetings import AttendanceFactory, MeetingFactory, OrganiserFactory
from tests.factories.networks import kind_of_link
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory
from tests.factories.tasks import TaskFactory

NAMES = ("Олена Шевченко", "منى الخطيب", "Éloïse N’Diaye")


def _add(session, row):
    session.add(row)
    session.flush()
    return row


def _member(session, member, network):
    link = _add(
        session,
        Membership(member_id=member.id, network_id=network.id, kind_id=kind_of_link("member")),
    )
    _add(
        session,
        Term(
            membership_id=link.id,
            member_id=member.id,
            network_id=network.id,
            since=PartialDate(2008),
        ),
    )


@pytest.fixture
def world(session):
    """Return a meeting, those who come, and what we have in common with them."""
    us = OrganisationFactory(name="Maison commune", is_us=True)
    refuge = OrganisationFactory(
        name="Refugio del Sur", country="ES", city="Cádiz", good_to_know="Aime les faits"
    )
    network = OrganisationFactory(name="Réseau des Ponts", country="BE")
    meeting = MeetingFactory(
        name="Plénière des Ponts",
        starts=PartialDate(2026, 11, 23),
        start_time="09:30",
        time_zone="Europe/Brussels",
        place="Salle Verte",
        country="BE",
        network_id=network.id,
        agenda="Accueil des mineurs",
        positions="Tenir les délais",
    )
    OrganiserFactory(meeting_id=meeting.id, organisation_id=network.id, role="host")
    _add(
        session,
        Deadline(
            record_id=meeting.id, kind=DeadlineKind.REGISTRATION, day=PartialDate(2026, 10, 1)
        ),
    )
    people = []
    for name in NAMES:
        person = PersonFactory(name=name, languages="espagnol")
        people.append(person)
        _add(
            session,
            Position(person_id=person.id, organisation_id=refuge.id, title="Chargée de mission"),
        )
        _add(
            session,
            ContactPoint(
                record_id=person.id,
                kind=ContactKind.EMAIL,
                value=f"contact{len(people)}@example.org",
            ),
        )
    _add(
        session,
        ContactPoint(
            record_id=people[0].id,
            kind=ContactKind.PHONE,
            value="+33600000001",
            is_private=True,
        ),
    )
    AttendanceFactory(meeting_id=meeting.id, person_id=people[0].id, organisation_id=refuge.id)
    AttendanceFactory(meeting_id=meeting.id, person_id=people[1].id, status="accepted")
    AttendanceFactory(
        meeting_id=meeting.id,
        person_id=None,
        category="chercheurs",
        headcount=7,
        countries=["DE", "IT"],
    )
    away = PersonFactory(name="Absente Prévue", country="PT")
    AttendanceFactory(meeting_id=meeting.id, person_id=away.id, status="declined")
    for month in (1, 2, 3, 4):
        exchange_with(
            refuge if month % 2 else people[1],
            subject=f"Échange numéro {month}",
            happened=PartialDate(2026, month, 5),
            note=f"Contenu {month}",
        )
    for member in (us, refuge):
        _member(session, member, network)
    project = _add(session, Project(name="Projet Passage"))
    text = _add(session, Declaration(name="Appel des Ponts", dated=PartialDate(2020, 12, 11)))
    for body in (us, refuge):
        _add(session, Involvement(project_id=project.id, organisation_id=body.id))
        _add(
            session,
            Signature(declaration_id=text.id, signatory_id=body.id, displayed_name=body.title),
        )
    TaskFactory(name="Envoyer la note", subject_id=refuge.id, due=PartialDate(2026, 11, 1))
    TaskFactory(name="Déjà faite", subject_id=refuge.id, done_on=today())
    return SimpleNamespace(
        us=us, refuge=refuge, network=network, meeting=meeting, people=people, project=project
    )

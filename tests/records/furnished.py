"""Records of every kind with something in each panel of their pages, as often as is asked."""

from collections.abc import Callable
from typing import Any

from crm.core.clock import today
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.declarations.models import SignatureStatus, Stage
from crm.declarations.services import freeze, freeze_list
from crm.interactions.models import Participant, Topic
from crm.invitations.models import Invitation, Mailing, MailKind
from crm.invitations.services import queue_mail
from crm.meetings.models import MeetingKind
from crm.networks.models import Ending, MembershipStep, NetworkActivity, Step
from crm.organisations import queries as organisations
from crm.organisations.models import Milestone, Organisation, PartnershipStatus, Tier
from crm.projects.models import ProjectTheme
from crm.records.models import (
    ContactKind,
    ContactPoint,
    DeadlineKind,
    Document,
    DocumentKind,
    Identifier,
    Name,
    NameKind,
    Record,
    Source,
    Tag,
    Tagging,
)
from crm.records.services import add
from tests.factories.commitments import CommitmentFactory
from tests.factories.deadlines import DeadlineFactory
from tests.factories.declarations import (
    ApprovalFactory,
    DeclarationFactory,
    DeclarationTextFactory,
    SignatureFactory,
    SubmissionFactory,
)
from tests.factories.duties import DutyFactory
from tests.factories.facts import FactValueFactory
from tests.factories.interactions import InteractionFactory, exchange_with
from tests.factories.meetings import (
    AttendanceFactory,
    MeetingAimFactory,
    MeetingFactory,
    OrganiserFactory,
)
from tests.factories.networks import (
    MandateFactory,
    MembershipFactory,
    NetworkFactory,
    NetworkMeasureFactory,
    NetworkProfileFactory,
    TermFactory,
    WorkingGroupFactory,
)
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.packs import KeptPackFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import (
    InvolvementFactory,
    OutputFactory,
    ProjectCountryFactory,
    ProjectFactory,
    SizeFactFactory,
    WorkFactory,
)
from tests.factories.publishing import PresentationFactory
from tests.factories.reviews import ReviewFactory
from tests.factories.tasks import TaskFactory

SINCE = PartialDate(2015)


def _document(record: Record, number: int) -> Document:
    return add(
        Document(
            record_id=record.id,
            name=f"Paper {number}.pdf",
            kind=DocumentKind.PAPER,
            sha256="0" * 64,
            size=1,
            media_type="application/pdf",
        )
    )


def _common(record: Record, number: int, user: Any) -> None:
    """Add what a record of any kind may have."""
    other = OrganisationFactory()
    add(Name(record_id=record.id, text=f"Name {number}", kind=NameKind.OTHER))
    add(Identifier(record_id=record.id, scheme="Register", value=f"{record.id}-{number}"))
    add(
        ContactPoint(
            record_id=record.id,
            kind=ContactKind.EMAIL,
            value=f"mail{number}@example.org",
            at_organisation_id=other.id,
        )
    )
    add(Source(record_id=record.id, title=f"Page {number}"))
    tag = Tag(word=f"word {record.id} {number}", key=f"word {record.id} {number}")
    db.session.add(tag)
    db.session.flush()
    add(Tagging(record_id=record.id, tag_id=tag.id))
    add(Milestone(record_id=record.id, label=f"Turn {number}", actor_id=other.id))
    FactValueFactory(record_id=record.id, value=f"{number} States", is_chosen=number == 0)
    _document(record, number)
    TaskFactory(subject_id=record.id, origin_id=other.id, assignee_id=user.id)


def _us() -> Organisation:
    """Return our own organisation: there is one."""
    found = db.session.scalars(organisations.ourselves()).first()
    return found or OrganisationFactory(is_us=True)


def partner(number_of_each: int, user: Any, *, is_us: bool = False) -> Organisation:
    """Make a partner."""
    us = OrganisationFactory() if is_us else _us()
    for other in db.session.scalars(organisations.ourselves()).all() if is_us else ():
        other.is_us = False
    db.session.flush()
    record = OrganisationFactory(
        is_us=is_us,
        owner_id=user.id,
        parent_id=OrganisationFactory().id,
        partnership_status=PartnershipStatus.ACTIVE,
        tier=Tier.A,
        checked_on=today(),
        checked_by_id=user.id,
    )
    for number in range(number_of_each):
        _common(record, number, user)
        _of_organisation(record, us, number, user)
        network, project = NetworkFactory(), ProjectFactory(starts=PartialDate(2020))
        for member in (record, us):
            link = MembershipFactory(member_id=member.id, network_id=network.id)
            TermFactory(membership=link, since=SINCE)
            InvolvementFactory(project_id=project.id, organisation_id=member.id)
        OrganisationFactory(parent_id=record.id)
    PresentationFactory(record_id=record.id)
    return record


def _of_organisation(record: Organisation, us: Organisation, number: int, user: Any) -> None:
    person = PersonFactory()
    PositionFactory(person_id=person.id, organisation_id=record.id)
    RelationFactory(organisation_id=record.id)
    DutyFactory(
        subject_id=record.id, owner_id=user.id, deputy_id=user.id, due=PartialDate(2027, 1, 31)
    )
    CommitmentFactory(organisation_id=record.id, origin_id=MeetingFactory().id, owner_id=user.id)
    CommitmentFactory(organisation_id=record.id)
    group = WorkingGroupFactory()
    MandateFactory(
        network_id=group.network_id,
        organisation_id=record.id,
        person_id=person.id,
        working_group_id=group.id,
    )
    OutputFactory(record_id=record.id, lead_id=us.id)
    declaration = DeclarationFactory()
    SignatureFactory(declaration_id=declaration.id, signatory_id=record.id)
    SubmissionFactory(declaration_id=declaration.id, recipient_id=record.id)
    ReviewFactory(organisation_id=record.id, closed_by_id=user.id)
    exchange = exchange_with(
        record, person, happened=PartialDate.of(today()), subject=f"Call {number}"
    )
    exchange.created_by_id = user.id


def network(number_of_each: int, user: Any) -> Organisation:
    """Make a network to which we belong."""
    record = NetworkFactory(owner_id=user.id)
    NetworkProfileFactory(organisation_id=record.id)
    us = _us()
    before = MembershipFactory(member_id=us.id, network_id=NetworkFactory().id)
    TermFactory(membership=before, since=SINCE, until=PartialDate(2016), ending=Ending.SUCCEEDED)
    ours = MembershipFactory(member_id=us.id, network_id=record.id, predecessor_id=before.id)
    for number in range(number_of_each):
        _common(record, number, user)
        _of_organisation(record, us, number, user)
        term = TermFactory(membership=ours, since=PartialDate(2016 + number))
        term.proof_id = _document(record, number + 100).id
        for link in (ours, before):
            add(
                MembershipStep(
                    membership_id=link.id,
                    member_id=link.member_id,
                    network_id=link.network_id,
                    step=Step.GRANTED,
                )
            )
        TermFactory(membership=MembershipFactory(network_id=record.id), since=SINCE)
        TermFactory(
            membership=MembershipFactory(member_id=record.id, network_id=NetworkFactory().id),
            since=SINCE,
        )
        person = PersonFactory()
        PositionFactory(person_id=person.id)
        group = WorkingGroupFactory(network_id=record.id)
        MandateFactory(
            network_id=record.id, person_id=person.id, working_group_id=group.id, since=SINCE
        )
        inner = NetworkFactory(parent_id=record.id)
        TermFactory(membership=MembershipFactory(member_id=us.id, network_id=inner.id), since=SINCE)
        add(NetworkActivity(network_id=record.id, activity=f"Campaign {number}"))
        NetworkMeasureFactory(network_id=record.id, as_of=PartialDate(1990 + number))
        MeetingFactory(network_id=record.id, working_group_id=group.id)
        RelationFactory(other_id=record.id, kind="hosts")
        OrganisationFactory(parent_id=record.id)
        InvolvementFactory(organisation_id=record.id)
    PresentationFactory(record_id=record.id)
    return record


def ourselves(number_of_each: int, user: Any) -> Organisation:
    """Make our own organisation."""
    record = partner(number_of_each, user, is_us=True)
    for number in range(number_of_each):
        term = TermFactory(membership=MembershipFactory(member_id=record.id), since=SINCE)
        term.proof_id = _document(record, number + 100).id
    return record


def person(number_of_each: int, user: Any) -> Record:
    """Make a person."""
    record = PersonFactory()
    for number in range(number_of_each):
        _common(record, number, user)
        PositionFactory(person_id=record.id)
        TermFactory(membership=MembershipFactory(member_id=record.id), since=SINCE)
        group = WorkingGroupFactory()
        MandateFactory(network_id=group.network_id, person_id=record.id, working_group_id=group.id)
        meeting = MeetingFactory(name=f"Meeting {number}")
        AttendanceFactory(meeting_id=meeting.id, person_id=record.id)
        declaration = DeclarationFactory()
        SignatureFactory(
            declaration_id=declaration.id,
            signatory_id=record.id,
            status=SignatureStatus.SIGNED,
            signed_on=PartialDate(2025),
        )
        SubmissionFactory(declaration_id=declaration.id, person_id=record.id)
        exchange_with(record).created_by_id = user.id
    return record


def project(number_of_each: int, user: Any) -> Record:
    """Make a project."""
    record = ProjectFactory(starts=PartialDate(2024))
    for number in range(number_of_each):
        _common(record, number, user)
        InvolvementFactory(project_id=record.id)
        ProjectCountryFactory(project_id=record.id, city=f"Town {number}")
        add(ProjectTheme(project_id=record.id, theme=f"Theme {number}"))
        SizeFactFactory(project_id=record.id)
        DutyFactory(subject_id=record.id, owner_id=user.id)
        package = WorkFactory(project_id=record.id, lead_id=OrganisationFactory().id)
        WorkFactory(project_id=record.id, within_id=package.id)
        OutputFactory(record_id=record.id, lead_id=OrganisationFactory().id, work_id=package.id)
        exchange_with(OrganisationFactory(), about=(record,))
    PresentationFactory(record_id=record.id)
    return record


def meeting(number_of_each: int, user: Any) -> Record:
    """Make a meeting of a series."""
    series = MeetingFactory(meeting_kind=MeetingKind.SERIES)
    group = WorkingGroupFactory()
    record = MeetingFactory(
        series_id=series.id,
        network_id=group.network_id,
        working_group_id=group.id,
        starts=PartialDate(2025, 5, 5),
    )
    for starts in (PartialDate(2024, 5, 5), PartialDate(2026, 5, 5)):
        MeetingFactory(series_id=series.id, starts=starts)
    for number in range(number_of_each):
        _common(record, number, user)
        MeetingFactory(series_id=record.id, starts=PartialDate(2025, 5, 5))
        AttendanceFactory(meeting_id=record.id, organisation_id=OrganisationFactory().id)
        OrganiserFactory(meeting_id=record.id)
        MeetingAimFactory(meeting_id=record.id, speaker_id=PersonFactory().id)
        CommitmentFactory(origin_id=record.id, owner_id=user.id)
        KeptPackFactory(meeting_id=record.id)
        DeadlineFactory(record_id=record.id)
        DeclarationFactory(origin_meeting_id=record.id)
        exchange_with(OrganisationFactory(), about=(record,))
    PresentationFactory(record_id=record.id)
    return record


def declaration(number_of_each: int, user: Any) -> Record:
    """Make a declaration that is open for signature."""
    record = DeclarationFactory(
        origin_meeting_id=MeetingFactory().id,
        predecessor_id=DeclarationFactory().id,
        eligible_network_id=NetworkFactory().id,
    )
    first = freeze(DeclarationTextFactory(declaration_id=record.id))
    newer = freeze(DeclarationTextFactory(declaration_id=record.id, edition=2, text="Nobody."))
    record.stage = Stage.OPEN
    for number in range(number_of_each):
        _common(record, number, user)
        DeclarationTextFactory(declaration_id=record.id, edition=3 + number)
        DeclarationFactory(predecessor_id=record.id)
        proof = _document(record, number + 100)
        SignatureFactory(
            declaration_id=record.id,
            signed_by_id=PersonFactory().id,
            status=SignatureStatus.SIGNED,
            text_id=first.id,
            text_sha256=first.sha256,
            proof_id=proof.id,
        )
        freeze_list(record)
        _invitation(record, number, user)
        ApprovalFactory(declaration_id=record.id, text_id=newer.id, noted_by_id=user.id)
        SubmissionFactory(
            declaration_id=record.id,
            person_id=PersonFactory().id,
            text_id=newer.id,
            receipt_id=proof.id,
        )
        DeadlineFactory(
            record_id=record.id, kind=DeadlineKind.SIGNATURE, day=PartialDate(2050, 1, 1)
        )
        OutputFactory(record_id=record.id, lead_id=OrganisationFactory().id)
        exchange_with(OrganisationFactory(), about=(record,))
    PresentationFactory(record_id=record.id)
    return record


def _invitation(record: Record, number: int, user: Any) -> None:
    mailing = add(
        Mailing(declaration_id=record.id, kind=MailKind.INVITATION, created_by_id=user.id)
    )
    signature = SignatureFactory(declaration_id=record.id, status=SignatureStatus.INVITED)
    invitation = add(
        Invitation(
            declaration_id=record.id,
            signatory_id=signature.signatory_id,
            signature_id=signature.id,
            contact_id=PersonFactory().id,
            address=f"invite{number}@example.org",
            language="fr",
        )
    )
    queue_mail(invitation, MailKind.INVITATION, mailing=mailing)


def interaction(number_of_each: int, user: Any) -> Record:
    """Make an exchange."""
    record = InteractionFactory(created_by_id=user.id)
    for number in range(number_of_each):
        _common(record, number, user)
        add(Participant(interaction_id=record.id, record_id=OrganisationFactory().id))
        add(Topic(interaction_id=record.id, record_id=ProjectFactory().id))
        CommitmentFactory(origin_id=record.id, owner_id=user.id)
    return record


def task(number_of_each: int, user: Any) -> Record:
    """Make a task."""
    record = TaskFactory(
        subject_id=PersonFactory().id, origin_id=MeetingFactory().id, assignee_id=user.id
    )
    for number in range(number_of_each):
        _common(record, number, user)
    return record


FURNISHED: dict[str, Callable[[int, Any], Record]] = {
    "partner": partner,
    "network": network,
    "ourselves": ourselves,
    "person": person,
    "project": project,
    "meeting": meeting,
    "declaration": declaration,
    "interaction": interaction,
    "task": task,
}

"""A small world with every kind of record, and confidential ones in between."""

from typing import Any

from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.declarations.models import Signature, SignatureStatus, Stage
from crm.declarations.services import confirm, freeze, freeze_list
from crm.interactions.models import InteractionKind
from crm.interactions.services import log
from crm.invitations.models import Invitation, Mailing, MailKind
from crm.invitations.services import queue_mail
from crm.meetings.models import AttendanceStatus, MeetingKind
from crm.networks import services
from crm.networks.models import Step
from crm.organisations.models import OrganisationKind, PartnershipStatus, Tier
from crm.records.kinds import registry
from crm.records.models import Document, DocumentKind, Record, Visibility
from crm.records.services import add
from crm.tasks.services import create_task
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
from tests.factories.meetings import (
    AttendanceFactory,
    MeetingAimFactory,
    MeetingFactory,
    OrganiserFactory,
)
from tests.factories.networks import (
    MandateFactory,
    NetworkFactory,
    NetworkMeasureFactory,
    NetworkProfileFactory,
    WorkingGroupFactory,
    kind_of_link,
)
from tests.factories.organisations import OrganisationFactory, RelationFactory
from tests.factories.packs import KeptPackFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import (
    InvolvementFactory,
    OutputFactory,
    ProjectCountryFactory,
    ProjectFactory,
    WorkFactory,
)
from tests.factories.publishing import PresentationFactory
from tests.factories.reviews import ReviewFactory

SINCE = PartialDate(2020)
DUE = PartialDate(2026, 12, 15)


def build(dice: Any, *, with_confidential: bool) -> dict[str, Any]:
    """Make the world; return the places of its open records by kind, and the hidden ids by path."""
    made: list[Record] = []
    hidden: dict[str, int] = {}

    def keep(record: Record) -> Record:
        made.append(record)
        return record

    def confidential(maker: Any, **values: Any) -> Any:
        if not with_confidential:
            return None
        dice.current = "confidential"
        record = maker(visibility=Visibility.MANAGERS, **values)
        dice.current = "open"
        hidden[registry.kind_of(record).path] = record.id
        return record

    def between(maker: Any, **values: Any) -> None:
        """Make a part that names a confidential record, where there is one."""
        if not with_confidential or None in values.values():
            return
        dice.current = "confidential"
        maker(**values)
        dice.current = "open"

    refuge = keep(OrganisationFactory(name="Refuge ouvert", country="FR", city="Lyon", is_us=True))
    secret = confidential(OrganisationFactory, name="Refuge secret", country="FR", city="Minsk")
    network = keep(OrganisationFactory(name="Réseau ouvert", acronym="RO"))
    zofia = keep(PersonFactory(name="Zofia Łukaszewska", family_name="Łukaszewska"))
    hidden_person = confidential(PersonFactory, name="Zofia Secret")
    PositionFactory(person_id=zofia.id, organisation_id=refuge.id)
    between(PositionFactory, person_id=zofia.id, organisation_id=secret and secret.id)
    between(
        PositionFactory, person_id=hidden_person and hidden_person.id, organisation_id=refuge.id
    )
    RelationFactory(organisation_id=refuge.id, other_id=network.id)
    between(RelationFactory, organisation_id=refuge.id, other_id=secret and secret.id)
    _networks(keep, confidential, between, network, refuge, zofia, secret, hidden_person)
    meeting = _meetings(keep, confidential, between, network, refuge, zofia, secret, hidden_person)
    declaration = _declarations(
        keep, confidential, between, refuge, zofia, secret, hidden_person, meeting
    )
    project = _projects(keep, confidential, between, refuge, secret)
    _reviews(keep, confidential, between, hidden_person)
    _exchanges(
        keep,
        confidential,
        between,
        (refuge, zofia, meeting, declaration, project),
        (secret, hidden_person),
    )
    db.session.flush()
    places: dict[str, Any] = {}
    for record in made:
        places[record.kind] = (*places.get(record.kind, ()), f"{record.id}-{record.slug}")
    places["hidden"] = hidden
    return places


def _id(record: Any) -> int | None:
    return record.id if record is not None else None


def _networks(  # noqa: PLR0913, PLR0917 - the people and places of a small world
    keep: Any,
    confidential: Any,
    between: Any,
    network: Any,
    refuge: Any,
    zofia: Any,
    secret: Any,
    hidden_person: Any,
) -> None:
    network.organisation_kind = OrganisationKind.NETWORK
    db.session.flush()  # Its place in history must not depend on what is hidden.
    hidden_network = confidential(NetworkFactory, name="Réseau secret")
    NetworkProfileFactory(organisation_id=network.id)
    NetworkMeasureFactory(network_id=network.id)
    link = services.add_membership(
        member_id=refuge.id, network_id=network.id, kind_id=kind_of_link("member"), since=SINCE
    )
    services.add_step(membership_id=link.id, step=Step.GRANTED, dated=SINCE)
    group = WorkingGroupFactory(network_id=network.id, name="Groupe ouvert")
    MandateFactory(
        network_id=network.id,
        organisation_id=refuge.id,
        person_id=zofia.id,
        working_group_id=group.id,
    )

    def join(member_id: int, network_id: int) -> None:
        hidden = services.add_membership(
            member_id=member_id, network_id=network_id, kind_id=kind_of_link("member"), since=SINCE
        )
        services.add_step(membership_id=hidden.id, step=Step.GRANTED, dated=SINCE)

    def owe(subject_id: int) -> None:
        """Owe something soon, and something on call."""
        DutyFactory(subject_id=subject_id, name="Ce que personne ne doit lire", due=DUE)
        DutyFactory(subject_id=subject_id, name="Sur demande secrète", is_on_call=True)

    DutyFactory(subject_id=network.id, name="Cotisation ouverte", due=DUE, every_months=12)
    between(owe, subject_id=_id(hidden_network))
    between(owe, subject_id=_id(secret))
    between(join, member_id=_id(secret), network_id=network.id)
    between(join, member_id=refuge.id, network_id=_id(hidden_network))
    between(
        MandateFactory,
        network_id=network.id,
        organisation_id=refuge.id,
        person_id=_id(hidden_person),
    )
    between(MandateFactory, network_id=network.id, organisation_id=_id(secret), person_id=zofia.id)


def _meetings(  # noqa: PLR0913, PLR0917 - as above
    keep: Any,
    confidential: Any,
    between: Any,
    network: Any,
    refuge: Any,
    zofia: Any,
    secret: Any,
    hidden_person: Any,
) -> Any:
    series = keep(MeetingFactory(name="Série ouverte", meeting_kind=MeetingKind.SERIES))
    meeting = keep(
        MeetingFactory(
            name="Plénière ouverte",
            network_id=network.id,
            series_id=series.id,
            starts=PartialDate(2026, 11, 30),
        )
    )
    hidden_meeting = confidential(
        MeetingFactory,
        name="Plénière secrète",
        network_id=network.id,
        series_id=series.id,
        starts=PartialDate(2026, 11, 30),
    )
    # The year before: who comes again, who is new, who stays away is told on both pages.
    before = {"network_id": network.id, "series_id": series.id, "starts": PartialDate(2025, 11, 30)}
    earlier = keep(MeetingFactory(name="Plénière d’avant", **before))
    hidden_earlier = confidential(MeetingFactory, name="Plénière d’avant secrète", **before)
    there = {"organisation_id": refuge.id, "status": AttendanceStatus.ATTENDED}
    AttendanceFactory(meeting_id=earlier.id, person_id=zofia.id, **there)
    between(AttendanceFactory, meeting_id=earlier.id, person_id=_id(hidden_person), **there)
    between(AttendanceFactory, meeting_id=_id(hidden_earlier), person_id=zofia.id, **there)
    DeadlineFactory(record_id=meeting.id, day=DUE)
    between(DeadlineFactory, record_id=_id(hidden_meeting), day=DUE)
    owed = {"due": DUE, "name": "Ce que nous devons"}
    CommitmentFactory(organisation_id=refuge.id, origin_id=meeting.id, **owed)
    between(CommitmentFactory, organisation_id=_id(secret), origin_id=meeting.id, **owed)
    between(CommitmentFactory, organisation_id=refuge.id, origin_id=_id(hidden_meeting), **owed)
    MeetingAimFactory(meeting_id=meeting.id, organisation_id=refuge.id)
    between(MeetingAimFactory, meeting_id=meeting.id, organisation_id=_id(secret))
    between(MeetingAimFactory, meeting_id=_id(hidden_meeting), organisation_id=refuge.id)
    KeptPackFactory(meeting_id=meeting.id)
    between(KeptPackFactory, meeting_id=_id(hidden_meeting))
    OrganiserFactory(meeting_id=meeting.id, organisation_id=refuge.id)
    AttendanceFactory(meeting_id=meeting.id, person_id=zofia.id, organisation_id=refuge.id)
    between(OrganiserFactory, meeting_id=meeting.id, organisation_id=_id(secret))
    between(
        AttendanceFactory,
        meeting_id=meeting.id,
        person_id=_id(hidden_person),
        organisation_id=refuge.id,
    )
    between(
        AttendanceFactory,
        meeting_id=_id(hidden_meeting),
        person_id=zofia.id,
        organisation_id=refuge.id,
    )
    return meeting


def _declarations(  # noqa: PLR0913, PLR0917 - as above
    keep: Any,
    confidential: Any,
    between: Any,
    refuge: Any,
    zofia: Any,
    secret: Any,
    hidden_person: Any,
    meeting: Any,
) -> Any:
    declaration = keep(
        DeclarationFactory(
            name="Déclaration ouverte", origin_meeting_id=meeting.id, announced_count=12
        )
    )
    hidden_declaration = confidential(
        DeclarationFactory, name="Déclaration secrète", origin_meeting_id=meeting.id
    )
    text = freeze(DeclarationTextFactory(declaration_id=declaration.id))
    newer = freeze(
        DeclarationTextFactory(declaration_id=declaration.id, edition=2, text="Nobody at all.")
    )
    bound = {"declaration_id": declaration.id, "text_id": text.id, "text_sha256": text.sha256}
    open_one = SignatureFactory(**bound, signatory_id=refuge.id, displayed_name="Refuge ouvert")
    confirm(open_one, text_id=newer.id)

    def sign(signatory_id: int) -> None:
        """Sign the first text, and one more stand by the newer one."""
        SignatureFactory(**bound, signatory_id=signatory_id)

    def stand_by(signatory_id: int) -> None:
        confirm(SignatureFactory(**bound, signatory_id=signatory_id), text_id=newer.id)

    ApprovalFactory(declaration_id=declaration.id)
    between(ApprovalFactory, declaration_id=_id(hidden_declaration))
    between(stand_by, signatory_id=_id(hidden_person))
    SubmissionFactory(declaration_id=declaration.id, recipient_id=refuge.id)
    between(sign, signatory_id=_id(secret))
    between(SignatureFactory, declaration_id=_id(hidden_declaration), signatory_id=refuge.id)
    between(SubmissionFactory, declaration_id=declaration.id, recipient_id=_id(secret))
    _invitations(keep, confidential, between, declaration, hidden_person)
    freeze_list(declaration)
    return declaration


def _invitations(
    keep: Any, confidential: Any, between: Any, declaration: Any, hidden_person: Any
) -> None:
    guest = keep(OrganisationFactory(name="Refuge invité"))
    hidden_guest = confidential(OrganisationFactory, name="Refuge invité en secret")
    mailing = add(Mailing(declaration_id=declaration.id, kind=MailKind.INVITATION))

    def listed(signatory_id: int) -> Signature:
        return SignatureFactory(
            declaration_id=declaration.id,
            signatory_id=signatory_id,
            displayed_name="Nom sur la liste",
            status=SignatureStatus.INVITED,
        )

    def ask(
        signatory_id: int, contact_id: int | None = None, signature: Signature | None = None
    ) -> None:
        """Invite by a mail of the one mailing there is."""
        invitation = add(
            Invitation(
                declaration_id=declaration.id,
                signatory_id=signatory_id,
                signature_id=(signature or listed(signatory_id)).id,
                contact_id=contact_id,
                address="invite@example.org",
                language="fr",
            )
        )
        queue_mail(invitation, MailKind.INVITATION, mailing=mailing)

    def ask_through(contact_id: int) -> None:
        """Invite somebody open by a contact who hides: nothing of it may show."""
        ask(through.id, contact_id, waiting)

    def prove(signatory_id: int, through_id: int | None = None) -> None:
        """Keep the proof of a signature: it hides with the signatory, and with who signed."""
        add(
            Document(
                record_id=declaration.id,
                beside_id=signatory_id,
                through_id=through_id,
                name="Preuve secrète.pdf",
                kind=DocumentKind.PROOF,
                sha256="0" * 64,
                size=1,
                media_type="application/pdf",
            )
        )

    through = keep(OrganisationFactory(name="Invité par un contact secret"))
    waiting = listed(through.id)
    signed_for = keep(OrganisationFactory(name="Signé par une personne secrète"))
    ask(guest.id)
    between(ask, signatory_id=_id(hidden_guest))
    between(ask_through, contact_id=_id(hidden_person))
    between(
        SignatureFactory,
        declaration_id=declaration.id,
        signatory_id=signed_for.id,
        signed_by_id=_id(hidden_person),
    )
    between(
        SubmissionFactory,
        declaration_id=declaration.id,
        recipient_id=guest.id,
        person_id=_id(hidden_person),
    )
    between(prove, signatory_id=_id(hidden_guest))
    between(prove, signatory_id=signed_for.id, through_id=_id(hidden_person))
    declaration.stage = Stage.OPEN


def _projects(keep: Any, confidential: Any, between: Any, refuge: Any, secret: Any) -> Any:
    project = keep(ProjectFactory(name="Projet ouvert", acronym="PO"))
    hidden_project = confidential(ProjectFactory, name="Projet secret", acronym="PS")
    InvolvementFactory(project_id=project.id, organisation_id=refuge.id)
    DutyFactory(subject_id=project.id, name="Rapport final ouvert", due=DUE)
    between(DutyFactory, subject_id=_id(hidden_project), name="Rapport final secret", due=DUE)
    ProjectCountryFactory(project_id=project.id, country="FR")
    OutputFactory(record_id=project.id, title="Rapport ouvert")
    WorkFactory(project_id=project.id, title="Travail ouvert", due=PartialDate(2026))
    between(WorkFactory, project_id=project.id, title="Travail secret", lead_id=_id(secret))
    between(WorkFactory, project_id=_id(hidden_project), title="Autre travail secret")
    between(
        OutputFactory,
        record_id=project.id,
        title="Livrable secret",
        lead_id=_id(secret),
        country="MT",
    )
    between(ProjectCountryFactory, project_id=_id(hidden_project), country="MT")
    for number, words in enumerate(("14 pays", "15 pays")):
        FactValueFactory(record_id=project.id, value=words, is_chosen=number == 0)
        between(FactValueFactory, record_id=_id(hidden_project), value=f"{words} secrets")
    PresentationFactory(record_id=project.id, text_fr="Présentation ouverte")
    between(PresentationFactory, record_id=_id(hidden_project), text_fr="Présentation secrète")
    between(InvolvementFactory, project_id=project.id, organisation_id=_id(secret))
    between(InvolvementFactory, project_id=_id(hidden_project), organisation_id=refuge.id)
    between(OutputFactory, record_id=project.id, lead_id=_id(secret))
    return project


def _reviews(keep: Any, confidential: Any, between: Any, hidden_person: Any) -> None:
    """Let partners wait for a review, after one that was closed."""
    waiting = {
        "partnership_status": PartnershipStatus.ACTIVE,
        "tier": Tier.A,
        "next_review": PartialDate(2026),
    }
    partner = keep(OrganisationFactory(name="Partenaire ouvert", **waiting))
    hidden_partner = confidential(OrganisationFactory, name="Partenaire secret", **waiting)
    ReviewFactory(organisation_id=partner.id)
    between(ReviewFactory, organisation_id=_id(hidden_partner))

    def keep_in_touch(participant_id: int) -> None:
        """Be in touch in a way that must not tell whether the partner has gone dormant."""
        log(
            participant_ids=[partner.id, participant_id],
            interaction_kind=InteractionKind.CALL,
            happened=PartialDate(2026, 11, 21),
            note="Ce que personne ne doit lire",
        )

    between(keep_in_touch, participant_id=_id(hidden_person))


def _exchanges(
    keep: Any, confidential: Any, between: Any, open_records: Any, hidden_records: Any
) -> None:
    refuge, zofia, meeting, declaration, project = open_records
    secret, hidden_person = hidden_records
    exchange = keep(
        log(
            participant_ids=[refuge.id, zofia.id],
            topic_ids=[meeting.id, declaration.id, project.id],
            interaction_kind=InteractionKind.CALL,
            happened=PartialDate(2026, 11, 20),
            note="Refuge, de quoi parler ensemble",
        )
    )

    def hidden_log(participant_id: int) -> None:
        log(
            participant_ids=[refuge.id, participant_id],
            interaction_kind=InteractionKind.CALL,
            happened=PartialDate(2026, 11, 21),
            note="Refuge, ce que personne ne doit lire",
        )

    def hidden_topic(topic_id: int) -> None:
        log(
            participant_ids=[refuge.id],
            topic_ids=[topic_id],
            interaction_kind=InteractionKind.EMAIL,
            happened=PartialDate(2026, 11, 22),
            note="Refuge, ce que personne ne doit lire non plus",
        )

    def hidden_task(subject_id: int) -> None:
        create_task(name="Tâche secrète", subject_id=subject_id)

    confidential(
        log,
        participant_ids=[refuge.id],
        interaction_kind=InteractionKind.CALL,
        happened=PartialDate(2026, 11, 22),
        note="Refuge, pour les responsables",
    )
    between(hidden_log, participant_id=_id(hidden_person))
    between(hidden_topic, topic_id=_id(secret))
    keep(create_task(name="Tâche ouverte", subject_id=exchange.id, due=PartialDate(2026, 11, 25)))
    between(hidden_task, subject_id=_id(secret))
    confidential(create_task, name="Tâche des responsables", subject_id=refuge.id)

"""A partnership of twelve months: everything that a review may rest on, once each."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from crm.commitments.models import Debtor
from crm.core.clock import today
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.declarations.models import SignatureStatus
from crm.meetings.models import AttendanceStatus
from crm.networks import services as networks
from crm.organisations.models import Organisation, PartnershipStatus, Tier
from crm.records.models import Visibility
from tests.factories.commitments import CommitmentFactory
from tests.factories.declarations import DeclarationFactory, SignatureFactory
from tests.factories.interactions import exchange_with
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.networks import NetworkFactory, kind_of_link
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import PersonFactory, PositionFactory
from tests.factories.projects import InvolvementFactory, ProjectFactory


def days_ago(days: int) -> PartialDate:
    """Return a day before today, or after it."""
    return PartialDate.of(today() - timedelta(days=days))


def partner(**values: Any) -> Organisation:
    """Make a partner whose review is overdue."""
    asked = {
        "partnership_status": PartnershipStatus.ACTIVE,
        "tier": Tier.A,
        "next_review": days_ago(10),
        **values,
    }
    made: Organisation = OrganisationFactory(**asked)
    return made


@dataclass
class Year:
    """What was made, by what it is."""

    us: Organisation
    partner: Organisation
    made: dict[str, Any]


def year_with(owner_id: int | None = None) -> Year:
    """Make ourselves, a partner, and one of everything between us in the last twelve months."""
    us = OrganisationFactory(name="Our House", is_us=True)
    refuge = partner(name="Refuge", owner_id=owner_id)
    there, left = PersonFactory(name="Ada There"), PersonFactory(name="Bruno Left")
    PositionFactory(person_id=there.id, organisation_id=refuge.id, since=days_ago(900))
    gone = PositionFactory(
        person_id=left.id, organisation_id=refuge.id, title="Director", until=days_ago(40)
    )
    made: dict[str, Any] = {"person": there, "gone": gone}
    made["call"] = exchange_with(refuge, subject="Call in autumn", happened=days_ago(20))
    made["mail"] = exchange_with(there, subject="Mail to Ada", happened=days_ago(200))
    exchange_with(refuge, subject="Long ago", happened=days_ago(800))
    made["meeting"] = _meeting("Plenary", us, refuge)
    made["declaration"] = _signed("Appeal of autumn", us, refuge)
    made["ignored"] = DeclarationFactory(name="Letter in a drawer", dated=days_ago(50))
    SignatureFactory(
        declaration_id=made["ignored"].id,
        signatory_id=refuge.id,
        status=SignatureStatus.INVITED,
    )
    made["project"] = ProjectFactory(name="Common Ground", starts=days_ago(300))
    for organisation in (us, refuge):
        InvolvementFactory(project_id=made["project"].id, organisation_id=organisation.id)
    made["network"] = network = NetworkFactory(name="Network of Both")
    for member in (us, refuge):
        networks.add_membership(
            member_id=member.id,
            network_id=network.id,
            kind_id=kind_of_link("member"),
            since=days_ago(700),
        )
    made["owed"] = CommitmentFactory(
        organisation_id=refuge.id, name="Send the figures", debtor=Debtor.THEM, due=days_ago(30)
    )
    db.session.flush()
    return Year(us, refuge, made)


def _meeting(name: str, *present: Organisation, **values: Any) -> Any:
    meeting = MeetingFactory(name=name, starts=days_ago(60), **values)
    for organisation in present:
        AttendanceFactory(
            meeting_id=meeting.id,
            person_id=None,
            organisation_id=organisation.id,
            status=AttendanceStatus.ATTENDED,
        )
    return meeting


def _signed(name: str, *signatories: Organisation, **values: Any) -> Any:
    declaration = DeclarationFactory(name=name, dated=days_ago(50), **values)
    for organisation in signatories:
        SignatureFactory(
            declaration_id=declaration.id, signatory_id=organisation.id, signed_on=days_ago(50)
        )
    return declaration


def hide_beside(year: Year) -> list[str]:
    """Make one more of everything that only managers may see; return their names."""
    hidden = {"visibility": Visibility.MANAGERS}
    secret = PersonFactory(name="Vera Secret", **hidden)
    PositionFactory(person_id=secret.id, organisation_id=year.partner.id, until=days_ago(5))
    exchange_with(year.partner, subject="Hidden call", happened=days_ago(3), **hidden)
    exchange_with(year.partner, secret, subject="Call with Vera", happened=days_ago(3))
    _meeting("Hidden plenary", year.us, year.partner, **hidden)
    _signed("Hidden appeal", year.us, year.partner, **hidden)
    project = ProjectFactory(name="Hidden ground", starts=days_ago(30), **hidden)
    for organisation in (year.us, year.partner):
        InvolvementFactory(project_id=project.id, organisation_id=organisation.id)
    meeting = MeetingFactory(name="Where it was said", **hidden)
    CommitmentFactory(
        organisation_id=year.partner.id,
        origin_id=meeting.id,
        name="Hidden promise",
        due=days_ago(5),
    )
    return [
        "Vera",
        "Hidden call",
        "Hidden plenary",
        "Hidden appeal",
        "Hidden ground",
        "Hidden promise",
        "Where it was said",
    ]

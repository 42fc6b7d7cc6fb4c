"""What a network is, who belongs to it and for how long, who sits in it for whom."""

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Numeric, String, Text, UniqueConstraint, event
from sqlalchemy.orm import (
    Mapped,
    backref,
    foreign,
    mapped_column,
    query_expression,
    relationship,
)

from crm.core.choice import Choice
from crm.core.db import Base, Personal, about
from crm.core.i18n import _l
from crm.core.lists import LabelledValue, in_language
from crm.core.partial_date import PartialDate
from crm.networks.shipped import KINDS_OF_LINK
from crm.organisations.models import Organisation
from crm.people.models import WORK, Person
from crm.records.models import Document, Part, Record, record_key


class Scope(Choice):
    """How far a network reaches."""

    EUROPE = "europe", _l("Europe")
    INTERNATIONAL = "international", _l("International")
    REGIONAL = "regional", _l("Regional")
    NATIONAL = "national", _l("National")


class NetworkProfile(Part, Base):
    """What makes an organisation a network."""

    __tablename__ = "network_profiles"
    __part_label__ = _l("Network profile")
    __records__ = ("organisation_id",)
    __search_columns__ = ("network_type", "member_kinds", "purpose")
    __table_args__ = (UniqueConstraint("organisation_id"),)

    organisation_id: Mapped[int] = record_key(
        label=_l("Network"), target="organisations", index=False
    )
    scope: Mapped[Scope | None] = mapped_column(index=True, info=about(_l("Scope")))
    network_type: Mapped[str | None] = mapped_column(
        String(120),
        info=about(
            _l("Kind of network"), hint=_l("For instance NGO network or consultative forum")
        ),
    )
    member_kinds: Mapped[str | None] = mapped_column(
        String(300),
        info=about(_l("Who belongs to it"), hint=_l("Separate several with semicolons")),
    )
    purpose: Mapped[str | None] = mapped_column(Text, info=about(_l("Purpose")))
    meeting_frequency: Mapped[str | None] = mapped_column(
        String(60), info=about(_l("How often it meets"))
    )
    active_since: Mapped[PartialDate | None] = mapped_column(info=about(_l("Active since")))

    organisation: Mapped[Organisation] = relationship(
        foreign_keys=organisation_id, backref=backref("network_profile", uselist=False)
    )


class Counted(Choice):
    """What a measure of a network counts."""

    MEMBERS = "members", _l("Members")
    COUNTRIES = "countries", _l("Countries")


class Qualifier(Choice):
    """How exact a number is."""

    EXACT = "exact", _l("exactly")
    ABOUT = "about", _l("about")
    MORE_THAN = "more_than", _l("more than")


class NetworkMeasure(Part, Base):
    """The size of a network on a day, as a source gives it."""

    __tablename__ = "network_measures"
    __part_label__ = _l("Measure")
    __records__ = ("network_id",)

    network_id: Mapped[int] = record_key(label=_l("Network"), target="organisations")
    counted: Mapped[Counted] = mapped_column(info=about(_l("What is counted")))
    number: Mapped[int] = mapped_column(info=about(_l("Number")))
    qualifier: Mapped[Qualifier] = mapped_column(
        default=Qualifier.EXACT, info=about(_l("How exact"))
    )
    as_of: Mapped[PartialDate | None] = mapped_column(info=about(_l("As of")))
    source: Mapped[str | None] = mapped_column(String(300), info=about(_l("Source")))


class NetworkActivity(Part, Base):
    """Something a network does."""

    __tablename__ = "network_activities"
    __part_label__ = _l("Activity")
    __records__ = ("network_id",)
    __search_columns__ = ("activity", "detail")

    network_id: Mapped[int] = record_key(label=_l("Network"), target="organisations")
    activity: Mapped[str] = mapped_column(String(120), info=about(_l("Activity")))
    detail: Mapped[str | None] = mapped_column(String(300), info=about(_l("In detail")))


class MembershipKind(LabelledValue, Base):
    """How somebody belongs to a network; the word must be true (R-3.2)."""

    __tablename__ = "membership_kinds"

    code: Mapped[str] = mapped_column(
        String(40), unique=True, info=about(_l("Code"), internal=True)
    )
    word_fr: Mapped[str] = mapped_column(
        String(120),
        info=about(_l("Who has it, in French"), hint=_l("For instance membre, for an adhésion")),
    )
    word_en: Mapped[str] = mapped_column(
        String(120),
        info=about(_l("Who has it, in English"), hint=_l("For instance member, for a membership")),
    )
    has_terms: Mapped[bool] = mapped_column(
        default=True,
        info=about(_l("Has periods"), hint=_l("Without periods it only begins and ends")),
    )
    has_fees: Mapped[bool] = mapped_column(default=False, info=about(_l("Has fees")))
    has_duties: Mapped[bool] = mapped_column(default=True, info=about(_l("Has duties")))
    can_lapse: Mapped[bool] = mapped_column(
        default=False, info=about(_l("Lapses when it is not renewed"))
    )
    places_per_station: Mapped[int | None] = mapped_column(
        info=about(
            _l("Designations per duty station and year"),
            hint=_l("For a status with the United Nations; leave empty otherwise"),
        )
    )

    @property
    def word(self) -> str:
        """Return what somebody with this link is, in the language of the reader."""
        return in_language(self.word_fr, self.word_en)


def shipped_kinds() -> list[dict[str, Any]]:
    """Return the kinds of link that a new installation begins with."""
    return [
        {"id": 100_000 + place, "position": 10 * place, "is_active": True, "version": 1, **values}
        for place, values in enumerate(KINDS_OF_LINK, start=1)
    ]


@event.listens_for(MembershipKind.__table__, "after_create")
def _ship(target: sa.Table, connection: sa.Connection, **options: Any) -> None:
    """Begin with the shipped kinds where tables are made without migrations."""
    connection.execute(sa.insert(target), shipped_kinds())


class MembershipStatus(Choice):
    """How a membership stands."""

    APPLIED = "applied", _l("Applied")
    PENDING = "pending", _l("Not begun")
    ACTIVE = "active", _l("Active")
    RENEWAL_DUE = "renewal_due", _l("To be renewed")
    GRACE = "grace", _l("In grace")
    LAPSED = "lapsed", _l("Lapsed")
    SUSPENDED = "suspended", _l("Suspended")
    WITHDRAWN = "withdrawn", _l("Withdrawn")
    EXCLUDED = "excluded", _l("Excluded")
    ENDED = "ended", _l("Ended")


class Membership(Part, Base):
    """An organisation or person belongs to a network, over one or more periods."""

    __tablename__ = "memberships"
    __part_label__ = _l("Membership")
    __records__ = ("member_id", "network_id")
    __table_args__ = (UniqueConstraint("member_id", "network_id", "kind_id"),)

    member_id: Mapped[int] = record_key(label=_l("Member"), index=False)
    network_id: Mapped[int] = record_key(label=_l("Network"), target="organisations")
    kind_id: Mapped[int] = mapped_column(
        ForeignKey("membership_kinds.id"), index=True, info=about(_l("Kind of link"))
    )
    applied_on: Mapped[PartialDate | None] = mapped_column(info=about(_l("Applied on")))
    participation: Mapped[str | None] = mapped_column(
        Text, info=about(_l("How the member takes part"), personal=Personal.YES, purpose=WORK)
    )
    predecessor_id: Mapped[int | None] = mapped_column(
        ForeignKey("memberships.id"), index=True, info=about(_l("Follows the link"))
    )
    override: Mapped[MembershipStatus | None] = mapped_column(info=about(_l("Status set by hand")))
    override_reason: Mapped[str | None] = mapped_column(
        String(300), info=about(_l("Why the status was set by hand"))
    )
    override_since: Mapped[date | None] = mapped_column(info=about(_l("Set by hand from")))
    override_until: Mapped[date | None] = mapped_column(info=about(_l("Set by hand until")))

    is_shared: Mapped[bool] = query_expression()
    """Whether we sit in the network today, too, where a statement has asked."""

    kind: Mapped[MembershipKind] = relationship(lazy="joined", innerjoin=True)
    member: Mapped[Record] = relationship(foreign_keys=member_id)
    network: Mapped[Organisation] = relationship(foreign_keys=network_id)
    predecessor: Mapped["Membership | None"] = relationship(
        remote_side="Membership.id", foreign_keys=predecessor_id
    )
    terms: Mapped[list["Term"]] = relationship(
        back_populates="membership",
        order_by="Term.since.nulls_first(), Term.id",
        cascade="save-update, merge, delete",
    )
    steps: Mapped[list["MembershipStep"]] = relationship(
        back_populates="membership",
        order_by="MembershipStep.dated.nulls_first(), MembershipStep.id",
        cascade="save-update, merge, delete",
    )


class Ending(Choice):
    """How a period ended."""

    LAPSED = "lapsed", _l("Lapsed")
    SUSPENDED = "suspended", _l("Suspended")
    WITHDRAWN = "withdrawn", _l("Withdrawn")
    EXCLUDED = "excluded", _l("Excluded")
    SUCCEEDED = "succeeded", _l("Replaced by another link")
    DISSOLVED = "dissolved", _l("The network ended")


class Term(Part, Base):
    """A period of a membership, with its fee. No end means that it goes on."""

    __tablename__ = "terms"
    __part_label__ = _l("Period")
    __records__ = ("member_id", "network_id")

    membership_id: Mapped[int] = mapped_column(
        ForeignKey("memberships.id"), index=True, info=about(_l("Membership"))
    )
    member_id: Mapped[int] = record_key(label=_l("Member"))
    network_id: Mapped[int] = record_key(label=_l("Network"), target="organisations")
    since: Mapped[PartialDate | None] = mapped_column(info=about(_l("From")))
    until: Mapped[PartialDate | None] = mapped_column(info=about(_l("Until")))
    fee: Mapped[Decimal | None] = mapped_column(Numeric(12, 2), info=about(_l("Fee")))
    currency: Mapped[str | None] = mapped_column(
        String(3), info=about(_l("Currency"), hint=_l("For instance EUR"))
    )
    fee_due: Mapped[date | None] = mapped_column(info=about(_l("To be paid by")))
    paid_on: Mapped[date | None] = mapped_column(info=about(_l("Paid on")))
    proof_id: Mapped[int | None] = mapped_column(
        ForeignKey("documents.id"), index=True, info=about(_l("Proof"))
    )
    ending: Mapped[Ending | None] = mapped_column(info=about(_l("How it ended")))

    membership: Mapped[Membership] = relationship(back_populates="terms")
    proof: Mapped[Document | None] = relationship()


class Step(Choice):
    """What happened to a link on its way."""

    APPLIED = "applied", _l("Applied")
    DEFERRED = "deferred", _l("Deferred")
    QUESTIONED = "questioned", _l("Questions received")
    RECOMMENDED = "recommended", _l("Recommended")
    GRANTED = "granted", _l("Granted")
    DECLINED = "declined", _l("Declined")
    CLOSED = "closed", _l("Closed without decision")
    RECLASSIFIED = "reclassified", _l("Kind changed")
    SUSPENDED = "suspended", _l("Suspended")
    REINSTATED = "reinstated", _l("Reinstated")
    WITHDRAWN = "withdrawn", _l("Withdrawn")
    OTHER = "other", _l("Other")


class MembershipStep(Part, Base):
    """A decision or event in the life of a link: who decided what, and when."""

    __tablename__ = "membership_steps"
    __part_label__ = _l("Step")
    __records__ = ("member_id", "network_id")

    membership_id: Mapped[int] = mapped_column(
        ForeignKey("memberships.id"), index=True, info=about(_l("Membership"))
    )
    member_id: Mapped[int] = record_key(label=_l("Member"))
    network_id: Mapped[int] = record_key(label=_l("Network"), target="organisations")
    step: Mapped[Step] = mapped_column(info=about(_l("What happened")))
    dated: Mapped[PartialDate | None] = mapped_column(info=about(_l("Date")))
    decided_by: Mapped[str | None] = mapped_column(
        String(200), info=about(_l("Decided by"), hint=_l("A body, for instance the board"))
    )
    detail: Mapped[str | None] = mapped_column(String(500), info=about(_l("In detail")))

    membership: Mapped[Membership] = relationship(back_populates="steps")


_us: Any = Organisation.__table__.alias()
sa.inspect(Organisation).add_property(
    "own_links",
    relationship(
        Membership,
        primaryjoin=sa.and_(
            Organisation.id == foreign(Membership.network_id),
            Membership.member_id.in_(sa.select(_us.c.id).where(_us.c.is_us)),
        ),
        viewonly=True,
    ),
)


sa.inspect(Organisation).add_property(
    "member_measures",
    relationship(
        NetworkMeasure,
        primaryjoin=sa.and_(
            Organisation.id == foreign(NetworkMeasure.network_id),
            NetworkMeasure.counted == Counted.MEMBERS,
        ),
        viewonly=True,
    ),
)


class WorkingGroup(Part, Base):
    """A group inside a network."""

    __tablename__ = "working_groups"
    __part_label__ = _l("Working group")
    __records__ = ("network_id",)
    __search_columns__ = ("name",)

    network_id: Mapped[int] = record_key(label=_l("Network"), target="organisations")
    name: Mapped[str] = mapped_column(String(200), info=about(_l("Name")))
    frequency: Mapped[str | None] = mapped_column(String(60), info=about(_l("How often it meets")))
    since: Mapped[PartialDate | None] = mapped_column(info=about(_l("From")))
    until: Mapped[PartialDate | None] = mapped_column(info=about(_l("Until")))

    network: Mapped[Organisation] = relationship(foreign_keys=network_id)
    mandates: Mapped[list["Mandate"]] = relationship(back_populates="working_group", viewonly=True)


class MandateRole(Choice):
    """What a mandate is."""

    REPRESENTATIVE = "representative", _l("Representative")
    ALTERNATE = "alternate", _l("Alternate")
    FOCAL_POINT = "focal_point", _l("Focal point")
    LEGAL_REPRESENTATIVE = "legal_representative", _l("Legal representative")
    CHAIR = "chair", _l("Chair")
    MEMBER = "member", _l("Member")
    OBSERVER = "observer", _l("Observer")
    HEAD = "head", _l("President or chief executive")
    ADMINISTRATIVE_OFFICER = "administrative_officer", _l("Chief administrative officer")
    MAIN_REPRESENTATIVE = "main_representative", _l("Main representative")
    ADDITIONAL_REPRESENTATIVE = "additional_representative", _l("Additional representative")


class DutyStation(Choice):
    """Where the United Nations let representatives in, each place by its own list (R-6.7)."""

    NEW_YORK = "new_york", _l("New York")
    GENEVA = "geneva", _l("Geneva")
    VIENNA = "vienna", _l("Vienna")


class Mandate(Part, Base):
    """Who sits in a network or one of its groups, for which organisation.

    Without a person the seat is the organisation's, and vacant or not yet known.
    """

    __tablename__ = "mandates"
    __part_label__ = _l("Mandate")
    __records__ = ("network_id", "organisation_id", "person_id")

    network_id: Mapped[int] = record_key(label=_l("Network"), target="organisations")
    working_group_id: Mapped[int | None] = mapped_column(
        ForeignKey("working_groups.id"), index=True, info=about(_l("Working group"))
    )
    organisation_id: Mapped[int] = record_key(label=_l("For"), target="organisations")
    person_id: Mapped[int | None] = record_key(label=_l("Person"), target="people", nullable=True)
    role: Mapped[MandateRole] = mapped_column(
        default=MandateRole.MEMBER, info=about(_l("Role"), personal=Personal.YES, purpose=WORK)
    )
    duty_station: Mapped[DutyStation | None] = mapped_column(
        info=about(_l("Duty station"), hint=_l("For designations with the United Nations"))
    )
    since: Mapped[PartialDate | None] = mapped_column(info=about(_l("From")))
    until: Mapped[PartialDate | None] = mapped_column(info=about(_l("Until")))

    network: Mapped[Organisation] = relationship(foreign_keys=network_id)
    working_group: Mapped[WorkingGroup | None] = relationship(back_populates="mandates")
    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)

"""What a network is, who belongs to it and for how long, who sits in it for whom."""

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, backref, foreign, mapped_column, relationship

from crm.core.choice import Choice
from crm.core.db import Base, Personal, about
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.organisations.models import Organisation
from crm.people.models import WORK, Person
from crm.records.models import Part, Record, record_key


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


class MembershipKind(Choice):
    """How somebody belongs to a network; the word must be true (R-3.2)."""

    MEMBER = "member", _l("Member")
    ASSOCIATE = "associate", _l("Associate member")
    REGISTERED = "registered", _l("Registered")
    FORUM_SEAT = "forum_seat", _l("Seat in the forum")
    SPECIAL_STATUS = "special_status", _l("Special consultative status")
    GENERAL_STATUS = "general_status", _l("General consultative status")
    ROSTER = "roster", _l("Roster")
    OBSERVER = "observer", _l("Observer")
    PARTICIPANT = "participant", _l("Participant")


class Membership(Part, Base):
    """An organisation or person belongs to a network, over one or more periods."""

    __tablename__ = "memberships"
    __part_label__ = _l("Membership")
    __records__ = ("member_id", "network_id")
    __table_args__ = (UniqueConstraint("member_id", "network_id", "kind"),)

    member_id: Mapped[int] = record_key(label=_l("Member"), index=False)
    network_id: Mapped[int] = record_key(label=_l("Network"), target="organisations")
    kind: Mapped[MembershipKind] = mapped_column(
        default=MembershipKind.MEMBER, info=about(_l("Kind of link"))
    )
    applied_on: Mapped[PartialDate | None] = mapped_column(info=about(_l("Applied on")))
    participation: Mapped[str | None] = mapped_column(
        Text, info=about(_l("How the member takes part"), personal=Personal.YES, purpose=WORK)
    )

    member: Mapped[Record] = relationship(foreign_keys=member_id)
    network: Mapped[Organisation] = relationship(foreign_keys=network_id)
    terms: Mapped[list["Term"]] = relationship(
        back_populates="membership",
        order_by="Term.since.nulls_first(), Term.id",
        cascade="save-update, merge, delete",
    )


class Ending(Choice):
    """How a period ended."""

    LAPSED = "lapsed", _l("Lapsed")
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
    paid_on: Mapped[date | None] = mapped_column(info=about(_l("Paid on")))
    ending: Mapped[Ending | None] = mapped_column(info=about(_l("How it ended")))

    membership: Mapped[Membership] = relationship(back_populates="terms")


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


class MandateRole(Choice):
    """What a mandate is."""

    REPRESENTATIVE = "representative", _l("Representative")
    ALTERNATE = "alternate", _l("Alternate")
    FOCAL_POINT = "focal_point", _l("Focal point")
    LEGAL_REPRESENTATIVE = "legal_representative", _l("Legal representative")
    CHAIR = "chair", _l("Chair")
    MEMBER = "member", _l("Member")
    OBSERVER = "observer", _l("Observer")


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
    since: Mapped[PartialDate | None] = mapped_column(info=about(_l("From")))
    until: Mapped[PartialDate | None] = mapped_column(info=about(_l("Until")))

    network: Mapped[Organisation] = relationship(foreign_keys=network_id)
    working_group: Mapped[WorkingGroup | None] = relationship()
    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)
    person: Mapped[Person | None] = relationship(foreign_keys=person_id)

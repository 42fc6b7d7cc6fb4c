"""Organisations and the relations between them."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.choice import Choice
from crm.core.countries import country_words
from crm.core.db import Base, Personal, about
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.core.text import tokens
from crm.records.models import Part, Record, record_key


class OrganisationKind(Choice):
    """What sort of body it is."""

    NGO = "ngo", _l("NGO")
    NETWORK = "network", _l("Network")
    LOCAL_AUTHORITY = "local_authority", _l("City or local authority")
    MINISTRY = "ministry", _l("Ministry")
    EU_INSTITUTION = "eu_institution", _l("EU institution")
    EU_AGENCY = "eu_agency", _l("EU agency")
    UN_BODY = "un_body", _l("UN body")
    FOUNDATION = "foundation", _l("Foundation")
    FUNDER = "funder", _l("Funding programme")
    RESEARCH_CENTRE = "research_centre", _l("Research centre")
    UNIVERSITY = "university", _l("University")
    RELIGIOUS_BODY = "religious_body", _l("Religious body")
    TRADE_UNION = "trade_union", _l("Trade union")
    COMPANY = "company", _l("Company")
    OTHER = "other", _l("Other")


class PartnershipStatus(Choice):
    """How our partnership with an organisation stands."""

    DEVELOPING = "developing", _l("Developing")
    ACTIVE = "active", _l("Active")
    DORMANT = "dormant", _l("Dormant")
    SUSPENDED = "suspended", _l("Suspended")
    ENDED = "ended", _l("Ended")


LIVING = (PartnershipStatus.DEVELOPING, PartnershipStatus.ACTIVE)
"""Partnerships in which we want to be in touch."""


class Tier(Choice):
    """How close the partnership is meant to be."""

    A = "a", _l("Tier A")
    B = "b", _l("Tier B")
    C = "c", _l("Tier C")


class Organisation(Record):
    """A body we have, had or want a relationship with."""

    __tablename__ = "organisations"

    id: Mapped[int] = mapped_column(
        ForeignKey("records.id"), primary_key=True, info=about(_l("id"), internal=True)
    )
    name: Mapped[str] = mapped_column(String(300), info=about(_l("Name")))
    acronym: Mapped[str | None] = mapped_column(String(60), info=about(_l("Acronym")))
    organisation_kind: Mapped[OrganisationKind] = mapped_column(
        default=OrganisationKind.NGO, index=True, info=about(_l("Kind of organisation"))
    )
    speciality: Mapped[str | None] = mapped_column(
        String(120),
        info=about(_l("More precisely"), hint=_l("For instance asylum NGO or country office")),
    )
    country: Mapped[str | None] = mapped_column(String(2), index=True, info=about(_l("Country")))
    city: Mapped[str | None] = mapped_column(String(120), info=about(_l("City")))
    languages: Mapped[str | None] = mapped_column(
        String(120), info=about(_l("Working languages"), hint=_l("For instance French, English"))
    )
    description: Mapped[str | None] = mapped_column(Text, info=about(_l("Description")))
    good_to_know: Mapped[str | None] = mapped_column(
        Text,
        info=about(
            _l("Good to know"),
            personal=Personal.YES,
            purpose=_l("To prepare a conversation"),
            hint=_l(
                "Record work facts. Nothing about private life, health, religion, opinions or "
                "anyone’s legal status."
            ),
        ),
    )
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisations.id"), index=True, info=about(_l("Part of"))
    )
    partnership_status: Mapped[PartnershipStatus | None] = mapped_column(
        index=True, info=about(_l("Partnership"))
    )
    tier: Mapped[Tier | None] = mapped_column(info=about(_l("Tier")))
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Owner"), personal=Personal.YES)
    )
    partner_since: Mapped[PartialDate | None] = mapped_column(info=about(_l("Partner since")))
    next_review: Mapped[PartialDate | None] = mapped_column(info=about(_l("Next review")))
    rest_until: Mapped[date | None] = mapped_column(
        info=about(_l("At rest until"), hint=_l("Until then nobody is told that it goes dormant"))
    )
    is_us: Mapped[bool] = mapped_column(
        default=False, index=True, info=about(_l("This is our own organisation"))
    )

    parent: Mapped["Organisation | None"] = relationship(foreign_keys=parent_id, remote_side=id)
    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own declaration
        "polymorphic_identity": "organisation",
        "inherit_condition": id == Record.id,
    }

    def compose_title(self) -> str:
        """Return the name, with the acronym when the name does not hold it."""
        if self.acronym and not set(tokens(self.acronym)) <= set(tokens(self.name)):
            return f"{self.name} ({self.acronym})"
        return self.name

    def sort_text(self) -> str:
        """Return the name alone."""
        return self.name

    def search_terms(self) -> Iterable[str | None]:
        """Return acronym, city, country in both languages and what it does."""
        return (
            self.acronym,
            self.speciality,
            self.city,
            country_words(self.country) if self.country else None,
            self.description,
        )


class Milestone(Part, Base):
    """Something that happened and explains a record."""

    __tablename__ = "milestones"
    __part_label__ = _l("Milestone")
    __records__ = ("record_id", "actor_id")
    __search_columns__ = ("label",)

    record_id: Mapped[int] = record_key()
    label: Mapped[str] = mapped_column(String(300), info=about(_l("What happened")))
    dated: Mapped[PartialDate | None] = mapped_column(info=about(_l("Date")))
    actor_id: Mapped[int | None] = record_key(
        label=_l("By whom"), target="organisations", nullable=True
    )

    record: Mapped[Record] = relationship(foreign_keys=record_id)
    actor: Mapped[Organisation | None] = relationship(foreign_keys=actor_id)


class RelationKind(Choice):
    """How one organisation relates to another, read from the first to the second."""

    HOSTS = "hosts", _l("hosts the secretariat of")
    FUNDS = "funds", _l("funds")
    SUCCEEDS = "succeeds", _l("succeeds")
    SISTER = "sister", _l("is a sister organisation of")
    WORKS_WITH = "works_with", _l("works with")
    OVERSEES = "oversees", _l("oversees")


REVERSE_LABELS = {
    RelationKind.HOSTS: _l("has its secretariat hosted by"),
    RelationKind.FUNDS: _l("is funded by"),
    RelationKind.SUCCEEDS: _l("is succeeded by"),
    RelationKind.SISTER: _l("is a sister organisation of"),
    RelationKind.WORKS_WITH: _l("works with"),
    RelationKind.OVERSEES: _l("is overseen by"),
}
"""The same relations, read from the second organisation to the first."""


class Relation(Part, Base):
    """A dated relation between two organisations, with a label in both directions."""

    __tablename__ = "relations"
    __part_label__ = _l("Relation")
    __records__ = ("organisation_id", "other_id")

    organisation_id: Mapped[int] = record_key(label=_l("Organisation"), target="organisations")
    kind: Mapped[RelationKind] = mapped_column(info=about(_l("Relation")))
    other_id: Mapped[int] = record_key(label=_l("Other organisation"), target="organisations")
    since: Mapped[PartialDate | None] = mapped_column(info=about(_l("From")))
    until: Mapped[PartialDate | None] = mapped_column(info=about(_l("Until")))
    note: Mapped[str | None] = mapped_column(String(300), info=about(_l("Note")))

    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)
    other: Mapped[Organisation] = relationship(foreign_keys=other_id)

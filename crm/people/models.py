"""People and their positions."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.choice import Choice
from crm.core.db import Base, Personal, about
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.organisations.models import Organisation
from crm.records.models import Part, Record, record_key

WORK = _l("To work with partner organisations")


class LegalBasis(Choice):
    """Why we may keep data about a person (GDPR, article 6)."""

    LEGITIMATE_INTEREST = "legitimate_interest", _l("Legitimate interest (professional contact)")
    CONSENT = "consent", _l("Consent")
    CONTRACT = "contract", _l("Contract")


class Person(Record):
    """Somebody we know at a partner."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(
        ForeignKey("records.id"), primary_key=True, info=about(_l("id"), internal=True)
    )
    name: Mapped[str] = mapped_column(
        String(120),
        info=about(
            _l("Name"), personal=Personal.YES, purpose=WORK, hint=_l("As the person uses it")
        ),
    )
    given_name: Mapped[str | None] = mapped_column(
        String(120), info=about(_l("Given name"), personal=Personal.YES, purpose=WORK)
    )
    family_name: Mapped[str | None] = mapped_column(
        String(120),
        info=about(
            _l("Family name"), personal=Personal.YES, purpose=WORK, hint=_l("Lists sort by it")
        ),
    )
    native_name: Mapped[str | None] = mapped_column(
        String(120),
        info=about(_l("Name in its own script"), personal=Personal.YES, purpose=WORK),
    )
    pronunciation: Mapped[str | None] = mapped_column(
        String(120), info=about(_l("How to say it"), personal=Personal.YES, purpose=WORK)
    )
    form_of_address: Mapped[str | None] = mapped_column(
        String(60),
        info=about(
            _l("Form of address"),
            personal=Personal.YES,
            purpose=WORK,
            hint=_l("For instance Ms, Dr or Madame la Directrice"),
        ),
    )
    languages: Mapped[str | None] = mapped_column(
        String(120), info=about(_l("Languages"), personal=Personal.YES, purpose=WORK)
    )
    country: Mapped[str | None] = mapped_column(
        String(2), info=about(_l("Country"), personal=Personal.YES, purpose=WORK)
    )
    good_to_know: Mapped[str | None] = mapped_column(
        Text,
        info=about(
            _l("Good to know"),
            personal=Personal.YES,
            purpose=WORK,
            hint=_l(
                "Record work facts. Nothing about private life, health, religion, opinions or "
                "anyone’s legal status."
            ),
        ),
    )
    legal_basis: Mapped[LegalBasis] = mapped_column(
        default=LegalBasis.LEGITIMATE_INTEREST, info=about(_l("Legal basis"))
    )
    data_source: Mapped[str | None] = mapped_column(
        String(200),
        info=about(
            _l("Where the data comes from"),
            personal=Personal.YES,
            purpose=WORK,
            hint=_l("For instance met at a conference, business card, organisation’s website"),
        ),
    )
    informed_on: Mapped[date | None] = mapped_column(
        info=about(_l("Informed on"), personal=Personal.YES, purpose=WORK)
    )
    objected_on: Mapped[date | None] = mapped_column(
        info=about(
            _l("Objected on"),
            personal=Personal.YES,
            purpose=_l("To respect an objection"),
            hint=_l("To the use of their data. Never in a file that leaves the team"),
        )
    )
    is_at_risk: Mapped[bool] = mapped_column(
        default=False,
        info=about(
            _l("At risk"),
            personal=Personal.SENSITIVE,
            purpose=_l("To protect the person"),
            hint=_l("Never in a file that leaves the team; seen by few"),
        ),
    )

    positions: Mapped[list["Position"]] = relationship(
        back_populates="person", order_by="(Position.is_primary.desc(), Position.since.desc())"
    )

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own declaration
        "polymorphic_identity": "person",
    }

    def compose_title(self) -> str:
        """Return the name as the person uses it."""
        return self.name

    def sort_text(self) -> str:
        """Return the family name first, where it is known."""
        if self.family_name:
            return f"{self.family_name} {self.given_name or self.name}"
        return self.name

    def search_terms(self) -> Iterable[str | None]:
        """Return every way to write the name."""
        return (self.given_name, self.family_name, self.native_name)


# Who stands in no file: asked of every row of every file, so of these few alone.
Index(
    "ix_people_at_risk",
    Person.id,
    sqlite_where=Person.is_at_risk.is_(True),
    postgresql_where=Person.is_at_risk.is_(True),
)
Index(
    "ix_people_objected",
    Person.id,
    sqlite_where=Person.objected_on.is_not(None),
    postgresql_where=Person.objected_on.is_not(None),
)


class Position(Part, Base):
    """Who works where, as what, from when until when."""

    __tablename__ = "positions"
    __part_label__ = _l("Position")
    __records__ = ("person_id", "organisation_id")

    person_id: Mapped[int] = record_key(label=_l("Person"), target="people")
    organisation_id: Mapped[int] = record_key(label=_l("Organisation"), target="organisations")
    title: Mapped[str | None] = mapped_column(
        String(200), info=about(_l("Position"), personal=Personal.YES, purpose=WORK)
    )
    department: Mapped[str | None] = mapped_column(
        String(200), info=about(_l("Department"), personal=Personal.YES, purpose=WORK)
    )
    since: Mapped[PartialDate | None] = mapped_column(
        info=about(_l("From"), personal=Personal.YES, purpose=WORK)
    )
    until: Mapped[PartialDate | None] = mapped_column(
        info=about(_l("Until"), personal=Personal.YES, purpose=WORK)
    )
    is_primary: Mapped[bool] = mapped_column(default=False, info=about(_l("Main position")))

    person: Mapped[Person] = relationship(foreign_keys=person_id, back_populates="positions")
    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)

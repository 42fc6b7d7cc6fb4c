"""Exchanges with people and organisations."""

from collections.abc import Iterable

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.choice import Choice
from crm.core.db import Base, Personal, about
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.people.models import WORK
from crm.records.models import Part, Record, record_key


class InteractionKind(Choice):
    """By what means people were in touch."""

    CALL = "call", _l("Call")
    EMAIL = "email", _l("Email")
    MEETING = "meeting", _l("Conversation")
    VISIT = "visit", _l("Visit")
    EVENT = "event", _l("Met at an event")
    LETTER = "letter", _l("Letter")


class Interaction(Record):
    """Somebody of the team was in touch with a partner."""

    __tablename__ = "interactions"

    id: Mapped[int] = mapped_column(
        ForeignKey("records.id"), primary_key=True, info=about(_l("id"), internal=True)
    )
    interaction_kind: Mapped[InteractionKind] = mapped_column(
        default=InteractionKind.CALL, index=True, info=about(_l("By what means"))
    )
    happened: Mapped[PartialDate] = mapped_column(
        index=True,
        info=about(_l("When"), hint=_l("For instance today, yesterday, Monday or 23/11")),
    )
    subject: Mapped[str] = mapped_column(
        String(200),
        default="",
        info=about(
            _l("Subject"),
            personal=Personal.YES,
            purpose=WORK,
            hint=_l("Empty: the first words of the note"),
        ),
    )
    note: Mapped[str | None] = mapped_column(
        Text,
        info=about(
            _l("Note"),
            personal=Personal.YES,
            purpose=WORK,
            hint=_l(
                "Record work facts. Nothing about private life, health, religion, opinions or "
                "anyone’s legal status."
            ),
        ),
    )

    participants: Mapped[list["Participant"]] = relationship(
        back_populates="interaction", order_by="Participant.id"
    )
    topics: Mapped[list["Topic"]] = relationship(back_populates="interaction", order_by="Topic.id")

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own declaration
        "polymorphic_identity": "interaction",
    }

    def compose_title(self) -> str:
        """Return the subject."""
        return self.subject

    def search_terms(self) -> Iterable[str | None]:
        """Return what was noted."""
        return (self.note,)


class Participant(Part, Base):
    """A person or organisation with whom an exchange was; it hides with them."""

    __tablename__ = "participants"
    __part_label__ = _l("Participant")
    __records__ = ("interaction_id", "record_id")
    __is_guard__ = True
    __table_args__ = (UniqueConstraint("interaction_id", "record_id"),)

    interaction_id: Mapped[int] = record_key(
        label=_l("Exchange"), target="interactions", index=False
    )
    record_id: Mapped[int] = record_key(label=_l("With whom"))

    interaction: Mapped[Interaction] = relationship(
        foreign_keys=interaction_id, back_populates="participants"
    )
    record: Mapped[Record] = relationship(foreign_keys=record_id)


class Topic(Part, Base):
    """A record that an exchange was about; it hides with it."""

    __tablename__ = "topics"
    __part_label__ = _l("Topic")
    __records__ = ("interaction_id", "record_id")
    __is_guard__ = True
    __table_args__ = (UniqueConstraint("interaction_id", "record_id"),)

    interaction_id: Mapped[int] = record_key(
        label=_l("Exchange"), target="interactions", index=False
    )
    record_id: Mapped[int] = record_key(label=_l("About what"))

    interaction: Mapped[Interaction] = relationship(
        foreign_keys=interaction_id, back_populates="topics"
    )
    record: Mapped[Record] = relationship(foreign_keys=record_id)

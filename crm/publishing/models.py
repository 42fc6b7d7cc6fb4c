"""What is shown in public, in which words, and what was published when."""

import hashlib
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l
from crm.core.lists import LabelledValue
from crm.publishing.shipped import SECTIONS
from crm.records.models import Part, Record, record_key


class PublicSection(LabelledValue, Base):
    """A section of the public page: heading, introduction and place, as the team wants them."""

    __tablename__ = "public_sections"

    code: Mapped[str] = mapped_column(
        String(40), unique=True, info=about(_l("Code"), internal=True)
    )
    intro_fr: Mapped[str | None] = mapped_column(Text, info=about(_l("Introduction in French")))
    intro_en: Mapped[str | None] = mapped_column(Text, info=about(_l("Introduction in English")))


def shipped_sections() -> list[dict[str, Any]]:
    """Return the sections that a new installation begins with."""
    return [
        {"id": 100_000 + place, "position": 10 * place, "is_active": True, "version": 1, **values}
        for place, values in enumerate(SECTIONS)
    ]


@event.listens_for(PublicSection.__table__, "after_create")
def _ship(target: sa.Table, connection: sa.Connection, **options: Any) -> None:
    """Begin with the shipped sections where tables are made without migrations."""
    connection.execute(sa.insert(target), shipped_sections())


class Presentation(Part, Base):
    """A record stands on the public page, with what the team says of it there."""

    __tablename__ = "presentations"
    __part_label__ = _l("Place on the public page")
    __table_args__ = (UniqueConstraint("record_id"),)

    record_id: Mapped[int] = record_key(index=False)
    position: Mapped[int] = mapped_column(
        default=100,
        info=about(_l("Order in its section"), hint=_l("Smaller numbers come first")),
    )
    text_fr: Mapped[str | None] = mapped_column(
        Text, info=about(_l("Presentation in French"), hint=_l("A few sentences for everybody"))
    )
    text_en: Mapped[str | None] = mapped_column(Text, info=about(_l("Presentation in English")))

    record: Mapped[Record] = relationship()


class PublicWording(Part, Base):
    """How a free text of a record reads in public, in both languages.

    It belongs to the text as it was: when the record changes, it is asked for again.
    """

    __tablename__ = "public_wordings"
    __part_label__ = _l("Words for the public page")
    __table_args__ = (UniqueConstraint("record_id", "fingerprint"),)

    record_id: Mapped[int] = record_key(index=False)
    fingerprint: Mapped[str] = mapped_column(
        String(64), info=about(_l("Fingerprint (SHA-256)"), internal=True)
    )
    original: Mapped[str] = mapped_column(Text, info=about(_l("Text of the record")))
    text_fr: Mapped[str | None] = mapped_column(Text, info=about(_l("In French")))
    text_en: Mapped[str | None] = mapped_column(Text, info=about(_l("In English")))
    is_left_out: Mapped[bool] = mapped_column(
        default=False, info=about(_l("Not for the public page"))
    )

    record: Mapped[Record] = relationship()


def fingerprint_of(text: str) -> str:
    """Return the SHA-256 by which a free text finds its words."""
    return hashlib.sha256(text.encode()).hexdigest()


class Edition(HasId, Base):
    """What was published: the facts of the page in both languages, and its files."""

    __tablename__ = "editions"

    published_at: Mapped[datetime] = mapped_column(
        default=now, index=True, info=about(_l("Published"))
    )
    published_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), info=about(_l("Published by"), personal=Personal.YES)
    )
    fingerprint: Mapped[str] = mapped_column(
        String(64), info=about(_l("Fingerprint (SHA-256)"), internal=True)
    )
    content: Mapped[dict[str, Any]] = mapped_column(
        deferred=True, info=about(_l("What it says"), personal=Personal.YES)
    )
    files: Mapped[dict[str, Any]] = mapped_column(
        deferred=True, info=about(_l("Files"), personal=Personal.YES)
    )

    published_by: Mapped[User | None] = relationship()

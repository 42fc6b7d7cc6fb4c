"""Packs that were made and are kept, and what a pack of a kind of meeting begins with."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l
from crm.meetings.models import Meeting, MeetingKind
from crm.records.models import Part, record_key


class KeptPack(Part, Base):
    """A pack as it was made: its content stays as it was, and files are written from it.

    It hides with its meeting, and from everybody once it names what its readers no longer may see.
    """

    __tablename__ = "kept_packs"
    __part_label__ = _l("Pack")
    __records__ = ("meeting_id",)
    __is_recorded__ = False

    meeting_id: Mapped[int] = record_key(label=_l("Meeting"), target="meetings")
    user_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Made by"), personal=Personal.YES)
    )
    author: Mapped[str] = mapped_column(
        String(200),
        info=about(
            _l("Name on the pack"), personal=Personal.YES, purpose=_l("To show who made it")
        ),
    )
    language: Mapped[str] = mapped_column(String(2), info=about(_l("Language")))
    is_for_managers: Mapped[bool] = mapped_column(
        default=False, info=about(_l("With what only managers may see"))
    )
    asked: Mapped[dict[str, Any]] = mapped_column(
        info=about(
            _l("What was asked for"),
            personal=Personal.YES,
            purpose=_l("To make it again"),
            internal=True,
        )
    )
    content: Mapped[dict[str, Any]] = mapped_column(
        default=dict,
        deferred=True,  # Lists of packs do without it.
        info=about(
            _l("Content"),
            personal=Personal.YES,
            purpose=_l("To prepare a meeting"),
            internal=True,
        ),
    )
    done: Mapped[int] = mapped_column(default=0, info=about(_l("Sections ready")))
    total: Mapped[int] = mapped_column(info=about(_l("Sections")))
    withheld: Mapped[int] = mapped_column(default=0, info=about(_l("Confidential items withheld")))
    asked_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Asked for")))
    made_at: Mapped[datetime | None] = mapped_column(info=about(_l("Made")))
    stopped_at: Mapped[datetime | None] = mapped_column(info=about(_l("Stopped")))

    meeting: Mapped[Meeting] = relationship(foreign_keys=meeting_id)
    user: Mapped[User | None] = relationship()

    @property
    def is_running(self) -> bool:
        """Tell whether sections wait to be gathered."""
        return self.made_at is None and self.stopped_at is None


class PackPreset(HasId, Base):
    """What managers want in the packs of a kind of meeting, in order."""

    __tablename__ = "pack_presets"

    meeting_kind: Mapped[MeetingKind] = mapped_column(
        unique=True, info=about(_l("Kind of meeting"))
    )
    parts: Mapped[list[str]] = mapped_column(sa.JSON, info=about(_l("What goes in")))
    changed_at: Mapped[datetime] = mapped_column(
        default=now, onupdate=now, info=about(_l("Changed"))
    )

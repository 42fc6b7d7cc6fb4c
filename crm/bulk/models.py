"""Changes of many records at once."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l
from crm.records.models import Part, Record, record_key


class BulkRun(HasId, Base):
    """One change that somebody makes to many records; how far it and its undoing have come."""

    __tablename__ = "bulk_runs"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Made by"), personal=Personal.YES)
    )
    kind: Mapped[str] = mapped_column(String(30), info=about(_l("List"), internal=True))
    address: Mapped[str] = mapped_column(
        Text,
        default="",
        info=about(
            _l("What the list asked for"),
            personal=Personal.YES,
            purpose=_l("To lead back to it"),
            internal=True,
        ),
    )
    action: Mapped[str] = mapped_column(String(40), info=about(_l("Change"), internal=True))
    values: Mapped[dict[str, Any]] = mapped_column(
        info=about(
            _l("What was entered"),
            personal=Personal.YES,
            purpose=_l("To make the change"),
            internal=True,
        )
    )
    batch: Mapped[str] = mapped_column(
        String(32), unique=True, info=about(_l("Request"), internal=True)
    )
    total: Mapped[int] = mapped_column(info=about(_l("Records")))
    changed: Mapped[int] = mapped_column(default=0, info=about(_l("Changed")))
    unchanged: Mapped[int] = mapped_column(default=0, info=about(_l("Left as they were")))
    started_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Started")))
    stopped_at: Mapped[datetime | None] = mapped_column(info=about(_l("Stopped")))
    undo_total: Mapped[int] = mapped_column(default=0, info=about(_l("Changes to undo")))
    undone: Mapped[int] = mapped_column(default=0, info=about(_l("Changes undone")))
    undo_kept: Mapped[int] = mapped_column(
        default=0, info=about(_l("Not undone: changed again since"))
    )
    undo_asked_at: Mapped[datetime | None] = mapped_column(info=about(_l("Undone on")))

    user: Mapped[User] = relationship(innerjoin=True)

    @property
    def done(self) -> int:
        """Return how many records it has come to."""
        return self.changed + self.unchanged

    @property
    def is_running(self) -> bool:
        """Tell whether records wait to be changed."""
        return self.stopped_at is None and self.done < self.total

    @property
    def is_undoing(self) -> bool:
        """Tell whether changes wait to be undone."""
        return self.undo_asked_at is not None and self.undone + self.undo_kept < self.undo_total


class LeftRecord(Part, Base):
    """A record that a change left as it was, and why; it hides with the record."""

    __tablename__ = "bulk_left_records"
    __part_label__ = _l("Left as it was")
    __is_recorded__ = False

    run_id: Mapped[int] = mapped_column(
        ForeignKey("bulk_runs.id"), index=True, info=about(_l("Change"))
    )
    record_id: Mapped[int] = record_key()
    reason: Mapped[str] = mapped_column(String(300), info=about(_l("Reason")))

    record: Mapped[Record] = relationship(foreign_keys=record_id)

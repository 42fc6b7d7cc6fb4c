"""Corrected files that wait for somebody's decision."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.clock import now
from crm.core.db import Base, HasId, Personal, about
from crm.core.i18n import _l


class CorrectedFile(HasId, Base):
    """A file that came back: what of it differs, until it is decided upon."""

    __tablename__ = "corrected_files"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Sent by"), personal=Personal.YES)
    )
    kind: Mapped[str] = mapped_column(String(30), info=about(_l("List"), internal=True))
    name: Mapped[str] = mapped_column(
        String(200),
        info=about(
            _l("Name of the file"), personal=Personal.YES, purpose=_l("To tell files apart")
        ),
    )
    sent_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Sent on")))
    lines: Mapped[dict[str, Any]] = mapped_column(
        info=about(
            _l("Lines that differ"),
            personal=Personal.YES,
            purpose=_l("To show what is corrected before it is"),
            internal=True,
        )
    )
    run_id: Mapped[int | None] = mapped_column(
        ForeignKey("bulk_runs.id"), index=True, info=about(_l("Change"), internal=True)
    )
    kept_until: Mapped[datetime] = mapped_column(index=True, info=about(_l("Kept until")))

"""The rules that name a status."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Index, String, event
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Base, about
from crm.core.i18n import _l
from crm.core.lists import ListValue
from crm.statuses.shipped import RULES


class StatusRule(ListValue, Base):
    """In which days of its life a membership, a project or a declaration has a status."""

    __tablename__ = "status_rules"
    __table_args__: Any = (Index("ix_status_rules_subject_position", "subject", "position"),)

    subject: Mapped[str] = mapped_column(String(20), info=about(_l("What it is about")))
    status: Mapped[str] = mapped_column(String(20), info=about(_l("Status")))
    condition: Mapped[str | None] = mapped_column(String(40), info=about(_l("Only if")))
    from_event: Mapped[str | None] = mapped_column(String(20), info=about(_l("From")))
    from_days: Mapped[int] = mapped_column(
        default=0,
        info=about(_l("Days after that"), hint=_l("A negative number means days before")),
    )
    until_event: Mapped[str | None] = mapped_column(String(20), info=about(_l("Until")))
    until_days: Mapped[int] = mapped_column(
        default=0,
        info=about(_l("Days after that"), hint=_l("A negative number means days before")),
    )


def shipped_rules() -> list[dict[str, Any]]:
    """Return the rules that a new installation begins with."""
    return [
        {
            "id": 100_000 + place,
            "subject": subject,
            "status": status,
            "condition": condition,
            "from_event": from_event,
            "from_days": from_days,
            "until_event": until_event,
            "until_days": until_days,
            "position": 10 * place,
            "is_active": True,
            "version": 1,
        }
        for place, (
            subject,
            status,
            condition,
            (from_event, from_days),
            (until_event, until_days),
        ) in enumerate(RULES, start=1)
    ]


@event.listens_for(StatusRule.__table__, "after_create")
def _ship(target: sa.Table, connection: sa.Connection, **options: Any) -> None:
    """Begin with the shipped rules where tables are made without migrations."""
    connection.execute(sa.insert(target), shipped_rules())

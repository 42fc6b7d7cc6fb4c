"""Commitments between us and a partner."""

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.choice import Choice
from crm.core.clock import today
from crm.core.db import Base, Personal, about
from crm.core.i18n import _l
from crm.core.partial_date import PartialDate
from crm.organisations.models import Organisation
from crm.people.models import WORK
from crm.records.models import Part, Record, record_key


class Debtor(Choice):
    """Who owes something."""

    US = "us", _l("We do")
    THEM = "them", _l("They do")


class CommitmentState(Choice):
    """What became of a commitment."""

    OPEN = "open", _l("Open")
    KEPT = "kept", _l("Kept")
    DROPPED = "dropped", _l("Given up")


class Commitment(Part, Base):
    """What we owe a partner or a partner owes us, and where that was said."""

    __tablename__ = "commitments"
    __part_label__ = _l("Commitment")
    __records__ = ("organisation_id", "origin_id")
    __table_args__: Any = (Index("ix_commitments_state_due", "state", "due"),)

    organisation_id: Mapped[int] = record_key(label=_l("Partner"), target="organisations")
    origin_id: Mapped[int | None] = record_key(label=_l("Said at"), nullable=True)
    debtor: Mapped[Debtor] = mapped_column(default=Debtor.US, info=about(_l("Who owes it")))
    name: Mapped[str] = mapped_column(
        String(300), info=about(_l("What is owed"), personal=Personal.YES, purpose=WORK)
    )
    due: Mapped[PartialDate | None] = mapped_column(info=about(_l("Due")))
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"),
        index=True,
        info=about(_l("Who follows it"), personal=Personal.YES),
    )
    state: Mapped[CommitmentState] = mapped_column(
        default=CommitmentState.OPEN, info=about(_l("State"))
    )
    settled_on: Mapped[date | None] = mapped_column(info=about(_l("Settled on")))
    outcome: Mapped[str | None] = mapped_column(
        String(300),
        info=about(_l("Outcome"), personal=Personal.YES, purpose=WORK, hint=_l("What came of it")),
    )
    noted_on: Mapped[date | None] = mapped_column(
        default=today, info=about(_l("Noted on"), internal=True)
    )

    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)
    origin: Mapped[Record | None] = relationship(foreign_keys=origin_id)
    owner: Mapped[User | None] = relationship()

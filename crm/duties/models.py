"""Duties, the templates they are made from, and how far each has come."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.choice import Choice
from crm.core.clock import now, today
from crm.core.db import Base, Personal, about
from crm.core.i18n import _l
from crm.core.lists import LabelledValue
from crm.core.partial_date import PartialDate
from crm.duties.shipped import TEMPLATES
from crm.networks.models import Membership, MembershipKind
from crm.people.models import WORK
from crm.records.models import Document, Part, Record, record_key

NOTED = _l("Taken note of")
LEADS = _l("Months ahead, for instance 12, 6, 3, 1")


class DutyKind(Choice):
    """What sort of thing is owed (R-10.10)."""

    FEE = "fee", _l("Fee")
    REPORT = "report", _l("Report")
    DESIGNATION = "designation", _l("Designations")
    CONFERENCE = "conference", _l("Conference or plenary")
    CONSULTATION = "consultation", _l("Consultation")
    REGISTRATION = "registration", _l("Registration")
    CHECK = "check", _l("Check of an entry")
    REQUEST = "request", _l("Request for documents")
    DELIVERABLE = "deliverable", _l("Deliverable")
    REVIEW = "review", _l("Review")
    OTHER = "other", _l("Other")


class AppliesTo(Choice):
    """What a template is offered for."""

    LINK = "link", _l("A link with a network")
    PROJECT = "project", _l("A project")
    PARTNER = "partner", _l("A partner")


class DutyTemplate(LabelledValue, Base):
    """A duty that comes with a kind of link, a project or a partner; a person takes it over."""

    __tablename__ = "duty_templates"

    applies_to: Mapped[AppliesTo] = mapped_column(
        default=AppliesTo.LINK, info=about(_l("Offered for"))
    )
    membership_kind_id: Mapped[int | None] = mapped_column(
        ForeignKey("membership_kinds.id"),
        index=True,
        info=about(_l("Kind of link"), hint=_l("Every kind when empty")),
    )
    kind: Mapped[DutyKind] = mapped_column(default=DutyKind.OTHER, info=about(_l("Kind of duty")))
    every_months: Mapped[int | None] = mapped_column(
        info=about(
            _l("Comes back after … months"),
            hint=_l("12 for every year, 48 for every four years; empty for once or on call"),
        )
    )
    month: Mapped[int | None] = mapped_column(info=about(_l("Month"), hint=_l("1 to 12")))
    day: Mapped[int | None] = mapped_column(info=about(_l("Day of the month")))
    counts_from_start: Mapped[bool] = mapped_column(
        default=False,
        info=about(
            _l("Counted from the year the link began"),
            hint=_l("The first one falls due one turn after that year"),
        ),
    )
    lead_months: Mapped[str | None] = mapped_column(
        String(60), info=about(_l("Reminders"), hint=LEADS)
    )
    is_weekly_at_end: Mapped[bool] = mapped_column(
        default=False, info=about(_l("Every week in the last month"))
    )
    is_answered: Mapped[bool] = mapped_column(
        default=False,
        info=about(_l("Is sent, then answered"), hint=_l("With questions in between, as a report")),
    )
    is_unsure: Mapped[bool] = mapped_column(
        default=False,
        info=about(_l("Date to be confirmed"), hint=_l("No official page gives the date")),
    )

    membership_kind: Mapped[MembershipKind | None] = relationship()


def shipped_templates() -> list[dict[str, Any]]:
    """Return the templates that a new installation begins with."""
    return [
        {"id": 100_000 + place, "position": 10 * place, "is_active": True, "version": 1, **values}
        for place, values in enumerate(TEMPLATES, start=1)
    ]


@event.listens_for(DutyTemplate.__table__, "after_create")
def _ship(target: sa.Table, connection: sa.Connection, **options: Any) -> None:
    """Begin with the shipped templates where tables are made without migrations."""
    connection.execute(sa.insert(target), shipped_templates())


class DutyState(Choice):
    """How far a duty has come."""

    TO_DO = "to_do", _l("To do")
    SENT = "sent", _l("Sent")
    QUESTIONS = "questions", _l("Questions received")
    ANSWERED = "answered", _l("Questions answered")
    DONE = "done", _l("Done")
    DROPPED = "dropped", _l("Not needed")


class Duty(Part, Base):
    """Something owed to a network, a funder or a partner by a day, and how far it has come."""

    __tablename__ = "duties"
    __part_label__ = _l("Duty")
    __records__ = ("subject_id",)
    __search_columns__ = ("name",)
    __table_args__: Any = (
        # Two people who close one duty at once must not make two that follow.
        UniqueConstraint("previous_id"),
        Index("ix_duties_state_due", "state", "due"),
    )

    subject_id: Mapped[int] = record_key(label=_l("Network, project or partner"))
    membership_id: Mapped[int | None] = mapped_column(
        ForeignKey("memberships.id"), index=True, info=about(_l("Our link"))
    )
    template_id: Mapped[int | None] = mapped_column(
        ForeignKey("duty_templates.id"), index=True, info=about(_l("Template"))
    )
    kind: Mapped[DutyKind] = mapped_column(default=DutyKind.OTHER, info=about(_l("Kind of duty")))
    name: Mapped[str | None] = mapped_column(
        String(200), info=about(_l("What is owed"), hint=_l("Empty: as the template says"))
    )
    covers_since: Mapped[PartialDate | None] = mapped_column(info=about(_l("For the time from")))
    covers_until: Mapped[PartialDate | None] = mapped_column(info=about(_l("For the time until")))
    due: Mapped[PartialDate | None] = mapped_column(info=about(_l("Due")))
    is_on_call: Mapped[bool] = mapped_column(
        default=False, info=about(_l("On call"), hint=_l("Due when somebody asks for it"))
    )
    is_unsure: Mapped[bool] = mapped_column(default=False, info=about(_l("Date to be confirmed")))
    every_months: Mapped[int | None] = mapped_column(
        info=about(
            _l("Comes back after … months"),
            hint=_l("12 for every year, 48 for every four years; empty for once or on call"),
        )
    )
    counted_from: Mapped[PartialDate | None] = mapped_column(
        info=about(_l("Counted from"), internal=True)
    )
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Owner"), personal=Personal.YES)
    )
    deputy_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Deputy"), personal=Personal.YES)
    )
    lead_months: Mapped[str | None] = mapped_column(
        String(60), info=about(_l("Reminders"), hint=LEADS)
    )
    is_weekly_at_end: Mapped[bool] = mapped_column(
        default=False, info=about(_l("Every week in the last month"))
    )
    is_answered: Mapped[bool] = mapped_column(
        default=False,
        info=about(_l("Is sent, then answered"), hint=_l("With questions in between, as a report")),
    )
    state: Mapped[DutyState] = mapped_column(default=DutyState.TO_DO, info=about(_l("State")))
    sent_on: Mapped[date | None] = mapped_column(info=about(_l("Sent on")))
    done_on: Mapped[date | None] = mapped_column(info=about(_l("Done on")))
    outcome: Mapped[str | None] = mapped_column(
        String(300), info=about(_l("Outcome"), personal=Personal.YES, purpose=WORK)
    )
    proof_id: Mapped[int | None] = mapped_column(
        ForeignKey("documents.id"), index=True, info=about(_l("Proof"))
    )
    previous_id: Mapped[int | None] = mapped_column(
        ForeignKey("duties.id"), info=about(_l("Follows the duty"), internal=True)
    )

    updated_at: Mapped[datetime] = mapped_column(
        default=now, onupdate=now, info=about(_l("Changed"), internal=True)
    )

    subject: Mapped[Record] = relationship(foreign_keys=subject_id)
    membership: Mapped[Membership | None] = relationship()
    template: Mapped[DutyTemplate | None] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=owner_id)
    deputy: Mapped[User | None] = relationship(foreign_keys=deputy_id)
    proof: Mapped[Document | None] = relationship()

    @property
    def label(self) -> str:
        """Return what is owed, in the language of the reader where a template says it."""
        if self.name:
            return self.name
        return self.template.label if self.template is not None else str(self.kind.label)

    @property
    def state_label(self) -> str:
        """Return how far it has come; what is answered is taken note of in the end."""
        if self.is_answered and self.state is DutyState.DONE:
            return str(NOTED)
        return str(self.state.label)

    @property
    def is_late(self) -> bool:
        """Tell whether its day has passed and nothing was sent."""
        return (
            self.state is DutyState.TO_DO and self.due is not None and self.due.last_day < today()
        )

    @property
    def is_closed(self) -> bool:
        """Tell whether nothing is left to do."""
        return self.state in (DutyState.DONE, DutyState.DROPPED)

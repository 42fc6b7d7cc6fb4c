"""Tasks about records."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Personal, about
from crm.core.i18n import _l
from crm.core.literals import constant
from crm.core.partial_date import PartialDate
from crm.people.models import WORK
from crm.records.models import Record


class Task(Record):
    """Something to do about a record; it hides with it, and with where it was agreed."""

    __tablename__ = "tasks"
    __table_args__: Any = (Index("ix_tasks_done_on_due", "done_on", "due"),)

    id: Mapped[int] = mapped_column(
        ForeignKey("records.id"), primary_key=True, info=about(_l("id"), internal=True)
    )
    name: Mapped[str] = mapped_column(
        String(300), info=about(_l("What is to be done"), personal=Personal.YES, purpose=WORK)
    )
    subject_id: Mapped[int | None] = mapped_column(
        ForeignKey("records.id"), index=True, info=about(_l("About"))
    )
    origin_id: Mapped[int | None] = mapped_column(
        ForeignKey("records.id"),
        index=True,
        info=about(_l("Comes from"), hint=_l("The meeting or exchange where it was agreed")),
    )
    due: Mapped[PartialDate | None] = mapped_column(info=about(_l("Due")))
    assignee_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Who does it"), personal=Personal.YES)
    )
    done_on: Mapped[date | None] = mapped_column(info=about(_l("Done on")))
    outcome: Mapped[str | None] = mapped_column(
        String(300), info=about(_l("Outcome"), personal=Personal.YES, purpose=WORK)
    )

    subject: Mapped[Record | None] = relationship(foreign_keys=subject_id)
    origin: Mapped[Record | None] = relationship(foreign_keys=origin_id)
    assignee: Mapped[User | None] = relationship(foreign_keys=assignee_id)

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy's own declaration
        "polymorphic_identity": "task",
        "inherit_condition": id == Record.id,
    }

    def compose_title(self) -> str:
        """Return what is to be done."""
        return self.name

    def guards(self) -> Iterable[int | None]:
        """Return the records the task is about and comes from."""
        return (self.subject_id, self.origin_id)


# In the order of the list, whose first are those without a date.
Index("ix_tasks_listed", func.coalesce(Task.due, constant("")))

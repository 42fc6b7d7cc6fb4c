"""Reviews of partnerships, and the criteria on which partners are rated."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.commitments.models import Commitment
from crm.core.choice import Choice
from crm.core.clock import now
from crm.core.db import Base, Personal, about
from crm.core.errors import NotAllowed
from crm.core.i18n import _, _l
from crm.core.lists import LabelledValue, in_language
from crm.core.partial_date import PartialDate
from crm.organisations.models import Organisation
from crm.people.models import WORK
from crm.records.models import Part, record_key
from crm.reviews.shipped import CRITERIA

OPEN = sa.column("closed_on").is_(None)


class Decision(Choice):
    """What we decide about a partnership."""

    DEEPEN = "deepen", _l("Deepen")
    KEEP = "keep", _l("Keep as it is")
    WATCH = "watch", _l("Watch")
    PAUSE = "pause", _l("Pause")
    END = "end", _l("End it")


class ReviewCriterion(LabelledValue, Base):
    """Something on which a partnership is rated from 1 to 5."""

    __tablename__ = "review_criteria"

    question_fr: Mapped[str | None] = mapped_column(
        String(200),
        sort_order=20,
        info=about(_l("Question in French"), hint=_l("The better the answer, the higher the mark")),
    )
    question_en: Mapped[str | None] = mapped_column(
        String(200), sort_order=21, info=about(_l("Question in English"))
    )

    @property
    def question(self) -> str:
        """Return what one asks oneself, in the language of the reader."""
        return in_language(self.question_fr or "", self.question_en or "")


def shipped_criteria() -> list[dict[str, Any]]:
    """Return the criteria that a new installation begins with."""
    return [
        {
            "id": 100_000 + place,
            "label_fr": label_fr,
            "label_en": label_en,
            "question_fr": question_fr,
            "question_en": question_en,
            "position": 10 * place,
            "is_active": True,
            "version": 1,
        }
        for place, (label_fr, label_en, question_fr, question_en) in enumerate(CRITERIA, start=1)
    ]


@event.listens_for(ReviewCriterion.__table__, "after_create")
def _ship(target: sa.Table, connection: sa.Connection, **options: Any) -> None:
    """Begin with the shipped criteria where tables are made without migrations."""
    connection.execute(sa.insert(target), shipped_criteria())


class Review(Part, Base):
    """A look back on a partnership: open while somebody writes it, then as it was closed.

    History keeps none of it: it is a record of what happened itself, and its reasons are not for
    all who may read the history of the partner.
    """

    __tablename__ = "reviews"
    __part_label__ = _l("Review")
    __records__ = ("organisation_id",)
    __is_recorded__ = False
    __table_args__: Any = (
        # Two people who begin at once write one review.
        Index(
            "uq_reviews_open",
            "organisation_id",
            unique=True,
            sqlite_where=OPEN,
            postgresql_where=OPEN,
        ),
    )

    organisation_id: Mapped[int] = record_key(label=_l("Partner"), target="organisations")
    begun_at: Mapped[datetime] = mapped_column(default=now, info=about(_l("Begun")))
    begun_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Begun by"), personal=Personal.YES)
    )
    draft: Mapped[dict[str, Any]] = mapped_column(
        default=dict,
        info=about(
            _l("Entered so far"),
            personal=Personal.YES,
            purpose=_l("So that nothing is typed twice"),
            internal=True,
        ),
    )
    postponed_until: Mapped[date | None] = mapped_column(info=about(_l("Postponed until")))
    closed_on: Mapped[date | None] = mapped_column(index=True, info=about(_l("Closed on")))
    closed_by_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"), index=True, info=about(_l("Closed by"), personal=Personal.YES)
    )
    owner_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id"),
        index=True,
        info=about(_l("Looked after the partner"), personal=Personal.YES),
    )
    decision: Mapped[Decision | None] = mapped_column(info=about(_l("Decision")))
    reason: Mapped[str | None] = mapped_column(
        Text, info=about(_l("Reason"), personal=Personal.YES, purpose=WORK)
    )
    next_review: Mapped[PartialDate | None] = mapped_column(info=about(_l("Next review")))
    ratings: Mapped[list[dict[str, Any]]] = mapped_column(
        sa.JSON, default=list, info=about(_l("Ratings"))
    )
    moves: Mapped[dict[str, Any]] = mapped_column(
        default=dict, info=about(_l("What it changed of the partner"))
    )
    evidence: Mapped[dict[str, Any]] = mapped_column(
        default=dict,
        deferred=True,  # Lists of reviews do without it.
        info=about(
            _l("Evidence"),
            personal=Personal.YES,
            purpose=_l("To know on what a decision rests"),
            internal=True,
        ),
    )
    previous_id: Mapped[int | None] = mapped_column(
        ForeignKey("reviews.id"), index=True, info=about(_l("Review before"))
    )
    replaces_id: Mapped[int | None] = mapped_column(
        ForeignKey("reviews.id"), index=True, info=about(_l("Corrects the review"))
    )

    organisation: Mapped[Organisation] = relationship(foreign_keys=organisation_id)
    begun_by: Mapped[User | None] = relationship(foreign_keys=begun_by_id)
    closed_by: Mapped[User | None] = relationship(foreign_keys=closed_by_id)

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still writes it."""
        return self.closed_on is None


class ReviewCommitment(Base):
    """A commitment that was agreed while a review was written."""

    __tablename__ = "review_commitments"

    review_id: Mapped[int] = mapped_column(
        ForeignKey("reviews.id", ondelete="CASCADE"),
        primary_key=True,
        info=about(_l("Review"), internal=True),
    )
    commitment_id: Mapped[int] = mapped_column(
        ForeignKey(Commitment.id, ondelete="CASCADE"),
        primary_key=True,
        index=True,
        info=about(_l("Commitment"), internal=True),
    )


MOVES_WITH_ITS_PARTNER = frozenset({"organisation_id", "version"})
"""What may change of a closed review: partners that were noted twice are merged."""


@event.listens_for(Review, "before_update")
def _keep_as_closed(mapper: Any, connection: sa.Connection, review: Review) -> None:
    """Refuse to change a closed review; opening it again is another thing."""
    state = sa.inspect(review)
    if review.closed_on is None or state.attrs.closed_on.history.has_changes():
        return
    changed = {each.key for each in state.attrs if each.history.has_changes()}
    if changed & set(mapper.columns.keys()) - MOVES_WITH_ITS_PARTNER:
        raise NotAllowed(_("A closed review stays as it is. Write one that corrects it"))

"""Questions about submissions. Each returns a statement; the caller fetches."""

from datetime import date, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import selectinload

from crm.core.partial_date import PartialDate
from crm.declarations.models import Declaration, Stage, Submission
from crm.organisations.models import Organisation
from crm.records.models import Record

PATIENCE = timedelta(days=30)
"""So long an institution is given to answer (UX job 7)."""


def submissions_of(record: Record) -> Select[Submission]:
    """Return to whom a declaration was handed."""
    return (
        select(Submission)
        .join(Submission.recipient)
        .where(Submission.declaration_id == record.id)
        .options(
            selectinload(Submission.recipient),
            selectinload(Submission.person),
            selectinload(Submission.text),
            selectinload(Submission.receipt),
        )
        .order_by(Submission.submitted_on.nulls_last(), Organisation.sort_key, Submission.id)
    )


def submissions_to(record: Record) -> Select[Submission]:
    """Return what was handed to an organisation or a person."""
    return (
        select(Submission)
        .where(or_(Submission.recipient_id == record.id, Submission.person_id == record.id))
        .options(selectinload(Submission.declaration))
        .order_by(Submission.submitted_on.desc().nulls_last(), Submission.id)
    )


def without_answer(day: date) -> Select[int]:
    """Return the ids of what got no answer for 30 days and was not asked after yet.

    What is known by month or year is looked at again in Python: its last day counts.
    """
    return (
        select(Submission.id)
        .join(Declaration, Declaration.id == Submission.declaration_id)
        .where(
            Submission.submitted_on <= PartialDate.of(day - PATIENCE),
            Submission.answered_on.is_(None),
            Submission.answer.is_(None),
            Submission.asked_again_on.is_(None),
            Declaration.stage != Stage.ARCHIVED,
        )
        .order_by(Submission.id)
    )


def to_ask_after(submission_id: int) -> Select[Submission]:
    """Return a submission nobody has asked after, kept from other workers until the end."""
    return (
        select(Submission)
        .where(Submission.id == submission_id, Submission.asked_again_on.is_(None))
        .with_for_update(skip_locked=True)
    )

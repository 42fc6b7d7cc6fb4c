"""The rules in use, read once per request, and the status they give."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm import UOWTransaction

from crm.core.db import Session, db
from crm.statuses import engine, queries
from crm.statuses.models import StatusRule

_KEPT = "status_rules"


def rules_for(subject: str) -> Sequence[StatusRule]:
    """Return the rules of a subject; a page asks many times, the database once."""
    kept: dict[str, Sequence[StatusRule]] = db.session.info.setdefault(_KEPT, {})
    if subject not in kept:
        kept[subject] = db.session.scalars(queries.rules_of(subject)).all()
    return kept[subject]


def status_of(subject: str, facts: engine.Facts, day: date) -> str:
    """Return the code of the status on a day.

    Where no rule fits, the last one names it: a thing is never without a status.
    """
    rules = engine.ordered(rules_for(subject))
    found = engine.status_on(rules, facts, day)
    return found if found is not None else rules[-1].status


@event.listens_for(Session, "after_flush")
def _forget(session: AnySession, context: UOWTransaction) -> None:
    """Read the rules again after one has changed."""
    rows: Any = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, StatusRule) for row in rows):
        session.info.pop(_KEPT, None)


@event.listens_for(Session, "after_rollback")
def _forget_all(session: AnySession) -> None:
    session.info.pop(_KEPT, None)

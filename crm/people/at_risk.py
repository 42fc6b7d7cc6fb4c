"""Keeps people at risk out of what is read for a file that is taken along, whoever may see them.

As with what one may not see, that is a condition of every statement, not of some screens.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria

from crm.core.db import Session
from crm.core.principal import principal_of
from crm.people.models import Person
from crm.records.models import Guard, Part, Record

_PEOPLE, _GUARDS = Person.__table__, Guard.__table__


def _at_risk() -> sa.Select[Any]:
    people = _PEOPLE.alias()
    return sa.select(people.c.id).where(people.c.is_at_risk)


def _is_safe(record: Any) -> sa.ColumnElement[bool]:
    """Tell whether a record is nobody at risk, and hides with nobody who is, in two steps."""
    near, far = _GUARDS.alias(), _GUARDS.alias()
    through = (
        sa.select(near.c.record_id)
        .select_from(near.outerjoin(far, far.c.record_id == near.c.guard_id))
        .where(sa.or_(near.c.guard_id.in_(_at_risk()), far.c.guard_id.in_(_at_risk())))
    )
    return sa.and_(record.id.not_in(_at_risk()), record.id.not_in(through))


def _part_is_safe(part: Any) -> sa.ColumnElement[bool]:
    """Tell whether a part names nobody at risk."""
    columns = [getattr(part, name) for name in part.__records__ if hasattr(part, name)]
    named = [sa.or_(column.is_(None), column.not_in(_at_risk())) for column in columns]
    return sa.and_(sa.true(), *named)


_CRITERIA = (
    with_loader_criteria(Record, lambda cls: _is_safe(cls), include_aliases=True),  # noqa: PLW0108
    with_loader_criteria(Part, lambda cls: _part_is_safe(cls), include_aliases=True),  # noqa: PLW0108
)


@event.listens_for(Session, "do_orm_execute")
def leave_out(state: ORMExecuteState) -> None:
    """Add the condition where the session reads for a file."""
    principal = principal_of(state.session)
    if principal is None or not principal.leaves_house or not state.is_select:
        return
    if not state.is_column_load and not state.is_relationship_load:
        state.statement = state.statement.options(*_CRITERIA)

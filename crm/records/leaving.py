"""Reading for a file: what may not leave the house is in no statement, whatever asks for it.

As with what one may not see, that is a condition of every statement, not of some screens: people
who are withheld are not named in the cells of other lists either.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria

from crm.core.db import Session, db
from crm.core.principal import OUTSIDE, Principal, acting_as, principal_of
from crm.records.audience import Withheld
from crm.records.kinds import registry
from crm.records.models import Guard, Part, Record


@contextmanager
def leaving(principal: Principal = OUTSIDE) -> Iterator[None]:
    """Read what a file made for the principal may hold, and nothing else, inside the block."""
    # The very session: a file that is given up may be tidied away when another is in its place.
    with acting_as(db.session(), replace(principal, leaves_house=True)):
        yield


def withheld_ids(withheld: Withheld) -> sa.CompoundSelect[int]:
    """Return the ids of these records and of what hides with them, whoever may see them.

    A list is asked for these, not each of its rows whether it is one: they are few.
    """
    return sa.union(withheld.ids(), *_company(withheld))


def _may_leave(record: Any) -> sa.ColumnElement[bool]:
    """Tell whether a record is none that is withheld, and hides with none."""
    # One list to look into for each row, not one for each reason.
    kept = [ids for each in registry.withheld for ids in (each.ids(), *_company(each))]
    return record.id.not_in(sa.union_all(*kept)) if kept else sa.true()


def _company(withheld: Withheld) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """Return the ids of the records that hide with those withheld, and of those beyond these.

    Two statements: asked for together, each row that hides with anything would be read.
    """
    near, far, between = (Guard.__table__.alias() for _each in range(3))
    return (
        sa.select(near.c.record_id).where(near.c.guard_id.in_(withheld.ids())),
        sa.select(between.c.record_id)
        .select_from(between.join(far, far.c.record_id == between.c.guard_id))
        .where(far.c.guard_id.in_(withheld.ids())),
    )


def _part_may_leave(part: Any) -> sa.ColumnElement[bool]:
    """Tell whether a part names no record that is withheld."""
    columns = [getattr(part, name) for name in part.__records__ if hasattr(part, name)]
    named = [
        sa.or_(column.is_(None), column.not_in(each.ids()))
        for column in columns
        for each in registry.withheld
    ]
    return sa.and_(sa.true(), *named)


_CRITERIA = (
    with_loader_criteria(Record, lambda cls: _may_leave(cls), include_aliases=True),  # noqa: PLW0108
    with_loader_criteria(Part, lambda cls: _part_may_leave(cls), include_aliases=True),  # noqa: PLW0108
)


@event.listens_for(Session, "do_orm_execute")
def withhold(state: ORMExecuteState) -> None:
    """Add the condition where the session reads for a file."""
    principal = principal_of(state.session)
    if principal is None or not principal.leaves_house or not state.is_select:
        return
    if not state.is_column_load and not state.is_relationship_load:
        state.statement = state.statement.options(*_CRITERIA)

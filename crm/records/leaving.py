"""Reading for a file: what may not leave the house is in no statement, whatever asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria

from crm.core.db import Session, db
from crm.core.principal import TEAM, Principal, acting_as
from crm.records.audience import Audience, Withheld
from crm.records.kinds import registry
from crm.records.models import Record

_AUDIENCE = "audience"


def withheld_from(audience: Audience) -> list[Withheld]:
    """Return which records are kept from these readers, whoever makes the file."""
    return [each for each in registry.withheld if audience in each.audiences]


@contextmanager
def leaving(audience: Audience, principal: Principal = TEAM) -> Iterator[None]:
    """Read what a file for these readers may hold, and nothing else, inside the block."""
    before = db.session.info.get(_AUDIENCE)
    db.session.info[_AUDIENCE] = audience
    try:
        with acting_as(db.session, principal):
            yield
    finally:
        db.session.info[_AUDIENCE] = before


@event.listens_for(Session, "do_orm_execute")
def _withhold(state: ORMExecuteState) -> None:
    """Leave out of every statement the records that stand in no file for these readers."""
    audience = state.session.info.get(_AUDIENCE)
    if audience is None or not state.is_select or state.is_column_load:
        return
    if state.is_relationship_load:
        return  # It carries the options of the statement that started it.
    state.statement = state.statement.options(
        *(
            with_loader_criteria(Record, each.unless, include_aliases=True)
            for each in withheld_from(audience)
        )
    )

"""Questions about changes of many records. Each returns a statement; the caller fetches."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from crm.bulk.models import BulkRun, LeftRecord
from crm.records.models import Change, Record

MOST_LEFT = 50


def run_with(run_id: int) -> Select[BulkRun]:
    """Return a change by its id."""
    return select(BulkRun).where(BulkRun.id == run_id).options(joinedload(BulkRun.user))


def run_held(run_id: int) -> Select[BulkRun]:
    """Return a change, held until the end of the transaction: two must not decide at once."""
    return run_with(run_id).with_for_update(of=BulkRun, key_share=True)


def runs_of(user_id: int, most: int) -> Select[BulkRun]:
    """Return the last changes somebody has made."""
    return (
        select(BulkRun)
        .where(BulkRun.user_id == user_id)
        .order_by(BulkRun.started_at.desc(), BulkRun.id.desc())
        .limit(most)
    )


def left_by(run: BulkRun) -> Select[LeftRecord]:
    """Return the first records a change left as they were."""
    return (
        select(LeftRecord)
        .where(LeftRecord.run_id == run.id)
        .options(selectinload(LeftRecord.record))
        .order_by(LeftRecord.id)
        .limit(MOST_LEFT)
    )


def records_with(ids: Sequence[int]) -> Select[Record]:
    """Return these records, as far as they may be seen."""
    return select(Record).where(Record.id.in_(list(ids))).order_by(Record.sort_key, Record.id)


def change_ids(batch: str) -> Select[int]:
    """Return the ids of what a change did, the last first."""
    return select(Change.id).where(Change.batch == batch).order_by(Change.id.desc())


def changes_with(ids: Sequence[int]) -> Select[Change]:
    """Return these changes, the last first."""
    return select(Change).where(Change.id.in_(list(ids))).order_by(Change.id.desc())

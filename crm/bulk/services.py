"""Everything that changes many records at once. No service commits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from crm.bulk import queries
from crm.bulk.models import BulkRun, LeftRecord
from crm.core.clock import now
from crm.core.db import db
from crm.core.errors import Conflict, InvalidValue, NotAllowed
from crm.core.i18n import _
from crm.core.principal import principal_of
from crm.core.queue import enqueue_many
from crm.permissions import Permission
from crm.records import services as records
from crm.records.history import new_batch

CHUNK = 50
"""Records of one transaction; as many are changed at once, without a job."""

APPLY, UNDO = "bulk.apply", "bulk.undo"

Apply = Callable[..., bool | str]


@dataclass(frozen=True)
class Chosen:
    """The records that somebody wants to change.

    :param kind: the list they were chosen on.
    :param address: what it asked for.
    """

    kind: str
    address: str
    ids: Sequence[int]


def begin(chosen: Chosen, *, action: str, values: Mapping[str, Any], apply: Apply) -> BulkRun:
    """Change some records: a few at once, many by jobs, each piece once.

    :param values: what was entered, as JSON can hold it.
    :param apply: takes a record and the values; tells whether it changed anything, or what of it
        was left as it was.
    """
    principal = principal_of(db.session)
    run = BulkRun(
        user_id=principal.user_id if principal else None,
        kind=chosen.kind,
        address=chosen.address,
        action=action,
        values=dict(values),
        batch=new_batch(db.session()),
        total=len(chosen.ids),
    )
    db.session.add(run)
    db.session.flush()
    ids = chosen.ids
    if len(ids) <= CHUNK:
        change_each(run, ids, apply)
    else:
        payloads = [
            {"run_id": run.id, "ids": list(ids[start : start + CHUNK])}
            for start in range(0, len(ids), CHUNK)
        ]
        enqueue_many(APPLY, payloads)
    return run


def change_each(run: BulkRun, ids: Sequence[int], apply: Apply) -> None:
    """Change some of the records of a run; one that refuses is left as it was, with the reason."""
    db.session.info["batch"] = run.batch
    found = {record.id: record for record in db.session.scalars(queries.records_with(ids))}
    changed = left = 0
    for record_id in ids:
        is_changed, reason = _change(found.get(record_id), run, apply)
        changed, left = changed + is_changed, left + (not is_changed)
        if reason is not None and record_id in found:
            db.session.add(LeftRecord(run_id=run.id, record_id=record_id, reason=reason[:300]))
    db.session.flush()
    # Added in the database: another worker may be at the next piece.
    db.session.execute(
        sa.update(BulkRun)
        .where(BulkRun.id == run.id)
        .values(changed=BulkRun.changed + changed, unchanged=BulkRun.unchanged + left),
        execution_options={"synchronize_session": False},
    )
    db.session.refresh(run)
    if run.done >= run.total:
        run.values = {}  # What was entered has served its purpose.
        db.session.flush()


def _change(record: Any, run: BulkRun, apply: Apply) -> tuple[bool, str | None]:
    """Change one record; tell whether it was changed, and why it, or something of it, was left."""
    if record is None:
        return False, _("It is not there any more")
    try:
        with db.session.begin_nested(), records.because(_("Changed along with others")):
            outcome = apply(record, **run.values)
    except (InvalidValue, NotAllowed) as refused:
        return False, str(refused.message)
    except (Conflict, StaleDataError):
        return False, _("Somebody changed it at the same moment")
    if isinstance(outcome, str):
        return True, outcome
    return (True, None) if outcome else (False, _("Nothing to change"))


def held(run_id: int) -> BulkRun | None:
    """Return a run as it is now, held until the end of the transaction."""
    return db.session.scalar(
        queries.run_held(run_id), execution_options={"populate_existing": True}
    )


def stop(run: BulkRun) -> None:
    """Leave the records that wait as they are; the run is held (see :func:`held`)."""
    _check_own(run)
    if run.is_running:
        end(run)


def end(run: BulkRun) -> None:
    """Leave what waits as it is; what was entered is not kept for it."""
    run.stopped_at, run.values = now(), {}
    db.session.flush()


def undo(run: BulkRun) -> None:
    """Put back all that a run has changed, unless it was changed again; stops it where it runs.

    The run is held (see :func:`held`), so that no piece of it is being written meanwhile.

    :raises NotAllowed: when it is somebody else's, or was undone before.
    """
    _check_own(run)
    if run.undo_asked_at is not None:
        raise NotAllowed(_("It was undone already"))
    ids = list(db.session.scalars(queries.change_ids(run.batch)))
    if run.is_running:
        end(run)
    run.undo_asked_at, run.undo_total = now(), len(ids)
    new_batch(db.session())  # The undoing is a change of its own.
    db.session.flush()
    if len(ids) <= CHUNK:
        undo_each(run, ids)
    else:
        principal = principal_of(db.session)
        user_id = principal.user_id if principal else None
        payloads = [
            {"run_id": run.id, "user_id": user_id, "ids": ids[start : start + CHUNK]}
            for start in range(0, len(ids), CHUNK)
        ]
        enqueue_many(UNDO, payloads)


def undo_each(run: BulkRun, ids: Sequence[int]) -> None:
    """Put some of the changes of a run back."""
    changes = db.session.scalars(queries.changes_with(ids)).all()
    undone, kept = records.undo_changes(changes)
    kept += len(ids) - len(changes)  # What one does not see any more stays.
    db.session.execute(
        sa.update(BulkRun)
        .where(BulkRun.id == run.id)
        .values(undone=BulkRun.undone + undone, undo_kept=BulkRun.undo_kept + kept),
        execution_options={"synchronize_session": False},
    )
    db.session.expire(run)


def give_up_undo(run: BulkRun, ids: Sequence[int]) -> None:
    """Count changes as kept: whoever asked to undo them may not sign in any more."""
    run.undo_kept += len(ids)
    db.session.flush()


def may_see(run: BulkRun) -> bool:
    """Tell whether a run is the person's own, or they may undo what others did."""
    principal = principal_of(db.session)
    if principal is None:
        return False
    is_own = principal.user_id is not None and run.user_id == principal.user_id
    return is_own or principal.can(Permission.RECORDS_TRASH)


def _check_own(run: BulkRun) -> None:
    if not may_see(run):
        raise NotAllowed(_("This change was made by somebody else. Ask them, or a manager"))

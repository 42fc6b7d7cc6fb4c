"""Everything that changes corrected files. No service commits."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from crm.bulk import services as bulk
from crm.bulk.models import BulkRun
from crm.core.clock import now
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.principal import principal_of
from crm.corrections import queries
from crm.corrections.models import CorrectedFile

ACTION = "corrections"
KEPT = timedelta(days=7)

Corrections = Mapping[int, Mapping[str, Any]]
"""For each record the version that was exported, and the values as JSON holds them."""


def keep(*, kind: str, name: str, lines: Mapping[str, Any]) -> CorrectedFile:
    """Keep what differs in a file until somebody has decided upon it."""
    principal = principal_of(db.session)
    file = CorrectedFile(
        user_id=principal.user_id if principal else None,
        kind=kind,
        name=name[:200],
        lines=dict(lines),
        kept_until=now() + KEPT,
    )
    db.session.add(file)
    db.session.flush()  # So that the caller has its id.
    return file


def accept(file: CorrectedFile, corrections: Corrections, apply: bulk.Apply) -> BulkRun:
    """Make the corrections somebody has accepted, as one change; the file has served its purpose.

    :raises InvalidValue: when nothing was accepted.
    """
    if not corrections:
        raise InvalidValue(None, _("Tick what is to be changed"))
    run = bulk.begin(
        bulk.Chosen(file.kind, "", list(corrections)),
        action=ACTION,
        values={"corrections": {str(key): value for key, value in corrections.items()}},
        apply=apply,
    )
    file.run_id, file.lines = run.id, {}
    db.session.flush()
    return run


def discard(file: CorrectedFile) -> None:
    """Remove a file that somebody sent."""
    db.session.delete(file)
    db.session.flush()


def remove_of(user_id: int) -> None:
    """Remove the files of somebody who may not sign in any more."""
    _remove(db.session.scalars(queries.all_of(user_id)))


def remove_expired() -> None:
    """Remove the files that are kept no longer."""
    _remove(db.session.scalars(queries.expired(now())))


def _remove(files: Iterable[CorrectedFile]) -> None:
    for file in files:
        db.session.delete(file)
    db.session.flush()

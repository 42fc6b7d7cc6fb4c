"""Changing and undoing many records, a piece at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import force_locale

from crm.bulk import queries, services
from crm.bulk.models import BulkRun
from crm.core.db import db
from crm.core.principal import Principal, acting_as
from crm.core.queue import Payload, handler
from crm.records.kinds import registry


@contextmanager
def _for_its_user(payload: Payload) -> Iterator[BulkRun | None]:
    """Act for whoever made the change; for nobody once they may not sign in any more."""
    run = db.session.scalar(queries.run_with(payload["run_id"]))
    if run is None or not run.user.is_enabled:
        yield None
        return
    principal = Principal(run.user_id, run.user.permissions)
    try:
        with force_locale(str(run.user.locale)), acting_as(db.session, principal):
            yield run
            db.session.flush()
    finally:
        db.session.info.pop("batch", None)  # The next job is a change of its own.


@handler(services.APPLY)
def apply_piece(payload: Payload) -> None:
    """Change some of the records of a run, unless it was stopped."""
    with _for_its_user(payload) as run:
        if run is None or run.stopped_at is not None:
            return
        action = registry.bulk_actions.get(run.action)
        if action is not None and run.user.can(action.permission):
            services.change_each(run, payload["ids"], action.apply)


@handler(services.UNDO)
def undo_piece(payload: Payload) -> None:
    """Put back some of the changes of a run."""
    with _for_its_user(payload) as run:
        if run is not None:
            services.undo_each(run, payload["ids"])

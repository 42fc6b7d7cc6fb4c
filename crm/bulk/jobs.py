"""Changing and undoing many records, a piece at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import force_locale

from crm.accounts.models import User
from crm.bulk import services
from crm.core.db import db
from crm.core.principal import Principal, acting_as
from crm.core.queue import Payload, handler
from crm.permissions import Permission
from crm.records.kinds import registry


@contextmanager
def _acting_for(user: User) -> Iterator[None]:
    """Act for somebody, in their language; the next job is a change of its own."""
    principal = Principal(user.id, user.permissions)
    try:
        with force_locale(str(user.locale)), acting_as(db.session, principal):
            yield
            db.session.flush()
    finally:
        db.session.info.pop("batch", None)


@handler(services.APPLY)
def apply_piece(payload: Payload) -> None:
    """Change some of the records of a run, unless it was stopped or its maker may not any more."""
    run = services.held(payload["run_id"])
    if run is None or run.stopped_at is not None:
        return
    action = registry.bulk_actions.get(run.action)
    if action is None or not run.user.is_enabled or not run.user.can(action.permission):
        services.end(run)
        return
    with _acting_for(run.user):
        services.change_each(run, payload["ids"], action.apply)


@handler(services.UNDO)
def undo_piece(payload: Payload) -> None:
    """Put back some of the changes of a run, for whoever asked for it."""
    run = services.held(payload["run_id"])
    user = db.session.get(User, payload["user_id"])
    if run is None or user is None:
        return
    if not user.is_enabled or not user.can(Permission.RECORDS_EDIT):
        services.give_up_undo(run, payload["ids"])
        return
    with _acting_for(user):
        services.undo_each(run, payload["ids"])

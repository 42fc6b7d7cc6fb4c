"""What a status of attendance means and may become: rules that the team edits."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session as AnySession
from sqlalchemy.orm import UOWTransaction

from crm.core.db import Session, db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.meetings import queries
from crm.meetings.models import Attendance, AttendanceRule, AttendanceStatus

_KEPT = "attendance_rules"


def rules() -> Mapping[AttendanceStatus, AttendanceRule]:
    """Return the rule of each status, in their order; read once per request."""
    kept: dict[AttendanceStatus, AttendanceRule] | None = db.session.info.get(_KEPT)
    if kept is None:
        found = db.session.scalars(queries.attendance_rules())
        kept = db.session.info[_KEPT] = {rule.status: rule for rule in found}
    return kept


def is_counted(attendance: Attendance) -> bool:
    """Tell whether somebody counts among those who come, or came."""
    return rules()[attendance.status].is_counted


def offered(current: AttendanceStatus | None = None) -> Sequence[AttendanceStatus]:
    """Return what a status may become, itself first; every status in use for what is new."""
    known = [rule for rule in rules().values() if rule.is_active]
    if current is None:
        return [rule.status for rule in known]
    return [current, *(rule.status for rule in known if may_become(current, rule.status))]


def may_become(current: AttendanceStatus, following: AttendanceStatus) -> bool:
    """Tell whether somebody with a status may get another."""
    return following.value in rules()[current].leads_to


def check_move(current: AttendanceStatus, following: AttendanceStatus) -> None:
    """Refuse a status that does not follow from the current one.

    :raises InvalidValue: at ``status``.
    """
    if following is current or may_become(current, following):
        return
    possible = ", ".join(str(status.label) for status in offered(current)[1:])
    raise InvalidValue(
        "status",
        _(
            "“%(current)s” does not become “%(following)s”. Choose among: %(possible)s",
            current=current.label,
            following=following.label,
            possible=possible or current.label,
        ),
    )


def check_rules(found: Sequence[Any]) -> None:
    """Refuse rules by which nobody could be noted as having been there.

    :raises InvalidValue: above the form.
    """
    attended = next(rule for rule in found if rule.status is AttendanceStatus.ATTENDED)
    if not attended.is_active:
        raise InvalidValue(
            None, _("“%(status)s” must stay in use", status=AttendanceStatus.ATTENDED.label)
        )


@event.listens_for(Session, "after_flush")
def _forget(session: AnySession, context: UOWTransaction) -> None:
    """Read the rules again after one has changed."""
    rows: Any = (*session.new, *session.dirty, *session.deleted)
    if any(isinstance(row, AttendanceRule) for row in rows):
        session.info.pop(_KEPT, None)


@event.listens_for(Session, "after_rollback")
def _forget_all(session: AnySession) -> None:
    session.info.pop(_KEPT, None)

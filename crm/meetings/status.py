"""What a status of attendance means and may become: rules that the team edits."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.read_once import ReadOnce
from crm.meetings import queries
from crm.meetings.models import Attendance, AttendanceRule, AttendanceStatus
from crm.records.reading import Reading


def _by_status(found: Iterable[AttendanceRule]) -> Mapping[AttendanceStatus, AttendanceRule]:
    return {rule.status: rule for rule in found}


rules = ReadOnce(AttendanceRule, queries.attendance_rules, _by_status)
"""Returns the rule of each status, in their order."""
ON_PAGES = Reading(
    ("meeting", "person"),
    lambda record: queries.attendance_rules(),
    most=None,
    take=rules.take,
)


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

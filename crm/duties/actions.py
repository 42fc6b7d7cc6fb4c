"""What a person may do with a duty, wherever it is shown."""

from flask import url_for
from flask_login import current_user

from crm.core.i18n import _
from crm.duties.models import Duty, DutyKind, DutyState
from crm.permissions import Permission
from crm.web.cells import Action


def actions_of(duty: Duty) -> list[Action]:
    """Return what to do with a duty, the main thing first."""
    if not current_user.can(Permission.RECORDS_EDIT):
        return []
    actions = []
    if not duty.is_closed and _can_renew(duty):
        renew = url_for("renewals.renew", membership_id=duty.membership_id)
        actions.append(Action(_("Renew"), renew))
    label = _("Note as done") if _is_simple(duty) else _("Note progress")
    actions.append(
        Action(
            _("Open again") if duty.is_closed else label,
            url_for("duties.progress", duty_id=duty.id),
        )
    )
    if duty.is_unsure and not duty.is_closed:
        actions.append(Action(_("Confirm the date"), url_for("duties.confirm", duty_id=duty.id)))
    return actions


def _can_renew(duty: Duty) -> bool:
    return (
        duty.kind is DutyKind.FEE
        and duty.membership is not None
        and current_user.can(Permission.NETWORKS_MANAGE)
    )


def _is_simple(duty: Duty) -> bool:
    return duty.state is DutyState.TO_DO and not duty.is_answered

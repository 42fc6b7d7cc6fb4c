"""What a person may do with a commitment, wherever it is shown."""

from flask import url_for
from flask_login import current_user

from crm.commitments.models import Commitment, CommitmentState
from crm.core.i18n import _
from crm.permissions import Permission
from crm.web.cells import Action


def actions_of(commitment: Commitment) -> list[Action]:
    """Return what to do with a commitment, the main thing first."""
    if not current_user.can(Permission.INTERACTIONS_EDIT):
        return []
    if commitment.state is CommitmentState.OPEN:
        settle = url_for("commitments.settle", commitment_id=commitment.id)
        return [Action(_("Note as settled"), settle)]
    reopen = url_for("commitments.reopen", commitment_id=commitment.id)
    return [Action(_("Open again"), reopen, "post")]

"""Settling a commitment with one press of a button."""

from flask import abort, flash, redirect
from flask.typing import ResponseReturnValue

from crm.commitments import queries, services
from crm.commitments.models import Commitment, CommitmentState
from crm.core.db import db
from crm.core.i18n import _
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.web.blueprint import Blueprint

bp = Blueprint("commitments", __name__, url_prefix="/commitments")
PLACE = "/<int(max=999999999):commitment_id>"


def _settle(commitment_id: int, state: CommitmentState, told: str) -> ResponseReturnValue:
    commitment = db.session.scalar(queries.one(commitment_id))
    if commitment is None:
        abort(404)
    services.settle(commitment, state)
    flash(told, "success")
    return redirect(page_of(commitment))


def page_of(commitment: Commitment) -> str:
    """Return where a commitment is shown."""
    partner = commitment.organisation
    return f"{registry.kind_of(partner).url(partner)}#commitments"


@bp.post(f"{PLACE}/keep", permission=Permission.INTERACTIONS_EDIT)
def keep(commitment_id: int) -> ResponseReturnValue:
    """Note that a commitment was kept."""
    return _settle(commitment_id, CommitmentState.KEPT, _("Noted as kept"))


@bp.post(f"{PLACE}/reopen", permission=Permission.INTERACTIONS_EDIT)
def reopen(commitment_id: int) -> ResponseReturnValue:
    """Note that a commitment is open after all."""
    return _settle(commitment_id, CommitmentState.OPEN, _("Noted as open"))

"""Which of the values of a fact we go by."""

from flask import abort, flash, redirect
from flask.typing import ResponseReturnValue

from crm.core.db import db
from crm.core.i18n import _
from crm.facts import services
from crm.facts.models import FactValue
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.web.blueprint import Blueprint

bp = Blueprint("facts", __name__, url_prefix="/facts")


@bp.post("/<int(max=999999999):value_id>/choose", permission=Permission.RECORDS_EDIT)
def choose(value_id: int) -> ResponseReturnValue:
    """Go by this value; what the others say stays."""
    value = db.session.get(FactValue, value_id)
    if value is None:
        abort(404)
    services.choose(value)
    flash(_("We go by this value now; what other sources say stays beside it"), "success")
    return redirect(f"{registry.kind_of(value.record).url(value.record)}#values")

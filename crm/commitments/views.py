"""The list of all commitments, and settling one."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.commitments import forms, page, queries, services
from crm.commitments.models import Commitment
from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.web.blueprint import Blueprint
from crm.web.pages import form_page
from crm.web.returning import back_to, kept_return

bp = Blueprint("commitments", __name__, url_prefix="/commitments")
PLACE = "/<int(max=999999999):commitment_id>"


def _find(commitment_id: int) -> Commitment:
    commitment = db.session.scalar(queries.one(commitment_id))
    if commitment is None:
        abort(404)
    return commitment


def page_of(commitment: Commitment) -> str:
    """Return where a commitment is shown."""
    partner = commitment.organisation
    return f"{registry.kind_of(partner).url(partner)}#commitments"


@bp.get("/", permission=Permission.RECORDS_VIEW, strict_slashes=False)
def index() -> ResponseReturnValue:
    """Show what we owe partners and what they owe us."""
    return render_template("commitments/index.html", **page.context(request.args))


@bp.route(f"{PLACE}/settle", methods=["GET", "POST"], permission=Permission.INTERACTIONS_EDIT)
def settle(commitment_id: int) -> ResponseReturnValue:
    """Note that a commitment was kept or given up, and what came of it."""
    commitment = _find(commitment_id)
    back = back_to(page_of(commitment))
    form = forms.SettlementForm(settled_on=today(), outcome=commitment.outcome)
    if form.validate_on_submit() and form.submit(services.settle, commitment=commitment):
        flash(_("Noted: %(state)s", state=commitment.state.label), "success")
        return redirect(form.made(back))
    return form_page(
        form,
        title=_("%(what)s – %(title)s", what=commitment.name, title=commitment.organisation.title),
        action_url=url_for("commitments.settle", commitment_id=commitment.id, **kept_return()),
        cancel_url=back,
    )


@bp.post(f"{PLACE}/reopen", permission=Permission.INTERACTIONS_EDIT)
def reopen(commitment_id: int) -> ResponseReturnValue:
    """Note that a commitment is open after all."""
    commitment = services.reopen(_find(commitment_id))
    flash(_("Noted as open"), "success")
    return redirect(back_to(page_of(commitment)))

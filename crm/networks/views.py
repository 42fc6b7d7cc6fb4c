"""Pages about our links with networks that no other part has."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.networks import forms, matrix_page, queries, services
from crm.networks.models import Membership
from crm.permissions import Permission
from crm.records import asof
from crm.records.kinds import registry
from crm.web.blueprint import Blueprint
from crm.web.pages import form_page

bp = Blueprint("memberships", __name__, url_prefix="/memberships")
PLACE = "/<int(max=999999999):membership_id>"
MANAGE = Permission.NETWORKS_MANAGE


def _find(membership_id: int) -> Membership:
    membership = db.session.scalar(queries.membership(membership_id))
    if membership is None or membership.network is None or membership.member is None:
        abort(404)
    return membership


def page_of(membership: Membership) -> str:
    """Return where a link is shown: on the page of its network."""
    network = membership.network
    return registry.kind_of(network).url(network)


def _form(membership: Membership, form: Any, act: str, title: str) -> ResponseReturnValue:
    return form_page(
        form,
        title=_("%(what)s – %(title)s", what=title, title=membership.network.title),
        action_url=url_for(f"memberships.{act}", membership_id=membership.id),
        cancel_url=page_of(membership),
    )


@bp.route(f"{PLACE}/end", methods=["GET", "POST"], permission=MANAGE)
def end(membership_id: int) -> ResponseReturnValue:
    """End a link."""
    membership = _find(membership_id)
    form = forms.EndForm(on=PartialDate.of(today()))
    if form.validate_on_submit() and form.submit(
        lambda **values: services.end_membership(membership, **values)
    ):
        flash(_("The end is noted. History can bring the link back"), "success")
        return redirect(form.made(page_of(membership)))
    return _form(membership, form, "end", _("End the link"))


@bp.route(f"{PLACE}/succeed", methods=["GET", "POST"], permission=MANAGE)
def succeed(membership_id: int) -> ResponseReturnValue:
    """Let another link follow."""
    membership = _find(membership_id)
    form = forms.SuccessionForm(
        network_id=membership.network_id,
        kind_id=membership.kind_id,
        on=PartialDate.of(today()),
    )
    if form.validate_on_submit():
        following = form.submit(lambda **values: services.succeed(membership, **values))
        if following:
            flash(_("The new link follows the old one, which has ended"), "success")
            return redirect(form.made(page_of(following)))
    return _form(membership, form, "succeed", _("Change the kind of link or the network"))


@bp.route(f"{PLACE}/status", methods=["GET", "POST"], permission=MANAGE)
def status(membership_id: int) -> ResponseReturnValue:
    """Set the status by hand, or let the rules decide again."""
    membership = _find(membership_id)
    until = membership.override_until
    form = forms.StatusForm(
        status=membership.override,
        reason=membership.override_reason,
        until=PartialDate.of(until) if until else None,
    )
    if form.validate_on_submit() and form.submit(
        lambda **values: services.override_status(membership, **values)
    ):
        flash(_("Changes saved"), "success")
        return redirect(form.made(page_of(membership)))
    return _form(membership, form, "status", _("Set the status"))


def add_routes(bp: Blueprint) -> None:
    """Add the routes of networks to their blueprint."""

    @bp.get("/matrix", permission=Permission.RECORDS_VIEW)
    def matrix() -> ResponseReturnValue:
        with asof.as_of(asof.read_day()):
            return render_template("networks/matrix.html", **matrix_page.context(request.args))

"""Letting a partner rest until a day."""

from datetime import timedelta

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from crm.core.clock import today
from crm.core.i18n import _
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, find
from crm.rhythms import forms, services
from crm.web.blueprint import Blueprint
from crm.web.pages import form_page
from crm.web.returning import back_to, kept_return
from crm.web.templating import shown

USUAL_REST = timedelta(days=90)


def add_routes(bp: Blueprint) -> None:
    """Add the routes to the blueprint of organisations."""

    @bp.route("/<place:place>/rest", methods=["GET", "POST"], permission=Permission.RECORDS_EDIT)
    def rest(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["organisation"]
        partner = find(kind, place)
        back = back_to(kind.url(partner))
        form = forms.RestForm(rest_until=partner.rest_until or today() + USUAL_REST)
        if form.validate_on_submit() and form.submit(services.let_rest, organisation=partner):
            until = shown(partner.rest_until)
            flash(_("“%(title)s” rests until %(day)s", title=partner.title, day=until), "success")
            return redirect(form.made(back))
        return form_page(
            form,
            title=_("Let “%(title)s” rest", title=partner.title),
            action_url=kind.url(partner, "rest", **kept_return()),
            cancel_url=back,
            submit_label=_("Let rest"),
        )

    @bp.post("/<place:place>/wake", permission=Permission.RECORDS_EDIT)
    def wake(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["organisation"]
        partner = services.wake(find(kind, place))
        flash(_("“%(title)s” rests no longer", title=partner.title), "success")
        return redirect(back_to(kind.url(partner)))

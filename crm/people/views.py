"""Pages about people that no other kind of record has."""

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from crm.core.db import db
from crm.core.i18n import _
from crm.people import forms, queries, services
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, canonical, find
from crm.web.blueprint import Blueprint
from crm.web.pages import form_page


def add_routes(bp: Blueprint) -> None:
    """Add the routes of people to their blueprint."""

    @bp.route("/<place:place>/leave", methods=["GET", "POST"], permission=Permission.RECORDS_EDIT)
    def leave(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["person"]
        person = find(kind, place)
        if moved := canonical(kind, person, place):
            return moved
        positions = db.session.scalars(queries.positions_of(person)).all()
        form = forms.LeaveForm()
        form.organisation_id.choices = [
            SelectChoice(position.organisation_id, position.organisation.title)
            for position in positions
            if position.until is None
        ]
        if form.validate_on_submit() and form.submit(
            lambda **values: services.leave(person, **values)
        ):
            flash(
                _("“%(name)s” has left. The position stays in the history", name=person.name),
                "success",
            )
            return redirect(kind.url(person))
        return form_page(
            form,
            title=_("“%(name)s” leaves", name=person.name),
            action_url=kind.url(person, "leave"),
            cancel_url=kind.url(person),
        )

"""Pages about projects that no other record has."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.core.db import db
from crm.core.i18n import _
from crm.permissions import Permission
from crm.projects import forms, overviews, queries, services
from crm.records.kinds import registry
from crm.records.views import Place, canonical, find
from crm.web.blueprint import Blueprint
from crm.web.pages import form_page

TEMPLATE = "projects/overview.html"


def add_routes(bp: Blueprint) -> None:
    """Add the routes of projects to their blueprint."""
    view, edit = Permission.RECORDS_VIEW, Permission.RECORDS_EDIT

    @bp.get("/by-country", permission=view)
    def by_country() -> ResponseReturnValue:
        return render_template(TEMPLATE, **overviews.by_country())

    @bp.get("/by-partner", permission=view)
    def by_partner() -> ResponseReturnValue:
        return render_template(TEMPLATE, **overviews.by_partner())

    @bp.get("/by-funder", permission=view)
    def by_funder() -> ResponseReturnValue:
        return render_template(TEMPLATE, **overviews.by_funder())

    @bp.get("/timeline", permission=view)
    def over_time() -> ResponseReturnValue:
        return render_template(TEMPLATE, **overviews.over_time())

    @bp.get("/<place:place>/timeline", permission=view)
    def timeline(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["project"]
        project = find(kind, place)
        if moved := canonical(kind, project, place):
            return moved
        return render_template(TEMPLATE, **overviews.of_project(project))

    @bp.route(
        "/involvements/<int(max=999999999):involvement_id>/change-role",
        methods=["GET", "POST"],
        permission=edit,
    )
    def change_role(involvement_id: int) -> ResponseReturnValue:
        involvement = db.session.scalar(queries.involvement(involvement_id))
        if involvement is None:
            abort(404)
        page = registry.kind_of(involvement.project).url(involvement.project)
        form = forms.RoleForm(
            role=involvement.role,
            funder_word=involvement.funder_word,
            country=involvement.country,
            city=involvement.city,
        )
        if form.validate_on_submit() and form.submit(
            lambda **values: services.change_role(involvement, **values)
        ):
            flash(_("The new role follows the one before, which has ended"), "success")
            return redirect(form.made(f"{page}#involvements"))
        return form_page(
            form,
            title=_(
                "Change the role: %(who)s – %(title)s",
                who=involvement.organisation.title,
                title=involvement.project.title,
            ),
            action_url=url_for("projects.change_role", involvement_id=involvement_id),
            cancel_url=page,
        )

"""Pages about declarations that no other kind of record has."""

from flask import abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from crm.core.db import db
from crm.core.i18n import _
from crm.declarations import forms, queries, services
from crm.declarations.models import DeclarationText
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, canonical, find
from crm.web.blueprint import Blueprint
from crm.web.pages import form_page


def add_routes(bp: Blueprint) -> None:
    """Add the routes of declarations to their blueprint."""

    @bp.route(
        "/<place:place>/stage", methods=["GET", "POST"], permission=Permission.DECLARATIONS_MANAGE
    )
    def stage(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        if moved := canonical(kind, declaration, place):
            return moved
        form = forms.StageForm(obj=declaration)
        if form.validate_on_submit() and form.submit(
            lambda **values: services.move(declaration, **values)
        ):
            flash(_("Stage: %(stage)s", stage=declaration.stage.label), "success")
            return redirect(kind.url(declaration))
        return form_page(
            form,
            title=_("Stage of “%(title)s”", title=declaration.title),
            action_url=kind.url(declaration, "stage"),
            cancel_url=kind.url(declaration),
        )

    @bp.post(
        "/<place:place>/texts/<int(max=999999999):text_id>/freeze",
        permission=Permission.DECLARATIONS_MANAGE,
    )
    def freeze(place: Place, text_id: int) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        text = db.session.scalar(queries.texts_of(declaration).where(DeclarationText.id == text_id))
        if text is None:
            abort(404)
        services.freeze(text)
        flash(_("The text is frozen: %(sha256)s", sha256=text.sha256), "success")
        return redirect(f"{kind.url(declaration)}#texts")

    @bp.get("/<place:place>/texts/<int(max=999999999):text_id>", permission=Permission.RECORDS_VIEW)
    def text(place: Place, text_id: int) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        if moved := canonical(kind, declaration, place):
            return moved
        found = db.session.scalar(
            queries.texts_of(declaration).where(DeclarationText.id == text_id)
        )
        if found is None:
            abort(404)
        return render_template(
            "declarations/text.html", text=found, declaration=declaration, url=kind.url(declaration)
        )

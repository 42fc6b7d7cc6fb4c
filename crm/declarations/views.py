"""Pages about declarations that no other kind of record has."""

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from crm.core.clock import today
from crm.core.db import db
from crm.core.i18n import _
from crm.core.partial_date import PartialDate
from crm.declarations import differences, forms, list_page, queries, services
from crm.declarations.models import Declaration, DeclarationText, FrozenList, Signature
from crm.declarations.versions import version_words
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, canonical, find
from crm.web.blueprint import Blueprint
from crm.web.cells import Action
from crm.web.pages import form_page

TEXT = "/<place:place>/texts/<int(max=999999999):text_id>"


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
        f"{TEXT}/freeze",
        permission=Permission.DECLARATIONS_MANAGE,
    )
    def freeze(place: Place, text_id: int) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        text = _text(declaration, text_id)
        services.freeze(text)
        flash(_("The text is frozen: it never changes again"), "success")
        for other in services.behind(text):
            words = version_words(other.language, other.edition)
            flash(
                _(
                    "“%(version)s” is still the newest in its language: does it need the same"
                    " change?",
                    version=words,
                ),
                "info",
            )
        return redirect(f"{kind.url(declaration)}#texts")

    @bp.get(TEXT, permission=Permission.RECORDS_VIEW)
    def text(place: Place, text_id: int) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        if moved := canonical(kind, declaration, place):
            return moved
        found = _text(declaration, text_id)
        others = db.session.scalars(
            queries.texts_of(declaration).where(
                DeclarationText.language == found.language, DeclarationText.id != found.id
            )
        ).all()
        return render_template(
            "declarations/text.html",
            text=found,
            version=version_words(found.language, found.edition),
            declaration=declaration,
            url=kind.url(declaration),
            comparisons=[
                Action(
                    _("Compare with version %(number)s", number=other.edition),
                    kind.url(declaration, "compare", text_id=found.id, other_id=other.id),
                )
                for other in others
            ],
        )

    @bp.get(f"{TEXT}/compare/<int(max=999999999):other_id>", permission=Permission.RECORDS_VIEW)
    def compare(place: Place, text_id: int, other_id: int) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        if moved := canonical(kind, declaration, place):
            return moved
        found = [_text(declaration, each) for each in (text_id, other_id)]
        old, new = sorted(found, key=lambda text: text.edition)
        passages = differences.compare(old.text, new.text)
        return render_template(
            "declarations/compare.html",
            old=old,
            new=new,
            passages=passages,
            is_same=all(passage.kind == "same" for passage in passages),
            title=_("What has changed – %(title)s", title=declaration.title),
            back_url=kind.url(declaration),
            back_label=declaration.title,
        )


def add_signature_routes(bp: Blueprint) -> None:
    """Add the routes about signatures to the blueprint of declarations."""

    @bp.route(
        "/<place:place>/signatures/<int(max=999999999):signature_id>/confirm",
        methods=["GET", "POST"],
        permission=Permission.RECORDS_EDIT,
    )
    def confirm_text(place: Place, signature_id: int) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        if moved := canonical(kind, declaration, place):
            return moved
        signature = db.session.scalar(
            queries.to_confirm(declaration).where(Signature.id == signature_id)
        )
        if signature is None:
            abort(404)
        form = forms.ConfirmationForm(confirmed_on=PartialDate.of(today()))
        form.offer_newer(declaration, signature)
        if form.validate_on_submit() and form.submit(
            lambda **values: services.confirm(signature, **values)
        ):
            flash(_("Noted that they stand by the new text"), "success")
            return redirect(form.made(f"{kind.url(declaration)}#to-confirm"))
        return form_page(
            form,
            title=_("“%(name)s” confirms the new text", name=signature.displayed_name),
            action_url=kind.url(declaration, "confirm_text", signature_id=signature.id),
            cancel_url=kind.url(declaration),
        )

    @bp.get("/<place:place>/list", permission=Permission.RECORDS_VIEW)
    def signatories(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        if moved := canonical(kind, declaration, place):
            return moved
        is_public = request.args.get("audience") == "public"
        return render_template(
            "declarations/list.html",
            **list_page.context(declaration, is_public=is_public),
            title=_("Signatories – %(title)s", title=declaration.title),
            back_url=kind.url(declaration),
            back_label=declaration.title,
        )


def add_list_routes(bp: Blueprint) -> None:
    """Add the routes of frozen lists to the blueprint of declarations."""

    @bp.get("/<place:place>/lists/<int(max=999999999):list_id>", permission=Permission.RECORDS_VIEW)
    def frozen_list(place: Place, list_id: int) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        if moved := canonical(kind, declaration, place):
            return moved
        listed = db.session.scalar(queries.lists_of(declaration).where(FrozenList.id == list_id))
        if listed is None:
            abort(404)
        return render_template(
            "declarations/frozen_list.html",
            **list_page.frozen_context(listed),
            title=_("Frozen list – %(title)s", title=declaration.title),
            back_url=kind.url(declaration),
            back_label=declaration.title,
        )


def _text(declaration: Declaration, text_id: int) -> DeclarationText:
    found = db.session.scalar(queries.texts_of(declaration).where(DeclarationText.id == text_id))
    if found is None:
        abort(404)
    return found

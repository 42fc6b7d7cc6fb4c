"""Pages on which a list of signatories is pasted, checked, saved and undone."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from crm.core.db import db
from crm.core.errors import InvalidValue, NotAllowed
from crm.core.i18n import _, _n
from crm.declarations.models import Declaration
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, canonical, find
from crm.rolls import page, services
from crm.rolls.forms import ListForm, SaveForm
from crm.rolls.page import Compared
from crm.rolls.reading import Roll
from crm.rolls.services import Noted
from crm.web import kept
from crm.web.blueprint import Blueprint
from crm.web.cells import Action

PASTE = "/<place:place>/signatures/paste"


def add_paste_routes(bp: Blueprint) -> None:
    """Add the routes of pasting a list of signatories to the blueprint of declarations."""

    @bp.route(PASTE, methods=["GET", "POST"], permission=Permission.RECORDS_EDIT)
    def paste_signatures(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        if moved := canonical(kind, declaration, place):
            return moved
        form = ListForm()
        if not (form.validate() if form.is_submitted() else kept.step() == kept.SAVE):
            return _ask(declaration, form)
        return _answer(declaration, form)

    @bp.post(f"{PASTE}/<string(length=24):batch>/undo", permission=Permission.RECORDS_EDIT)
    def undo_signatures(place: Place, batch: str) -> ResponseReturnValue:
        kind = registry.kinds["declaration"]
        declaration = find(kind, place)
        try:
            _undone, kept = services.undo_list(declaration, batch)
            flash(*_told_undone(kept))
        except NotAllowed as refused:
            flash(str(refused.message), "error")
        return redirect(kind.url(declaration))


def _told_undone(kept: int) -> tuple[str, str]:
    if not kept:
        return _("The whole list was undone"), "success"
    told = _n(
        "%(num)d change stays: it was changed again",
        "%(num)d changes stay: they were changed again",
        kept,
    )
    return told, "error"


def _answer(declaration: Declaration, form: ListForm) -> ResponseReturnValue:
    """Show what was read, or save what was decided of it."""
    try:
        text = form.given()
        roll, found = page.compared(declaration, text)
    except InvalidValue as refused:
        form.refuse(refused)
        return _ask(declaration, form)
    if kept.step() == kept.AGAIN:
        form.text.data = text
        return _ask(declaration, form)
    save = SaveForm(formdata=kept.entered() if kept.step() else None)
    if kept.step() and save.validate_on_submit():
        saved = _save(declaration, save, roll, found)
        if saved is not None:
            return saved
    return _check(declaration, save, text, roll, found)


def _save(
    declaration: Declaration, form: SaveForm, roll: Roll, found: list[Compared]
) -> ResponseReturnValue | None:
    """Note what was decided, and show what is left; None when nothing was decided."""
    entries, left = page.decided(found, request.form)

    def save(**values: Any) -> Noted:
        page.check_something(entries)
        return services.note_list(declaration, entries, **values)

    noted = form.submit(save)
    if noted is None:
        return None
    links = page.links(declaration)
    form.made(links["list_url"])
    refused = [signer for signer, _reason in noted.refused]
    rest = page.rest(roll, left, refused, request.form.get("unread", ""))
    listed = sum(each.listed is not None and each.listed.is_settled for each in found)
    undo = None
    batch = db.session.info.get("batch")
    if batch and noted.added:
        url = registry.kind_of(declaration).url(declaration, "undo_signatures", batch=batch)
        undo = Action(_("Undo the whole list"), url, "post")
    return render_template(
        "rolls/paste.html",
        **links,
        form=ListForm(formdata=None, text=rest),
        title=_title(declaration),
        told=page.told(noted, listed),
        refusals=page.refusals(noted),
        undo=undo,
    )


def _ask(declaration: Declaration, form: ListForm) -> str:
    """Show the box for the list."""
    return render_template(
        "rolls/paste.html",
        **page.links(declaration),
        form=form,
        title=_title(declaration),
        has_errors=bool(form.errors or form.form_errors),
    )


def _title(declaration: Declaration) -> str:
    return _("Paste a list of signatories – %(title)s", title=declaration.title)


def _check(
    declaration: Declaration, form: SaveForm, text: str, roll: Roll, found: list[Compared]
) -> str:
    """Show who is known, who is to be checked and who is new."""
    shown = page.check_page(roll, found)
    return render_template(
        "rolls/check.html",
        **page.links(declaration),
        **page.counts(roll),
        form=form,
        page=shown,
        text=text,
        answers=kept.entered(),
        is_answered=bool(kept.step()),
        few=page.FEW,
        title=_("Check the list – %(title)s", title=declaration.title),
        submit_label=_n("Save %(num)d signature", "Save %(num)d signatures", shown.ticked_count),
        has_errors=bool(form.errors or form.form_errors),
    )

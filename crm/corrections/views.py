"""The pages on which a corrected file comes back and is decided upon."""

from pathlib import PurePath

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.text import clean_line
from crm.corrections import page, queries, services
from crm.corrections.comparison import Comparison, compared, compared_as_sent
from crm.corrections.correcting import correct
from crm.corrections.forms import DecisionForm, ReturnForm
from crm.corrections.models import CorrectedFile
from crm.corrections.returned import from_json
from crm.permissions import Permission
from crm.records.kinds import RecordKind, registry
from crm.web.blueprint import Blueprint

TICKED = "cell"
NONE_TICKED = "untick"

bp = Blueprint("corrections", __name__, url_prefix="/corrections")


@bp.route("/new", methods=["GET", "POST"], permission=Permission.RECORDS_BULK)
def create() -> ResponseReturnValue:
    """Take a file back, and show what differs in it."""
    form = ReturnForm(kind=request.args.get("list"))
    form.offer(page.kinds())
    if form.validate_on_submit():
        try:
            file = _kept(registry.kinds[form.kind.data], form)
        except InvalidValue as refused:
            form.refuse(refused)
        else:
            if file is not None:
                return redirect(url_for(".show", file_id=file.id))
            flash(_("0 changes: this file is as it was exported"), "success")
            return redirect(url_for(".create", list=form.kind.data))
    return render_template(
        "corrections/new.html",
        form=form,
        action_url=url_for(".create"),
        cancel_url=page.back_url(form.kind.data),
        back_label=page.back_label(form.kind.data),
        waiting=page.waiting(db.session.scalars(queries.waiting_of(current_user.id)).all()),
        has_errors=bool(form.errors or form.form_errors),
    )


def _kept(kind: RecordKind, form: ReturnForm) -> CorrectedFile | None:
    """Keep what differs in the file that was sent, if anything does."""
    returned = form.read()
    comparison = compared_as_sent(kind, returned)
    if comparison.is_as_exported:
        return None
    name = clean_line(PurePath(form.upload.data.filename.replace("\\", "/")).name)
    lines = returned.only(comparison.lines).as_json()
    return services.keep(kind=kind.name, name=name, lines=lines)


def _file(file_id: int, *, is_held: bool = False) -> CorrectedFile:
    find = queries.file_held if is_held else queries.file_of
    found = db.session.scalar(find(current_user.id, file_id))
    kind = registry.kinds.get(found.kind) if found is not None else None
    if found is None or kind is None or not page.comes_back(kind):
        abort(404)
    return found


def _compared(file: CorrectedFile) -> Comparison:
    """Return what differs now: others may have changed something since the file was sent."""
    return compared(registry.kinds[file.kind], from_json(file.lines))


@bp.get("/<int(max=999999999):file_id>", permission=Permission.RECORDS_BULK)
def show(file_id: int) -> ResponseReturnValue:
    """Show what differs, cell by cell."""
    file = _file(file_id)
    if file.run_id is not None:
        return redirect(url_for("bulk.show", run_id=file.run_id))
    comparison = _compared(file)
    offered = {each.name for each in comparison.differences if not each.refusal}
    ticked = set() if NONE_TICKED in request.args else offered
    return _page(file, DecisionForm(), comparison, ticked)


def _page(
    file: CorrectedFile, form: DecisionForm, comparison: Comparison, ticked: set[str]
) -> ResponseReturnValue:
    return render_template(
        "corrections/show.html",
        file=file,
        form=form,
        title=_("Corrections: %(file)s", file=file.name),
        count=page.count_in_words(comparison),
        notices=page.notices(comparison),
        records=comparison.records,
        can_change=any(not each.refusal for each in comparison.differences),
        ticked=ticked,
        has_errors=bool(form.form_errors),
        back_url=page.back_url(file.kind),
        back_label=page.back_label(file.kind),
    )


@bp.post("/<int(max=999999999):file_id>", permission=Permission.RECORDS_BULK)
def accept(file_id: int) -> ResponseReturnValue:
    """Make the corrections that are ticked, as one change."""
    file = _file(file_id, is_held=True)
    if file.run_id is None:
        form, comparison = DecisionForm(), _compared(file)
        ticked = set(request.form.getlist(TICKED))
        try:
            services.accept(file, page.accepted(comparison, ticked), correct)
        except InvalidValue as refused:
            form.refuse(refused)
            return _page(file, form, comparison, ticked)
    return redirect(url_for("bulk.show", run_id=file.run_id))


@bp.post("/<int(max=999999999):file_id>/discard", permission=Permission.RECORDS_BULK)
def discard(file_id: int) -> ResponseReturnValue:
    """Take nothing of the file."""
    file = _file(file_id, is_held=True)
    back_url = page.back_url(file.kind)
    services.discard(file)
    flash(_("Nothing of the file was taken"), "success")
    return redirect(back_url)

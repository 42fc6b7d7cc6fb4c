"""The pages on which lists become files, and the record of what left the house."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import (
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.accounts import registry as sessions
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.exports import asking, gathering, letters, page, part_files, queries, services
from crm.exports.asking import Asked
from crm.exports.files import MEDIA_TYPES, TABLES, ListFile
from crm.exports.forms import ExportForm, FileForm, ProofForm, TemplateForm
from crm.exports.models import Export, ExportFormat, LetterTemplate
from crm.exports.sending import sent
from crm.permissions import Permission
from crm.records.kinds import RecordKind, registry
from crm.records.listing import Listing
from crm.web.blueprint import Blueprint
from crm.web.pages import form_page

MOST_SHOWN = 200

bp = Blueprint("exports", __name__, url_prefix="/exports")


def _kind_at(path: str) -> RecordKind:
    found = next((kind for kind in registry.kinds.values() if kind.path == path), None)
    if found is None:
        abort(404)
    return found


@bp.route(
    "/new/<string(maxlength=40):path>", methods=["GET", "POST"], permission=Permission.EXPORTS_MAKE
)
def create(path: str) -> ResponseReturnValue:
    """Show what of a list would leave, for whom and as what; make the file."""
    kind = _kind_at(path)
    listing = Listing(kind, request.args)
    if listing.notices:  # A filter that was not understood would mean more records than wanted.
        flash(listing.notices[0], "error")
        return redirect(listing.address())
    form = asking.prepared(listing)
    is_sent = form.is_submitted()
    is_valid = form.validate_on_submit()
    asked = asking.asked_for(listing, form)
    if is_valid and "look" not in request.form and form.prove():
        begun = form.submit(_made(asked))
        if begun is not None:
            export, made = begun
            return sent(export, made)
    return _form_page(kind, listing, form, asked, is_sent=is_sent)


@bp.route(
    "/parts/<string(maxlength=40):path>",
    methods=["GET", "POST"],
    permission=Permission.EXPORTS_MAKE,
)
def parts(path: str) -> ResponseReturnValue:
    """Ask as which file a list of parts leaves; make it."""
    listed = registry.part_lists.get(path)
    if listed is None:
        abort(404)
    form = FileForm(TABLES)
    asked = urlencode(list(request.args.items(multi=True)))
    address = f"?{asked}" if asked else ""
    if form.validate_on_submit() and form.prove():
        begun = form.submit(partial(part_files.begin, listed, listed.query(request.args), asked))
        if begun is not None:
            return sent(*begun)
    return form_page(
        form,
        title=_("Make a file: %(list)s", list=listed.title),
        intro=_("With what the whole team may see, as the page lists it."),
        action_url=f"{url_for('.parts', path=path)}{address}",
        cancel_url=f"{url_for(listed.endpoint)}{address}",
        submit_label=_("Make the file"),
    )


def _made(asked: Asked) -> Any:
    """Return what notes the file and begins it; a letter is whole before anything is sent."""

    def make(
        reason: str | None = None, file_format: ExportFormat | None = None, **_more: Any
    ) -> tuple[Export, ListFile]:
        if file_format is not asked.file_format:
            raise InvalidValue(
                "file_format", _("Such a file is not made for these readers. Choose another")
            )
        made = asked.file()
        if made.file_format is ExportFormat.LETTER:
            made.write_ahead()
        return services.begin(asked.wish(), reason=reason), made

    return make


def _form_page(
    kind: RecordKind, listing: Listing, form: ExportForm, asked: Asked, *, is_sent: bool
) -> ResponseReturnValue:
    query = f"?{asked.address}" if asked.address else ""
    counts = asked.counts(services.LARGE + 1)
    return render_template(
        "exports/new.html",
        form=form,
        title=_("Make a file: %(list)s", list=kind.label_plural),
        told=page.told_of(listing),
        column_sets=asking.column_sets(listing),
        size=asking.size_in_words(asked, counts[kind.stored_kind]),
        left_out=asking.explained(asked),
        needs_reason=gathering.people_among(counts) > services.FEW_PEOPLE,
        action_url=f"{url_for('.create', path=kind.path)}{query}",
        cancel_url=listing.address(),
        has_errors=bool(form.errors or form.form_errors),
        is_sent=is_sent,
    )


def _export(export_id: int) -> Export:
    """Return an export that is one's own, or that one looks after."""
    found = db.session.scalar(queries.export_with(export_id))
    may_see_all = current_user.can(Permission.ADMIN_USERS)
    if found is None or not (found.user_id == current_user.id or may_see_all):
        abort(404)
    return found


@bp.get("/", permission=Permission.EXPORTS_MAKE)
def index() -> ResponseReturnValue:
    """Show what left the house: one's own files; to administrators, those of everybody."""
    sees_all = current_user.can(Permission.ADMIN_USERS)
    found = db.session.scalars(
        queries.exports_of(None if sees_all else current_user.id, MOST_SHOWN)
    ).all()
    return render_template(
        "exports/index.html",
        table=page.exports(found, names_makers=sees_all),
        actions=page.actions(),
    )


@bp.route("/templates", methods=["GET", "POST"], permission=Permission.EXPORTS_MAKE)
def templates() -> ResponseReturnValue:
    """Show the templates of letters and the fields they may ask for; add one."""
    form = TemplateForm()
    if form.validate_on_submit() and form.submit(letters.add):
        flash(_("Template kept: it was tried with invented rows"), "success")
        return redirect(form.made(url_for(".templates")))
    return render_template(
        "exports/templates.html",
        form=form,
        table=page.templates(db.session.scalars(queries.templates()).all()),
        fields=page.fields(),
        has_errors=bool(form.errors or form.form_errors),
    )


@bp.post("/templates/<int(max=999999999):template_id>/remove", permission=Permission.EXPORTS_MAKE)
def remove_template(template_id: int) -> ResponseReturnValue:
    """Remove a template of letters."""
    template = db.session.get(LetterTemplate, template_id)
    if template is None:
        abort(404)
    letters.remove(template)
    flash(_("Template removed"), "success")
    return redirect(url_for(".templates"))


@bp.route(
    "/<int(max=999999999):export_id>", methods=["GET", "POST"], permission=Permission.EXPORTS_MAKE
)
def show(export_id: int) -> ResponseReturnValue:
    """Show what a file was; take the password, without which it does not leave once more."""
    export = _export(export_id)
    is_own = export.user_id == current_user.id
    form = ProofForm()
    if form.validate_on_submit() and form.prove():
        return redirect(url_for(".file", export_id=export.id))
    return render_template(
        "exports/show.html",
        form=form,
        has_errors=bool(form.errors or form.form_errors),
        export_id=export.id,
        title=export.title,
        facts=page.facts(export),
        left_out=page.left_out(export),
        file_url=url_for(".file", export_id=export.id)
        if is_own and services.has_file(export)
        else None,
        state=page.state(export),
    )


@bp.get("/<int(max=999999999):export_id>/file", permission=Permission.EXPORTS_MAKE)
def file(export_id: int) -> ResponseReturnValue:
    """Send a file that is kept once more, to the person who made it."""
    export = _export(export_id)
    if export.user_id != current_user.id or not services.has_file(export):
        abort(404)
    if not sessions.is_proved():
        return redirect(url_for(".show", export_id=export.id))
    services.note_fetched(export)
    return send_file(
        services.path_of(export.id),
        mimetype=MEDIA_TYPES[export.file_format],
        as_attachment=True,
        download_name=export.title,
        etag=False,
    )

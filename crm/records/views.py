"""The pages of every kind of record: list, page, forms, trash, history, parts, files, tags."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, jsonify, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.routing import BaseConverter, Map
from werkzeug.wrappers import Response

from crm.core.db import db
from crm.core.errors import Conflict, InvalidValue, NotAllowed
from crm.core.i18n import _
from crm.core.text import fold
from crm.permissions import Permission
from crm.records import asof, files, page, queries, services
from crm.records.forms import DocumentForm, TagsForm
from crm.records.kinds import PartKind, RecordKind, registry
from crm.records.list_page import OPEN, chosen_columns, list_page
from crm.records.listing import Listing
from crm.records.models import Change, Document, Record
from crm.web.blueprint import Blueprint
from crm.web.cells import Action
from crm.web.form import Form
from crm.web.pages import form_page
from crm.web.returning import back_to

MOST_SUGGESTIONS = 10
NO_FIELDS = ("data", "errors", "meta", "once")


@dataclass(frozen=True)
class Place:
    """The end of a record's address: the id decides, the slug decorates."""

    id: int
    slug: str


class PlaceConverter(BaseConverter):
    """Reads ``142-sant-egidio``."""

    regex = r"[0-9]{1,9}(?:-[^/]*)?"

    def __init__(self, url_map: Map) -> None:
        """Take the map of addresses."""
        super().__init__(url_map)

    def to_python(self, value: str) -> Place:
        """Split the id from the slug."""
        number, _dash, decoration = value.partition("-")
        return Place(int(number), decoration)

    def to_url(self, value: Any) -> str:
        """Write a place."""
        return value if isinstance(value, str) else f"{value.id}-{value.slug}".rstrip("-")


def find(kind: RecordKind, place: Place, *, with_trash: bool = False) -> Any:
    """Return the record of a page, or answer 404: missing and hidden read the same."""
    query = select(kind.model).where(kind.model.id == place.id)
    found = db.session.scalar(query, execution_options={"with_trash": with_trash})
    if found is None:
        abort(404)
    return found


def canonical(kind: RecordKind, record: Record, place: Place) -> Response | None:
    """Return a redirect to the right address when the slug is not the record's."""
    if request.method != "GET" or place.slug == record.slug:
        return None
    values = {**(request.view_args or {}), "place": f"{record.id}-{record.slug}".rstrip("-")}
    target = url_for(str(request.endpoint), **values)
    if request.query_string:
        target = f"{target}?{request.query_string.decode('ascii', 'replace')}"
    return redirect(target, 301)


def record_blueprint(kind: RecordKind) -> Blueprint:
    """Return the routes of a kind of record."""
    bp = Blueprint(kind.path, __name__, url_prefix=f"/{kind.path}")
    view, edit = Permission.RECORDS_VIEW, kind.edit_permission
    _add_list(bp, kind, view, edit)
    if kind.stored:
        _add_other_list(bp, kind, view, edit)
        return bp
    _add_page(bp, kind, view)
    _add_panels(bp, kind, view)
    _add_form(bp, kind, edit)
    _add_trash(bp, kind)
    _add_history(bp, kind, view, edit)
    _add_parts(bp, kind)
    _add_common(bp, kind, edit)
    return bp


def _add_list(bp: Blueprint, kind: RecordKind, view: Permission, edit: Permission) -> None:
    @bp.get("/", permission=view, strict_slashes=False)
    def index() -> ResponseReturnValue:
        listing = Listing(kind, request.args)
        if chosen := chosen_columns(listing, request.args):
            return redirect(chosen)
        new = None
        if current_user.can(edit):
            new = Action(kind.add_label, url_for(f"{kind.path}.create"))
        extra = [*kind.list_actions()]
        if new is not None:
            extra += registry.other_ways_to_add(kind.name)
        extra += [action for offered in registry.list_actions for action in offered(listing)]
        if current_user.can(Permission.RECORDS_TRASH):
            extra.append(Action(_("Trash"), url_for("records.trash", kind=kind.name)))
        return render_template(
            "records/index.html",
            page=list_page(listing, is_open=OPEN in request.args, new=new, extra_actions=extra),
            kind=kind,
        )


def _add_other_list(bp: Blueprint, kind: RecordKind, view: Permission, edit: Permission) -> None:
    """Add the routes of a kind that is another list of the same records."""
    _add_new(bp, kind, edit)

    @bp.get("/<place:place>", permission=view)
    def detail(place: Place) -> ResponseReturnValue:
        record = find(kind, place, with_trash=True)
        return redirect(kind.url(record, on=request.args.get(asof.PARAMETER)), 301)


def _add_page(bp: Blueprint, kind: RecordKind, view: Permission) -> None:
    @bp.get("/<place:place>", permission=view)
    def detail(place: Place) -> ResponseReturnValue:
        record = find(kind, place, with_trash=True)
        if moved := canonical(kind, record, place):
            return moved
        return render_template("records/detail.html", **page.context(kind, record))


def _add_panels(bp: Blueprint, kind: RecordKind, view: Permission) -> None:
    @bp.get("/<place:place>/all/<string(maxlength=40):key>", permission=view)
    def panel(place: Place, key: str) -> ResponseReturnValue:
        record = find(kind, place, with_trash=True)
        if moved := canonical(kind, record, place):
            return moved
        context = page.panel_context(kind, record, key)
        if context is None:
            abort(404)
        return render_template("records/panel.html", **context)


def _add_new(bp: Blueprint, kind: RecordKind, edit: Permission) -> None:
    @bp.route("/new", methods=["GET", "POST"], permission=edit)
    def create() -> ResponseReturnValue:
        form = kind.form(**prefilled(kind.form, kind.prefill))
        if form.validate_on_submit():
            service = kind.create or (lambda **values: services.create_record(kind.model, **values))
            if new := form.submit(service):
                flash(_("“%(title)s” added", title=new.title), "success")
                return redirect(form.made(kind.url(new)))
        return form_page(
            form,
            title=str(kind.add_label),
            action_url=url_for(f"{kind.path}.create"),
            cancel_url=url_for(f"{kind.path}.index"),
            other_ways=registry.other_ways_to_add(kind.name),
        )


def _add_form(bp: Blueprint, kind: RecordKind, edit: Permission) -> None:
    if not kind.has_own_form:
        _add_new(bp, kind, edit)

    @bp.route("/<place:place>/edit", methods=["GET", "POST"], permission=edit)
    def edit_record(place: Place) -> ResponseReturnValue:
        record = find(kind, place)
        if moved := canonical(kind, record, place):
            return moved
        form = kind.form(obj=record)
        del form.once
        change = kind.change or services.change_record
        return _edit(
            record,
            form,
            change,
            title=_("Change “%(title)s”", title=record.title),
            action_url=kind.url(record, "edit_record"),
            back_url=lambda: kind.url(record),
        )


def fields_kept() -> set[str]:
    """Return the fields for which a person has chosen what somebody else stored meanwhile."""
    return {
        key.removeprefix("choice-")
        for key, value in request.form.items()
        if key.startswith("choice-") and value == "stored"
    }


def conflict_page(conflict: Conflict, action_url: str) -> ResponseReturnValue:
    """Undo what was begun, and lay open what somebody else has changed meanwhile."""
    db.session.rollback()
    context = page.conflict_context(conflict, request.form, action_url)
    return render_template("records/conflict.html", **context), 409


def _edit(
    row: Any,
    form: Form,
    change: Callable[..., Any],
    *,
    title: str,
    action_url: str,
    back_url: Callable[[], str],
) -> ResponseReturnValue:
    """Show or take the form of a row; a change by somebody else meanwhile is laid open."""
    if form.validate_on_submit():
        kept = fields_kept()
        version = page.version_asked(row)

        def apply(**values: Any) -> Any:
            return change(
                row, version, **{key: value for key, value in values.items() if key not in kept}
            )

        try:
            changed = form.submit(apply)
        except Conflict as conflict:
            return conflict_page(conflict, action_url)
        if changed is not None:
            flash(_("Changes saved"), "success")
            return redirect(back_url())
    return form_page(
        form,
        title=title,
        action_url=action_url,
        cancel_url=back_url(),
        version=page.version_asked(row),
    )


def prefilled(
    form: type[Form],
    more: Callable[[Mapping[str, str]], Mapping[str, Any]] = lambda args: {},
) -> dict[str, Any]:
    """Return what the address asks a new form to begin with."""
    if request.method == "POST":
        return {}
    return {
        **more(request.args),
        **_named_fields(form),
    }


def _named_fields(form: type[Form]) -> dict[str, Any]:
    return {
        key: (values if len(values) > 1 else values[0])
        for key, values in request.args.lists()
        if hasattr(form, key) and not key.startswith("_") and key not in NO_FIELDS
    }


def _add_trash(bp: Blueprint, kind: RecordKind) -> None:
    @bp.post("/<place:place>/delete", permission=Permission.RECORDS_TRASH)
    def delete(place: Place) -> ResponseReturnValue:
        record = find(kind, place)
        services.trash(record)
        flash(_("“%(title)s” is in the trash. It can be restored", title=record.title), "success")
        return redirect(kind.url(record))

    @bp.post("/<place:place>/restore", permission=Permission.RECORDS_TRASH)
    def restore(place: Place) -> ResponseReturnValue:
        record = find(kind, place, with_trash=True)
        services.restore(record)
        flash(_("“%(title)s” restored", title=record.title), "success")
        return redirect(kind.url(record))


def _add_history(bp: Blueprint, kind: RecordKind, view: Permission, edit: Permission) -> None:
    @bp.get("/<place:place>/history", permission=view)
    def history(place: Place) -> ResponseReturnValue:
        record = find(kind, place, with_trash=True)
        if moved := canonical(kind, record, place):
            return moved
        return render_template("records/history.html", **page.history_context(kind, record))

    @bp.post("/<place:place>/history/<string(length=24):key>/undo", permission=edit)
    def undo(place: Place, key: str) -> ResponseReturnValue:
        record = find(kind, place, with_trash=True)
        change = db.session.scalar(queries.changes_of(record).where(Change.key == key))
        if change is None:
            abort(404)
        if not page.may_undo(change):
            abort(403)
        try:
            services.undo(change)
        except (NotAllowed, InvalidValue) as refused:
            db.session.rollback()
            flash(str(refused.message), "error")
        except IntegrityError:
            db.session.rollback()
            flash(_("Other things depend on it by now. Undo or remove those first"), "error")
        else:
            flash(_("The change was undone"), "success")
        return redirect(kind.url(record, "history"))


def _part_kind(kind: RecordKind, name: str) -> PartKind:
    part_kind = registry.parts_on(kind.name).get(name)
    if part_kind is None:
        abort(404)
    if not current_user.can(part_kind.permission):
        abort(403)
    return part_kind


def _part(part_kind: PartKind, kind: RecordKind, record: Record, part_id: int) -> Any:
    owner = getattr(part_kind.model, part_kind.owners[kind.name])
    part = db.session.scalar(
        select(part_kind.model).where(part_kind.model.id == part_id, owner == record.id)
    )
    if part is None:
        abort(404)
    return part


def _add_parts(bp: Blueprint, kind: RecordKind) -> None:
    edit = Permission.RECORDS_EDIT

    @bp.route("/<place:place>/<part_name>/new", methods=["GET", "POST"], permission=edit)
    def add_part(place: Place, part_name: str) -> ResponseReturnValue:
        record = find(kind, place)
        part_kind = _part_kind(kind, part_name)
        if moved := canonical(kind, record, place):
            return moved
        owner = part_kind.owners[kind.name]
        form = part_kind.form(**prefilled(part_kind.form))
        form.on_page_of(record)
        if owner in form:
            del form[owner]
        if form.validate_on_submit():
            service = part_kind.create or (lambda **values: services.add(part_kind.model(**values)))
            if form.submit(service, **{owner: record.id}):
                flash(_("%(what)s added", what=part_kind.label), "success")
                return redirect(form.made(f"{kind.url(record)}#{part_kind.name}"))
        return form_page(
            form,
            title=_("%(add)s – %(title)s", add=part_kind.add_label, title=record.title),
            action_url=kind.url(record, "add_part", part_name=part_name),
            cancel_url=kind.url(record),
        )

    @bp.route(
        "/<place:place>/<part_name>/<int(max=999999999):part_id>/edit",
        methods=["GET", "POST"],
        permission=edit,
    )
    def edit_part(place: Place, part_name: str, part_id: int) -> ResponseReturnValue:
        record = find(kind, place)
        part_kind = _part_kind(kind, part_name)
        if moved := canonical(kind, record, place):
            return moved
        part = _part(part_kind, kind, record, part_id)
        form = part_kind.form(obj=part)
        form.on_page_of(record)
        del form.once
        owner = part_kind.owners[kind.name]
        if owner in form:
            del form[owner]
        return _edit(
            part,
            form,
            part_kind.change or services.change_part,
            title=_("Change: %(what)s – %(title)s", what=part_kind.label, title=record.title),
            action_url=kind.url(record, "edit_part", part_name=part_name, part_id=part_id),
            back_url=lambda: f"{kind.url(record)}#{part_kind.name}",
        )

    @bp.post("/<place:place>/<part_name>/<int(max=999999999):part_id>/remove", permission=edit)
    def remove_part(place: Place, part_name: str, part_id: int) -> ResponseReturnValue:
        record = find(kind, place)
        part_kind = _part_kind(kind, part_name)
        try:
            part_kind.remove(_part(part_kind, kind, record, part_id))
        except InvalidValue as refused:
            flash(str(refused.message), "error")
            return redirect(kind.url(record))
        flash(_("%(what)s removed. History can bring it back", what=part_kind.label), "success")
        return redirect(kind.url(record))


def _add_common(bp: Blueprint, kind: RecordKind, edit: Permission) -> None:
    @bp.post("/<place:place>/confirm", permission=edit)
    def confirm(place: Place) -> ResponseReturnValue:
        record = find(kind, place)
        services.confirm(record)
        flash(_("Noted: “%(title)s” is still right", title=record.title), "success")
        return redirect(back_to(kind.url(record)))

    @bp.route("/<place:place>/tags", methods=["GET", "POST"], permission=edit)
    def tags(place: Place) -> ResponseReturnValue:
        record = find(kind, place)
        if moved := canonical(kind, record, place):
            return moved
        words = [tagging.tag.word for tagging in db.session.scalars(queries.tags_of(record))]
        form = TagsForm(words="; ".join(words))
        if form.validate_on_submit():
            services.set_tags(record, re.split(r"[;,\n]", form.words.data or ""))
            flash(_("Tags saved"), "success")
            return redirect(kind.url(record))
        return form_page(
            form,
            title=_("Tags – %(title)s", title=record.title),
            action_url=kind.url(record, "tags"),
            cancel_url=kind.url(record),
        )

    @bp.route("/<place:place>/files/new", methods=["GET", "POST"], permission=Permission.FILES_EDIT)
    def add_file(place: Place) -> ResponseReturnValue:
        record = find(kind, place)
        if moved := canonical(kind, record, place):
            return moved
        form = DocumentForm()
        if form.validate_on_submit() and form.submit(files.attach, record_id=record.id):
            flash(_("File added"), "success")
            return redirect(f"{kind.url(record)}#documents")
        return form_page(
            form,
            title=_("Add a file – %(title)s", title=record.title),
            action_url=kind.url(record, "add_file"),
            cancel_url=kind.url(record),
            submit_label=_("Add"),
        )

    @bp.get(
        "/<place:place>/files/<int(max=999999999):document_id>",
        permission=Permission.RECORDS_VIEW,
    )
    def download(place: Place, document_id: int) -> ResponseReturnValue:
        record = find(kind, place)
        document = db.session.scalar(queries.documents_of(record).where(Document.id == document_id))
        if document is None:
            abort(404)
        answer = send_file(
            files.path_of(document.sha256),
            mimetype=document.media_type,
            as_attachment=True,
            download_name=document.name,
            etag=False,
        )
        answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return answer


records_bp = Blueprint("records", __name__)


@records_bp.get("/records/<place:place>", permission=Permission.RECORDS_VIEW)
def go(place: Place) -> ResponseReturnValue:
    """Lead from a short address, as packs print it, to the page of the record."""
    record = db.session.scalar(select(Record).where(Record.id == place.id))
    if record is None:
        abort(404)
    return redirect(registry.kind_of(record).url(record))


@records_bp.get("/records/suggest", permission=Permission.RECORDS_VIEW)
def suggest() -> ResponseReturnValue:
    """Suggest records whose names begin with what is being typed."""
    text = request.args.get("q", "")[:200]
    kinds = [name for name in request.args.getlist("kind") if name in registry.kinds]
    if len(fold(text)) < 2:
        return jsonify([])
    found = db.session.scalars(queries.named_like(text, kinds).limit(MOST_SUGGESTIONS))
    return jsonify(
        [
            {"id": record.id, "value": record.title, "context": str(registry.kind_of(record).label)}
            for record in found
        ]
    )


@records_bp.get("/trash", permission=Permission.RECORDS_TRASH)
def trash() -> ResponseReturnValue:
    """List what is in the trash, the newest first."""
    kinds = [name for name in request.args.getlist("kind") if name in registry.kinds]
    query = select(Record).where(Record.deleted_at.is_not(None))
    if kinds:
        query = query.where(Record.kind.in_(kinds))
    found = db.session.scalars(
        query.order_by(Record.deleted_at.desc(), Record.id).limit(200),
        execution_options={"with_trash": True},
    )
    return render_template("records/trash.html", page=page.trash_page(list(found)))

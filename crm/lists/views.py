"""The pages of the lists that the team edits."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.core.i18n import _
from crm.permissions import Permission
from crm.records import lists
from crm.records.kinds import ListKind, registry
from crm.records.listing import headings
from crm.web.blueprint import Blueprint
from crm.web.cells import Action, Link
from crm.web.pages import form_page
from crm.web.tables import HeaderCell, Row

bp = Blueprint("lists", __name__, url_prefix="/lists")


def _kind(name: str) -> ListKind:
    found = registry.lists.get(name)
    if found is None:
        abort(404)
    return found


@bp.get("/", permission=Permission.LISTS_EDIT)
def index() -> ResponseReturnValue:
    """Show which lists there are."""
    rows = [
        Row([Link(kind.label, url_for("lists.values", name=kind.name)), kind.about])
        for kind in registry.lists.values()
    ]
    columns = [HeaderCell(_("List")), HeaderCell(_("What it decides"))]
    return render_template("lists/index.html", columns=columns, rows=rows)


@bp.get("/<string:name>/", permission=Permission.LISTS_EDIT)
def values(name: str) -> ResponseReturnValue:
    """Show the values of a list, in their order."""
    kind = _kind(name)
    rows = [
        Row(
            [column.cell(value) for column in kind.columns],
            actions=[
                Action(_("Edit"), url_for("lists.edit", name=kind.name, value_id=value.id)),
            ],
        )
        for value in lists.values_of(kind.model, kind.fixed)
    ]
    return render_template(
        "lists/values.html",
        kind=kind,
        columns=headings(kind.columns),
        rows=rows,
        new=Action(kind.add_label, url_for("lists.create", name=kind.name))
        if kind.add_label
        else None,
        back_url=url_for("lists.index"),
    )


@bp.route("/<string:name>/new", methods=["GET", "POST"], permission=Permission.LISTS_EDIT)
def create(name: str) -> ResponseReturnValue:
    """Add a value."""
    kind = _kind(name)
    if kind.add_label is None:
        abort(404)
    form = kind.form()
    if form.validate_on_submit():
        service = kind.create or lists.add_value
        extra: dict[str, Any] = {} if kind.create else {"model": kind.model, "check": kind.check}
        if form.submit(service, **kind.fixed, **extra):
            flash(_("Added to the list"), "success")
            return redirect(form.made(url_for("lists.values", name=kind.name)))
    return _form(kind, form, str(kind.add_label), url_for("lists.create", name=kind.name))


@bp.route(
    "/<string:name>/<int(max=999999999):value_id>/edit",
    methods=["GET", "POST"],
    permission=Permission.LISTS_EDIT,
)
def edit(name: str, value_id: int) -> ResponseReturnValue:
    """Change a value."""
    kind = _kind(name)
    value = lists.find_value(kind.model, kind.fixed, value_id)
    if value is None:
        abort(404)
    form = kind.form(obj=value)
    del form.once
    version = value.version
    if form.is_submitted():
        # Also shown again after a refusal: old values do not become new by being sent twice.
        asked = request.form.get("version", "")
        version = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    if form.validate_on_submit():

        def change(**entered: Any) -> Any:
            return lists.change_value(value, version, kind.check, **entered)

        if form.submit(change):
            flash(_("Changes saved"), "success")
            return redirect(url_for("lists.values", name=kind.name))
    return _form(
        kind,
        form,
        _("Change: %(what)s", what=kind.title(value) if kind.title else kind.label),
        url_for("lists.edit", name=kind.name, value_id=value.id),
        version=version,
    )


def _form(
    kind: ListKind, form: Any, title: str, action_url: str, version: int | None = None
) -> ResponseReturnValue:
    return form_page(
        form,
        title=title,
        action_url=action_url,
        cancel_url=url_for("lists.values", name=kind.name),
        version=version,
    )

"""The pages on which many records are changed at once."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.bulk import queries, services
from crm.bulk.models import BulkRun, LeftRecord
from crm.core.db import db
from crm.core.i18n import _, _n
from crm.permissions import Permission
from crm.records.history import to_json
from crm.records.kinds import BulkAction, RecordKind, record_link, registry
from crm.records.list_page import ALL, CHOSEN, bulk_actions
from crm.records.listing import Listing
from crm.records.models import Record
from crm.web.blueprint import Blueprint
from crm.web.cells import Action, Link
from crm.web.pages import form_page
from crm.web.tables import HeaderCell, Row

bp = Blueprint("bulk", __name__, url_prefix="/bulk")

MOST = 5000
NAMED = 8
LAST = 30


@dataclass(frozen=True)
class Selection:
    """The records that are meant, and the list they were chosen on.

    :param counted: how many the list had when it was shown; None where they were ticked.
    """

    listing: Listing
    ids: list[int]
    counted: int | None = None


def _kind_at(path: str) -> RecordKind:
    found = next((kind for kind in registry.kinds.values() if kind.path == path), None)
    if found is None:
        abort(404)
    return found


def _selected(kind: RecordKind) -> Selection:
    """Read which records are meant, as far as they are on the list and may be seen."""
    listing = Listing(kind, request.args)
    if request.args.get("which") == ALL:
        ids = list(db.session.scalars(listing.ids(MOST + 1)))
        asked = request.args.get("counted", "")
        is_number = asked.isascii() and asked.isdigit() and len(asked) < 10
        return Selection(listing, ids, int(asked) if is_number else len(ids))
    asked_ids = [
        int(value)
        for value in request.args.getlist(CHOSEN)[:500]
        if value.isascii() and value.isdigit() and len(value) < 11
    ]
    known = kind.query().where(Record.kind == kind.stored_kind, kind.model.id.in_(asked_ids))
    ids = list(db.session.scalars(known.with_only_columns(kind.model.id).order_by(None)))
    return Selection(listing, ids)


@bp.route(
    "/<string(maxlength=40):path>", methods=["GET", "POST"], permission=Permission.RECORDS_EDIT
)
def change(path: str) -> ResponseReturnValue:
    """Ask what to change of the records chosen on a list, and change it."""
    kind = _kind_at(path)
    action = bulk_actions(kind).get(request.args.get("action", ""))
    if action is None:
        abort(404)
    selection = _selected(kind)
    back_url = selection.listing.address()
    if not selection.ids:
        flash(_("Choose at least one row first"), "error")
        return redirect(back_url)
    if len(selection.ids) > MOST:
        flash(_("At most 5,000 records can be changed at once. Filter the list first"), "error")
        return redirect(back_url)
    form = action.form()
    count = len(selection.ids)
    if form.validate_on_submit():
        if selection.counted not in (None, count):
            form.form_errors.append(
                _("The list has changed meanwhile. Look at the number, then press again")
            )
        elif run := form.submit(_begun(action, selection)):
            return redirect(form.made(url_for(".show", run_id=run.id)))
    return form_page(
        form,
        title=_("%(action)s – %(records)s", action=action.label, records=_counted(count)),
        action_url=_address(path, selection),
        cancel_url=back_url,
        submit_label=_("%(action)s: %(records)s", action=action.label, records=_counted(count)),
        intro=_named(selection.ids),
    )


def _counted(count: int) -> str:
    return _n("%(num)d record", "%(num)d records", count)


def _address(path: str, selection: Selection) -> str:
    """Return the address of the form, with the number of records as it is shown now."""
    asked = [*selection.listing.says(), ("action", request.args.get("action", ""))]
    if selection.counted is None:
        asked += [(CHOSEN, str(record_id)) for record_id in selection.ids]
    else:
        asked += [("which", ALL), ("counted", str(len(selection.ids)))]
    return f"{url_for('.change', path=path)}?{urlencode(asked)}"


def _named(ids: list[int]) -> str:
    """Name the first of the records."""
    first = db.session.scalars(queries.records_with(ids).limit(NAMED)).all()
    names = " · ".join(record.title for record in first)
    more = len(ids) - len(first)
    if more <= 0:
        return names
    return _n("%(names)s and %(num)d more", "%(names)s and %(num)d more", more, names=names)


def _begun(action: BulkAction, selection: Selection) -> Any:
    listing = selection.listing
    chosen = services.Chosen(listing.kind.name, urlencode(listing.says()), selection.ids)

    def begin(**values: Any) -> BulkRun:
        kept = {key: _as_json(value) for key, value in values.items()}
        if action.check is not None:
            action.check(**kept)
        return services.begin(chosen, action=action.name, values=kept, apply=action.apply)

    return begin


def _as_json(value: Any) -> Any:
    return [to_json(each) for each in value] if isinstance(value, list) else to_json(value)


# Runs


def _run(run_id: int, *, is_held: bool = False) -> BulkRun:
    found = services.held(run_id) if is_held else db.session.scalar(queries.run_with(run_id))
    if found is None or not services.may_see(found):
        abort(404)
    return found


@bp.get("/", permission=Permission.RECORDS_EDIT)
def index() -> ResponseReturnValue:
    """Show the last changes of many records one has made."""
    runs = db.session.scalars(queries.runs_of(current_user.id, LAST)).all()
    return render_template(
        "bulk/index.html",
        columns=[HeaderCell(_("Change")), HeaderCell(_("Started")), HeaderCell(_("How far"))],
        rows=[
            Row([Link(_title(run), url_for(".show", run_id=run.id)), run.started_at, _state(run)])
            for run in runs
        ],
    )


@bp.get("/runs/<int(max=999999999):run_id>", permission=Permission.RECORDS_EDIT)
def show(run_id: int) -> ResponseReturnValue:
    """Show how far a change has come, what it left as it was, and offer to undo it."""
    run = _run(run_id)
    left = db.session.scalars(queries.left_by(run)).all()
    return render_template(
        "bulk/run.html",
        run=run,
        title=_title(run),
        state=_state(run),
        is_busy=run.is_running or run.is_undoing,
        share=_share(run),
        columns=[HeaderCell(_("Name")), HeaderCell(_("Reason"))],
        rows=[_left_row(each) for each in left],
        actions=_run_actions(run),
        back_url=f"{url_for(f'{registry.kinds[run.kind].path}.index')}?{run.address}".rstrip("?"),
        back_label=registry.kinds[run.kind].label_plural,
    )


def _left_row(left: LeftRecord) -> Row:
    return Row([record_link(left.record), left.reason])


def _title(run: BulkRun) -> str:
    action = registry.bulk_actions.get(run.action)
    label = action.label if action is not None else run.action
    return _("%(action)s – %(records)s", action=label, records=_counted(run.total))


def _share(run: BulkRun) -> tuple[int, int]:
    """Return how much is done, and of how much."""
    if run.undo_asked_at is not None:
        return run.undone + run.undo_kept, run.undo_total
    return run.done, run.total


def _state(run: BulkRun) -> str:
    done, total = _share(run)
    if run.is_undoing:
        return _("Being undone: %(done)d of %(total)d changes", done=done, total=total)
    if run.undo_asked_at is not None:
        if run.undo_kept:
            return _n(
                "Undone, but for %(num)d change that was changed again since",
                "Undone, but for %(num)d changes that were changed again since",
                run.undo_kept,
            )
        return _("Undone")
    if run.is_running:
        return _("%(done)d of %(total)d records", done=done, total=total)
    changed = _n("%(num)d record done", "%(num)d records done", run.changed)
    rest = run.total - run.changed
    if run.stopped_at is not None:
        return _("Stopped: %(changed)s, %(rest)d left as they were", changed=changed, rest=rest)
    if not rest:
        return changed
    return _("%(changed)s, %(rest)d left as they were", changed=changed, rest=rest)


def _run_actions(run: BulkRun) -> list[Action]:
    actions = []
    if run.is_running:
        actions.append(Action(_("Stop"), url_for(".stop", run_id=run.id), "post"))
    if run.undo_asked_at is None and run.changed:
        actions.append(
            Action(
                _("Undo all of it"),
                url_for(".undo", run_id=run.id),
                "post",
                confirm=_("What was changed again since stays as it is now."),
            )
        )
    return actions


@bp.post("/runs/<int(max=999999999):run_id>/stop", permission=Permission.RECORDS_EDIT)
def stop(run_id: int) -> ResponseReturnValue:
    """Stop a change where it is."""
    services.stop(_run(run_id, is_held=True))
    flash(_("Stopped. What is changed already can be undone"), "success")
    return redirect(url_for(".show", run_id=run_id))


@bp.post("/runs/<int(max=999999999):run_id>/undo", permission=Permission.RECORDS_EDIT)
def undo(run_id: int) -> ResponseReturnValue:
    """Put back all that a change did."""
    services.undo(_run(run_id, is_held=True))
    return redirect(url_for(".show", run_id=run_id))

"""Drafts: kept while one types, listed, discarded."""

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.core.db import db
from crm.core.i18n import _
from crm.core.text import clean_line
from crm.drafts import page, queries, services
from crm.drafts.models import Draft
from crm.permissions import Permission
from crm.web import kept
from crm.web.blueprint import Blueprint
from crm.web.cells import Action, Link
from crm.web.returning import safe_next
from crm.web.tables import HeaderCell, Row

bp = Blueprint("drafts", __name__, url_prefix="/drafts")
bp.add_app_template_global(page.drafts_of_form, "drafts_of_form")


@bp.get("/", permission=Permission.ACCOUNT_OWN, strict_slashes=False)
def index() -> ResponseReturnValue:
    """Show one's own drafts."""
    drafts = db.session.scalars(queries.all_of(current_user.id)).all()
    return render_template(
        "drafts/index.html",
        columns=[HeaderCell(_("Form")), HeaderCell(_("Changed"))],
        rows=[
            Row([link(draft), draft.changed_at], actions=actions_on(draft, url_for(".index")))
            for draft in drafts
        ],
    )


def link(draft: Draft) -> Link:
    """Return the link that opens the form with a draft."""
    return Link(draft.title or _("Form"), page.url_of(draft))


def actions_on(draft: Draft, back: str) -> list[Action]:
    """Return what can be done with a draft from a list.

    :param back: the page of the list.
    """
    url = url_for("drafts.discard", draft_id=draft.id, next=back)
    return [Action(_("Discard"), url, "post")]


def _keep() -> Draft | None:
    window = page.window_sent()
    if window is None:
        abort(400)
    return services.keep(
        current_user.id,
        window,
        title=clean_line(request.form.get(kept.TITLE, "")),
        fields=page.fields_in(kept.form_sent()),
    )


@bp.post("/", permission=Permission.ACCOUNT_OWN)
def keep() -> ResponseReturnValue:
    """Keep what stands in a form while somebody types; 410 says that the form was sent."""
    return "", 204 if _keep() else 410


@bp.post("/open", permission=Permission.ACCOUNT_OWN)
def keep_and_open() -> ResponseReturnValue:
    """Keep what a form sent in vain, and open the form with it."""
    draft = _keep()
    if draft is None:
        flash(_("This form was saved already; nothing was added twice"), "success")
        return redirect(url_for(".index"))
    return redirect(page.url_of(draft))


@bp.post("/<int(max=999999999):draft_id>/discard", permission=Permission.ACCOUNT_OWN)
def discard(draft_id: int) -> ResponseReturnValue:
    """Remove a draft, and what the window has kept since that was opened with it."""
    draft = db.session.scalar(queries.one_of(current_user.id, draft_id))
    window = page.window_sent()
    if draft is None and window is None:
        abort(404)
    if draft is not None:
        services.discard(draft)
    if window is not None:
        services.forget_window(current_user.id, window)
    flash(_("Draft discarded"), "success")
    return redirect(safe_next(request.args.get("next")))

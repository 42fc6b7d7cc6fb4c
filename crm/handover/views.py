"""The page on which somebody’s work goes to colleagues."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from crm.accounts.models import User
from crm.core.db import db
from crm.core.i18n import _, _n
from crm.handover import forms, services
from crm.handover.services import HandedOver, Held
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.web.blueprint import Blueprint
from crm.web.cells import Link, lines
from crm.web.tables import HeaderCell, Row, Table

bp = Blueprint("handover", __name__)


@bp.route(
    "/admin/users/<int(max=999999999):user_id>/hand-over",
    methods=["GET", "POST"],
    permission=Permission.ADMIN_USERS,
)
def hand_over(user_id: int) -> ResponseReturnValue:
    """Show what somebody is in charge of, give it to colleagues, and close the account."""
    leaver = db.session.get(User, user_id)
    if leaver is None:
        abort(404)
    name = leaver.name
    held = services.held_by(user_id, registry.holdings)
    form = forms.handover_form(held)()
    form.for_leaver(user_id)
    if form.validate_on_submit():
        colleagues = form.colleagues(held)
        done = form.submit(
            lambda **_values: services.hand_over(user_id, registry.holdings, colleagues)
        )
        if done:
            _tell(name, done)
            return redirect(form.made(url_for("accounts.users")))
    return render_template(
        "handover/hand_over.html",
        form=form,
        leaver=leaver,
        table=_table(held, user_id),
        alone=services.kept_to_alone(user_id),
        has_errors=bool(form.errors or form.form_errors),
    )


def _tell(name: str, done: HandedOver) -> None:
    flash(_("The account of %(name)s is closed", name=name), "success")
    if done.given:
        flash(_n("%(num)d thing handed over", "%(num)d things handed over", done.given), "success")
    if done.left:
        flash(
            _n(
                "%(num)d confidential thing is now nobody’s: the colleague may not read it",
                "%(num)d confidential things are now nobody’s: the colleague may not read them",
                done.left,
            ),
            "warn",
        )


def _table(held: list[Held], user_id: int) -> Table:
    headings = [HeaderCell(_("What")), HeaderCell(_("How many"), numeric=True)]
    rows = [Row([_what(each, user_id), _how_many(each)]) for each in held]
    return Table(_("What is handed over"), headings, rows)


def _what(each: Held, user_id: int) -> Link | str:
    label = str(each.holding.label)
    return Link(label, each.holding.url(user_id)) if each.holding.url else label


def _how_many(each: Held) -> object:
    hidden = _n(
        "%(num)d of them is kept from you", "%(num)d of them are kept from you", each.hidden
    )
    return lines([each.count, hidden if each.hidden else None])

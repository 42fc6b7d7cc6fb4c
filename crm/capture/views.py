"""The pages on which an exchange is noted from one line, or from a mail."""

from contextlib import closing
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.capture import message, page, queries, services
from crm.capture.forms import LineForm, LineProposedForm, MailForm, proposed
from crm.capture.models import WaitingMail
from crm.capture.understanding import understand
from crm.core.db import db
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.interactions.models import Interaction
from crm.interactions.services import log
from crm.interactions.telling import page_of, say_logged
from crm.permissions import Permission
from crm.web import kept
from crm.web.blueprint import Blueprint
from crm.web.cells import Long
from crm.web.pages import form_page

FORM_BYTES = 1024 * 1024
"""What a form sends beside its file."""

bp = Blueprint("capture", __name__, url_prefix="/interactions")


@bp.url_value_preprocessor
def allow_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Let mails with large files in, which are left out as the mail is read."""
    if endpoint == "capture.mails":
        request.max_content_length = message.MOST_BYTES + FORM_BYTES


# One line


@bp.route("/line", methods=["GET", "POST"], permission=Permission.INTERACTIONS_EDIT)
def line() -> ResponseReturnValue:
    """Take a line, show what it says, and note it."""
    if kept.step() == kept.SAVE:
        return _save_line()
    form = LineForm()
    if kept.step() == kept.AGAIN or not form.validate_on_submit():
        return _ask(form)
    return _check_line(proposed(form.line.data, understand(form.line.data, current_user.id)))


def _ask(form: LineForm) -> ResponseReturnValue:
    return form_page(
        form,
        title=_("Log in one line"),
        action_url=url_for(".line"),
        cancel_url=url_for("interactions.index"),
        submit_label=_("Continue"),
        intro=_(
            "When, by what means, @name or organisation, “re:” and the subject; after a semicolon "
            "“todo”, by when and !who. What is not understood stays in the note."
        ),
    )


def _save_line() -> ResponseReturnValue:
    form = LineProposedForm()
    if form.validate_on_submit() and (noted := form.submit(log)):
        return _noted(form, noted)
    understood = understand(form.line.data or "", current_user.id)
    form.offer_likely(understood.likely)
    form.mark(understood.reading.read_from)
    return _check_line(form)


def _check_line(form: LineProposedForm) -> ResponseReturnValue:
    return render_template(
        "capture/line.html",
        form=form,
        title=_("Check and save"),
        action_url=url_for(".line"),
        cancel_url=url_for("interactions.index"),
        has_errors=bool(form.errors or form.form_errors),
    )


def _noted(form: Any, noted: Interaction) -> ResponseReturnValue:
    back = page_of(noted)
    say_logged(noted, back)
    return redirect(form.made(back))


# Mails


@bp.route("/mail", methods=["GET", "POST"], permission=Permission.INTERACTIONS_EDIT)
def mails() -> ResponseReturnValue:
    """Take a mail, and show those that wait."""
    form = MailForm()
    if form.validate_on_submit():
        try:
            with closing(form.upload.data) as upload:
                waiting = services.keep(message.read(upload.stream), user_id=current_user.id)
        except InvalidValue as refused:
            form.refuse(refused)
        else:
            return redirect(url_for(".mail", mail_id=waiting.id))
    return render_template(
        "capture/mails.html",
        form=form,
        title=_("Log from a mail"),
        action_url=url_for(".mails"),
        cancel_url=url_for("interactions.index"),
        waiting=page.waiting(db.session.scalars(queries.waiting_of(current_user.id)).all()),
        has_errors=bool(form.errors or form.form_errors),
    )


@bp.route(
    "/mail/<int(max=999999999):mail_id>",
    methods=["GET", "POST"],
    permission=Permission.INTERACTIONS_EDIT,
)
def mail(mail_id: int) -> ResponseReturnValue:
    """Show the exchange that a mail is, and note it."""
    waiting = _waiting(mail_id)
    form, found = page.form_of(waiting)
    if form.validate_on_submit():
        noted = form.submit(lambda **values: services.accept(waiting, **values))
        if noted is not None:
            return _noted(form, noted)
    return render_template(
        "capture/mail.html",
        form=form,
        mail=waiting,
        title=page.title(waiting),
        is_sent=found.is_sent,
        notices=page.notices(waiting),
        folded=Long(waiting.folded) if waiting.folded else None,
        action_url=url_for(".mail", mail_id=waiting.id),
        has_errors=bool(form.errors or form.form_errors),
    )


@bp.post("/mail/<int(max=999999999):mail_id>/discard", permission=Permission.INTERACTIONS_EDIT)
def discard(mail_id: int) -> ResponseReturnValue:
    """Note nothing of a mail."""
    services.discard(_waiting(mail_id))
    flash(_("The mail was removed, nothing was noted"), "success")
    return redirect(url_for(".mails"))


def _waiting(mail_id: int) -> WaitingMail:
    find = queries.mail_held if request.method == "POST" else queries.mail_of
    found = db.session.scalar(find(current_user.id, mail_id))
    if found is None:
        abort(404)
    return found

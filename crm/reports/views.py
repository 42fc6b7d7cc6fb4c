"""The page of pictures, and their numbers as files."""

from functools import partial
from typing import Any, cast

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from crm.core.db import db
from crm.core.i18n import _
from crm.core.principal import OUTSIDE
from crm.exports.forms import FileForm
from crm.exports.models import ExportFormat
from crm.exports.sending import sent as sent_and_kept
from crm.organisations.models import Organisation
from crm.packs.files import Language
from crm.permissions import Permission
from crm.records.fields import optional_id
from crm.records.visibility import alone
from crm.reports import activity_file as activity_files
from crm.reports import activity_page, files, map_page, neighbours, pictures
from crm.reports.activity import Question
from crm.reports.forms import QuestionForm
from crm.web.blueprint import Blueprint
from crm.web.downloads import sent
from crm.web.pages import form_page
from crm.web.templating import locale_code

bp = Blueprint("reports", __name__)


@bp.get("/reports/", permission=Permission.RECORDS_VIEW)
def index() -> ResponseReturnValue:
    """Show every picture."""
    return render_template("reports/index.html", **pictures.context())


@bp.get("/reports/activity", permission=Permission.RECORDS_VIEW)
def activity() -> ResponseReturnValue:
    """Show what was done in a time, on a theme."""
    form = QuestionForm(request.args)
    asked = Question(form.period(), form.theme.data or "") if form.validate() else None
    return render_template(
        "reports/activity.html",
        form=form,
        has_errors=asked is None,
        **(activity_page.context(asked) if asked is not None else {}),
    )


@bp.route("/reports/activity/file", methods=["GET", "POST"], permission=Permission.EXPORTS_MAKE)
def activity_file() -> ResponseReturnValue:
    """Ask as which file a report leaves and what for; make it."""
    arguments: dict[str, Any]
    question = QuestionForm(request.args)
    if not question.validate():
        arguments = dict(request.args)
        return redirect(url_for(".activity", **arguments))
    asked = Question(question.period(), question.theme.data or "")
    arguments = asked.args
    form = FileForm((ExportFormat.TEXT, ExportFormat.XLSX))
    if form.validate_on_submit() and form.prove():
        begun = form.submit(partial(activity_files.begin, asked))
        if begun is not None:
            return sent_and_kept(*begun)
    return form_page(
        form,
        title=_("Make a file: %(list)s", list=activity_files.title_of(asked)),
        intro=asked.period.in_words(locale_code()),
        action_url=url_for(".activity_file", **arguments),
        cancel_url=url_for(".activity", **arguments),
        submit_label=_("Make the file"),
    )


@bp.get("/map", permission=Permission.RECORDS_VIEW)
def partners_map() -> ResponseReturnValue:
    """Show where partners are; projects have a map of their own."""
    metric = request.args.get("metric", "partners")
    if metric == "projects":
        return redirect(url_for("projects.by_country"))
    if metric != "partners":
        abort(404)
    return render_template("projects/overview.html", **map_page.context())


@bp.get("/graph", permission=Permission.RECORDS_VIEW)
def graph() -> ResponseReturnValue:
    """Show whom an organisation is tied to."""
    asked = optional_id(request.args.get("organisation"))
    organisation = db.session.get(Organisation, asked) if asked else None
    if organisation is None:
        abort(404)
    return render_template("reports/graph.html", **neighbours.context(organisation))


@bp.get("/reports/<string(maxlength=40):key>.csv", permission=Permission.PACKS_MAKE)
def picture_csv(key: str) -> ResponseReturnValue:
    """Send the numbers of a picture, as the whole team may see them."""
    if key not in pictures.PICTURES:
        abort(404)
    with alone(OUTSIDE):
        picture = pictures.PICTURES[key](pictures.circle())
    made = files.csv_of(picture, key, cast("Language", locale_code()))
    return sent(made.name, made.media_type, made.content)

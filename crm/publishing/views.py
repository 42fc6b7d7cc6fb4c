"""The pages from which the public page is checked and published."""

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from flask import (
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from crm.core.db import db
from crm.core.i18n import _
from crm.core.text import clean_text
from crm.permissions import Permission
from crm.publishing import composition, page, publication, queries, services, site
from crm.publishing.models import Edition
from crm.publishing.publication import CannotPublish
from crm.records.models import Record
from crm.records.publishing import LANGUAGES
from crm.web.blueprint import Blueprint

bp = Blueprint("publishing", __name__, url_prefix="/publishing")
PUBLISH = Permission.PAGE_PUBLISH
LONGEST = 4_000


@bp.get("/", permission=PUBLISH, strict_slashes=False)
def index() -> ResponseReturnValue:
    """Show what stands in the way of publishing, what is new, and what was published."""
    return render_template("publishing/index.html", **page.overview())


@bp.get("/preview/<string:language>", permission=PUBLISH)
def preview(language: str) -> ResponseReturnValue:
    """Show the page as it would be published now."""
    found = next((each for each in LANGUAGES if each == language), None)
    if found is None:
        abort(404)
    pages = composition.draft().pages
    with force_locale(language):
        return site.html(
            pages[found],
            style=url_for("publishing.style"),
            others=[
                (each, url_for("publishing.preview", language=each))
                for each in LANGUAGES
                if each != found
            ],
            back_url=url_for("publishing.index"),
        )


@bp.get("/style.css", permission=PUBLISH)
def style() -> ResponseReturnValue:
    """Return the style sheet of the public page."""
    return Response(site.style(), mimetype="text/css")


@bp.post("/publish", permission=PUBLISH)
def publish() -> ResponseReturnValue:
    """Keep the page as it is now as an edition, and write its files where the server is told to."""
    try:
        edition, is_new = publication.publish(composition.draft())
        folder = current_app.config["PUBLISH_DIR"]
        if folder:
            publication.write(edition.files, Path(folder))
    except CannotPublish as refused:
        db.session.rollback()
        flash(str(refused), "error")
        return redirect(url_for("publishing.index"))
    flash(
        _("Published: the files can be downloaded from the page of the edition")
        if is_new
        else _("Nothing has changed since the last time: the last edition stands"),
        "success",
    )
    return redirect(url_for("publishing.edition", edition_id=edition.id))


@bp.get("/editions/<int(max=999999999):edition_id>", permission=PUBLISH)
def edition(edition_id: int) -> ResponseReturnValue:
    """Show what an edition changed, compared with the one before or another one."""
    found = _edition(edition_id)
    asked = request.args.get("with", "")
    other = None
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        other = _edition(int(asked))
    else:
        other = db.session.scalar(queries.edition_before(found))
    return render_template("publishing/edition.html", **page.edition_context(found, other))


@bp.get("/editions/<int(max=999999999):edition_id>/site.zip", permission=PUBLISH)
def download(edition_id: int) -> ResponseReturnValue:
    """Send the files of an edition, just as they were published."""
    found = _edition(edition_id)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, text in found.files.items():
            archive.writestr(name, text)
    packed.seek(0)
    day = found.published_at.date().isoformat()
    return send_file(
        packed, "application/zip", as_attachment=True, download_name=f"public-page-{day}.zip"
    )


@bp.route("/words/<int(max=999999999):record_id>", methods=["GET", "POST"], permission=PUBLISH)
def words(record_id: int) -> ResponseReturnValue:
    """Write how the free texts of a record read in public."""
    context = page.words_context(record_id)
    record = db.session.get(Record, record_id)
    if context is None or record is None:
        abort(404)
    if request.method == "POST":
        typed = [_typed(field) for field in context["fields"]]
        known = [
            (field, each) for field, each in zip(context["fields"], typed, strict=True) if each
        ]
        if any(len(text or "") > LONGEST for _field, each in known for text in each[:2]):
            flash(_("A text is longer than %(num)d characters: shorten it", num=LONGEST), "error")
            return render_template("publishing/words.html", **page.with_typed(context, typed))
        kept = [
            services.set_words(
                record,
                field.text.original,
                text_fr=french,
                text_en=english,
                is_left_out=is_left_out,
                version=version,
            )
            for field, (french, english, is_left_out, version) in known
        ]
        if not all(kept):
            flash(
                _(
                    "Somebody else has changed some of these texts meanwhile. Yours are still in"
                    " their boxes, theirs stand below: save again to keep yours"
                ),
                "error",
            )
            mine = {
                field.key: each
                for (field, each), is_kept in zip(known, kept, strict=True)
                if not is_kept
            }
            now = page.words_context(record_id) or context
            shown = [mine.get(field.key) for field in now["fields"]]
            return render_template("publishing/words.html", **page.with_typed(now, shown))
        flash(_("Texts saved"), "success")
        return redirect(url_for("publishing.index"))
    return render_template("publishing/words.html", **context)


def _typed(field: page.WordsField) -> page.Typed | None:
    """Return what was typed for a text; nothing where the form did not ask for it."""
    asked = request.form.get(f"version-{field.key}", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return None
    texts = [clean_text(request.form.get(f"{name}-{field.key}", "")) or None for name in LANGUAGES]
    return texts[0], texts[1], f"out-{field.key}" in request.form, int(asked)


def _edition(edition_id: int) -> Edition:
    found = db.session.scalar(queries.edition(edition_id))
    if found is None:
        abort(404)
    return found

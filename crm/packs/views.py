"""The pages from which a pack or a sheet is made."""

from io import BytesIO
from typing import cast

from flask import abort, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.core.i18n import _
from crm.declarations.signatories import ListFormat
from crm.gaps.matrix import Question as GapQuestion
from crm.gaps.matrix import read as read_gaps
from crm.networks.matrix import Question, read
from crm.packs import composition, forms, gaps, matrix, sheet, signatories
from crm.permissions import Permission
from crm.records import asof
from crm.records.kinds import RecordKind, registry
from crm.records.models import Record
from crm.records.views import Place, canonical, find
from crm.web.blueprint import Blueprint
from crm.web.templating import locale_code


def add_routes(bp: Blueprint) -> None:
    """Add the route of packs to the blueprint of meetings."""

    @bp.route("/<place:place>/pack", methods=["GET", "POST"], permission=Permission.PACKS_MAKE)
    def pack(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        meeting = find(kind, place)
        if moved := canonical(kind, meeting, place):
            return moved
        form = forms.PackForm()
        if form.validate_on_submit():
            try:
                return _file(meeting.id, form)
            except LookupError:
                form.form_errors.append(
                    _(
                        "This meeting is kept to a few people: a pack shows what the whole team "
                        "may see"
                    )
                )
        return render_template(
            "packs/new.html",
            form=form,
            meeting=meeting,
            action_url=kind.url(meeting, "pack"),
            cancel_url=kind.url(meeting),
            has_errors=bool(form.errors or form.form_errors),
        )


def add_sheet_routes(bp: Blueprint) -> None:
    """Add the route of sheets to the blueprint of a kind of record."""
    kind = next(each for each in registry.kinds.values() if each.path == bp.name)

    @bp.route("/<place:place>/sheet", methods=["GET", "POST"], permission=Permission.PACKS_MAKE)
    def sheet(place: Place) -> ResponseReturnValue:
        record = find(kind, place)
        if moved := canonical(kind, record, place):
            return moved
        with asof.as_of(asof.read_day()):
            return _sheet(kind, record)


def add_matrix_routes(bp: Blueprint) -> None:
    """Add the files of the matrix “who sits where” to the blueprint of networks."""

    @bp.get("/matrix.csv", permission=Permission.PACKS_MAKE)
    def matrix_csv() -> ResponseReturnValue:
        with asof.as_of(asof.read_day()):
            return _sent(matrix.make_csv(_asked(), language=_language()))

    @bp.get("/matrix.xlsx", permission=Permission.PACKS_MAKE)
    def matrix_xlsx() -> ResponseReturnValue:
        with asof.as_of(asof.read_day()):
            made = matrix.make_xlsx(_asked(), author=current_user.name, language=_language())
            return _sent(made)


def add_gap_routes(bp: Blueprint) -> None:
    """Add the files of who of a network has signed what to the blueprint of declarations."""

    @bp.get("/gaps.csv", permission=Permission.PACKS_MAKE)
    def gaps_csv() -> ResponseReturnValue:
        try:
            return _sent(gaps.make_csv(_asked_of_gaps(), language=_language()))
        except LookupError:
            abort(404)

    @bp.get("/gaps.xlsx", permission=Permission.PACKS_MAKE)
    def gaps_xlsx() -> ResponseReturnValue:
        author = current_user.name
        try:
            return _sent(gaps.make_xlsx(_asked_of_gaps(), author=author, language=_language()))
        except LookupError:
            abort(404)


def add_signatory_routes(bp: Blueprint) -> None:
    """Add the files of the list of signatories to the blueprint of declarations."""

    @bp.get("/<place:place>/list/file", permission=Permission.PACKS_MAKE)
    def list_file(place: Place) -> ResponseReturnValue:
        declaration = find(registry.kinds["declaration"], place)
        asked = request.args.get("format", "")
        language = request.args.get("language", "")
        file_format = ListFormat(asked) if asked in set(ListFormat) else ListFormat.CSV
        try:
            made = signatories.make(
                declaration.id,
                is_public=request.args.get("audience") == "public",
                author=current_user.name,
                language="en" if language == "en" else "fr",
                file_format=file_format,
            )
        except LookupError:
            abort(404)
        return _sent(made)


def _asked() -> Question:
    return read(request.args.items(multi=True))


def _asked_of_gaps() -> GapQuestion:
    return read_gaps(request.args.items(multi=True))


def _language() -> composition.Language:
    return cast("composition.Language", locale_code())


def _sheet(kind: RecordKind, record: Record) -> ResponseReturnValue:
    form = forms.SheetForm()
    if form.validate_on_submit():
        try:
            made = sheet.make(
                kind,
                record.id,
                author=current_user.name,
                language=cast("composition.Language", locale_code()),
                file_format=composition.Format(str(form.file_format.data)),
                base_url=request.host_url,
            )
            return _sent(made)
        except LookupError:
            form.form_errors.append(
                _("This record is kept to a few people: a sheet shows what the whole team may see")
            )
    return render_template(
        "packs/sheet.html",
        form=form,
        record=record,
        day=asof.sentence(),
        complaint=asof.complaint(),
        action_url=kind.url(record, "sheet", **asof.address_values()),
        cancel_url=kind.url(record, **asof.address_values()),
        has_errors=bool(form.errors or form.form_errors),
    )


def _file(meeting_id: int, form: forms.PackForm) -> ResponseReturnValue:
    (made,) = composition.make(
        meeting_id,
        author=current_user.name,
        language=cast("composition.Language", locale_code()),
        formats=[composition.Format(str(form.file_format.data))],
        chosen=form.parts.data,
        view=(view.kind, view.address) if (view := form.view.view) is not None else None,
        base_url=request.host_url,
    )
    return _sent(made)


def _sent(made: composition.File) -> ResponseReturnValue:
    return send_file(
        BytesIO(made.content),
        mimetype=made.media_type,
        as_attachment=True,
        download_name=made.name,
        etag=False,
    )

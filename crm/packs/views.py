"""The pages from which packs, sheets and lists are made as files."""

from collections.abc import Mapping
from typing import Any, cast

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_login import current_user

from crm.core.db import Base, db
from crm.core.i18n import _
from crm.declarations.signatories import ListFormat
from crm.gaps.matrix import Question as GapQuestion
from crm.gaps.matrix import read as read_gaps
from crm.meetings.models import Meeting, MeetingKind
from crm.networks.matrix import Question, read
from crm.packs import document, forms, gaps, making, matrix, queries, services, sheet, signatories
from crm.packs.comparison import compare
from crm.packs.composition import Composition, preset
from crm.packs.files import File, Format, Language
from crm.packs.models import KeptPack
from crm.packs.pack_page import address_of, context, kept_of, link_to, name_of, sees_all
from crm.packs.sending import sent
from crm.permissions import Permission
from crm.records import asof
from crm.records.kinds import RecordKind, registry
from crm.records.models import Record, Visibility
from crm.records.views import Place, canonical, find
from crm.web.blueprint import Blueprint
from crm.web.templating import locale_code


def add_routes(bp: Blueprint) -> None:
    """Add the pages of packs to the blueprint of meetings."""
    _add_composing(bp)
    _add_reading(bp)
    _add_deciding(bp)


def _add_composing(bp: Blueprint) -> None:
    @bp.route("/<place:place>/pack", methods=["GET", "POST"], permission=Permission.PACKS_MAKE)
    def pack(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        meeting = cast("Meeting", find(kind, place))
        if moved := canonical(kind, meeting, place):
            return moved
        form = _form(meeting)
        if not form.parts.moved and form.validate_on_submit():
            asked = form.composition()
            made = form.submit(lambda **_values: _begun(meeting, asked))
            if made is not None:
                return redirect(form.made(address_of(made)))
            form.form_errors.append(_kept_to_few(meeting))
        return _composing(meeting, form)

    @bp.post("/<place:place>/pack/preset", permission=Permission.LISTS_EDIT)
    def pack_preset(place: Place) -> ResponseReturnValue:
        meeting = cast("Meeting", find(registry.kinds["meeting"], place))
        form = _form(meeting)
        if not form.validate_on_submit():
            return _composing(meeting, form)
        services.keep_preset(meeting.meeting_kind, form.parts.data)
        kind = meeting.meeting_kind.label
        flash(_("Packs of the kind “%(kind)s” now begin with this", kind=kind), "success")
        return redirect(registry.kinds["meeting"].url(meeting, "pack", preset=meeting.meeting_kind))


def _add_reading(bp: Blueprint) -> None:
    @bp.get("/<place:place>/packs/<int(max=999999999):pack_id>", permission=Permission.PACKS_MAKE)
    def kept_pack(place: Place, pack_id: int) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        found = _pack(place, pack_id)
        if moved := canonical(kind, found.meeting, place):
            return moved
        return render_template("packs/pack.html", **context(found))

    @bp.get(
        "/<place:place>/packs/<int(max=999999999):pack_id>/file",
        permission=Permission.PACKS_MAKE,
    )
    def pack_file(place: Place, pack_id: int) -> ResponseReturnValue:
        found = _readable(place, pack_id)
        asked = request.args.get("format", "")
        file_format = Format(asked) if asked in set(Format) else Format.PDF
        try:
            return sent(_written(found, file_format))
        except OSError:
            flash(
                _(
                    "There is no room to write the file. The pack is kept: try again once an "
                    "administrator has made room"
                ),
                "error",
            )
            return redirect(address_of(found))

    @bp.get("/<place:place>/packs/compare", permission=Permission.PACKS_MAKE)
    def pack_compare(place: Place) -> ResponseReturnValue:
        one, other = (
            _readable(place, _number(request.args.get(name, ""))) for name in ("one", "other")
        )
        old, new = sorted((other, one), key=lambda each: each.asked_at)
        return render_template(
            "packs/compare.html",
            meeting=new.meeting,
            old=name_of(old),
            new=name_of(new),
            places=compare(document.sections(old), document.sections(new)),
            back_url=address_of(new),
        )


def _add_deciding(bp: Blueprint) -> None:
    @bp.post(
        "/<place:place>/packs/<int(max=999999999):pack_id>/update",
        permission=Permission.PACKS_MAKE,
    )
    def pack_update(place: Place, pack_id: int) -> ResponseReturnValue:
        found = _pack(place, pack_id)
        made = _begun(found.meeting, Composition.from_json(found.asked))
        if made is None:
            flash(_kept_to_few(found.meeting), "error")
            return redirect(address_of(found))
        if not made.is_running:
            flash(_("The pack is up to date. The one before is kept"), "success")
        return redirect(address_of(made))

    @bp.post(
        "/<place:place>/packs/<int(max=999999999):pack_id>/stop", permission=Permission.PACKS_MAKE
    )
    def pack_stop(place: Place, pack_id: int) -> ResponseReturnValue:
        found = _pack(place, pack_id)
        if (held := services.held(pack_id)) is not None:
            services.stop(held)
        return redirect(address_of(found))

    @bp.post(
        "/<place:place>/packs/<int(max=999999999):pack_id>/remove",
        permission=Permission.PACKS_MAKE,
    )
    def pack_remove(place: Place, pack_id: int) -> ResponseReturnValue:
        found = _pack(place, pack_id)
        meeting = found.meeting
        services.remove(found)
        flash(_("The pack is removed"), "success")
        return redirect(registry.kinds["meeting"].url(meeting))


# Packs


def _form(meeting: Meeting) -> forms.PackForm:
    form = forms.PackForm(data=_begins_with(meeting))
    return form if sees_all() else form.without("is_for_managers")


def _begins_with(meeting: Meeting) -> Mapping[str, Any]:
    """Return what the form begins with: a preset asked for, the last pack made, or the preset."""
    asked = request.args.get("preset", "")
    if asked in set(MeetingKind):
        return {"parts": preset(MeetingKind(asked))}
    last = db.session.scalar(queries.last_by(meeting.id, current_user.id))
    if last is None:
        is_hidden = meeting.visibility is not Visibility.TEAM
        return {"parts": preset(meeting.meeting_kind), "is_for_managers": is_hidden}
    before = Composition.from_json(last.asked)
    return {
        "parts": list(before.parts),
        "view": forms.view_at(before.view),
        "is_for_managers": before.is_for_managers,
    }


def _composing(meeting: Meeting, form: forms.PackForm) -> ResponseReturnValue:
    kind = registry.kinds["meeting"]
    return render_template(
        "packs/new.html",
        form=form,
        meeting=meeting,
        action_url=kind.url(meeting, "pack"),
        cancel_url=kind.url(meeting),
        preset_url=kind.url(meeting, "pack_preset")
        if current_user.can(Permission.LISTS_EDIT)
        else None,
        presets=[
            (each.value, each.label)
            for each in MeetingKind
            if each is not MeetingKind.SERIES or each is meeting.meeting_kind
        ],
        preset=request.args.get("preset") or meeting.meeting_kind.value,
        packs=[link_to(each) for each in db.session.scalars(kept_of(meeting))],
        has_errors=bool(form.errors or form.form_errors),
    )


def _begun(meeting: Meeting, asked: Composition) -> KeptPack | None:
    """Make a pack or have it made; None where its readers do not see the meeting."""
    meeting_id = meeting.id
    try:
        made = making.begin(meeting_id, asked, author=current_user.name, language=locale_code())
    except LookupError:
        return None
    return _found(meeting_id, made.id)


def _kept_to_few(meeting: Meeting) -> str:
    if meeting.visibility is Visibility.MANAGERS:
        return _(
            "This meeting is kept to managers: tick “With what only managers may see”, since a "
            "pack shows what the whole team may see"
        )
    return _("This meeting is kept to a few people: a pack shows what the whole team may see")


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        abort(404)
    return int(text)


def _pack(place: Place, pack_id: int) -> KeptPack:
    """Find a pack of the meeting that whoever asks may open, or answer that there is none."""
    meeting = find(registry.kinds["meeting"], place)
    found = _found(meeting.id, pack_id)
    return found if found is not None else abort(404)


def _found(meeting_id: int, pack_id: int) -> KeptPack | None:
    return db.session.scalar(queries.pack_with(pack_id, meeting_id, with_managers=sees_all()))


def _readable(place: Place, pack_id: int) -> KeptPack:
    """Find a pack that is made and whose every record may still be seen by its readers."""
    found = _pack(place, pack_id)
    return found if found.made_at is not None and making.may_be_read(found) else abort(404)


def _written(pack: KeptPack, file_format: Format) -> File:
    base_url = (Base.metadata.info.get("base_url") or request.host_url).rstrip("/")
    with force_locale(pack.language):
        (made,) = document.files(pack, [file_format], base_url)
    return made


# Sheets and lists


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
            return sent(matrix.make_csv(_asked(), language=_language()))

    @bp.get("/matrix.xlsx", permission=Permission.PACKS_MAKE)
    def matrix_xlsx() -> ResponseReturnValue:
        with asof.as_of(asof.read_day()):
            made = matrix.make_xlsx(_asked(), author=current_user.name, language=_language())
            return sent(made)


def add_gap_routes(bp: Blueprint) -> None:
    """Add the files of who of a network has signed what to the blueprint of declarations."""

    @bp.get("/gaps.csv", permission=Permission.PACKS_MAKE)
    def gaps_csv() -> ResponseReturnValue:
        try:
            return sent(gaps.make_csv(_asked_of_gaps(), language=_language()))
        except LookupError:
            abort(404)

    @bp.get("/gaps.xlsx", permission=Permission.PACKS_MAKE)
    def gaps_xlsx() -> ResponseReturnValue:
        author = current_user.name
        try:
            return sent(gaps.make_xlsx(_asked_of_gaps(), author=author, language=_language()))
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
        return sent(made)


def _asked() -> Question:
    return read(request.args.items(multi=True))


def _asked_of_gaps() -> GapQuestion:
    return read_gaps(request.args.items(multi=True))


def _language() -> Language:
    return cast("Language", locale_code())


def _sheet(kind: RecordKind, record: Record) -> ResponseReturnValue:
    form = forms.SheetForm()
    if form.validate_on_submit():
        try:
            made = sheet.make(
                kind,
                record.id,
                author=current_user.name,
                language=cast("Language", locale_code()),
                file_format=Format(str(form.file_format.data)),
                base_url=request.host_url,
            )
            return sent(made)
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

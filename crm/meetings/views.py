"""Pages about meetings that no other kind of record has."""

from io import BytesIO
from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from crm.core.db import Base, db
from crm.core.errors import InvalidValue, NotAllowed
from crm.core.i18n import _, _n
from crm.documents import ics
from crm.meetings import agenda, forms, paste_page, services
from crm.meetings.models import AttendanceStatus, Meeting, MeetingFormat
from crm.meetings.paste_page import PastedPage
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, canonical, find
from crm.web import kept
from crm.web.blueprint import Blueprint
from crm.web.cells import Action


def add_routes(bp: Blueprint) -> None:
    """Add the routes of meetings to their blueprint."""

    @bp.get("/<place:place>/calendar.ics", permission=Permission.RECORDS_VIEW)
    def calendar(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        meeting = find(kind, place)
        if moved := canonical(kind, meeting, place):
            return moved
        event = agenda.file_event(meeting)
        if event is None:
            abort(404)
        base_url = str(Base.metadata.info["base_url"] or request.host_url).rstrip("/")
        return send_file(
            BytesIO(ics.write([event], base_url)),
            mimetype=ics.MEDIA_TYPE,
            as_attachment=True,
            download_name=f"{meeting.slug or meeting.id}.ics",
            etag=False,
        )


PASTE = "/<place:place>/attendance/paste"


def add_paste_routes(bp: Blueprint) -> None:
    """Add the routes of pasting a list of people to the blueprint of meetings."""

    @bp.route(PASTE, methods=["GET", "POST"], permission=Permission.RECORDS_EDIT)
    def paste(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        meeting = find(kind, place)
        if moved := canonical(kind, meeting, place):
            return moved
        form = forms.PasteForm(meeting, status=paste_page.usual_status(meeting))
        is_checking = kept.step() == kept.SAVE
        if not (form.validate() if form.is_submitted() else is_checking):
            return _ask(meeting, form)
        try:
            text = paste_page.text_of(form)
            page, matched = paste_page.compared(text)
        except InvalidValue as refused:
            form.refuse(refused)
            return _ask(meeting, form)
        if page.was_there:
            is_mixed = meeting.format is MeetingFormat.HYBRID
            form.status.data = AttendanceStatus.REMOTE if is_mixed else AttendanceStatus.ATTENDED
        if kept.step() == kept.AGAIN:
            form.text.data = text
            return _ask(meeting, form)
        if not (form.is_submitted() and is_checking) or not page.count:
            return _check(meeting, form, page, text)
        return _save(meeting, form, matched) or _check(meeting, form, page, text)

    @bp.post(f"{PASTE}/<string(length=24):batch>/undo", permission=Permission.RECORDS_EDIT)
    def undo_paste(place: Place, batch: str) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        meeting = find(kind, place)
        try:
            _undone, kept = services.undo_list(meeting, batch)
        except NotAllowed as refused:
            flash(str(refused.message), "error")
            return redirect(kind.url(meeting))
        if kept:
            flash(
                _n(
                    "%(num)d change stays: it was changed again",
                    "%(num)d changes stay: they were changed again",
                    kept,
                ),
                "error",
            )
        else:
            flash(_("The whole list was undone"), "success")
        return redirect(kind.url(meeting))


def _save(meeting: Meeting, form: Any, matched: Any) -> ResponseReturnValue | None:
    """Note what was decided, and show what is left; None when nothing was decided."""
    entries, left = paste_page.decided(matched, request.form)

    def save(**_values: object) -> services.Noted:
        paste_page.check_something(entries)
        return services.note_list(meeting, entries, form.status.data, form.chosen_day)

    noted = form.submit(save)
    if noted is None:
        return None
    form.made(registry.kind_of(meeting).url(meeting, "attendance"))
    rest = "\n".join([*left, request.form.get("unread", "")]).strip()
    following = forms.PasteForm(
        meeting, formdata=None, text=rest, status=form.status.data, day=form.chosen_day
    )
    return _ask(meeting, following, noted, db.session.info.get("batch"))


def _ask(
    meeting: Meeting, form: Any, noted: services.Noted | None = None, batch: str | None = None
) -> ResponseReturnValue:
    """Show the box for the list, and what became of the last one."""
    kind = registry.kind_of(meeting)
    undo = None
    if noted and batch and (noted.added or noted.changed or noted.people):
        undo = Action(
            _("Undo the whole list"), kind.url(meeting, "undo_paste", batch=batch), "post"
        )
    return render_template(
        "meetings/paste.html",
        form=form,
        title=_("Paste a list – %(title)s", title=meeting.title),
        action_url=kind.url(meeting, "paste"),
        back_url=kind.url(meeting),
        back_label=meeting.title,
        told=_told(noted) if noted else "",
        undo=undo,
        has_errors=bool(form.errors or form.form_errors),
    )


def _told(noted: services.Noted) -> str:
    parts = [
        _n("%(num)d attendance noted", "%(num)d attendances noted", noted.added),
        _n("%(num)d changed to attended", "%(num)d changed to attended", noted.changed)
        if noted.changed
        else "",
        _n("%(num)d was there already", "%(num)d were there already", noted.unchanged)
        if noted.unchanged
        else "",
        _n("%(num)d person added", "%(num)d people added", noted.people) if noted.people else "",
    ]
    return " · ".join(part for part in parts if part)


def _check(meeting: Meeting, form: Any, page: PastedPage, text: str) -> ResponseReturnValue:
    """Show who was recognised, who is to be checked and who is new."""
    kind = registry.kind_of(meeting)
    return render_template(
        "meetings/check.html",
        form=form,
        page=page,
        text=text,
        answers=kept.entered(),
        is_answered=bool(kept.step()),
        status=form.status.data,
        day=form.chosen_day,
        title=_("Check the list – %(title)s", title=meeting.title),
        submit_label=_n("Save %(num)d attendance", "Save %(num)d attendances", page.count),
        action_url=kind.url(meeting, "paste"),
        back_url=kind.url(meeting),
        back_label=meeting.title,
        has_errors=bool(form.errors or form.form_errors),
    )

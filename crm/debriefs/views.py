"""The page on which a meeting is written up."""

from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from crm.core.db import db
from crm.core.errors import Conflict
from crm.core.i18n import _, _n
from crm.debriefs import forms, queries, services
from crm.meetings.models import PRESENT, Attendance, Meeting, MeetingKind
from crm.meetings.queries import attendance_of
from crm.permissions import Permission
from crm.records import page
from crm.records.kinds import registry
from crm.records.views import Place, canonical, conflict_page, fields_kept, find
from crm.web import kept
from crm.web.blueprint import Blueprint

SAVE = "save"


def add_routes(bp: Blueprint) -> None:
    """Add the page to the blueprint of meetings."""

    @bp.route(
        "/<place:place>/debrief",
        methods=["GET", "POST"],
        permission=Permission.INTERACTIONS_EDIT,
    )
    def debrief(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        meeting = find(kind, place)
        if moved := canonical(kind, meeting, place):
            return moved
        if meeting.meeting_kind is MeetingKind.SERIES or meeting.deleted_at is not None:
            abort(404)
        form = forms.debrief_form(kept.entered())(
            minutes=meeting.minutes, decisions=meeting.decisions
        )
        form.offer(db.session.scalars(queries.awaited_at(meeting)).all())
        steps = request.form.getlist("step")
        if form.is_submitted() and steps and steps[-1] != SAVE:
            form.validate()  # So that what was typed is read; what is wrong is said when saving.
            _forget_errors(form)
            if steps[-1] == "propose":
                forms.propose(form)
            return _page(meeting, form)
        if not (form.validate_on_submit() and forms.check_lines(form)):
            return _page(meeting, form)
        version, as_stored = page.version_asked(meeting), fields_kept()
        entered = forms.debrief_of(form)
        for name in as_stored:
            entered.texts.pop(name, None)

        def save(**_values: object) -> services.Noted:
            return services.hold(meeting, version, entered)

        try:
            noted = form.submit(save)
        except Conflict as conflict:
            return conflict_page(conflict, kind.url(meeting, "debrief"))
        if noted is None:
            return _page(meeting, form)
        flash(_told(noted), "success")
        return redirect(form.made(kind.url(meeting)))


def _forget_errors(form: forms.DebriefForm) -> None:
    for field in form:
        if not getattr(field, "candidates", None):
            field.errors = ()


def _page(meeting: Meeting, form: forms.DebriefForm) -> ResponseReturnValue:
    kind = registry.kind_of(meeting)
    present = db.session.scalars(attendance_of(meeting).where(Attendance.status.in_(PRESENT))).all()
    return render_template(
        "debriefs/debrief.html",
        form=form,
        present_text=_n("%(num)d is noted as present", "%(num)d are noted as present", len(present))
        if present
        else "",
        present_url=kind.url(meeting, "attendance"),
        paste_url=kind.url(meeting, "paste"),
        commitments=forms.lines_of(form, "commitment", forms.COMMITMENT_FIELDS),
        tasks=forms.lines_of(form, "task", forms.TASK_FIELDS),
        version=page.version_asked(meeting),
        title=_("After the meeting – %(title)s", title=meeting.title),
        action_url=kind.url(meeting, "debrief"),
        back_url=kind.url(meeting),
        back_label=meeting.title,
        has_errors=bool(form.errors or form.form_errors),
    )


def _told(noted: services.Noted) -> str:
    counted: list[tuple[int, Any]] = [
        (
            noted.present,
            _n("%(num)d noted as present", "%(num)d noted as present", noted.present),
        ),
        (
            noted.partners,
            _n(
                "the note is kept with %(num)d partner",
                "the note is kept with %(num)d partners",
                noted.partners,
            ),
        ),
        (
            noted.commitments,
            _n("%(num)d commitment", "%(num)d commitments", noted.commitments),
        ),
        (noted.tasks, _n("%(num)d task", "%(num)d tasks", noted.tasks)),
    ]
    parts = [words for count, words in counted if count]
    return " · ".join([_("Saved"), *parts])

"""The pages about who comes to a meeting, and who came to a series when."""

from io import BytesIO

from flask import abort, render_template, request, send_file
from flask.typing import ResponseReturnValue

from crm.coming import page, series_page
from crm.meetings.models import MeetingKind
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, canonical, find
from crm.web.blueprint import Blueprint


def add_routes(bp: Blueprint) -> None:
    """Add the pages to the blueprint of meetings."""

    @bp.get("/<place:place>/attendance", permission=Permission.RECORDS_VIEW)
    def attendance(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        meeting = find(kind, place)
        if moved := canonical(kind, meeting, place):
            return moved
        return render_template("coming/attendance.html", **page.context(meeting, request.args))


def add_series_routes(bp: Blueprint) -> None:
    """Add the pages of a series to the blueprint of meetings."""

    @bp.get("/<place:place>/series", permission=Permission.RECORDS_VIEW)
    def series(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        meeting = find(kind, place)
        if moved := canonical(kind, meeting, place):
            return moved
        if meeting.meeting_kind is not MeetingKind.SERIES:
            abort(404)
        return render_template("coming/series.html", **series_page.context(meeting, request.args))

    @bp.get("/<place:place>/series.csv", permission=Permission.PACKS_MAKE)
    def series_csv(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        meeting = find(kind, place)
        if moved := canonical(kind, meeting, place):
            return moved
        if not series_page.has_file(meeting):
            abort(404)
        return send_file(
            BytesIO(series_page.make_csv(meeting)),
            mimetype="text/csv",
            as_attachment=True,
            download_name=f"{meeting.slug or meeting.id}.csv",
            etag=False,
        )

"""Pages about meetings that no other kind of record has."""

from flask import render_template
from flask.typing import ResponseReturnValue

from crm.core.db import db
from crm.core.i18n import _
from crm.meetings import queries
from crm.meetings.attendance import by_country
from crm.permissions import Permission
from crm.records.kinds import registry
from crm.records.views import Place, canonical, find
from crm.web.blueprint import Blueprint


def add_routes(bp: Blueprint) -> None:
    """Add the routes of meetings to their blueprint."""

    @bp.get("/<place:place>/attendance", permission=Permission.RECORDS_VIEW)
    def attendance(place: Place) -> ResponseReturnValue:
        kind = registry.kinds["meeting"]
        meeting = find(kind, place)
        if moved := canonical(kind, meeting, place):
            return moved
        everybody = db.session.scalars(queries.attendance_of(meeting)).all()
        return render_template(
            "records/tables.html",
            title=_("Who comes – %(title)s", title=meeting.title),
            back_url=kind.url(meeting),
            back_label=meeting.title,
            tables=by_country(everybody),
            empty=_("Nobody noted yet"),
        )

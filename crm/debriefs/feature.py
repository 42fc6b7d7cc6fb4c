"""What the work after a meeting adds to Passerelle."""

from datetime import timedelta
from typing import Any

from flask_login import current_user

from crm.core.clock import today
from crm.core.features import Feature
from crm.core.i18n import _, _l
from crm.debriefs.views import add_routes
from crm.meetings import queries
from crm.meetings.attendance import dates
from crm.meetings.models import Meeting, MeetingKind
from crm.permissions import Permission
from crm.records.kinds import Column, HomeBlock, record_link, registry
from crm.records.models import Record
from crm.web.cells import Action

LOOKED_BACK = timedelta(days=60)


def _actions(record: Record) -> list[Action]:
    """Offer to write up a meeting that has begun, or whose day is not known."""
    if not isinstance(record, Meeting) or record.meeting_kind is MeetingKind.SERIES:
        return []
    if not current_user.can(Permission.INTERACTIONS_EDIT) or record.is_cancelled:
        return []
    if record.starts is not None and record.starts.first_day > today():
        return []
    return [Action(_("After the meeting"), registry.kind_of(record).url(record, "debrief"))]


def _not_noted(user_id: int | None) -> Any:
    """Return the meetings of the last weeks: nobody's own, so everybody's."""
    return queries.without_attendance(today() - LOOKED_BACK, today() - timedelta(days=1))


FEATURE = Feature(
    name="debriefs",
    home=(
        HomeBlock(
            key="no-attendance",
            title=_l("Meetings without attendance"),
            query=_not_noted,
            order=30,
            columns=(
                Column("title", _l("Name"), record_link),
                Column("starts", _l("Dates"), dates),
                Column(
                    "network", _l("Network that holds it"), lambda row: record_link(row.network)
                ),
            ),
            empty=_l("Who came is noted everywhere"),
            row_actions=_actions,
        ),
    ),
    routes=(("meeting", add_routes),),
    record_actions=(_actions,),
)

"""What the pages about who comes add to Passerelle."""

from crm.coming.views import add_routes, add_series_routes
from crm.core.features import Feature
from crm.core.i18n import _
from crm.meetings.models import Meeting, MeetingKind
from crm.records.kinds import registry
from crm.records.models import Record
from crm.web.cells import Action


def _actions(record: Record) -> list[Action]:
    """Lead from a series to who came when."""
    if not isinstance(record, Meeting) or record.meeting_kind is not MeetingKind.SERIES:
        return []
    if record.deleted_at is not None:
        return []
    url = registry.kind_of(record).url(record, "series")
    return [Action(_("Who came when"), url, only_reads=True)]


FEATURE = Feature(
    name="coming",
    routes=(("meeting", add_routes), ("meeting", add_series_routes)),
    record_actions=(_actions,),
)

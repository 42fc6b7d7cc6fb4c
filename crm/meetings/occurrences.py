"""What the next meeting of a series has in common with the last one."""

import re
from typing import Any

from crm.core.db import db
from crm.meetings import queries
from crm.meetings.models import MeetingKind
from crm.records import queries as records

IN_COMMON = (
    "meeting_kind",
    "network_id",
    "working_group_id",
    "format",
    "languages",
    "themes",
    "time_zone",
    "framework",
    "visibility",
)
_LAST_YEAR = re.compile(r"(?:^|(?<=\s))(?:19|20)\d\d$")


def next_values(series_id: int) -> dict[str, Any]:
    """Return what the form of the next meeting of a series begins with.

    Dates and place are never carried over: nobody would notice that they are last year's. Who may
    see it is: what was confidential does not become known by being held again.
    """
    last = db.session.scalar(queries.last_of_series(series_id))
    if last is None:
        return {}
    known = {key: getattr(last, key) for key in IN_COMMON}
    if last.meeting_kind is MeetingKind.SERIES:
        del known["meeting_kind"]
    return {
        "series_id": series_id,
        "name": _LAST_YEAR.sub(lambda found: str(int(found[0]) + 1), last.name),
        "reader_ids": [each.user_id for each in db.session.scalars(records.readers_of(last))],
        **{key: value for key, value in known.items() if value is not None},
    }

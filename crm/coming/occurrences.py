"""The meetings of a series, who is noted at some of them, and how they are called."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from crm.coming import queries
from crm.coming.series import Entry
from crm.core.db import db
from crm.core.partial_date import PartialDate
from crm.meetings.models import AttendanceStatus, Meeting
from crm.meetings.queries import occurrences_of
from crm.meetings.status import rules
from crm.records.kinds import record_link
from crm.records.models import Record

CHUNK = 500
"""So many ids at most go into one statement."""


class Occurrences:
    """The meetings of a series from the oldest on; entries and records once they are fetched.

    :ivar held: ids of the meetings of which somebody has noted who came.
    """

    def __init__(self, meeting: Meeting) -> None:
        """Fetch the meetings."""
        self.series = meeting
        found = db.session.scalars(occurrences_of(meeting)).all()
        self.meetings = sorted(found, key=_in_time)
        self.places = {each.id: place for place, each in enumerate(self.meetings)}
        self.held = set(db.session.scalars(queries.with_presence(meeting)))
        self.entries: dict[int, list[Entry]] = defaultdict(list)
        self.names: dict[int, tuple[str, str]] = {}
        self.records: dict[int, Record] = {}

    def fetch_entries(self, meetings: Sequence[Meeting]) -> None:
        """Fetch who is noted at some of the meetings."""
        ids = sorted({each.id for each in meetings})
        for row in db.session.execute(queries.entries_at(ids)):
            self.entries[row.meeting_id].append(
                Entry(
                    row.meeting_id,
                    row.person_id,
                    row.organisation_id,
                    row.status,
                    row.role,
                    row.headcount,
                )
            )
            self.names[row.person_id] = (row.person_key, row.person_title)
            self.names[row.organisation_id] = (row.organisation_key, row.organisation_title)

    def fetch_records(self, ids: set[int]) -> None:
        """Fetch the records to link to."""
        for chunk in _chunks(sorted(ids)):
            for record in db.session.scalars(queries.with_ids(chunk)):
                self.records[record.id] = record

    def link(self, record_id: int | None) -> Any:
        """Return a link to a record that was fetched."""
        return record_link(self.records.get(record_id or 0))

    def key(self, record_id: int) -> tuple[str, int]:
        """Return by what rows are sorted."""
        return self.names[record_id][0], record_id

    def last_held(self, before: Meeting | None = None) -> Meeting | None:
        """Return the last meeting of which it is noted who came, of all or before another."""
        until = len(self.meetings) if before is None else self.places[before.id]
        held = [
            each
            for each in self.meetings[:until]
            if each.id in self.held and each.starts is not None
        ]
        return held[-1] if held else None


def _in_time(meeting: Meeting) -> tuple[bool, PartialDate, str, int]:
    """Return by what meetings are sorted; those without a date come first."""
    starts = meeting.starts
    return starts is not None, starts or PartialDate(1000), meeting.sort_key, meeting.id


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def counts(status: AttendanceStatus) -> bool:
    """Tell whether a status counts."""
    return rules()[status].is_counted

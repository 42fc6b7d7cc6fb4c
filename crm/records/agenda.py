"""What features put into people's calendars and daily mails; they fill it, others write it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crm.core.clock import moment, today
from crm.core.i18n import _
from crm.core.partial_date import Precision
from crm.documents.ics import CalendarEvent
from crm.records.models import Deadline, DeadlineKind, Record

KEPT = timedelta(days=60)
"""What was longer ago leaves the calendar: a program reads all of it again and again."""


def first_day() -> date:
    """Return the first day of which calendars tell."""
    return today() - KEPT


def deadline_event(
    deadline: Deadline, record: Record, *, is_cancelled: bool = False
) -> CalendarEvent | None:
    """Return a deadline as calendars show it: at its hour where one is known, else on its day.

    What must be done in a month or a year is left out: a day would be made up.
    """
    if deadline.day is None or deadline.day.precision is not Precision.DAY:
        return None
    day = deadline.day.first_day
    at = moment(day, deadline.hour, deadline.time_zone) if deadline.hour else None
    unread = deadline.hour if at is None else None
    zone = deadline.time_zone if unread else None
    is_other = deadline.kind is DeadlineKind.OTHER
    told = [
        " ".join(filter(None, (unread, zone))),
        _("Late answers are accepted") if deadline.is_soft else "",
    ]
    return CalendarEvent(
        uid=f"deadline-{deadline.id}",
        start=at or day,
        summary=f"{_('Deadline') if is_other else deadline.kind.label} – {record.title}",
        url=f"/records/{record.id}",
        modified=record.updated_at,
        description="\n".join(filter(None, told)),
        # It says the title of the record, which changes on its own.
        sequence=deadline.version + record.version,
        is_cancelled=is_cancelled,
        repeats_url=True,
    )


@dataclass(frozen=True)
class DigestLine:
    """Something that is due.

    :param url: its page, below the address of the server: ``/records/142``.
    """

    text: str
    url: str
    due: date | None
    is_late: bool = False


@dataclass(frozen=True)
class DigestSection:
    """What a feature says in the daily mail; nothing is said of a section without lines."""

    title: str
    lines: Sequence[DigestLine]

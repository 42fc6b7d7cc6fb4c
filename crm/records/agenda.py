"""What features put into people's calendars and daily mails; they fill it, others write it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class CalendarEvent:
    """An entry of somebody's calendar.

    :param uid: names it for good within this installation, such as ``task-142``.
    :param start: a day, or a moment with its time zone.
    :param url: its page, below the address of the server: ``/records/142``.
    :param modified: when it was last changed.
    :param end: of the same type as the start; a day is the last one, and belongs to it.
    :param sequence: grows with every change.
    """

    uid: str
    start: date | datetime
    summary: str
    url: str
    modified: datetime
    end: date | datetime | None = None
    description: str = ""
    location: str = ""
    sequence: int = 0
    is_cancelled: bool = False


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

"""Calendars as files (RFC 5545).

The library takes longer to load than most of a start, and most starts write no calendar.
"""

import importlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crm.core.clock import PARIS
from crm.records.agenda import CalendarEvent

MEDIA_TYPE = "text/calendar"
NAME = "Passerelle"
PRODUCT = "-//Passerelle//Passerelle//FR"


def write(events: Iterable[CalendarEvent], base_url: str) -> bytes:
    """Return a calendar as a file.

    :param base_url: address of the server, for the links and the names of the events.
    """
    library = importlib.import_module("icalendar")
    calendar = library.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", NAME)
    host = urlsplit(base_url).hostname or "localhost"
    has_times = False
    for event in sorted(events, key=lambda each: (each.start.isoformat(), each.uid)):
        calendar.add_component(_entry(library.Event(), event, base_url, host))
        has_times = has_times or isinstance(event.start, datetime)
    if has_times:
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _entry(entry: Any, event: CalendarEvent, base_url: str, host: str) -> Any:
    entry.add("uid", f"{event.uid}@{host}")
    entry.add("dtstamp", event.modified.astimezone(UTC))
    entry.add("last-modified", event.modified.astimezone(UTC))
    entry.add("sequence", event.sequence)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    entry.add("summary", event.summary)
    entry.add("url", f"{base_url}{event.url}")
    if event.description:
        entry.add("description", event.description)
    if event.location:
        entry.add("location", event.location)
    _add_times(entry, event)
    return entry


def _add_times(entry: Any, event: CalendarEvent) -> None:
    if isinstance(event.start, datetime):
        entry.add("dtstart", event.start.astimezone(PARIS))
        if isinstance(event.end, datetime):
            entry.add("dtend", event.end.astimezone(PARIS))
        return
    last = event.end if isinstance(event.end, date) else event.start
    entry.add("dtstart", event.start)
    entry.add("dtend", last + timedelta(days=1))  # The file names the first day after it.
    entry.add("transp", "TRANSPARENT")  # A due date takes nobody's day.

"""Calendars as files (RFC 5545)."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from crm.core.clock import PARIS
from crm.core.lazily import LoadedWhenUsed

icalendar = LoadedWhenUsed("icalendar")

MEDIA_TYPE = "text/calendar"
NAME = "Passerelle"
PRODUCT = "-//Passerelle//Passerelle//FR"

Reply = Literal["NEEDS-ACTION", "ACCEPTED", "TENTATIVE", "DECLINED"]


@dataclass(frozen=True)
class Attendee:
    """Somebody who is asked to a meeting, and what they answered.

    :param url: their page, below the address of the server; names them where no mail does.
    :param is_group: an organisation, whoever comes for it.
    """

    name: str
    status: Reply
    url: str
    email: str | None = None
    is_group: bool = False


@dataclass(frozen=True)
class CalendarEvent:
    """An entry of somebody's calendar.

    :param uid: names it for good within this installation, such as ``task-142``.
    :param start: a day, or a moment with its time zone.
    :param url: its page, below the address of the server: ``/records/142``.
    :param modified: when it was last changed.
    :param end: of the same type as the start; a day is the last one, and belongs to it.
    :param sequence: grows with every change.
    :param is_busy: takes the time of whose calendar it is.
    :param repeats_url: its address also stands in the description: many programs show no other.
    :param attendees: only for the file of one meeting, never for a calendar that is subscribed to.
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
    is_busy: bool = False
    repeats_url: bool = False
    attendees: Sequence[Attendee] = ()


def write(events: Iterable[CalendarEvent], base_url: str) -> bytes:
    """Return a calendar as a file.

    :param base_url: address of the server, for the links and the names of the events.
    """
    ordered = sorted(events, key=lambda each: (each.start.isoformat(), each.uid))
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if not any(event.attendees for event in ordered):
        calendar.add("method", "PUBLISH")  # What is published names no attendees (RFC 5546).
    calendar.add("x-wr-calname", NAME)
    host = urlsplit(base_url).hostname or "localhost"
    for event in ordered:
        entry = _entry(icalendar.Event(), event, base_url, host)
        for attendee in event.attendees:
            entry.add("attendee", _attendee(attendee, base_url))
        calendar.add_component(entry)
    if any(isinstance(event.start, datetime) for event in ordered):
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _entry(entry: Any, event: CalendarEvent, base_url: str, host: str) -> Any:
    url = f"{base_url}{event.url}"
    description = [event.description, url if event.repeats_url else ""]
    entry.add("uid", f"{event.uid}@{host}")
    entry.add("dtstamp", event.modified.astimezone(UTC))
    entry.add("last-modified", event.modified.astimezone(UTC))
    entry.add("sequence", event.sequence)
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    entry.add("summary", _clean(event.summary))
    entry.add("url", url)
    if any(description):
        entry.add("description", _clean("\n".join(filter(None, description))))
    if event.location:
        entry.add("location", _clean(event.location))
    is_busy = event.is_busy and not event.is_cancelled
    entry.add("transp", "OPAQUE" if is_busy else "TRANSPARENT")  # A due date takes nobody's day.
    _add_times(entry, event)
    return entry


def _add_times(entry: Any, event: CalendarEvent) -> None:
    if isinstance(event.start, datetime):
        entry.add("dtstart", _local(event.start))
        if isinstance(event.end, datetime):
            entry.add("dtend", _local(event.end))
        return
    last = event.end if isinstance(event.end, date) else event.start
    entry.add("dtstart", event.start)
    entry.add("dtend", last + timedelta(days=1))  # The file names the first day after it.


def _local(moment: datetime) -> datetime:
    """Return a moment by the clock of its place; by that of Paris when it names none."""
    return moment if isinstance(moment.tzinfo, ZoneInfo) else moment.astimezone(PARIS)


_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def _attendee(attendee: Attendee, base_url: str) -> Any:
    mail = attendee.email.strip() if attendee.email else ""
    is_address = _ADDRESS.fullmatch(mail) is not None
    entry = icalendar.vCalAddress(f"mailto:{mail}" if is_address else f"{base_url}{attendee.url}")
    # Not every program reads how quotation marks are written inside a name (RFC 6868).
    entry.params["CN"] = " ".join(_clean(attendee.name).replace('"', "’").split())
    entry.params["CUTYPE"] = "GROUP" if attendee.is_group else "INDIVIDUAL"
    entry.params["PARTSTAT"] = attendee.status
    entry.params["RSVP"] = "FALSE"
    # Whoever opens the file asks nobody: no calendar server writes to them (RFC 6638).
    entry.params["SCHEDULE-AGENT"] = "NONE"
    return entry


_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x85]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def _clean(text: str) -> str:
    """Return a text without the characters a calendar may not hold, some of which end lines."""
    return _FORBIDDEN.sub("", _LINE_ENDS.sub("\n", text))

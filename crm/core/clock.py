"""The time, in one place, so that tests can move it."""

import re
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
"""The clock of the office: days begin and end by it."""


def now() -> datetime:
    """Return the current moment in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def today() -> date:
    """Return today's date in Paris."""
    return datetime.now(PARIS).date()


_HOUR = re.compile(r"([01]?[0-9]|2[0-3])\s*[:hH.]\s*([0-5][0-9])?")


def hour_of(text: str) -> time | None:
    """Read an hour of the day: 9:30, 9 h 30, 09h30, 9h; None when it is not one."""
    found = _HOUR.fullmatch(text.strip())
    return time(int(found[1]), int(found[2] or 0)) if found else None


def is_skipped(day: date, hour: str, zone: str | None) -> bool:
    """Tell whether the clocks of a time zone skip an hour of a day, as in spring."""
    wanted, at = hour_of(hour), moment(day, hour, zone)
    return wanted is not None and at is not None and at.time() != wanted


def moment(day: date, hour: str, zone: str | None) -> datetime | None:
    """Return when it is that hour of a day in a time zone; in Paris when none is named.

    An hour that clocks skip in spring counts by the clock before it, as calendars do (RFC 5545):
    02:30 is then 03:30.

    :returns: None when the hour or the zone is not one.
    """
    wanted = hour_of(hour)
    if wanted is None:
        return None
    try:
        place = ZoneInfo(zone) if zone else PARIS
    except (KeyError, ValueError, OSError):  # "Mars/Base", "../x", and "Europe", a folder.
        return None
    local = datetime.combine(day, wanted, place)
    return local.astimezone(UTC).astimezone(place)

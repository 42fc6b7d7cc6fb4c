"""The time, in one place, so that tests can move it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
"""The clock of the office: days begin and end by it."""


def now() -> datetime:
    """Return the current moment in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def today() -> date:
    """Return today's date in Paris."""
    return datetime.now(PARIS).date()

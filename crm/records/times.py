"""Hours of days in time zones: read as people write them, refused where they cannot be."""

from datetime import date, datetime
from zoneinfo import available_timezones

from crm.core.clock import PARIS, hour_of, is_skipped, moment
from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import PartialDate, Precision


def clean_hour(text: str, field: str) -> str:
    """Return an hour of the day as 09:30.

    :raises InvalidValue: at ``field``.
    """
    found = hour_of(text)
    if found is None:
        raise InvalidValue(field, _("Write the hour like 09:30"))
    return f"{found.hour:02}:{found.minute:02}"


def check_time_zone(name: str | None, field: str) -> None:
    """Refuse a time zone nobody knows.

    :raises InvalidValue: at ``field``.
    """
    if name and name not in available_timezones():
        raise InvalidValue(field, _("Write the time zone like Europe/Paris or UTC"))


def check_hour(day: PartialDate | None, hour: str | None, zone: str | None, field: str) -> None:
    """Refuse an hour that does not exist on its day: in spring the clocks skip one.

    :raises InvalidValue: at ``field``.
    """
    exact = exact_day(day)
    if exact is not None and hour and is_skipped(exact, hour, zone):
        raise InvalidValue(
            field, _("The clocks skip this hour that night. Write the hour before or after it")
        )


def exact_day(day: PartialDate | None) -> date | None:
    """Return the day where it is known as one."""
    return day.first_day if day is not None and day.precision is Precision.DAY else None


def span_in_words(
    first: PartialDate | None, start: str, until: str | None, zone: str | None
) -> str:
    """Return hours by the clock of the place, and in Paris where that shows something else.

    For instance “09:30–17:00 Europe/London (10:30–18:00 in Paris)”.
    """
    local = " ".join(filter(None, (_span(start, until), zone)))
    day = exact_day(first)
    if day is None or not zone:
        return local
    begins, ends = moment(day, start, zone), moment(day, until, zone) if until else None
    if begins is None or (until and ends is None):
        return local
    there = _in_paris(begins, day), _in_paris(ends, day) if ends else None
    if there == (start, until):
        return local
    return _("%(local)s (%(hours)s in Paris)", local=local, hours=_span(*there))


def _span(start: str, until: str | None) -> str:
    return f"{start}–{until}" if until else start


def _in_paris(at: datetime, day: date) -> str:
    here = at.astimezone(PARIS)
    hour = f"{here.hour:02}:{here.minute:02}"
    if here.date() > day:
        return _("%(hour)s the next day", hour=hour)
    if here.date() < day:
        return _("%(hour)s the day before", hour=hour)
    return hour

"""Days as they are meant in a line: exchanges are past, what is to be done is to come."""

from datetime import date, timedelta

from crm.capture.vocabulary import AROUND_DAYS, THIS_DAY
from crm.core.partial_date import LAST_YEAR, InvalidPartialDate, PartialDate, Precision
from crm.core.text import fold

WEEK = timedelta(days=7)


def past_day(text: str, today: date) -> PartialDate | None:
    """Read when something was; a day without a year is the last one there was.

    A day to come that nothing makes a past one is returned all the same, to be refused aloud.
    """
    found = _read(text, today)
    if found is None or found.first_day <= today:
        return found
    before = found.in_years(-1)
    return before if _read(text, before.last_day) == before else found


def day_to_come(text: str, today: date, since: date) -> PartialDate | None:
    """Read until when something is to be done; a weekday is the next one.

    :param since: a day without a year is the first one from here on.
    """
    found = _read(text, today)
    if found is None:
        return None
    if _is_weekday(text, found):
        return PartialDate.of(found.first_day + WEEK)
    if found.last_day >= since:
        return found
    after = found.in_years(1)
    return after if _read(text, after.first_day) == after else found


def _is_weekday(text: str, found: PartialDate) -> bool:
    """Tell whether it is the same day all week long, and another one a week later."""
    day = found.first_day
    if day.year >= LAST_YEAR:
        return False  # No week follows the last one of the calendar.
    return _read(text, day + WEEK - timedelta(days=1)) == found and _read(
        text, day + WEEK
    ) == PartialDate.of(day + WEEK)


def _read(text: str, today: date) -> PartialDate | None:
    """Read a day or a month; a year alone says too little of when an exchange was."""
    if fold(text) in THIS_DAY:
        return PartialDate.of(today)
    kept = [word for word in text.split() if fold(word) not in AROUND_DAYS]
    try:
        found = PartialDate.parse(" ".join(kept), today)
    except InvalidPartialDate:
        return None
    return None if found.precision is Precision.YEAR else found

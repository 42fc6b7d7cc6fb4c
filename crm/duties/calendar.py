"""When a duty falls due again, and on which days somebody is reminded of it."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

from crm.core.errors import InvalidValue
from crm.core.i18n import _
from crm.core.partial_date import FIRST_YEAR, LAST_YEAR, InvalidPartialDate, PartialDate

LONGEST_TURN = 120
"""Months: nothing that is owed comes back more rarely than every ten years."""

MOST_LEADS = 12
LEAP_YEAR = 2024
WEEK = timedelta(days=7)


def check_turn(every_months: int | None, due: PartialDate | None = None) -> None:
    """Refuse a recurrence that makes no sense.

    :raises InvalidValue: at ``every_months`` or ``due``.
    """
    if every_months is not None and not 1 <= every_months <= LONGEST_TURN:
        raise InvalidValue(
            "every_months",
            _("Enter between 1 and %(most)d months: ten years at most", most=LONGEST_TURN),
        )
    if every_months and every_months % 12 and due is not None and due.month is None:
        raise InvalidValue("due", _("Enter the month as well: it does not come back once a year"))


def leads(text: str | None) -> list[int]:
    """Read how many months ahead somebody is reminded: “12, 6, 3, 1”.

    :raises InvalidValue: at ``lead_months``.
    """
    words = [word for word in re.split(r"[\s,;]+", text or "") if word]
    if len(words) > MOST_LEADS or not all(
        word.isascii() and word.isdigit() and len(word) < 4 and int(word) <= LONGEST_TURN
        for word in words
    ):
        raise InvalidValue(
            "lead_months", _("Enter months separated by commas, for instance 12, 6, 3, 1")
        )
    return sorted({int(word) for word in words}, reverse=True)


def next_due(
    due: PartialDate, every_months: int, counted_from: PartialDate | None
) -> PartialDate | None:
    """Return when it falls due after ``due``; None where the calendar ends.

    Counted from the first one, so that what is due on the 31st does not slip to the 28th for good.
    """
    is_like = counted_from is not None and counted_from.precision is due.precision
    anchor = counted_from if is_like and counted_from and counted_from <= due else due
    return _first_turn(anchor, every_months, lambda found: found > due)


def _first_turn(
    anchor: PartialDate, every_months: int, is_right: Callable[[PartialDate], bool]
) -> PartialDate | None:
    """Return the first of the dates that are whole turns after the anchor, of those that fit."""
    months = max(every_months, 12) if anchor.month is None else every_months
    try:
        for turns in count():
            found = anchor.in_months(turns * months)
            if is_right(found):
                return found
    except InvalidPartialDate:
        pass
    return None


def first_due(
    *,
    month: int | None,
    day: int | None,
    every_months: int | None,
    start: PartialDate | None,
    on: date,
) -> PartialDate | None:
    """Return when a template falls due for the first time from a day on.

    :param start: when the link began, for what is counted from then ("every 4 years from 2012");
        None for what is due in the calendar year.
    """
    if every_months is None:
        return None
    first_year = start.year + max(1, every_months // 12) if start else on.year
    if first_year > LAST_YEAR:
        return None
    first = _in_year(first_year, month, day)
    return _first_turn(first, every_months, lambda found: found.last_day >= on)


def _in_year(year: int, month: int | None, day: int | None) -> PartialDate:
    if month is None:
        return PartialDate(year)
    if day is None:
        return PartialDate(year, month)
    # In a short month its last day; 29 February in other years.
    last_day = PartialDate(year, month).last_day.day
    return PartialDate(year, month, min(day, last_day))


def longest(month: int) -> int:
    """Return how many days a month has at most."""
    return PartialDate(LEAP_YEAR, month).last_day.day


def covered_by(
    due: PartialDate, every_months: int | None
) -> tuple[PartialDate, PartialDate] | None:
    """Return the years a report that is due is about: those of one turn before its year."""
    if every_months is None or every_months % 12:
        return None
    first_year = due.year - every_months // 12
    return (
        (PartialDate(first_year), PartialDate(due.year - 1)) if first_year >= FIRST_YEAR else None
    )


def reminder_days(
    due: PartialDate, lead_months: list[int], *, is_weekly_at_end: bool
) -> list[date]:
    """Return the days on which somebody is reminded, the last one when it is due."""
    last = due.last_day
    exact = PartialDate.of(last)
    days = {exact.in_months(-months).first_day for months in lead_months}
    if is_weekly_at_end:
        day, begin = last, exact.in_months(-1).first_day
        while day > begin:
            days.add(day)
            day -= WEEK
    days.add(last)
    return sorted(days)


def is_reminded(
    due: PartialDate, lead_months: list[int], *, is_weekly_at_end: bool, on: date
) -> bool:
    """Tell whether somebody is reminded on a day: ahead, on the day, and weekly once it is late."""
    late = (on - due.last_day).days
    if late > 0:
        return late % WEEK.days == 1
    return on in reminder_days(due, lead_months, is_weekly_at_end=is_weekly_at_end)

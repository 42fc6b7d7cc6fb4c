"""The next dates of somebody, for a day on which nothing is to be done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from heapq import nsmallest

from crm.core.clock import PARIS, today
from crm.documents.ics import CalendarEvent
from crm.records.kinds import registry

MOST = 3


@dataclass(frozen=True)
class NextDate:
    """Something to come, on its day."""

    day: date
    text: str
    url: str


def next_dates(user_id: int) -> list[NextDate]:
    """Return the first dates to come of somebody's calendar."""
    return nsmallest(MOST, _to_come(user_id), key=lambda each: (each.day, each.text))


def _to_come(user_id: int) -> Iterator[NextDate]:
    first = today()
    for source in registry.calendar:
        for event in source(user_id):
            if not event.is_cancelled and (day := _day(event)) >= first:
                yield NextDate(day, event.summary, event.url)


def _day(event: CalendarEvent) -> date:
    start = event.start
    return start.astimezone(PARIS).date() if isinstance(start, datetime) else start

"""Bars over time, drawn by the templates as images of the page; the dates stand in a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crm.core.partial_date import PartialDate

ROW_HEIGHT = 40
TICKS = 8
"""At most so many years are named; of a longer time every second, fifth or tenth one."""
STEPS = (1, 2, 5, 10, 20, 50, 100)
DAY = timedelta(days=1)
THINNEST = 0.6
"""In hundredths of the width: a single day is seen, too."""
LONGEST = 150
"""Years: what a wrong date would stretch further is cut there."""

Place = Callable[[date], float]
"""Returns where a day lies, in hundredths of the width."""


@dataclass(frozen=True)
class Span:
    """Something that lasts, or is due on a day.

    :param starts: None when the beginning is not known.
    :param ends: None when it goes on, or its end is not known.
    :param is_moment: it is a day, not a time.
    """

    label: str
    starts: PartialDate | None
    ends: PartialDate | None
    url: str | None = None
    tone: str = ""
    is_moment: bool = False


@dataclass(frozen=True)
class DrawnSpan:
    """A span with its place in the drawing.

    :param top: in pixels from the top.
    :param left: in hundredths of the width.
    :param width: in hundredths of the width.
    :param opens: the beginning is not known.
    :param goes_on: the end is not known.
    """

    span: Span
    top: int
    left: float
    width: float
    opens: bool
    goes_on: bool


@dataclass(frozen=True)
class Tick:
    """The first day of a year."""

    label: str
    left: float


@dataclass(frozen=True)
class Timeline:
    """Spans below each other, under a title that says the finding.

    :param today: in hundredths of the width; None when the day lies outside.
    """

    title: str
    spans: Sequence[DrawnSpan]
    ticks: Sequence[Tick]
    today: float | None

    @property
    def height(self) -> int:
        """Return the height of the drawing in pixels, without the years above it."""
        return ROW_HEIGHT * len(self.spans)

    @property
    def has_links(self) -> bool:
        """Tell whether a reader can go somewhere from it: then it is more than an image."""
        return any(each.span.url for each in self.spans)


def timeline(title: str, spans: Sequence[Span], *, today: date) -> Timeline | None:
    """Lay out what has a date, in its order; None when nothing has one.

    A month or a year is drawn from its first day to its last.
    """
    dated = [each for each in spans if each.starts or each.ends]
    if not dated:
        return None
    dates = [day for each in dated for day in (each.starts, each.ends) if day is not None]
    first = min(day.first_day for day in dates)
    last = max(day.last_day for day in dates)
    if any(each.ends is None and not each.is_moment for each in dated):
        last = max(last, today)
    last = max(first, last)  # A start after the end is somebody's mistake, no reason to fail.
    begin = date(max(first.year, last.year - LONGEST), 1, 1)
    end = date(last.year, 12, 31)
    days = (end - begin).days + 1

    def place(day: date) -> float:
        return round(100 * min(max((day - begin).days, 0), days) / days, 2)

    return Timeline(
        title,
        [_drawn(each, place, row, begin, end) for row, each in enumerate(dated)],
        _ticks(begin.year, end.year, place),
        place(today) if begin <= today <= end else None,
    )


def _drawn(span: Span, place: Place, row: int, begin: date, end: date) -> DrawnSpan:
    starts = span.starts.first_day if span.starts is not None else begin
    ends = span.ends.last_day if span.ends is not None else end
    if span.is_moment:
        starts = ends = (span.ends or span.starts or PartialDate.of(begin)).last_day
    left = place(starts)
    return DrawnSpan(
        span,
        top=row * ROW_HEIGHT,
        left=left,
        width=round(max(place(ends + DAY) - left, THINNEST), 2) if ends < date.max else 100 - left,
        opens=span.starts is None and not span.is_moment,
        goes_on=span.ends is None and not span.is_moment,
    )


def _ticks(first: int, last: int, place: Place) -> list[Tick]:
    step = next((each for each in STEPS if (last - first) / each < TICKS), STEPS[-1])
    years = [year for year in range(first, last + 1) if year % step == 0] or [first]
    return [Tick(str(year), place(date(year, 1, 1))) for year in years]

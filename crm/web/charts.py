"""Bars and lines, drawn by the templates as images of the page; the numbers stand in a table.

Places across are hundredths of the drawing, so that it fits any width while its words keep their
size; places down are pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

MOST_BARS = 12
"""More than these are one bar at the end."""
ROW_HEIGHT = 40
LABEL_HEIGHT = 21
"""Of the label above a bar."""
JOINED_HEIGHT = 27
"""Of a bar that has no label of its own; the room below it parts it from the next label."""
WIDEST = 84
"""In hundredths of the drawing: the number stands behind the longest bar."""
WORDED_WIDEST = 62
"""The same where words stand beside the number."""

LINE_TOP = 26
"""Pixels above the highest point, for its number."""
LINE_RISE = 104
"""Pixels between the highest point and nothing."""
LINE_LABELS = 46
"""Pixels below the line, for two rows of labels."""


@dataclass(frozen=True)
class Bar:
    """A bar: what it stands for, how much, and where the list behind it is.

    :param words: the number with what it counts, where the number alone does not say it.
    :param is_joined: it says something else of what the bar above is about.
    :param tone: bars of one tone are about the same.
    """

    label: str
    value: int
    url: str | None = None
    words: str = ""
    is_joined: bool = False
    tone: Literal["", "second"] = ""


@dataclass(frozen=True)
class DrawnBar:
    """A bar with its place in the drawing.

    :param top: of its row with the label, in pixels from the top.
    :param height: of its row.
    :param bar_top: of the bar itself.
    :param width: in hundredths of the drawing.
    """

    bar: Bar
    top: int
    height: int
    bar_top: int
    width: float


@dataclass(frozen=True)
class BarChart:
    """Bars below each other, under a title that says the finding."""

    title: str
    bars: Sequence[DrawnBar]

    @property
    def height(self) -> int:
        """Return the height of the drawing in pixels."""
        return sum(each.height for each in self.bars)

    @property
    def has_links(self) -> bool:
        """Tell whether a reader can go somewhere from it: then it is more than an image."""
        return any(each.bar.url for each in self.bars)


def bar_chart(
    title: str, bars: Sequence[Bar], others: str, others_url: str | None = None
) -> BarChart:
    """Lay out bars in their order.

    :param others: the label of those for which there is no room.
    :param others_url: the list behind these.
    """
    shown = list(bars)
    if len(shown) > MOST_BARS:
        rest = sum(each.value for each in shown[MOST_BARS - 1 :])
        shown = [*shown[: MOST_BARS - 1], Bar(others, rest, others_url)]
    return BarChart(title, _below_each_other(shown, WIDEST))


def paired_bars(title: str, bars: Sequence[Bar]) -> BarChart:
    """Lay out bars of which some belong together; the caller sees to it that they are few."""
    return BarChart(title, _below_each_other(bars, WORDED_WIDEST))


def _below_each_other(bars: Sequence[Bar], widest: int) -> list[DrawnBar]:
    largest = max((each.value for each in bars), default=0) or 1
    drawn: list[DrawnBar] = []
    top = 0
    for each in bars:
        height = JOINED_HEIGHT if each.is_joined else ROW_HEIGHT
        label = 1 if each.is_joined else LABEL_HEIGHT
        width = round(widest * each.value / largest, 1)
        drawn.append(DrawnBar(each, top, height, top + label, width))
        top += height
    return drawn


@dataclass(frozen=True)
class Point:
    """A number of a time.

    :param label: the time, as short as can be.
    :param below: what is said once for several points: the year.
    :param is_open: the time is not over, and the number not the last.
    """

    label: str
    below: str
    value: int
    url: str | None = None
    is_open: bool = False


@dataclass(frozen=True)
class DrawnPoint:
    """A point with its place in the drawing.

    :param left: where its share of the width begins, in hundredths.
    :param x: in hundredths of the width.
    :param y: in pixels from the top.
    """

    point: Point
    left: float
    x: float
    y: float


@dataclass(frozen=True)
class LineChart:
    """Points from left to right, joined by a line that begins at nothing.

    :param step: the share of the width that each point has, in hundredths.
    """

    title: str
    points: Sequence[DrawnPoint]
    step: float
    base: int = LINE_TOP + LINE_RISE
    height: int = LINE_TOP + LINE_RISE + LINE_LABELS

    @property
    def pieces(self) -> Sequence[tuple[DrawnPoint, DrawnPoint]]:
        """Return the pieces of the line, each from a point to the next."""
        return list(pairwise(self.points))

    @property
    def has_links(self) -> bool:
        """Tell whether a reader can go somewhere from it: then it is more than an image."""
        return any(each.point.url for each in self.points)


def line_chart(title: str, points: Sequence[Point]) -> LineChart:
    """Lay out points in their order."""
    largest = max((each.value for each in points), default=0) or 1
    step = 100 / (len(points) or 1)
    return LineChart(
        title,
        [
            DrawnPoint(
                each,
                left=round(place * step, 2),
                x=round((place + 0.5) * step, 2),
                y=round(LINE_TOP + LINE_RISE * (1 - each.value / largest), 1),
            )
            for place, each in enumerate(points)
        ],
        round(step, 2),
    )

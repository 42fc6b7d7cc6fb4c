"""Bar charts, drawn by the templates as images of the page itself; the numbers stand in a table."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_BARS = 12
"""More than these are one bar at the end."""
ROW_HEIGHT = 40
WIDEST = 84
"""In hundredths of the drawing: the number stands behind the longest bar."""


@dataclass(frozen=True)
class Bar:
    """A bar: what it stands for, how much, and where the list behind it is."""

    label: str
    value: int
    url: str | None = None


@dataclass(frozen=True)
class DrawnBar:
    """A bar with its place in the drawing.

    :param top: in pixels from the top.
    :param width: in hundredths of the drawing.
    """

    bar: Bar
    top: int
    width: float


@dataclass(frozen=True)
class BarChart:
    """Bars below each other, under a title that says the finding."""

    title: str
    bars: Sequence[DrawnBar]

    @property
    def height(self) -> int:
        """Return the height of the drawing in pixels."""
        return ROW_HEIGHT * len(self.bars)

    @property
    def has_links(self) -> bool:
        """Tell whether a reader can go somewhere from it: then it is more than an image."""
        return any(each.bar.url for each in self.bars)


def bar_chart(title: str, bars: Sequence[Bar], others: str) -> BarChart:
    """Lay out bars in their order.

    :param others: the label of those for which there is no room.
    """
    shown = list(bars)
    if len(shown) > MOST_BARS:
        rest = sum(each.value for each in shown[MOST_BARS - 1 :])
        shown = [*shown[: MOST_BARS - 1], Bar(others, rest)]
    largest = max((each.value for each in shown), default=0) or 1
    return BarChart(
        title,
        [
            DrawnBar(each, place * ROW_HEIGHT, round(WIDEST * each.value / largest, 1))
            for place, each in enumerate(shown)
        ],
    )

"""What was measured, against which bar, and whether it was held."""

from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Bar:
    """A limit: at most so much, or at least."""

    limit: float
    at_least: bool = False

    def holds(self, value: float) -> bool:
        """Tell whether a value keeps to it; what is shown as the limit keeps to it."""
        shown = round(value, 2)
        return shown >= self.limit if self.at_least else shown <= self.limit

    def __str__(self) -> str:
        """Return the limit as tables show it."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}"


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    engine: str
    group: str
    what: str
    value: float
    """What the bar is about: a ratio, a number, megabytes."""
    unit: str = "×"
    bar: Bar | None = None
    ours: float | None = None
    """Milliseconds, p50."""
    other: float | None = None
    other_name: str = ""
    spread: tuple[float, float] | None = None
    """The smallest and the largest ratio of a round."""
    note: str = ""

    @property
    def is_held(self) -> bool | None:
        """Tell whether the bar is held; None without one."""
        return None if self.bar is None else self.bar.holds(self.value)

    @property
    def verdict(self) -> str:
        """Return the word for it."""
        return {None: "", True: "held", False: "not held"}[self.is_held]


@dataclass
class Rounds:
    """The medians of alternating rounds of the same two things."""

    ours: list[float] = field(default_factory=list)
    other: list[float] = field(default_factory=list)

    def add(self, ours: list[float], other: float) -> None:
        """Add a round: our times, and what they are held against."""
        self.ours.append(median(ours))
        self.other.append(other)

    @property
    def ratio(self) -> float:
        """Return the ratio of the medians."""
        return median(self.ours) / median(self.other)

    @property
    def spread(self) -> tuple[float, float]:
        """Return the smallest and the largest ratio of a round."""
        ratios = [mine / its for mine, its in zip(self.ours, self.other, strict=True)]
        return min(ratios), max(ratios)


def percentile(times: list[float], share: float) -> float:
    """Return the time within which this share of the answers came."""
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]

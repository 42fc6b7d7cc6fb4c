"""A time that a report is about."""

from dataclasses import dataclass
from datetime import date, timedelta

from crm.core.partial_date import PartialDate, format_range
from crm.reports.quarters import edge, edge_after


@dataclass(frozen=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date

    @property
    def start(self) -> PartialDate:
        """Return the bound from which on something counts."""
        return edge(self.first)

    @property
    def end(self) -> PartialDate:
        """Return the bound before which something counts."""
        return edge_after(self.last)

    def before(self) -> "Period":
        """Return the time of the same length just before."""
        length = self.last - self.first
        last = self.first - timedelta(days=1)
        return Period(last - length, last)

    def in_words(self, locale: str) -> str:
        """Return it as a title says it."""
        return format_range(PartialDate.of(self.first), PartialDate.of(self.last), locale)

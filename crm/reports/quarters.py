"""Quarters of years, bounded by dates as people know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from crm.core.i18n import _
from crm.core.partial_date import PartialDate


def edge(day: date) -> PartialDate:
    """Return the least precise date that begins on a day.

    Bounds of lists are such dates: what is known by its month or year alone then counts where that
    month or year begins, and nowhere else.
    """
    if (day.month, day.day) == (1, 1):
        return PartialDate(day.year)
    return PartialDate(day.year, day.month) if day.day == 1 else PartialDate.of(day)


def edge_after(day: date) -> PartialDate:
    """Return the bound before which everything lies that happened until the end of a day."""
    return edge(day + timedelta(days=1))


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a year.

    :param number: from 1 to 4.
    """

    year: int
    number: int

    @classmethod
    def of(cls, when: PartialDate) -> Self:
        """Return the quarter in which a date begins."""
        return cls(when.year, ((when.month or 1) + 2) // 3)

    def later(self, quarters: int) -> "Quarter":
        """Return the quarter so many quarters later, or before with a negative number."""
        year, place = divmod(self.year * 4 + self.number - 1 + quarters, 4)
        return Quarter(year, place + 1)

    @property
    def start(self) -> PartialDate:
        """Return the bound at which it begins."""
        return edge(date(self.year, 3 * self.number - 2, 1))

    @property
    def short(self) -> str:
        """Return its number, as an axis says it."""
        return _("Q%(number)d", number=self.number)

    def __str__(self) -> str:
        """Return its number and year."""
        return _("Q%(number)d %(year)d", number=self.number, year=self.year)

    def in_words(self) -> str:
        """Return it as a sentence says it."""
        match self.number:
            case 1:
                return _("the first quarter of %(year)d", year=self.year)
            case 2:
                return _("the second quarter of %(year)d", year=self.year)
            case 3:
                return _("the third quarter of %(year)d", year=self.year)
        return _("the fourth quarter of %(year)d", year=self.year)


def last_quarters(number: int, today: date) -> Sequence[Quarter]:
    """Return the quarter that is going on, last, after so many that are over."""
    present = Quarter.of(PartialDate.of(today))
    return [present.later(away) for away in range(-number, 1)]

"""Dates as people know them: a year, a month or a day, never a made-up part."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache, total_ordering
from typing import Literal, Self

import sqlalchemy as sa
from babel.dates import format_date

from crm.core.i18n import _
from crm.core.text import APOSTROPHES

FIRST_YEAR, LAST_YEAR = 1000, 2999
"""Within these years the text of a date has one length per precision, so that it sorts."""

Style = Literal["dense", "normal", "long"]


class InvalidPartialDate(ValueError):
    """This is not a date."""


class Precision(StrEnum):
    """How much of a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, a month of a year, or a day; ordered as its ISO 8601 text is."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Refuse what is not in the calendar."""
        if not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise InvalidPartialDate("the year is out of range")
        if self.month is None:
            if self.day is not None:
                raise InvalidPartialDate("a day needs its month")
        elif not 1 <= self.month <= 12:
            raise InvalidPartialDate("there is no such month")
        elif self.day is not None and not 1 <= self.day <= _days_in(self.year, self.month):
            raise InvalidPartialDate("there is no such day")

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the day, known in full."""
        return cls(day.year, day.month, day.day)

    @staticmethod
    def parse_iso(text: str) -> "PartialDate":
        """Read the text that ``str()`` writes, and nothing else."""
        return _parse_iso(text)

    @staticmethod
    def parse(text: str, today: date) -> "PartialDate":
        """Read what people type in French or English: 2008, sept. 2008, 23/11, hier, Monday."""
        return _parse_typed(text, today)

    @property
    def precision(self) -> Precision:
        """Return how much is known."""
        if self.month is None:
            return Precision.YEAR
        return Precision.MONTH if self.day is None else Precision.DAY

    @property
    def first_day(self) -> date:
        """Return the earliest day this can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def last_day(self) -> date:
        """Return the latest day this can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or _days_in(self.year, month))

    @property
    def latest_text(self) -> str:
        """Return a text that sorts after every day within, and before any later day."""
        return f"{self}~"

    def in_months(self, months: int) -> "PartialDate":
        """Return the date so many months later, as precise; a month's last day stays within it."""
        if self.month is None:
            return PartialDate(self.year + months // 12)
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        month += 1
        day = None if self.day is None else min(self.day, _days_in(year, month))
        return PartialDate(year, month, day)

    def in_years(self, years: int) -> "PartialDate":
        """Return the date so many years later, as precise."""
        return self.in_months(12 * years)

    def contains(self, day: date) -> bool:
        """Tell whether the day lies within."""
        return (
            self.year == day.year
            and self.month in (None, day.month)
            and self.day in (None, day.day)
        )

    def format(self, locale: str, style: Style = "normal") -> str:
        """Return the date in words, as far as it is known.

        :param style: ``dense`` for tables (23/11/2026), ``normal`` with the weekday
            (lun. 23 nov. 2026), ``long`` for sentences (23 novembre 2026).
        """
        if self.month is None:
            return str(self.year)
        language = _language(locale)
        if style == "dense":
            day = "" if self.day is None else f"{self.day:02}/"
            return f"{day}{self.month:02}/{self.year}"
        if self.day is None:
            return format_date(self.first_day, "MMMM y", language)
        if style == "normal":
            pattern = "E d MMM y" if language == "fr" else "E, d MMM y"
            if language == "fr" and self.day == 1:
                pattern = "E '1er' MMM y"
            return format_date(self.first_day, pattern, language)
        month = format_date(self.first_day, "MMMM y", language)
        return f"{_ordinal(self.day, language)} {month}"

    def __str__(self) -> str:
        """Return the ISO 8601 reduced form."""
        if self.month is None:
            return str(self.year)
        if self.day is None:
            return f"{self.year}-{self.month:02}"
        return f"{self.year}-{self.month:02}-{self.day:02}"

    def __lt__(self, other: object) -> bool:
        """Tell whether this sorts first: the year before its months, a month before its days."""
        if not isinstance(other, PartialDate):
            return NotImplemented
        return self._key() < other._key()

    def _key(self) -> tuple[int, int, int]:
        return self.year, self.month or 0, self.day or 0


def covers(since: PartialDate | None, until: PartialDate | None, day: date) -> bool:
    """Tell whether the day lies between two dates, both included; None is no limit."""
    return (since is None or since.first_day <= day) and (until is None or day <= until.last_day)


def format_range(since: PartialDate | None, until: PartialDate | None, locale: str) -> str:
    """Return a period in words.

    :param locale: the reader's language, which is also the one messages are in.
    """
    if since is None:
        return _("date not stated") if until is None else _until(until, locale)
    if until is None:
        return _since(since, locale)
    if since == until:
        return since.format(locale, "long")
    if since.month is None and until.month is None:
        return f"{since.year}–{until.year}"
    if since.day and until.day and (since.year, since.month) == (until.year, until.month):
        return f"{_ordinal(since.day, _language(locale))}–{until.format(locale, 'long')}"
    return f"{since.format(locale, 'long')} – {until.format(locale, 'long')}"


class PartialDateType(sa.TypeDecorator[PartialDate]):
    """A partial date, stored as its ISO 8601 text, which sorts byte by byte on every database."""

    impl = sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql")
    cache_ok = True

    @property
    def python_type(self) -> type[PartialDate]:
        """Return the type of the values."""
        return PartialDate

    def process_bind_param(self, value: PartialDate | None, dialect: sa.Dialect) -> str | None:
        """Write the text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> PartialDate | None:
        """Read the text."""
        return None if value is None else _parse_iso(value)


def active_on(
    since_column: sa.SQLColumnExpression[PartialDate | None],
    until_column: sa.SQLColumnExpression[PartialDate | None],
    day: date,
) -> sa.ColumnElement[bool]:
    """Tell in SQL what ``covers`` tells: the day lies between two columns, both included."""
    # Comparing the texts is enough. A date that starts with another sorts after it, so "2008" and
    # "2008-09" are not later than "2008-09-01": what began in 2008 counts from its first day.
    # "~" sorts after "-" and all digits, so "2008~" and "2008-09~" are later than any day within:
    # what ended in 2008 counts until its last day.
    since = sa.type_coerce(since_column, sa.String)
    until = sa.type_coerce(until_column, sa.String)
    on = day.isoformat()
    return sa.and_(
        sa.or_(since.is_(None), since <= on),
        sa.or_(until.is_(None), until.concat("~") >= on),
    )


def active_when(
    since_column: sa.SQLColumnExpression[PartialDate | None],
    until_column: sa.SQLColumnExpression[PartialDate | None],
    when_column: sa.SQLColumnExpression[PartialDate | None],
) -> sa.ColumnElement[bool]:
    """Tell in SQL whether something may have lasted at the date of another column."""
    # As in ``active_on``: what happened in 2018 may have been on any of its days.
    since = sa.type_coerce(since_column, sa.String)
    until = sa.type_coerce(until_column, sa.String)
    when = sa.type_coerce(when_column, sa.String)
    return sa.and_(
        sa.or_(since.is_(None), since <= when.concat("~")),
        sa.or_(until.is_(None), until.concat("~") >= when),
    )


def begun_between(
    column: sa.SQLColumnExpression[PartialDate | None], after: date, until: date
) -> sa.ColumnElement[bool]:
    """Tell in SQL whether what begins on a date counts on the second day and not on the first."""
    text = sa.type_coerce(column, sa.String)
    return sa.and_(text > after.isoformat(), text <= until.isoformat())


def ended_between(
    column: sa.SQLColumnExpression[PartialDate | None], after: date, until: date
) -> sa.ColumnElement[bool]:
    """Tell in SQL whether what ends on a date counts on the first day and not on the second."""
    text = sa.type_coerce(column, sa.String).concat("~")
    return sa.and_(text >= after.isoformat(), text < until.isoformat())


_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@lru_cache(maxsize=4096)
def _parse_iso(text: str) -> PartialDate:
    found = _ISO.fullmatch(text)
    if found is None:
        raise InvalidPartialDate("not an ISO 8601 date")
    year, month, day = found.groups()
    return PartialDate(int(year), int(month) if month else None, int(day) if day else None)


LONGEST = 60
"""Nobody types a longer date."""

_MONTHS = {
    word: number
    for number, words in enumerate(
        (
            "janvier janv january jan",
            "fevrier fevr fev february feb",
            "mars march mar",
            "avril avr april apr",
            "mai may",
            "juin june jun",
            "juillet juil july jul",
            "aout august aug",
            "septembre september sept sep",
            "octobre october oct",
            "novembre november nov",
            "decembre december dec",
        ),
        start=1,
    )
    for word in words.split()
}
_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            "lundi monday",
            "mardi tuesday",
            "mercredi wednesday",
            "jeudi thursday",
            "vendredi friday",
            "samedi saturday",
            "dimanche sunday",
        )
    )
    for word in words.split()
}
# Only before a date: "mar" alone may be a Tuesday or the month of March.
_SHORT_WEEKDAYS = {
    word: number
    for number, words in enumerate(
        (
            "lun mon",
            "mar tue tues",
            "mer wed",
            "jeu thu thur thurs",
            "ven fri",
            "sam sat",
            "dim sun",
        )
    )
    for word in words.split()
}
_DAYS_AWAY = {
    "avant-hier": -2,
    "avant hier": -2,
    "day before yesterday": -2,
    "hier": -1,
    "yesterday": -1,
    "aujourd'hui": 0,
    "aujourdhui": 0,
    "today": 0,
    "demain": 1,
    "tomorrow": 1,
    "apres-demain": 2,
    "apres demain": 2,
    "day after tomorrow": 2,
}

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_SAME_SIGN = str.maketrans(dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys(_DASHES, "-"))
_ACCENT = re.compile("[\u0300-\u036f]+")
_COMMA_OR_ABBREVIATION = re.compile(r",|(?<=[a-z])\.")
_SPACED_SIGN = re.compile(r" ?([-/.]) ?")
_LEADING_WORD = re.compile(r"^(?:le|en|on|in|the) ")

_DAY = r"(?P<day>[0-9]{1,2})"
_ORDINAL = rf"{_DAY}(?: ?er|st|nd|rd|th)?"
_MONTH = r"(?P<month>[0-9]{1,2})"
_NAME = r"(?P<name>[a-z]{3,9})"
_YEAR = r"(?P<year>[0-9]{4})"
_FORMS = tuple(
    re.compile(form)
    for form in (
        _YEAR,
        rf"{_YEAR}(?P<sign>[-/.]){_MONTH}(?:(?P=sign){_DAY})?",
        rf"{_MONTH}[-/. ]{_YEAR}",
        rf"{_DAY}(?P<sign>[-/. ]){_MONTH}(?P=sign)(?:{_YEAR}|(?P<short_year>[0-9]{{2}}))",
        rf"{_DAY}[/.]{_MONTH}",
        rf"{_NAME}[-/ ]{_YEAR}",
        rf"{_ORDINAL}[-/. ]?{_NAME}(?:[-/ ]?(?:{_YEAR}|(?P<short_year>[0-9]{{2}})))?",
        rf"{_NAME} {_ORDINAL} {_YEAR}",
    )
)


def _parse_typed(text: str, today: date) -> PartialDate:
    words = _LEADING_WORD.sub("", _normalise(text))
    if words in _DAYS_AWAY:
        return PartialDate.of(today + timedelta(days=_DAYS_AWAY[words]))
    if words in _WEEKDAYS:
        return PartialDate.of(today - timedelta(days=(today.weekday() - _WEEKDAYS[words]) % 7))
    first, _space, rest = words.partition(" ")
    weekday = _WEEKDAYS.get(first, _SHORT_WEEKDAYS.get(first))
    if weekday is not None:
        try:
            found = _parse_forms(rest, today)
        except InvalidPartialDate:
            pass  # "mar 2020" is a month.
        else:
            if found.day is not None:
                if found.first_day.weekday() != weekday:
                    raise InvalidPartialDate("the weekday is not the one of the date")
                return found
    return _parse_forms(words, today)


def _normalise(text: str) -> str:
    # Before anything else, so that a megabyte costs nothing.
    if len(text) > LONGEST:
        raise InvalidPartialDate("too long for a date")
    if any(character.isnumeric() and not character.isascii() for character in text):
        raise InvalidPartialDate("dates are written with the digits 0 to 9")
    # Signs first: decomposing takes a lone accent, typed as an apostrophe, for an accented space.
    text = unicodedata.normalize("NFKD", text.translate(_SAME_SIGN)).casefold()
    text = _COMMA_OR_ABBREVIATION.sub(" ", _ACCENT.sub("", text))
    return _SPACED_SIGN.sub(r"\1", " ".join(text.split()))


def _parse_forms(words: str, today: date) -> PartialDate:
    for form in _FORMS:
        found = form.fullmatch(words)
        if found is None:
            continue
        parts = found.groupdict()
        if "name" in parts:
            month = _MONTHS.get(parts["name"])
            if month is None:
                break
        else:
            month = int(parts["month"]) if parts.get("month") else None
        day = int(parts["day"]) if parts.get("day") else None
        return PartialDate(_year(parts.get("year"), parts.get("short_year"), today), month, day)
    raise InvalidPartialDate("not a date")


def _year(year: str | None, short_year: str | None, today: date) -> int:
    if year is not None:
        return int(year)
    if short_year is None:
        return today.year
    # "26" is 2026 and "81" is 1981: people write of the past, and plan a few years ahead.
    full = today.year - today.year % 100 + int(short_year)
    return full if full <= today.year + 20 else full - 100


def _days_in(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _language(locale: str) -> str:
    return "fr" if locale.startswith("fr") else "en_GB"


def _ordinal(day: int, language: str) -> str:
    return "1er" if day == 1 and language == "fr" else str(day)


# French says "depuis le 9 novembre" of a day but "depuis novembre" of a month: two messages each.
def _since(since: PartialDate, locale: str) -> str:
    words = since.format(locale, "long")
    said: str = _("since %(day)s", day=words) if since.day else _("since %(period)s", period=words)
    return said


def _until(until: PartialDate, locale: str) -> str:
    words = until.format(locale, "long")
    said: str = _("until %(day)s", day=words) if until.day else _("until %(period)s", period=words)
    return said

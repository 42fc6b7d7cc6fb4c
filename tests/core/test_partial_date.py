"""Partial dates are read, shown, ordered, compared and stored without a made-up part."""

import copy
import pickle
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import Babel, force_locale
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.schema import CreateTable

from crm.core.partial_date import (
    InvalidPartialDate,
    PartialDate,
    PartialDateType,
    Precision,
    active_on,
    covers,
    format_range,
)

TODAY = date(2026, 11, 25)  # A Wednesday.

days = st.dates(date(1000, 1, 1), date(2999, 12, 31))
near_days = st.dates(date(2007, 12, 1), date(2009, 1, 31))


@st.composite
def partial_dates(draw: st.DrawFn, days: st.SearchStrategy[date] = days) -> PartialDate:
    """Draw a year, a month or a day."""
    day = draw(days)
    return draw(
        st.sampled_from(
            [PartialDate(day.year), PartialDate(day.year, day.month), PartialDate.of(day)]
        )
    )


def iso(text: str) -> PartialDate:
    """Shorten what most tests start from."""
    return PartialDate.parse_iso(text)


class TestValue:
    """What a partial date is."""

    @pytest.mark.parametrize(
        ("text", "precision", "first", "last"),
        [
            ("1981", Precision.YEAR, date(1981, 1, 1), date(1981, 12, 31)),
            ("2008-02", Precision.MONTH, date(2008, 2, 1), date(2008, 2, 29)),
            ("2020-11-09", Precision.DAY, date(2020, 11, 9), date(2020, 11, 9)),
        ],
    )
    def test_a_date_knows_its_precision_and_limits(
        self, text: str, precision: Precision, first: date, last: date
    ) -> None:
        found = iso(text)
        assert str(found) == text
        assert found.precision is precision
        assert (found.first_day, found.last_day) == (first, last)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "0999",
            "3000",
            "81",
            "2008-9",
            "2008-13",
            "2008-00",
            "2021-02-29",
            "2008-09-00",
            "20080909",
            "2008-09-09T00:00",
            " 2008",
            "2008\n",
            "２００８",
            "-2008",
            "2008-",
        ],
    )
    def test_only_iso_text_is_read_as_iso_text(self, text: str) -> None:
        with pytest.raises(InvalidPartialDate):
            iso(text)

    @pytest.mark.parametrize("parts", [(999,), (3000,), (2008, None, 1), (2008, 13), (2021, 2, 29)])
    def test_what_is_not_in_the_calendar_cannot_be_made(self, parts: tuple[int, ...]) -> None:
        with pytest.raises(InvalidPartialDate):
            PartialDate(*parts)

    @given(partial_dates())
    def test_the_iso_text_is_read_back(self, found: PartialDate) -> None:
        assert iso(str(found)) == found
        assert hash(iso(str(found))) == hash(found)

    @given(days)
    def test_a_full_day_is_that_day(self, day: date) -> None:
        found = PartialDate.of(day)
        assert str(found) == day.isoformat()
        assert found.first_day == found.last_day == day

    @given(partial_dates(near_days), near_days)
    def test_a_date_contains_the_days_between_its_limits(
        self, found: PartialDate, day: date
    ) -> None:
        assert found.contains(day) == (found.first_day <= day <= found.last_day)

    def test_a_date_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            iso("1981").year = 1982  # type: ignore[misc]

    def test_a_date_can_be_copied_and_pickled(self) -> None:
        found = iso("2008-09")
        assert copy.deepcopy(found) == found
        assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - written one step before


class TestOrder:
    """How dates sort."""

    def test_a_year_comes_before_its_months_and_a_month_before_its_days(self) -> None:
        ordered = ["2007-12-31", "2008", "2008-01", "2008-09", "2008-09-01", "2008-10", "2009"]
        assert [str(found) for found in sorted(map(iso, reversed(ordered)))] == ordered

    @given(partial_dates(near_days), partial_dates(near_days), partial_dates(near_days))
    def test_the_order_is_total(self, a: PartialDate, b: PartialDate, c: PartialDate) -> None:
        assert (a < b) + (a == b) + (a > b) == 1
        assert (a <= b) == (not a > b)
        assert not a < b < c or a < c

    @given(partial_dates(near_days), partial_dates(near_days))
    def test_the_order_is_the_one_of_the_text(self, a: PartialDate, b: PartialDate) -> None:
        assert (a < b) == (str(a) < str(b))

    @given(partial_dates(), partial_dates())
    def test_dates_of_one_precision_are_ordered_by_their_first_day(
        self, a: PartialDate, b: PartialDate
    ) -> None:
        if a.precision is b.precision:
            assert (a < b) == (a.first_day < b.first_day)

    @given(st.lists(partial_dates(near_days)))
    def test_sorting_never_goes_back_in_time(self, dates: list[PartialDate]) -> None:
        assert all(a.first_day <= b.first_day for a, b in pairwise(sorted(dates)))

    @given(partial_dates(near_days), near_days)
    def test_the_latest_text_lies_between_the_last_day_and_the_next(
        self, found: PartialDate, day: date
    ) -> None:
        assert (found.latest_text >= day.isoformat()) == (day <= found.last_day)

    def test_a_date_is_not_compared_with_a_text(self) -> None:
        assert iso("2008") != "2008"
        with pytest.raises(TypeError):
            assert iso("2008") < "2009"  # type: ignore[operator]


class TestFormat:
    """What a person reads."""

    @pytest.mark.parametrize(
        ("text", "style", "french", "english"),
        [
            ("1981", "normal", "1981", "1981"),
            ("1981", "dense", "1981", "1981"),
            ("1981", "long", "1981", "1981"),
            ("2008-09", "normal", "septembre 2008", "September 2008"),
            ("2008-09", "dense", "09/2008", "09/2008"),
            ("2008-09", "long", "septembre 2008", "September 2008"),
            ("2020-11-09", "normal", "lun. 9 nov. 2020", "Mon, 9 Nov 2020"),
            ("2020-11-09", "dense", "09/11/2020", "09/11/2020"),
            ("2020-11-09", "long", "9 novembre 2020", "9 November 2020"),
            ("2020-03-01", "long", "1er mars 2020", "1 March 2020"),
        ],
    )
    def test_a_date_is_shown_as_far_as_it_is_known(
        self, text: str, style: str, french: str, english: str
    ) -> None:
        assert iso(text).format("fr", style) == french  # type: ignore[arg-type]
        assert iso(text).format("en", style) == english  # type: ignore[arg-type]

    def test_a_locale_with_a_country_is_understood(self) -> None:
        assert iso("2020-11-09").format("fr_FR") == "lun. 9 nov. 2020"
        assert iso("2020-11-09").format("en_GB") == "Mon, 9 Nov 2020"


@pytest.fixture(params=["fr", "en"])
def locale(request: pytest.FixtureRequest) -> str:
    """Name each language in turn."""
    return str(request.param)


class TestParse:
    """What people type."""

    @pytest.mark.parametrize(
        ("typed", "expected"),
        [
            ("1981", "1981"),
            ("2008-09", "2008-09"),
            ("2008-9", "2008-09"),
            ("2008/09", "2008-09"),
            ("09/2008", "2008-09"),
            ("9/2008", "2008-09"),
            ("9.2008", "2008-09"),
            ("sept. 2008", "2008-09"),
            ("sept 2008", "2008-09"),
            ("septembre 2008", "2008-09"),
            ("Septembre  2008 ", "2008-09"),
            ("September 2008", "2008-09"),
            ("in September 2008", "2008-09"),
            ("en 2008", "2008"),
            ("AOÛT 2019", "2019-08"),
            ("aout 2019", "2019-08"),
            ("aou\u0302t 2019", "2019-08"),
            ("févr. 2019", "2019-02"),
            ("déc. 2019", "2019-12"),
            ("mar 2020", "2020-03"),
            ("23/11/2026", "2026-11-23"),
            ("23.11.2026", "2026-11-23"),
            ("23-11-2026", "2026-11-23"),
            ("23–11–2026", "2026-11-23"),
            ("23 / 11 / 2026", "2026-11-23"),
            ("23 11 2026", "2026-11-23"),
            ("3/1/2026", "2026-01-03"),
            ("23.11.26", "2026-11-23"),
            ("23/11/81", "1981-11-23"),
            ("23/11/46", "2046-11-23"),
            ("23/11/47", "1947-11-23"),
            ("23/11", "2026-11-23"),
            ("31/12", "2026-12-31"),
            ("1.2", "2026-02-01"),
            ("2026-11-23", "2026-11-23"),
            ("2026/11/23", "2026-11-23"),
            ("23 novembre 2026", "2026-11-23"),
            ("23\u202fnovembre\u00a02026", "2026-11-23"),
            ("le 23 novembre 2026", "2026-11-23"),
            ("lundi 23 novembre 2026", "2026-11-23"),
            ("le lundi 23 novembre", "2026-11-23"),
            ("Monday, 23 November 2026", "2026-11-23"),
            ("Mon 23/11", "2026-11-23"),
            ("mar. 24 nov. 2026", "2026-11-24"),
            ("23 nov. 26", "2026-11-23"),
            ("23-nov-2026", "2026-11-23"),
            ("23 novembre", "2026-11-23"),
            ("Nov 23 2026", "2026-11-23"),
            ("Nov. 23, 2026", "2026-11-23"),
            ("November 23rd, 2026", "2026-11-23"),
            ("23rd November 2026", "2026-11-23"),
            ("1er mars 2020", "2020-03-01"),
            ("1ᵉʳ mars 2020", "2020-03-01"),
            ("1er avril", "2026-04-01"),
            ("29/02/2024", "2024-02-29"),
            ("hier", "2026-11-24"),
            ("Yesterday", "2026-11-24"),
            ("avant-hier", "2026-11-23"),
            ("avant hier", "2026-11-23"),
            ("the day before yesterday", "2026-11-23"),
            ("aujourd'hui", "2026-11-25"),
            ("Aujourd’hui", "2026-11-25"),
            ("aujourdʼhui", "2026-11-25"),
            ("aujourd´hui", "2026-11-25"),
            ("aujourdhui", "2026-11-25"),
            (" TODAY ", "2026-11-25"),
            ("demain", "2026-11-26"),
            ("tomorrow", "2026-11-26"),
            ("après-demain", "2026-11-27"),
            ("mercredi", "2026-11-25"),
            ("Wednesday", "2026-11-25"),
            ("jeudi", "2026-11-19"),
            ("Thursday", "2026-11-19"),
            ("mardi", "2026-11-24"),
            ("LUNDI", "2026-11-23"),
            ("on Sunday", "2026-11-22"),
        ],
    )
    def test_what_people_type_is_understood(self, typed: str, expected: str) -> None:
        assert str(PartialDate.parse(typed, TODAY)) == expected

    @pytest.mark.parametrize(
        "typed",
        [
            "",
            "   ",
            "0999",
            "3000",
            "81",
            "13/2008",
            "2008-13",
            "00/2008",
            "30/02/2024",
            "29/02/2023",
            "29/02",  # Not in 2026.
            "31 avril 2020",
            "11/23/2026",
            "11/26",
            "23-11",
            "08-09",
            "23/11-2026",
            "23/11/026",
            "nov 23",  # The 23rd, or 2023?
            "novembre",
            "brumaire 2008",
            "sextembre 2008",
            "mardi 23 novembre 2026",  # A Monday.
            "lundi 2026",
            "32 mars 2020",
            "2008-09-09-09",
            "2008 ou 2009",
            "2008–2016",
            "vers 2008",
            "rien",
            "12:30",
            "²⁰²⁰",
            "２０２０",
            "٢٠٢٠",
            "२०२०",
            "1२/11/2026",
            "Ⅻ 2008",
            "2008\x00",
            "'; DROP TABLE records; --",
            "\ud800",
        ],
    )
    def test_what_is_no_date_is_refused(self, typed: str) -> None:
        with pytest.raises(InvalidPartialDate):
            PartialDate.parse(typed, TODAY)

    @pytest.mark.parametrize("megabyte", ["1" * 10**6, " " * 10**6 + "2008", "lundi " * 200_000])
    def test_a_megabyte_is_refused_at_once(self, megabyte: str) -> None:
        start = time.perf_counter()
        with pytest.raises(InvalidPartialDate):
            PartialDate.parse(megabyte, TODAY)
        assert time.perf_counter() - start < 0.1

    @given(st.text(st.characters(exclude_categories=()), max_size=70))
    def test_no_text_does_worse_than_being_refused(self, typed: str) -> None:
        with suppress(InvalidPartialDate):
            PartialDate.parse(typed, TODAY)

    @given(st.text("0123456789/-. ,'’ehirlundmarsovtp", max_size=20))
    def test_no_text_that_looks_like_a_date_does_worse_than_being_refused(self, typed: str) -> None:
        try:
            found = PartialDate.parse(typed, TODAY)
        except InvalidPartialDate:
            return
        assert iso(str(found)) == found

    @given(
        partial_dates(), st.sampled_from(["fr", "en"]), st.sampled_from(["dense", "normal", "long"])
    )
    def test_what_is_shown_can_be_typed(self, found: PartialDate, locale: str, style: str) -> None:
        assert PartialDate.parse(found.format(locale, style), TODAY) == found  # type: ignore[arg-type]

    @given(partial_dates())
    def test_the_iso_text_can_be_typed(self, found: PartialDate) -> None:
        assert PartialDate.parse(str(found), TODAY) == found

    def test_every_month_and_weekday_can_be_typed_as_shown(self, locale: str) -> None:
        for offset in range(366):
            found = PartialDate.of(date(2024, 1, 1) + timedelta(days=offset))
            assert PartialDate.parse(found.format(locale), TODAY) == found

    @given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
    def test_a_weekday_is_the_last_one_today_included(self, today: date) -> None:
        found = PartialDate.parse("lundi", today).first_day
        assert found.weekday() == 0
        assert timedelta(0) <= today - found < timedelta(days=7)


@pytest.fixture(scope="module")
def app() -> Iterator[Flask]:
    """Give messages a place to be translated in."""
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        yield app


class TestRange:
    """A period in words."""

    @pytest.mark.parametrize(
        ("since", "until", "french", "english"),
        [
            ("2008", "2016", "2008–2016", "2008–2016"),
            ("2008", "2008", "2008", "2008"),
            ("2008-09", "2008-09", "septembre 2008", "September 2008"),
            ("2008-09", "2016", "septembre 2008 – 2016", "September 2008 – 2016"),
            ("2026-11-23", "2026-11-25", "23–25 novembre 2026", "23–25 November 2026"),
            ("2026-03-01", "2026-03-03", "1er–3 mars 2026", "1–3 March 2026"),
            ("2026-11-23", "2026-11-23", "23 novembre 2026", "23 November 2026"),
            (
                "2020-11-09",
                "2021-03-01",
                "9 novembre 2020 – 1er mars 2021",
                "9 November 2020 – 1 March 2021",
            ),
        ],
    )
    def test_a_period_with_both_ends_needs_no_words(
        self, since: str, until: str, french: str, english: str
    ) -> None:
        assert format_range(iso(since), iso(until), "fr") == french
        assert format_range(iso(since), iso(until), "en") == english

    @pytest.mark.parametrize(
        ("since", "until", "english"),
        [
            ("1981", None, "since 1981"),
            ("2008-09", None, "since September 2008"),
            ("2020-11-09", None, "since 9 November 2020"),
            (None, "2016", "until 2016"),
            (None, "2016-03", "until March 2016"),
            (None, "2016-03-01", "until 1 March 2016"),
            (None, None, "date not stated"),
        ],
    )
    def test_an_open_period_says_which_end_is_known(
        self, app: Flask, since: str | None, until: str | None, english: str
    ) -> None:
        with force_locale("en"):
            assert (
                format_range(iso(since) if since else None, iso(until) if until else None, "en")
                == english
            )


class Base(DeclarativeBase):
    """Tables of these tests only."""

    type_annotation_map = {PartialDate: PartialDateType()}  # noqa: RUF012 - SQLAlchemy's own


class Stay(Base):
    """A period."""

    __tablename__ = "stays"

    id: Mapped[int] = mapped_column(primary_key=True)
    since: Mapped[PartialDate | None]
    until: Mapped[PartialDate | None]


@pytest.fixture(scope="module")
def connection() -> Iterator[sa.Connection]:
    """Open a database in memory."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        Base.metadata.create_all(connection)
        yield connection
    engine.dispose()


class TestStorage:
    """What the database keeps and answers."""

    def test_the_text_is_stored_and_read_back(self, connection: sa.Connection) -> None:
        with connection.begin_nested() as transaction:
            connection.execute(sa.insert(Stay).values(since=iso("2008-09"), until=None))
            row = connection.execute(sa.select(Stay.since, Stay.until)).one()
            stored = connection.execute(sa.text("SELECT since, until FROM stays")).one()
            transaction.rollback()
        assert row == (iso("2008-09"), None)
        assert stored == ("2008-09", None)

    def test_a_column_is_compared_with_a_date(self, connection: sa.Connection) -> None:
        value = sa.literal(iso("2008-09"), PartialDateType())
        query = sa.select(value == iso("2008-09"), value > iso("2008"), value < iso("2008-09-01"))
        assert connection.execute(query).one() == (True, True, True)

    def test_the_text_sorts_byte_by_byte_on_postgresql(self) -> None:
        table = Stay.__table__
        on_postgresql = str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[arg-type]
        on_sqlite = str(CreateTable(table).compile(dialect=sqlite.dialect()))  # type: ignore[arg-type]
        assert 'since VARCHAR(10) COLLATE "C"' in on_postgresql
        assert "since VARCHAR(10)," in on_sqlite

    def test_the_type_says_what_its_values_are(self) -> None:
        assert Stay.__table__.c.since.type.python_type is PartialDate

    @given(
        st.none() | partial_dates(near_days),
        st.none() | partial_dates(near_days),
        near_days,
    )
    def test_the_database_and_python_agree_on_what_is_active(
        self,
        connection: sa.Connection,
        since: PartialDate | None,
        until: PartialDate | None,
        day: date,
    ) -> None:
        with connection.begin_nested() as transaction:
            connection.execute(sa.insert(Stay).values(since=since, until=until))
            query = sa.select(sa.func.count()).where(active_on(Stay.since, Stay.until, day))
            found = connection.scalar(query)
            transaction.rollback()
        assert bool(found) == covers(since, until, day)

    @pytest.mark.parametrize(
        ("since", "until", "day", "active"),
        [
            (None, "2024-03-31", date(2024, 3, 31), True),
            (None, "2024-03-31", date(2024, 4, 1), False),
            (None, "2024-03", date(2024, 3, 31), True),
            (None, "2024-03", date(2024, 4, 1), False),
            (None, "2024", date(2024, 12, 31), True),
            (None, "2024", date(2025, 1, 1), False),
            ("2024", None, date(2024, 1, 1), True),
            ("2024", None, date(2023, 12, 31), False),
            ("2024-03", None, date(2024, 3, 1), True),
            (None, None, date(1, 1, 1), True),
        ],
    )
    def test_a_period_is_active_from_its_first_day_to_its_last(
        self, since: str | None, until: str | None, day: date, active: bool
    ) -> None:
        assert covers(iso(since) if since else None, iso(until) if until else None, day) is active

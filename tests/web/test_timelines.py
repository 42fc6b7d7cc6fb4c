"""Bars over time: where each begins and ends, and what is not known."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crm.core.partial_date import FIRST_YEAR, LAST_YEAR, PartialDate
from crm.web.timelines import Span, timeline

TODAY = date(2026, 11, 26)
years = st.integers(FIRST_YEAR, LAST_YEAR).map(PartialDate)
dates = st.one_of(
    st.none(),
    years,
    st.dates(date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)).map(PartialDate.of),
)


def drawn(*spans):
    return timeline("Title", spans, today=TODAY)


def test_a_year_is_drawn_from_its_first_day_to_its_last():
    chart = drawn(Span("One year", PartialDate(2026), PartialDate(2026)))
    (span,) = chart.spans
    assert (span.left, span.width) == (0, 100)
    assert not span.opens
    assert not span.goes_on


def test_a_half_year_is_half_as_wide():
    chart = drawn(
        Span("First half", PartialDate(2026), PartialDate(2026, 6)),
        Span("Second half", PartialDate(2026, 7), PartialDate(2026)),
    )
    first, second = chart.spans
    assert abs(first.width - 50) < 1
    assert abs(second.left - first.width) < 0.1


def test_what_goes_on_is_drawn_to_the_end_and_marked():
    chart = drawn(
        Span("Goes on", PartialDate(2020), None),
        Span("Ended", PartialDate(2020), PartialDate(2021)),
    )
    going, ended = chart.spans
    assert going.goes_on
    assert going.width == 100
    assert not ended.goes_on
    assert 0 < chart.today < 100


def test_a_moment_is_thin_but_seen():
    chart = drawn(
        Span("Years", PartialDate(2000), PartialDate(2020)),
        Span("Day", None, PartialDate(2010, 6, 1), is_moment=True),
    )
    assert 0 < chart.spans[1].width < 1
    assert 45 < chart.spans[1].left < 55


def test_what_has_no_date_is_not_drawn():
    assert drawn(Span("Unknown", None, None)) is None
    assert (
        len(drawn(Span("Unknown", None, None), Span("Known", PartialDate(2020), None)).spans) == 1
    )


def test_a_start_after_the_end_is_drawn_without_failing():
    (span,) = drawn(Span("Wrong", PartialDate(2011), PartialDate(2010))).spans
    assert 0 <= span.left <= 100


@given(st.lists(st.tuples(dates, dates, st.booleans()), min_size=1, max_size=6))
def test_whatever_the_dates_everything_stays_inside_the_drawing(rows):
    chart = drawn(*(Span("x", start, end, is_moment=moment) for start, end, moment in rows))
    if chart is None:
        return
    assert 1 <= len(chart.ticks) <= 10
    for span in chart.spans:
        assert 0 <= span.left <= 100
        assert span.width >= 0
    for tick in chart.ticks:
        assert 0 <= tick.left <= 100

"""Bars: none longer than the drawing, none lost."""

from hypothesis import given
from hypothesis import strategies as st

from crm.web.charts import (
    LINE_TOP,
    MOST_BARS,
    ROW_HEIGHT,
    WIDEST,
    WORDED_WIDEST,
    Bar,
    Point,
    bar_chart,
    line_chart,
    paired_bars,
)

BARS = st.lists(st.builds(Bar, st.text(max_size=5), st.integers(0, 10**6)), max_size=30)


@given(BARS)
def test_bars_stand_below_each_other_and_the_longest_fits(bars):
    chart = bar_chart("Most: one", bars, "Others")
    assert [each.top for each in chart.bars] == [n * ROW_HEIGHT for n in range(len(chart.bars))]
    assert all(0 <= each.width <= WIDEST for each in chart.bars)
    assert chart.height == ROW_HEIGHT * len(chart.bars)


@given(BARS)
def test_those_without_room_are_one_bar_and_the_sum_stays(bars):
    chart = bar_chart("Most: one", bars, "Others")
    assert len(chart.bars) == min(len(bars), MOST_BARS)
    assert sum(each.bar.value for each in chart.bars) == sum(each.value for each in bars)
    if len(bars) > MOST_BARS:
        assert chart.bars[-1].bar.label == "Others"


def test_a_chart_that_leads_somewhere_is_more_than_an_image():
    assert not bar_chart("Most: one", [Bar("one", 1)], "Others").has_links
    assert bar_chart("Most: one", [Bar("one", 1, "/one")], "Others").has_links


def test_bars_that_belong_together_have_one_label_and_each_its_place():
    chart = paired_bars("Two", [Bar("one", 4, words="4 asked"), Bar("one", 1, is_joined=True)])
    first, second = chart.bars
    assert second.top == first.top + first.height
    assert first.bar_top + 14 <= second.bar_top
    assert chart.height == first.height + second.height
    assert first.width == 4 * second.width == WORDED_WIDEST


@given(st.lists(st.integers(0, 10**6), max_size=12))
def test_a_line_begins_at_nothing_and_stays_in_its_drawing(values):
    chart = line_chart("Line", [Point("Q", "", value) for value in values])
    assert len(chart.points) == len(values)
    assert len(chart.pieces) == max(len(values) - 1, 0)
    for each in chart.points:
        assert 0 <= each.left <= each.x <= 100
        assert LINE_TOP <= each.y <= chart.base < chart.height
        assert each.point.value or each.y == chart.base

"""Where the bars, axes and lines of a chart go."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consumption.charts import (
    ALONE,
    APART,
    BASE,
    ROOF,
    TOGETHER,
    TOP,
    ChartBar,
    Mark,
    columns,
    draw,
    nice_step,
)
from portal.kit.energy import Energy, from_kwh

ENERGY = st.integers(-(10**15), 10**15).map(Energy)
CONSUMED = st.integers(0, 10**15).map(Energy)


def bars_of(energies):
    return st.builds(
        ChartBar, now=st.none() | energies, then=st.none() | energies, mark=st.sampled_from(Mark), rest=st.booleans()
    )


BARS = st.lists(bars_of(ENERGY), min_size=1, max_size=31)


def kwh(*values):
    return [ChartBar(from_kwh(Decimal(value))) for value in values]


def slots(chart):
    """The targets of now and then, slot by slot."""
    return zip(chart.now, chart.then, strict=True)


def shapes(chart):
    for slot in slots(chart):
        for target in filter(None, slot):
            yield from (*target.above, *target.below)


def edges(chart, shape):
    """From where to where a shape goes, in pixels of the plot, without what its clip hides."""
    if shape.sunk:
        return chart.zero, chart.zero + shape.y + shape.height
    return shape.y, shape.y + shape.height - 6


@given(BARS, st.sampled_from([ALONE, TOGETHER, APART]))
def test_every_bar_is_inside_the_plot_and_stands_on_zero(bars, layout):
    chart = draw(bars, layout)
    for shape in shapes(chart):
        top, bottom = edges(chart, shape)
        assert TOP - 52 <= top <= bottom + 0.02
        assert bottom <= BASE + 0.05
        assert (top if shape.sunk else bottom) == pytest.approx(chart.zero, abs=0.03)
        assert shape.x >= 0
        assert shape.x + shape.width <= 100.01


@given(st.lists(bars_of(CONSUMED), min_size=1, max_size=31), st.sampled_from([ALONE, TOGETHER, APART]))
def test_what_is_only_consumed_stays_between_the_roof_and_the_base(bars, layout):
    chart = draw(bars, layout)
    assert chart.zero == BASE
    for shape in shapes(chart):
        top, bottom = edges(chart, shape)
        assert ROOF - 0.02 <= top <= bottom + 0.02
        assert bottom == pytest.approx(BASE, abs=0.02)


@given(BARS)
def test_the_axis_covers_every_value_and_has_few_steps(bars):
    chart = draw(bars, TOGETHER)
    size = 1_000_000 if chart.unit == "kWh" else 1_000_000_000
    values = [e.milliwatt_hours for bar in bars for e in (bar.now, bar.then) if e is not None]
    figures = [tick.value * size for tick in chart.ticks]
    assert min(figures) <= min([0, *values])
    assert max(figures) >= max([0, *values])
    assert 0 in figures
    assert 2 <= len(figures) <= 8
    assert figures == sorted(figures)


@given(st.lists(st.integers(1, 10**12).map(Energy), min_size=2, max_size=31))
def test_heights_are_in_proportion(energies):
    """So the bars together are as tall as their sum would be on the same scale."""
    chart = draw([ChartBar(energy) for energy in energies], ALONE)
    heights = [shape.height - 6 for shape in shapes(chart)]
    top = chart.ticks[-1]
    size = 1_000_000 if chart.unit == "kWh" else 1_000_000_000
    px = (BASE - top.y) / float(top.value * size)
    assert sum(heights) == pytest.approx(sum(e.milliwatt_hours for e in energies) * px, abs=0.02 * len(energies))


@given(BARS)
def test_targets_never_overlap(bars):
    for layout in (TOGETHER, APART):
        at = 0.0
        for now, then in slots(draw(bars, layout)):
            for target in filter(None, (then, now)):
                assert target.x >= at - 1e-9
                at = target.x + target.width
        assert at <= 100.01


@pytest.mark.parametrize(
    ("layout", "count", "canvas_rem"), [(TOGETHER, 31, 54), (TOGETHER, 25, 45), (APART, 12, 45), (ALONE, 31, 54)]
)
def test_every_target_is_24_pixels_wide_where_the_canvas_is_narrowest(layout, count, canvas_rem):
    bars = [ChartBar(Energy(1), Energy(1))] * count
    for slot in slots(draw(bars, layout)):
        for target in filter(None, slot):
            assert target.width / 100 * canvas_rem * 16 >= 24


@pytest.mark.parametrize(
    ("span", "most", "step"),
    [("25", 5, "5"), ("26", 5, "10"), ("12.5", 5, "2.5"), ("1", 5, "0.2"), ("0.9", 3, "0.5"), ("640", 5, "200")],
)
def test_steps_are_numbers_that_people_count_with(span, most, step):
    assert nice_step(Decimal(span), most) == Decimal(step)


@pytest.mark.parametrize(
    ("values", "figures", "digits", "unit"),
    [
        (["21.7", "14"], ["0", "5", "10", "15", "20", "25"], 0, "kWh"),
        (["2.09"], ["0", "0.5", "1", "1.5", "2", "2.5"], 1, "kWh"),
        (["0.001"], ["0", "0.0002", "0.0004", "0.0006", "0.0008", "0.001"], 4, "kWh"),
        (["0"], ["0", "0.2", "0.4", "0.6", "0.8", "1"], 1, "kWh"),
        (["12500"], ["0", "2.5", "5", "7.5", "10", "12.5"], 1, "MWh"),
        (["0.9", "-1.86"], ["-2", "-1", "0", "1"], 0, "kWh"),
    ],
)
def test_the_axis_reads_well(values, figures, digits, unit):
    chart = draw(kwh(*values), ALONE)
    assert [tick.value for tick in chart.ticks] == [Decimal(figure) for figure in figures]
    assert {tick.digits for tick in chart.ticks if tick.value} == {digits}
    assert {tick.digits for tick in chart.ticks if not tick.value} == {0}
    assert chart.unit == unit


def test_what_is_below_zero_hangs_from_it():
    chart = draw(kwh("1", "-1"), ALONE)
    rising, hanging = chart.now
    assert [shape.kind for shape in rising.above] == ["now"]
    assert [shape.kind for shape in hanging.below] == ["sold"]
    assert not hanging.above
    assert chart.zero + chart.under_zero == BASE


@pytest.mark.parametrize(
    ("bar", "kinds", "sign"),
    [
        (ChartBar(Energy(5), Energy(7)), ["then", "now"], None),
        (ChartBar(Energy(5), Energy(7), Mark.ESTIMATED), ["then", "est"], None),
        (ChartBar(Energy(5), Energy(7), Mark.REVISED), ["then", "now"], Mark.REVISED),
        (ChartBar(Energy(5), Energy(7), Mark.PARTLY), ["then", "now"], Mark.PARTLY),
        (ChartBar(None, Energy(7), Mark.MISSING), ["then", "gap"], Mark.MISSING),
        (ChartBar(Energy(0), Energy(7), Mark.MISSING), ["then", "gap"], Mark.MISSING),
        (ChartBar(None, Energy(7), Mark.AHEAD), ["then"], None),
        (ChartBar(None, None, Mark.AHEAD), [], None),
    ],
)
def test_each_mark_has_a_form_of_its_own(bar, kinds, sign):
    (target,) = draw([bar], TOGETHER).now
    assert [shape.kind for shape in target.above] == kinds
    assert (bar.mark if target.sign else None) == sign


def test_a_slot_with_two_links_has_a_target_for_each():
    both, only_now = slots(draw([ChartBar(Energy(1), Energy(1)), ChartBar(Energy(1))], APART))
    assert [[shape.kind for shape in target.above] for target in both] == [["now"], ["then"]]
    assert only_now[1] is None


def test_neighbouring_days_of_rest_make_one_band():
    chart = draw([ChartBar(Energy(1), rest=rest) for rest in (True, False, True, True)], ALONE)
    assert chart.bands == [(0, 25), (50, 50)]


def test_the_figures_of_a_bar_stay_within_the_chart():
    anchors = [target.anchor for target in draw([ChartBar(Energy(1))] * 6, ALONE).now]
    assert anchors == ["start", "start", "mid", "mid", "end", "end"]


def test_a_price_goes_in_steps_and_breaks_where_there_is_none():
    chart = draw(kwh("1", "1"), TOGETHER, [Decimal(2), Decimal(4), None, Decimal(0)])
    assert chart.strokes == ["0,55 250,55 250,16 500,16", "750,94 1000,94"]
    assert [tick.value for tick in chart.line_ticks] == [0, 2, 4]


def test_a_price_below_zero_has_its_axis():
    chart = draw(kwh("1", "1"), TOGETHER, [Decimal(-10), Decimal(10)])
    assert chart.strokes == ["0,94 500,94 500,16 1000,16"]
    assert [tick.value for tick in chart.line_ticks] == [-10, 0, 10]


@given(st.lists(st.none() | st.decimals(-500, 500, places=3), min_size=1, max_size=100))
def test_a_line_stays_above_the_bars_and_inside_the_plot(values):
    chart = draw(kwh("1"), TOGETHER, values)
    assert len(chart.line_ticks) >= 2
    for points in chart.strokes:
        for point in points.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= 1000.01
            assert 16 - 0.01 <= y <= 94 + 0.01


def test_a_line_leaves_the_bars_less_room():
    tall, low = (draw(kwh("1"), TOGETHER, curve) for curve in (None, [Decimal(1)]))
    assert low.ticks[-1].y > tall.ticks[-1].y


@pytest.mark.parametrize("layout", [ALONE, TOGETHER, APART])
def test_every_slot_has_its_middle_and_its_targets_around_it(layout):
    chart = draw([ChartBar(Energy(1), Energy(1))] * 4, layout)
    assert [chart.middle(at) for at in range(4)] == [12.5, 37.5, 62.5, 87.5]
    for at, (now, then) in enumerate(slots(chart)):
        left = then or now
        assert at * 25 <= left.x < chart.middle(at) < now.x + now.width <= (at + 1) * 25


@given(st.lists(st.none() | ENERGY, min_size=1, max_size=4))
def test_small_columns_stand_on_their_foot(energies):
    for column, energy in zip(columns(energies), energies, strict=True):
        assert 24 - 0.01 <= column.y <= 112
        assert column.y + column.height == pytest.approx(112, abs=0.02)
        assert column.figure_y < column.y
        assert column.height == 0 or energy.milliwatt_hours > 0

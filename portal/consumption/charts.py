"""The geometry of a chart: where its bars, axes and lines go. It knows no words, no days and no languages.

x and width are per cent of the width, y and height are pixels: the outer svg has no viewBox, so text keeps its size at
any width, and whatever is shown fits a phone. The numbers follow the design's plot, y 18 to 248 with the labels below.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from math import ceil, floor
from typing import Final

from portal.kit.energy import MILLIWATT_HOURS_PER_KWH, Energy
from portal.kit.formats import svg

TOP, BASE = 18, 248  # the plot
ROOF = 34  # no bar reaches higher: a sign fits above it
ROOF_UNDER_LINE = 100  # with a line above them the bars take the lower part
LINE_LOW = 112  # and the line the upper one
OVER = 6  # a bar is so much too tall, and clipped at zero: only its outer corners are round
GAP_HEIGHT = 52  # of the dashed box that stands for a missing value
THIRD = 100 / 3  # of the width
LINE_BASE = 104  # of a line in a chart of its own, whose top is that of the others
LINE_WIDTH = 1000  # of the viewBox of a line, which stretches
SIGN_ABOVE = 9  # from the top of a bar to the middle of its sign
CEILING, FOOT = 24, 112  # the plot of a small chart
MOST_STEPS, MOST_LINE_STEPS = 5, 3
NICE = tuple(map(Decimal, ("1", "2", "2.5", "5", "10")))
READ_IN_MEGAWATT_HOURS = 10_000 * MILLIWATT_HOURS_PER_KWH  # an axis that covers so much is read in MWh

Curve = Sequence[Decimal | None]
"""A price or a temperature over the bars: values evenly spread over the width, None where there is none."""
Stretch = tuple[float, float]
"""Where something begins and how wide it is: shares of a slot, or per cent of the width."""


class Mark(StrEnum):
    """What is to be known of a value, in the order in which one hides the other; most telling last."""

    MEASURED = "measured"
    REVISED = "revised"  # corrected afterwards
    ESTIMATED = "estimated"
    PARTLY = "partly"  # some of it is missing: the sum is too small
    MISSING = "missing"  # nothing is known
    AHEAD = "ahead"  # has not happened yet, or not arrived
    OUTSIDE = "outside"  # nothing is measured then: before a point was there, or while it is cut off

    @property
    def is_untold(self) -> bool:
        """Whether it says that nothing should be known."""
        return self in UNTOLD


UNTOLD: Final = frozenset({Mark.AHEAD, Mark.OUTSIDE})
"""Of what nothing should be known."""


@dataclass(frozen=True, slots=True)
class ChartBar:
    """What one slot shows: the energy of now and that of the time it is compared with."""

    now: Energy | None
    then: Energy | None = None
    mark: Mark = Mark.MEASURED
    rest: bool = False  # a Saturday or Sunday


@dataclass(frozen=True, slots=True)
class Layout:
    """How a slot is divided. Where `then` has a target of its own, a slot holds two links."""

    now: Stretch
    then: Stretch
    target: Stretch
    then_target: Stretch | None = None


ALONE = Layout(now=(0.15, 0.7), then=(0.15, 0.7), target=(0.025, 0.95))
TOGETHER = Layout(now=(0.46, 0.4), then=(0.14, 0.3), target=(0.025, 0.95))
APART = Layout(now=(0.543, 0.344), then=(0.113, 0.344), target=(0.508, 0.414), then_target=(0.078, 0.414))


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle of the class `bar__KIND`; a sunk one is below zero, and its y counts from there."""

    kind: str
    x: float
    width: float
    y: float
    height: float
    sunk: bool = False

    @property
    def middle(self) -> float:
        """Its middle, in per cent of the width."""
        return self.x + self.width / 2

    @property
    def figure_y(self) -> float:
        """The baseline of a figure that stands on it."""
        return self.y - OVER


@dataclass(frozen=True, slots=True)
class Target:
    """What is tapped, and the shapes in it above and below zero.

    sign: the middle of a small sign that says something of the bar by its form: a cross or a ring
    """

    x: float
    width: float
    above: Sequence[Shape] = ()
    below: Sequence[Shape] = ()
    sign: tuple[float, float] | None = None

    @property
    def middle(self) -> float:
        """Its middle, where its figures are told."""
        return self.x + self.width / 2

    @property
    def anchor(self) -> str:
        """Which side of its figures stands in the middle, so that they stay within the chart."""
        return "start" if self.middle < THIRD else "end" if self.middle > 2 * THIRD else "mid"


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid and its figure, with so many decimals."""

    y: float
    value: Decimal
    digits: int

    @property
    def figure_y(self) -> float:
        """The baseline of its figure."""
        return self.y + 4


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be printed: a target for each slot.

    then: targets of what is compared with, where these are links of their own; else None for each
    zero: where the bars stand
    bands: shaded stretches behind the bars
    strokes: the points of each unbroken stretch of the line, as SVG writes them
    line_ticks: of the axis on its side; none where there is no line
    """

    now: Sequence[Target]
    then: Sequence[Target | None]
    ticks: Sequence[Tick]
    unit: str
    zero: float
    bands: Sequence[Stretch]
    strokes: Sequence[str]
    line_ticks: Sequence[Tick]

    @property
    def under_zero(self) -> float:
        """How tall the plot is below zero."""
        return BASE - self.zero

    def middle(self, at: int) -> float:
        """The middle of a slot, counted from 0."""
        return (at + 0.5) * 100 / len(self.now)


@dataclass(frozen=True, slots=True)
class LineChart:
    """A line alone, over the slots of the bars above it.

    zero: where zero is; the strokes are those of a `Chart`
    """

    strokes: Sequence[str]
    ticks: Sequence[Tick]
    zero: float


def draw_line(curve: Curve) -> LineChart:
    """A low chart of a line, of which some value is known; its axis reaches zero."""
    axis = _axis(_known(curve), MOST_LINE_STEPS, 1, LINE_BASE, TOP)
    return LineChart(list(_strokes(curve, axis)), list(axis.ticks(1)), axis.zero)


def draw(bars: Sequence[ChartBar], layout: Layout, curve: Curve | None = None) -> Chart:
    """A chart of at least one bar, whose slots share the width evenly."""
    axis = _axis_of(bars, ROOF if curve is None else ROOF_UNDER_LINE)
    share = 100 / len(bars)
    is_read_in_megawatt_hours = axis.span >= READ_IN_MEGAWATT_HOURS
    unit = MILLIWATT_HOURS_PER_KWH * (1000 if is_read_in_megawatt_hours else 1)
    line = None if curve is None else _axis(_known(curve), MOST_LINE_STEPS, 1, LINE_LOW, ROOF)
    return Chart(
        now=[_now(bar, at * share, share, layout, axis) for at, bar in enumerate(bars)],
        then=[_then(bar, at * share, share, layout, axis) for at, bar in enumerate(bars)],
        ticks=list(axis.ticks(unit)),
        unit="MWh" if is_read_in_megawatt_hours else "kWh",
        zero=axis.zero,
        bands=list(_bands(bars, share)),
        strokes=list(_strokes(curve or (), line)) if line else (),
        line_ticks=list(line.ticks(1)) if line else (),
    )


def nice_step(span: Decimal, most: int) -> Decimal:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that divides a positive span into at most so many steps."""
    rough = span / most
    power = Decimal(1).scaleb(rough.adjusted())
    return next(step for times in NICE if (step := power * times) >= rough)


def columns(energies: Sequence[Energy | None]) -> Sequence[Shape]:
    """A small chart of a few energies; what is unknown or not above zero has no height."""
    share = 100 / len(energies)
    highest = max((energy.milliwatt_hours for energy in energies if energy), default=0)
    px = (FOOT - CEILING) / max(highest, 1)
    heights = [max(0, energy.milliwatt_hours if energy else 0) * px for energy in energies]
    return [
        Shape("now", *_within(ALONE.now, at * share, share), FOOT - height, height) for at, height in enumerate(heights)
    ]


@dataclass(frozen=True, slots=True)
class Axis:
    """A nice axis, from its first to its last multiple of one step.

    zero: where zero is
    px: how tall one of what it measures is
    """

    step: Decimal
    first: int
    last: int
    zero: float
    px: float

    @property
    def span(self) -> Decimal:
        """How much it covers."""
        return self.step * (self.last - self.first)

    def y(self, value: Decimal) -> float:
        """Where a value is."""
        return self.zero - float(value) * self.px

    def ticks(self, unit: int) -> Iterator[Tick]:
        """Each multiple as a figure in a unit."""
        values = [self.step * n for n in range(self.first, self.last + 1)]
        digits = max(_decimals(value / unit) for value in values)
        for value in values:
            yield Tick(self.y(value), value / unit, digits if value else 0)


def _axis(values: Sequence[Decimal | int], most: int, otherwise: int, foot: float, roof: float) -> Axis:
    """An axis that covers zero and all values, or as much as `otherwise` where there is nothing else to cover."""
    low, high = (Decimal(end(values, default=0)) for end in (min, max))
    low, high = min(low, Decimal(0)), max(high, Decimal(0))
    if low == high:
        high = Decimal(otherwise)
    step = nice_step(high - low, most)
    first, last = floor(low / step), ceil(high / step)
    px = (foot - roof) / float(step * (last - first))
    return Axis(step, first, last, foot + float(step * first) * px, px)


def _axis_of(bars: Iterable[ChartBar], roof: int) -> Axis:
    energies = [energy.milliwatt_hours for bar in bars for energy in (bar.now, bar.then) if energy is not None]
    return _axis(energies, MOST_STEPS, MILLIWATT_HOURS_PER_KWH, BASE, roof)


def _within(part: Stretch, begins: float, width: float) -> Stretch:
    """A part of a slot as a part of the width, in per cent."""
    return begins + part[0] * width, part[1] * width


def _now(bar: ChartBar, begins: float, width: float, layout: Layout, axis: Axis) -> Target:
    """What is tapped to see a slot: with the bar that it is compared with, unless that is a link of its own."""
    x, wide = _within(layout.now, begins, width)
    shape = _shape(bar, x, wide, axis)
    both = [] if layout.then_target else _compared(bar, begins, width, layout, axis)
    shapes = both if shape is None else [*both, shape]
    above, below = _sides(shapes)
    return Target(*_within(layout.target, begins, width), above, below, _sign(bar, x + wide / 2, axis))


def _then(bar: ChartBar, begins: float, width: float, layout: Layout, axis: Axis) -> Target | None:
    if layout.then_target is None or bar.then is None:
        return None
    return Target(*_within(layout.then_target, begins, width), *_sides(_compared(bar, begins, width, layout, axis)))


def _compared(bar: ChartBar, begins: float, width: float, layout: Layout, axis: Axis) -> list[Shape]:
    if bar.then is None:
        return []
    return [_bar("then", bar.then, *_within(layout.then, begins, width), axis)]


def _sides(shapes: Sequence[Shape]) -> tuple[Sequence[Shape], Sequence[Shape]]:
    """Those above zero, and those below it."""
    return [shape for shape in shapes if not shape.sunk], [shape for shape in shapes if shape.sunk]


def _shape(bar: ChartBar, x: float, width: float, axis: Axis) -> Shape | None:
    if bar.mark is Mark.MISSING:
        return _rising("gap", GAP_HEIGHT, x, width, axis)
    if bar.now is None or bar.mark in UNTOLD:
        return None
    kind = "est" if bar.mark is Mark.ESTIMATED else "now" if bar.now.milliwatt_hours >= 0 else "sold"
    return _bar(kind, bar.now, x, width, axis)


def _bar(kind: str, energy: Energy, x: float, width: float, axis: Axis) -> Shape:
    height = energy.milliwatt_hours * axis.px
    if height >= 0:
        return _rising(kind, height, x, width, axis)
    return Shape(kind, x, width, -OVER, OVER - height, sunk=True)


def _rising(kind: str, height: float, x: float, width: float, axis: Axis) -> Shape:
    return Shape(kind, x, width, axis.zero - height, height + OVER)


def _sign(bar: ChartBar, x: float, axis: Axis) -> tuple[float, float] | None:
    if bar.mark is Mark.MISSING:
        return x, axis.zero - GAP_HEIGHT / 2
    if bar.mark is Mark.PARTLY or bar.mark is Mark.REVISED:
        top = max(0, bar.now.milliwatt_hours if bar.now else 0) * axis.px
        return x, axis.zero - top - SIGN_ABOVE
    return None


def _bands(bars: Sequence[ChartBar], share: float) -> Iterator[Stretch]:
    """Neighbouring days of rest make one band."""
    at = 0
    for rest, group in groupby(bars, key=lambda bar: bar.rest):
        count = len(list(group))
        if rest:
            yield at * share, count * share
        at += count


def _strokes(curve: Curve, axis: Axis) -> Iterator[str]:
    """Each stretch without a gap, in steps; y counts from the top of the plot."""
    width = LINE_WIDTH / len(curve)
    for known, group in groupby(enumerate(curve), key=lambda at_value: at_value[1] is not None):
        if known:
            points = ((at, axis.y(value) - TOP) for at, value in group if value is not None)
            yield " ".join(f"{svg(x)},{svg(y)}" for at, y in points for x in (at * width, (at + 1) * width))


def _known(curve: Curve) -> Sequence[Decimal]:
    return [value for value in curve if value is not None]


def _decimals(figure: Decimal) -> int:
    exponent = figure.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0

"""The geometry of a chart: where its bars, axes and lines go. It knows no words, no days and no languages.

x and width are per cent of the width, y and height are pixels: the outer svg has no viewBox, so text keeps its size at
any width, and whatever is shown fits a phone. The numbers follow the design's plot, y 18 to 248 with the labels below.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import groupby
from math import ceil, floor

from portal.kit.energy import MILLIWATT_HOURS_PER_KWH, Energy

TOP, BASE = 18, 248  # the plot
ROOF = 34  # no bar reaches higher: a sign fits above it
ROOF_UNDER_LINE = 100  # with a line above them the bars take the lower part
LINE_LOW = 112  # and the line the upper one
OVER = 6  # a bar is so much too tall, and clipped at zero: only its outer corners are round
GAP_HEIGHT = 52  # of the dashed box that stands for a missing value
THIRD = 100 / 3  # of the width
LINE_WIDTH = 1000  # of the viewBox of a line, which stretches
SIGN_ABOVE = 9  # from the top of a bar to the middle of its sign
CEILING, FOOT = 24, 112  # the plot of a small chart
MOST_STEPS, MOST_LINE_STEPS = 5, 3
NICE = tuple(map(Decimal, ("1", "2", "2.5", "5", "10")))
READ_IN_MEGAWATT_HOURS = 10_000 * MILLIWATT_HOURS_PER_KWH  # an axis that covers so much is read in MWh


class Mark(StrEnum):
    """What is to be known of a value, in the order in which one hides the other; most telling last."""

    MEASURED = "measured"
    REVISED = "revised"  # corrected afterwards
    ESTIMATED = "estimated"
    PARTLY = "partly"  # some of it is missing: the sum is too small
    MISSING = "missing"  # nothing is known
    AHEAD = "ahead"  # has not happened yet, or not arrived


@dataclass(frozen=True, slots=True)
class ChartBar:
    """What one slot shows: the energy of now and that of the time it is compared with."""

    now: Energy | None
    then: Energy | None = None
    mark: Mark = Mark.MEASURED
    rest: bool = False  # a Saturday or Sunday


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch: where it begins and how wide it is, as shares of a slot or per cent of the width."""

    begins: float
    width: float

    def within(self, slot: "Stretch") -> "Stretch":
        """The same stretch as a part of the width, in per cent."""
        return Stretch(slot.begins + self.begins * slot.width, self.width * slot.width)


@dataclass(frozen=True, slots=True)
class Layout:
    """How a slot is divided. Where `then` has a target of its own, a slot holds two links."""

    now: Stretch
    then: Stretch
    target: Stretch
    then_target: Stretch | None = None


ALONE = Layout(now=Stretch(0.15, 0.7), then=Stretch(0.15, 0.7), target=Stretch(0.025, 0.95))
TOGETHER = Layout(now=Stretch(0.46, 0.4), then=Stretch(0.14, 0.3), target=Stretch(0.025, 0.95))
APART = Layout(
    now=Stretch(0.543, 0.344),
    then=Stretch(0.113, 0.344),
    target=Stretch(0.508, 0.414),
    then_target=Stretch(0.078, 0.414),
)


class Stroke(StrEnum):
    """How a line goes from value to value."""

    SLOPES = "slopes"  # a temperature
    STEPS = "steps"  # a price


@dataclass(frozen=True, slots=True)
class Curve:
    """A line over the bars: values evenly spread over the width, None where there is none."""

    values: tuple[Decimal | None, ...]
    stroke: Stroke


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle of the class `bar__KIND`; a sunk one is below zero, and its y counts from there."""

    kind: str
    x: str
    width: str
    y: str
    height: str
    sunk: bool


@dataclass(frozen=True, slots=True)
class Sign:
    """A small sign that says something of a bar by its form: a cross or a ring."""

    mark: Mark
    x: str
    y: str


@dataclass(frozen=True, slots=True)
class Target:
    """What is tapped, the shapes in it above and below zero, and where its figures are told.

    middle, anchor: the place of the words, and which side of them stands there, so that they stay within the chart
    """

    middle: str
    anchor: str
    x: str
    width: str
    above: tuple[Shape, ...] = ()
    below: tuple[Shape, ...] = ()
    sign: Sign | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot of the chart. `then` is there only where what is compared with is a link of its own."""

    middle: str
    now: Target
    then: Target | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid and its figure, with so many decimals; `text_y` is the baseline of the figure."""

    y: str
    text_y: str
    value: Decimal
    digits: int


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A drawn line: the points of each unbroken stretch, and the axis on its side."""

    strokes: tuple[str, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A shaded stretch behind the bars."""

    x: str
    width: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ready to be printed."""

    slots: tuple[Slot, ...]
    ticks: tuple[Tick, ...]
    unit: str
    zero: str
    under_zero: str  # how tall the plot is below zero
    bands: tuple[Band, ...]
    line: DrawnLine | None

    def over(self, rows: Sequence[object]) -> Iterator[tuple[object, Slot]]:
        """Each slot with what it stands for.

        Raises ValueError where their numbers differ.
        """
        return zip(rows, self.slots, strict=True)


def draw(bars: Sequence[ChartBar], layout: Layout, curve: Curve | None = None) -> Chart:
    """A chart of at least one bar, whose slots share the width evenly."""
    scale = _scale(bars, ROOF if curve is None else ROOF_UNDER_LINE)
    share = 100 / len(bars)
    return Chart(
        slots=tuple(_slot(bar, Stretch(at * share, share), layout, scale) for at, bar in enumerate(bars)),
        ticks=scale.ticks,
        unit=scale.unit,
        zero=_px(scale.zero),
        under_zero=_px(BASE - scale.zero),
        bands=tuple(_bands(bars, share)),
        line=None if curve is None else _line(curve),
    )


def nice_step(span: Decimal, most: int) -> Decimal:
    """The smallest of 1, 2, 2.5 and 5 times a power of ten that divides a positive span into at most so many steps."""
    rough = span / most
    power = Decimal(1).scaleb(rough.adjusted())
    return next(step for times in NICE if (step := power * times) >= rough)


@dataclass(frozen=True, slots=True)
class Column:
    """A bar of a small chart without axes: its figure stands above it, at `text_y`."""

    middle: str
    x: str
    width: str
    y: str
    height: str
    text_y: str


def columns(energies: Sequence[Energy | None]) -> tuple[Column, ...]:
    """A small chart of a few energies; what is unknown or not above zero has no height."""
    share = 100 / len(energies)
    highest = max((energy.milliwatt_hours for energy in energies if energy), default=0)
    px = (FOOT - CEILING) / max(highest, 1)
    return tuple(
        _column(max(0, energy.milliwatt_hours if energy else 0) * px, ALONE.now.within(Stretch(at * share, share)))
        for at, energy in enumerate(energies)
    )


@dataclass(frozen=True, slots=True)
class Scale:
    """From energy to pixels: where zero is, and how tall a milliwatt-hour is."""

    zero: float
    px: float
    ticks: tuple[Tick, ...]
    unit: str

    def height(self, energy: Energy) -> float:
        """How tall the bar of an energy is, whatever its sign."""
        return abs(energy.milliwatt_hours) * self.px


@dataclass(frozen=True, slots=True)
class Steps:
    """A nice axis: from its first to its last multiple of one step."""

    step: Decimal
    first: int
    last: int

    @property
    def low(self) -> Decimal:
        """Where the axis begins."""
        return self.step * self.first

    @property
    def span(self) -> Decimal:
        """How much the axis covers."""
        return self.step * (self.last - self.first)

    def ticks(self, unit: Decimal, y: Callable[[Decimal], float]) -> Iterator[Tick]:
        """Each multiple as a figure in a unit, where `y` puts it."""
        figures = [self.step * n / unit for n in range(self.first, self.last + 1)]
        digits = max(map(_decimals, figures))
        for n, figure in enumerate(figures):
            at = y(self.low + self.step * n)
            yield Tick(_px(at), _px(at + 4), figure, digits if figure else 0)


def _steps(values: Iterable[Decimal], most: int, otherwise: Decimal) -> Steps:
    """An axis that covers zero and all values, or as much as `otherwise` where there is nothing else to cover."""
    covered = [Decimal(0), *values]
    low, high = min(covered), max(covered)
    if low == high:
        high = otherwise
    step = nice_step(high - low, most)
    return Steps(step, floor(low / step), ceil(high / step))


def _scale(bars: Iterable[ChartBar], roof: int) -> Scale:
    values = (Decimal(energy.milliwatt_hours) for bar in bars for energy in (bar.now, bar.then) if energy is not None)
    steps = _steps(values, MOST_STEPS, Decimal(MILLIWATT_HOURS_PER_KWH))
    px = (BASE - roof) / float(steps.span)
    zero = BASE + float(steps.low) * px
    unit, size = (
        ("MWh", MILLIWATT_HOURS_PER_KWH * 1000)
        if steps.span >= READ_IN_MEGAWATT_HOURS
        else ("kWh", MILLIWATT_HOURS_PER_KWH)
    )
    ticks = steps.ticks(Decimal(size), lambda value: zero - float(value) * px)
    return Scale(zero, px, tuple(ticks), unit)


def _slot(bar: ChartBar, slot: Stretch, layout: Layout, scale: Scale) -> Slot:
    now = list(_now(bar, layout.now.within(slot), scale))
    then = [] if bar.then is None else [_bar("then", bar.then, layout.then.within(slot), scale)]
    sign = _sign(bar, layout.now.within(slot), scale)
    middle = _percent(slot.begins + slot.width / 2)
    target = layout.target.within(slot)
    if layout.then_target is None:
        return Slot(middle, _target(target, then + now, sign), None)
    return Slot(
        middle, _target(target, now, sign), _target(layout.then_target.within(slot), then, None) if then else None
    )


def _target(place: Stretch, shapes: Sequence[Shape], sign: Sign | None) -> Target:
    middle = place.begins + place.width / 2
    return Target(
        middle=_percent(middle),
        anchor="start" if middle < THIRD else "end" if middle > 2 * THIRD else "mid",
        x=_percent(place.begins),
        width=_percent(place.width),
        above=tuple(shape for shape in shapes if not shape.sunk),
        below=tuple(shape for shape in shapes if shape.sunk),
        sign=sign,
    )


def _now(bar: ChartBar, place: Stretch, scale: Scale) -> Iterator[Shape]:
    if bar.mark is Mark.MISSING:
        yield _rising("gap", GAP_HEIGHT, place, scale)
    elif bar.now is not None and bar.mark is not Mark.AHEAD:
        kind = "est" if bar.mark is Mark.ESTIMATED else "now" if bar.now.milliwatt_hours >= 0 else "sold"
        yield _bar(kind, bar.now, place, scale)


def _bar(kind: str, energy: Energy, place: Stretch, scale: Scale) -> Shape:
    height = scale.height(energy)
    if energy.milliwatt_hours >= 0:
        return _rising(kind, height, place, scale)
    return Shape(kind, _percent(place.begins), _percent(place.width), _px(-OVER), _px(height + OVER), sunk=True)


def _rising(kind: str, height: float, place: Stretch, scale: Scale) -> Shape:
    y = scale.zero - height
    return Shape(kind, _percent(place.begins), _percent(place.width), _px(y), _px(height + OVER), sunk=False)


def _sign(bar: ChartBar, place: Stretch, scale: Scale) -> Sign | None:
    x = _percent(place.begins + place.width / 2)
    if bar.mark is Mark.MISSING:
        return Sign(bar.mark, x, _px(scale.zero - GAP_HEIGHT / 2))
    if bar.mark in {Mark.PARTLY, Mark.REVISED}:
        top = scale.height(bar.now) if bar.now is not None and bar.now.milliwatt_hours > 0 else 0
        return Sign(bar.mark, x, _px(scale.zero - top - SIGN_ABOVE))
    return None


def _column(height: float, place: Stretch) -> Column:
    y = FOOT - height
    return Column(
        middle=_percent(place.begins + place.width / 2),
        x=_percent(place.begins),
        width=_percent(place.width),
        y=_px(y),
        height=_px(height),
        text_y=_px(y - OVER),
    )


def _bands(bars: Sequence[ChartBar], share: float) -> Iterator[Band]:
    """Neighbouring days of rest make one band."""
    at = 0
    for rest, group in groupby(bars, key=lambda bar: bar.rest):
        count = len(list(group))
        if rest:
            yield Band(_percent(at * share), _percent(count * share))
        at += count


def _line(curve: Curve) -> DrawnLine:
    steps = _steps((value for value in curve.values if value is not None), MOST_LINE_STEPS, Decimal(1))
    px = (LINE_LOW - ROOF) / float(steps.span)

    def y(value: Decimal) -> float:
        return LINE_LOW - float(value - steps.low) * px

    return DrawnLine(tuple(_strokes(curve, y)), tuple(steps.ticks(Decimal(1), y)))


def _strokes(curve: Curve, y: Callable[[Decimal], float]) -> Iterator[str]:
    """The points of each stretch without a gap; y counts from the top of the plot."""
    width = LINE_WIDTH / len(curve.values)
    for known, group in groupby(enumerate(curve.values), key=lambda at_value: at_value[1] is not None):
        if known:
            points = (
                point
                for at, value in group
                if value is not None
                for point in _points(curve.stroke, at * width, width, y(value) - TOP)
            )
            yield " ".join(points)


def _points(stroke: Stroke, x: float, width: float, y: float) -> Iterator[str]:
    match stroke:
        case Stroke.SLOPES:
            yield f"{_short(x + width / 2)},{_short(y)}"
        case Stroke.STEPS:
            yield f"{_short(x)},{_short(y)}"
            yield f"{_short(x + width)},{_short(y)}"


def _decimals(figure: Decimal) -> int:
    exponent = figure.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _percent(value: float) -> str:
    return f"{_short(value)}%"


def _px(value: float) -> str:
    return _short(value)


def _short(value: float) -> str:
    """At most two decimals, and none that say nothing."""
    return f"{round(value, 2) + 0:g}"

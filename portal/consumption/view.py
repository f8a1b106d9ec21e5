"""What the consumption page shows, as values: rows, chart, figures. It asks no database and makes no words."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from portal.consumption.charts import ALONE, APART, TOGETHER, Chart, ChartBar, Column, Curve, Layout, Mark, draw
from portal.consumption.estimates import Estimate
from portal.consumption.gaps import Gap
from portal.consumption.names import Name, PeriodKind, hours_in
from portal.consumption.pairs import Comparison, whole
from portal.consumption.periods import Hour, Period
from portal.consumption.rules import Compare, PeriodStep
from portal.kit.energy import Energy
from portal.kit.money import Money

MOST_TAB_STOPS: Final = 31
MONTHS_A_YEAR: Final = 12
ONE_LINE, TWO_LINES = 280, 296  # the height of a chart by the lines of words under it
SHORT: Final = frozenset({PeriodKind.DAY, PeriodKind.HOUR})  # what is told under a bar by a number
MOST_NUMBERS, MOST_NAMES = (7, 31), (4, 12)  # that stand beside each other under the bars of a phone, of a wide screen
SATURDAY: Final = 5
TELLING: Final = 10  # per cent from which a change needs no decimals
UNKNOWN: Final = (Mark.MISSING, Mark.AHEAD)

Href = Callable[[Period], str | None]


@dataclass(frozen=True, slots=True)
class SlotRow:
    """One slot: a bar of the chart, a line of the table, a cell of the strip.

    now: None where nothing is known
    then: what it is compared with; None where that is nothing or unknown
    current: what the slot is to the reader, in the words of `aria-current`: date, time, or nothing
    """

    name: Name
    mark: Mark
    now: Energy | None
    then_name: Name | None
    then: Energy | None
    change: "Change | None"
    cost: Money | None
    href: str | None
    then_href: str | None
    current: str


class Direction(StrEnum):
    """How something compares with what it was."""

    LESS = "less"
    MORE = "more"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """How much more or less it is than it was, in per cent, rounded as one says it."""

    percent: Decimal
    direction: Direction

    @property
    def size(self) -> Decimal:
        """The per cent without a sign."""
        return abs(self.percent)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart with its rows."""

    chart: Chart
    rows: tuple[SlotRow, ...]
    height: int

    def is_told(self, at: int, screen: int) -> bool:
        """Whether the words of a row stand under its bar on a screen: 0 a phone's, 1 a wide one."""
        most = (MOST_NUMBERS if self.rows[0].name.kind in SHORT else MOST_NAMES)[screen]
        return at % -(-len(self.rows) // most) == 0

    @property
    def slots(self) -> Iterator[tuple[SlotRow, object]]:
        """Each row with its place in the chart."""
        return zip(self.rows, self.chart.slots, strict=True)

    @property
    def marks(self) -> frozenset[Mark]:
        """Which marks there are, for the legend."""
        return frozenset(row.mark for row in self.rows)

    @property
    def compares(self) -> bool:
        """Whether anything of the year before is there."""
        return any(row.then is not None for row in self.rows)

    @property
    def highest(self) -> SlotRow | None:
        """The row of the most energy, where one stands out."""
        known = [row for row in self.rows if row.now is not None and row.now.milliwatt_hours > 0]
        return max(known, key=lambda row: row.now.milliwatt_hours if row.now else 0) if len(known) > 1 else None

    @property
    def told(self) -> int:
        """How many slots have begun and should be known."""
        return sum(row.mark is not Mark.AHEAD for row in self.rows)

    @property
    def measured(self) -> int:
        """How many of them are measured in full."""
        return sum(row.mark in {Mark.MEASURED, Mark.REVISED} for row in self.rows)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures above the chart.

    covers: the days that the total is of, where they are not the whole period
    then: all that the chart shows of the year before
    compared: the pair of the year before, by the rule of pairs.py
    priced: whether a price is to be expected; `cost` is None where it is not known for all of the time
    estimate: what the cost is of
    lacks_contracts: whether a mandate opens the readings of a site, but not the contracts that price them
    """

    total: Energy
    covers: Name | None
    then: Energy | None
    compared: Comparison | None
    priced: bool
    cost: Money | None
    estimate: Estimate
    lacks_contracts: bool

    @property
    def change(self) -> Change | None:
        """How the pair differs."""
        return change(self.compared)

    @property
    def is_pair(self) -> bool:
        """Whether the totals themselves are what is compared: no day and no point is left out."""
        return self.compared is not None and (self.compared.now, self.compared.then) == (self.total, self.then)


@dataclass(frozen=True, slots=True)
class Link:
    """Another period, and the way there."""

    name: Name
    href: str


@dataclass(frozen=True, slots=True)
class PeriodLevel:
    """A length of the period: a year, a month, a day."""

    kind: PeriodKind
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A way of comparing with the year before."""

    compare: Compare
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class DownloadLink:
    """A file that can be taken along."""

    format: str
    resolution: str
    href: str


@dataclass(frozen=True, slots=True)
class HourOfDay:
    """One hour, and its quarters; none where the meter is read by the hour.

    peak_kw: the highest mean power of its quarters
    spot: the mean spot price with VAT, c/kWh
    """

    row: SlotRow
    previous: Link | None
    next: Link | None
    quarters: tuple[SlotRow, ...]
    columns: tuple[Column, ...]
    peak_kw: Decimal | None
    spot: Decimal | None


@dataclass(frozen=True, slots=True)
class View:
    """A period as it is looked at; without a drawing where nothing is known of it. An hour is shown under its day.

    year: that in which the period lies
    hours: of a day
    points: how many metering points it is about
    """

    name: Name
    compare: Compare
    previous: Link | None
    next: Link | None
    levels: tuple[PeriodLevel, ...]
    around: tuple[Link, ...]
    comparisons: tuple[Way, ...]
    files: tuple[DownloadLink, ...]
    drawing: Drawing | None
    figures: Figures | None
    points: int
    gaps: tuple[Gap, ...]
    more_gaps: int
    revised: bool
    hour: HourOfDay | None

    @property
    def year(self) -> int | None:
        """The year in which it lies, where it lies in one."""
        return self.name.first.year if self.name.first.year == self.name.last.year else None

    @property
    def hours(self) -> int | None:
        """How many hours the day has; None for other periods."""
        return hours_in(self.name.first) if self.name.kind is PeriodKind.DAY else None


def rows(
    steps: Sequence[PeriodStep], costs: Sequence[Money | None], href: Href, current: Period
) -> tuple[SlotRow, ...]:
    """A row for each step. `current` is today, or the hour that is looked at."""
    linked = len(steps) <= MOST_TAB_STOPS
    return tuple(
        _row(step, cost, href if linked else nowhere, current) for step, cost in zip(steps, costs, strict=True)
    )


def nowhere(_period: Period) -> None:
    """Where a chart with more bars than people can tab through leads."""


def drawing(rows: tuple[SlotRow, ...], curve: Curve | None = None) -> Drawing:
    """The chart of at least one row."""
    kind = rows[0].name.kind
    bars = [ChartBar(row.now, row.then, row.mark, rest=_is_rest(row.name)) for row in rows]
    layout = _layout(rows)
    height = ONE_LINE if kind is PeriodKind.HOUR else TWO_LINES
    return Drawing(draw(bars, layout, curve), rows, height)


def change(compared: Comparison | None) -> Change | None:
    """How a comparison reads; None where there is nothing to compare with."""
    share = compared.change if compared else None
    if share is None:
        return None
    percent = share * 100
    said = percent.quantize(Decimal(1) if abs(percent) >= TELLING else Decimal("0.1"), ROUND_HALF_UP)
    if not said:
        return Change(Decimal(0), Direction.SAME)
    return Change(said, Direction.LESS if said < 0 else Direction.MORE)


def _row(step: PeriodStep, cost: Money | None, href: Href, current: Period) -> SlotRow:
    then = step.then if step.then is not None and step.then.mark not in UNKNOWN else None
    before = step.before if then else None
    known = step.now.mark not in UNKNOWN
    return SlotRow(
        name=Name(step.period),
        mark=step.now.mark,
        now=step.now.energy if known else None,
        then_name=Name(before) if before else None,
        then=then.energy if then else None,
        change=change(whole(step)),
        cost=cost if known else None,
        href=href(step.period) if step.now.mark is not Mark.AHEAD else None,
        then_href=href(before) if before else None,
        current=_current(step.period, current),
    )


def _current(period: Period, current: Period) -> str:
    if isinstance(current, Hour):
        return "time" if period == current else ""
    return "date" if period.first <= current.first <= period.last and not isinstance(period, Hour) else ""


def _is_rest(name: Name) -> bool:
    return name.kind is PeriodKind.DAY and name.first.weekday() >= SATURDAY


def _layout(rows: Sequence[SlotRow]) -> Layout:
    if all(row.then is None for row in rows):
        return ALONE
    return APART if rows[0].name.kind is PeriodKind.MONTH and len(rows) <= MONTHS_A_YEAR else TOGETHER

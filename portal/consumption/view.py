"""What the consumption page shows of a selection: its chart, its figures, what is missing, and one hour of a day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final

from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.consumption import queries
from portal.consumption.changes import Change, change, changed
from portal.consumption.charts import (
    ALONE,
    APART,
    TOGETHER,
    UNTOLD,
    Chart,
    ChartBar,
    Curve,
    Layout,
    Mark,
    Shape,
    columns,
    draw,
)
from portal.consumption.corrections import Corrected
from portal.consumption.freshness import is_coarse
from portal.consumption.gaps import gaps
from portal.consumption.outdoors import Outdoors, outdoors
from portal.consumption.pairs import Comparison
from portal.consumption.periods import All, Day, Hour, Period, PeriodKind, Span, Week, Year, levels
from portal.consumption.prices import Costs, Estimate, Pricing, no_costs, pricing
from portal.consumption.queries import PointReadings
from portal.consumption.rules import Compare, PeriodStep, total
from portal.consumption.selection import Selection, Shown, days_with_readings
from portal.consumption.series import SeriesBeside, beside
from portal.consumption.stretches import TimeStretch
from portal.contracts.tariff_periods import Days
from portal.kit.clock import DAY, start_of
from portal.kit.energy import Energy
from portal.kit.intervals import QUARTERS_AN_HOUR
from portal.kit.money import Money
from portal.kit.ranges import Range, merged
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType

MOST_GAPS: Final = 5  # that are told one by one
MOST_POINT_DAYS: Final = 5_000  # whose every reading is looked at, for prices and gaps
MOST_REVISED_DAYS: Final = 400  # of points and days, whose corrections are told
MOST_CORRECTIONS: Final = 10
MOST_TAB_STOPS: Final = 31
MONTHS_A_YEAR: Final = 12
A_YEAR: Final = timedelta(weeks=52)
ONE_LINE, TWO_LINES = 280, 296  # the height of a chart by the lines of words under it
SHORT: Final = frozenset({PeriodKind.DAY, PeriodKind.HOUR})  # what is told under a bar by a number
MOST_NUMBERS, MOST_NAMES = (7, 31), (4, 12)  # that stand beside each other under the bars of a phone, of a wide screen
SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures above the chart.

    total: None where nothing of the time is known
    then: all that the chart shows of the year before
    compared: the pair of the year before, by the rule of pairs.py
    priced: whether a price is to be expected; `cost` is None where it is not known for all of the time
    estimate: what the cost is of
    """

    total: Energy | None
    then: Energy | None
    compared: Comparison | None
    priced: bool
    cost: Money | None
    estimate: Estimate

    @property
    def change(self) -> Change | None:
        """How the pair differs."""
        return change(self.compared)

    @property
    def is_pair(self) -> bool:
        """Whether the totals themselves are what is compared: no day and no point is left out."""
        return self.compared is not None and (self.compared.now, self.compared.then) == (self.total, self.then)


@dataclass(frozen=True, slots=True)
class HourOfDay:
    """One hour, and its quarters; none where the meter is read by the hour.

    peak_kw: the highest mean power of its quarters
    spot: the mean spot price with VAT, c/kWh
    """

    step: PeriodStep
    previous: Period | None
    next: Period | None
    quarters: Sequence[PeriodStep]
    columns: Sequence[Shape]
    peak_kw: Decimal | None
    spot: Decimal | None


@dataclass(frozen=True)
class View:
    """A period as it is looked at; without chart and figures where nothing is known of it.

    period: what the chart shows: of an hour its day
    previous, next: the periods beside it, of which there may be readings
    levels: a year, a month, a day: the period itself, or those in which its newest readings lie
    comparisons: ways of comparing, once there may be something to compare with
    current: the step in which today lies, or the hour that is looked at
    covers: the days of which there may be readings, where they are not the whole period
    outdoors: the weather, where it is asked for
    cut_off: when a point was cut off, so that nothing of it is missing
    coarse: how many points tell whole hours of its newest readings where quarters are meant
    series: all that its points tell, where they tell more than the chart shows
    corrections: which hours were corrected and why, the newest first, as far as they are told one by one
    lacks_contracts: whether a mandate opens the readings of a site, but not the contracts that price them
    """

    period: Period
    previous: Period | None
    next: Period | None
    levels: Sequence[Period]
    comparisons: Sequence[Compare]
    steps: Sequence[PeriodStep]
    current: Period | None
    chart: Chart | None
    covers: Span | None
    figures: Figures | None
    lacks_contracts: bool
    gaps: Sequence[TimeStretch]
    cut_off: Sequence[TimeStretch]
    coarse: int
    hour: HourOfDay | None
    outdoors: Outdoors | None
    series: Sequence[SeriesBeside]
    corrections: Sequence[Corrected]

    @property
    def around(self) -> Period | None:
        """Another stretch of time in which it lies."""
        if isinstance(self.period, Day):
            return Week.of(self.period.day)
        return All() if isinstance(self.period, Year) else None

    @property
    def year(self) -> int | None:
        """The year in which it lies, where it lies in one."""
        return self.period.first.year if self.period.first.year == self.period.last.year else None

    @property
    def year_before(self) -> int | None:
        """The year before that one."""
        return None if self.year is None else self.year - 1

    @property
    def reading_types(self) -> frozenset[ReadingType]:
        """Which series its points tell."""
        return frozenset(one.reading_type for one in self.series)

    @property
    def other_series(self) -> Sequence[SeriesBeside]:
        """Those that its points tell beside what the chart is of."""
        return [one for one in self.series if not one.is_shown]

    @cached_property
    def kind(self) -> PeriodKind:
        """What kind of periods its steps are."""
        return self.steps[0].period.kind

    @property
    def height(self) -> int:
        """How tall the chart is."""
        return ONE_LINE if self.kind is PeriodKind.HOUR else TWO_LINES

    @cached_property
    def are_links(self) -> bool:
        """Whether bars and lines lead to their periods: people can tab through so many."""
        return len(self.steps) <= MOST_TAB_STOPS

    @property
    def marks(self) -> frozenset[Mark]:
        """Which marks there are, for the legend."""
        return frozenset(step.mark for step in self.steps)

    @cached_property
    def compares(self) -> bool:
        """Whether anything of the year before is there."""
        return any(step.energy_then is not None for step in self.steps)

    @property
    def highest(self) -> PeriodStep | None:
        """The step of the most energy, where one stands out."""
        known = [step for step in self.steps if step.energy is not None and step.energy.milliwatt_hours > 0]
        return max(known, key=lambda step: step.now.milliwatt_hours) if len(known) > 1 else None

    @property
    def told(self) -> int:
        """How many steps have begun and should be known."""
        return sum(step.mark not in UNTOLD for step in self.steps)

    @property
    def measured(self) -> int:
        """How many of them are measured in full."""
        return sum(step.mark in {Mark.MEASURED, Mark.REVISED} for step in self.steps)

    @property
    def revised(self) -> bool:
        """Whether anything of it was corrected afterwards."""
        return any(step.now.revised for step in self.steps)

    @property
    def gaps_told(self) -> Sequence[TimeStretch]:
        """What is missing, as far as it is told one by one."""
        return self.gaps[:MOST_GAPS]

    @property
    def more_gaps(self) -> int:
        """How many more stretches of time are missing."""
        return max(0, len(self.gaps) - MOST_GAPS)

    def is_named(self, at: int, screen: int) -> bool:
        """Whether the words of a step stand under its bar on a screen: 0 a phone's, 1 a wide one."""
        most = (MOST_NUMBERS if self.kind in SHORT else MOST_NAMES)[screen]
        return at % -(-len(self.steps) // most) == 0

    def change(self, step: PeriodStep) -> Change | None:
        """How a step differs from that of the year before; None where they are no pair."""
        return changed(step.now.energy, step.then.energy) if step.then and step.comparable else None


def view(db: Session, who: User, asked: Selection, today: date) -> View:
    """What a person sees of a selection. An hour is looked at as a part of its day."""
    hour = asked.period if isinstance(asked.period, Hour) else None
    selection = replace(asked, period=hour.parent) if hour else asked
    period = selection.period
    reach = days_with_readings(selection.points, who.parties)
    days = _shared(reach, period)
    readings = _readings(db, who, selection, days)
    steps = queries.steps(db, who, selection, today)
    priced = None
    if any(step.mark not in UNTOLD for step in steps):
        priced = pricing(db, who, readings, selection, Days((days or period).first, (days or period).last))
    costs = _costs(selection, priced, [step.period for step in steps])
    steps = _with_costs(steps, costs)
    return View(
        period=period,
        previous=_previous(period, reach),
        next=period.next if period.next and period.next.first <= today else None,
        levels=levels(period, days.last if days else min(period.last, max(period.first, today))),
        comparisons=list(_comparisons(period, reach)),
        steps=steps,
        current=hour or next((step.period for step in steps if _is_now(step.period, today)), None),
        chart=_chart(steps, _curve(selection, priced)) if priced else None,
        covers=days if days and (days.first, days.last) != (period.first, period.last) else None,
        figures=_figures(selection, costs, priced, steps, *_then(db, who, selection, steps, today)) if priced else None,
        lacks_contracts=_lacks_contracts(who, selection),
        gaps=gaps(readings, who.parties, days, today) if days and readings else (),
        cut_off=_cut_off(selection, who, period, today),
        coarse=_coarse(readings, reach, period),
        outdoors=outdoors(db, who, selection, steps, today) if priced else None,
        hour=_hour(hour, steps, reach, priced, _quarters(db, who, asked, priced, today)) if priced and hour else None,
        series=beside(db, who, selection, steps, priced.billed, today) if priced else (),
        corrections=_corrections(db, who, selection, steps),
    )


def _cut_off(selection: Selection, who: User, period: Period, today: date) -> Sequence[TimeStretch]:
    """When any of the points was cut off, of the days on which the person's parties hold its site."""
    shown = Range.of_days(period.first, min(period.last, today)) if period.first <= today else None
    held = [(point, Range.of_days(*days)) for point in selection.points for days in point.held_by(who.parties)]
    every = merged(
        part
        for point, days in held
        for cut_off in point.cut_off
        if shown and (within := cut_off & days) and (part := within & shown)
    )
    return [TimeStretch(start_of(one.start), start_of((one.last or today) + DAY)) for one in every]


def _corrections(db: Session, who: User, selection: Selection, steps: Sequence[PeriodStep]) -> Sequence[Corrected]:
    """What was corrected; of a short time only, and of few points: former values are unpacked."""
    days = selection.period.number_of_days
    if not any(step.now.revised for step in steps) or days * len(selection.points) > MOST_REVISED_DAYS:
        return ()
    every = queries.corrected(db, who, selection)
    return every[:MOST_CORRECTIONS]


def _shared(reach: Span | None, period: Period) -> Span | None:
    """The days of the period of which there may be readings."""
    if reach is None:
        return None
    first, last = max(reach.first, period.first), min(reach.last, period.last)
    return Span(first, last) if first <= last else None


def _readings(db: Session, who: User, selection: Selection, days: Span | None) -> Sequence[PointReadings]:
    """Every reading of the days; none where they are too many to look at."""
    if days is None or days.number_of_days * len(selection.points) > MOST_POINT_DAYS:
        return ()
    return queries.readings(db, who, replace(selection, period=days))


def _coarse(readings: Sequence[PointReadings], reach: Span | None, period: Period) -> int:
    """How many points tell whole hours where quarters are meant, where the newest readings are looked at."""
    if reach is None or period.last < reach.last:
        return 0
    return sum(is_coarse(of.point, of.intervals) for of in readings)


def _costs(selection: Selection, priced: Pricing | None, periods: Sequence[Period]) -> Costs:
    """What periods cost; of what is produced, what it earns."""
    if priced is None or not selection.shows(Shown.EUROS):
        return no_costs(len(periods))
    costs = priced.costs(periods)
    return -costs if selection.commodity is Commodity.PRODUCTION else costs


def _with_costs(steps: Sequence[PeriodStep], costs: Costs) -> Sequence[PeriodStep]:
    return [step.costing(cost) for step, cost in zip(steps, costs.each, strict=True)]


def _is_now(period: Period, today: date) -> bool:
    return period.first <= today <= period.last and not isinstance(period, Hour)


def _previous(period: Period, reach: Span | None) -> Period | None:
    """The period before, as long as there may be readings of it."""
    before = period.previous
    return before if before and reach and before.last >= reach.first else None


def _comparisons(period: Period, reach: Span | None) -> Iterator[Compare]:
    if isinstance(period, All) or reach is None or reach.first > period.last - A_YEAR:
        return
    yield Compare.DATE
    if not isinstance(period, Year):
        yield Compare.WEEKDAY
    yield Compare.NONE


def _curve(selection: Selection, priced: Pricing | None) -> Curve | None:
    """The spot price of a day."""
    is_shown = priced and isinstance(selection.period, Day) and selection.shows(Shown.PRICE)
    return priced.spot_curve(selection.period) if priced and is_shown else None


def _chart(steps: Sequence[PeriodStep], curve: Curve | None) -> Chart:
    bars = [ChartBar(step.energy, step.energy_then, step.mark, rest=_is_rest(step.period)) for step in steps]
    return draw(bars, _layout(bars, steps[0].period), curve)


def _is_rest(period: Period) -> bool:
    return period.kind is PeriodKind.DAY and period.first.weekday() >= SATURDAY


def _layout(bars: Sequence[ChartBar], period: Period) -> Layout:
    if all(bar.then is None for bar in bars):
        return ALONE
    return APART if period.kind is PeriodKind.MONTH and len(bars) <= MONTHS_A_YEAR else TOGETHER


def _figures(
    selection: Selection,
    costs: Costs,
    priced: Pricing,
    steps: Sequence[PeriodStep],
    then: Energy | None,
    compared: Comparison | None,
) -> Figures:
    bought = bool(priced.supplies) and selection.commodity is not Commodity.PRODUCTION
    return Figures(
        total=total(step.now for step in steps).known_energy,
        then=then,
        compared=compared,
        priced=selection.shows(Shown.EUROS) and (bought or priced.is_known),
        cost=costs.total,
        estimate=priced.estimate,
    )


def _then(
    db: Session, who: User, selection: Selection, steps: Sequence[PeriodStep], today: date
) -> tuple[Energy | None, Comparison | None]:
    """All that the chart shows of the year before, and what may be compared.

    A day is one step: a year before, it may have had an hour more or less.
    """
    compared = queries.comparison(db, who, selection, steps, today)
    if isinstance(selection.period, Day):
        week = queries.steps(db, who, replace(selection, period=Week.of(selection.period.day)), today)
        steps = [step for step in week if step.period == selection.period]
    then = [step.then for step in steps if step.then and step.mark not in UNTOLD]
    return total(then).energy if then else None, compared


def _lacks_contracts(who: User, selection: Selection) -> bool:
    open_at = who.reach.sites(Theme.CONTRACTS)
    return open_at is not None and any(point.site_id not in open_at for point in selection.points)


def _hour(
    hour: Hour, steps: Sequence[PeriodStep], reach: Span | None, priced: Pricing, quarters: Sequence[PeriodStep]
) -> HourOfDay | None:
    step = next((step for step in steps if step.period == hour), None)
    if step is None:
        return None
    energies = [quarter.energy for quarter in quarters]
    return HourOfDay(
        step=step,
        previous=hour.previous if _is_reached(hour.previous, reach) else None,
        next=hour.next if _is_reached(hour.next, reach) else None,
        quarters=quarters,
        columns=columns(energies) if energies else (),
        peak_kw=max((energy.kwh * QUARTERS_AN_HOUR for energy in energies if energy), default=None),
        spot=_mean(priced.spot_curve(hour)),
    )


def _is_reached(hour: Period | None, reach: Span | None) -> bool:
    """Whether there may be readings of another hour, perhaps of another day."""
    return hour is not None and reach is not None and reach.first <= hour.first <= reach.last


def _quarters(db: Session, who: User, asked: Selection, priced: Pricing, today: date) -> Sequence[PeriodStep]:
    """The quarters of the hour that is asked for; none where the meter is read by the hour."""
    steps = queries.steps(db, who, replace(asked, compare=Compare.NONE), today)
    if any(isinstance(step.period, Hour) for step in steps):
        return ()
    return _with_costs(steps, _costs(asked, priced, [step.period for step in steps]))


def _mean(curve: Curve | None) -> Decimal | None:
    known = [value for value in curve or () if value is not None]
    return sum(known, Decimal(0)) / len(known) if known else None

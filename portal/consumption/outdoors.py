"""The outdoor temperature beside the energy, and heat as years before would have taken it in the weather of a year."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import numpy as np
from sqlmodel import Session

from portal.auth.people import User
from portal.consumption import queries
from portal.consumption.changes import Change, changed
from portal.consumption.charts import APART, Chart, ChartBar, LineChart, draw, draw_line
from portal.consumption.periods import Hour, Span, Year
from portal.consumption.rules import Compare, PeriodStep
from portal.consumption.selection import Selection, Shown
from portal.consumption.tallies import LookedAt, held_days, looked_at
from portal.kit.clock import DAY, day_of
from portal.kit.energy import Energy
from portal.kit.intervals import QUARTERS_AN_HOUR, instant_of
from portal.sites.commodities import Commodity
from portal.weather.hours import Temperatures, start_hour
from portal.weather.queries import Weather, of_sites
from portal.weather.rules import YEARS_BEFORE, HeatedMonth, SameWeather, degree_days, in_the_weather_of, means


@dataclass(frozen=True, slots=True)
class StepWeather:
    """The weather of a step, as far as it is over; None where it is unknown, or of no account.

    degrees: the mean temperature, °C
    degree_days: of heat, by days or more
    """

    degrees: Decimal | None
    degree_days: Decimal | None = None


@dataclass(frozen=True, slots=True)
class HeatComparison:
    """The heat of a year, and what the years before would have taken in its weather.

    rows: the months of which both the heat and the weather are known
    years: those before of which anything is known, the newest first
    now, before: the months that can be compared; what the years before would have taken on average
    """

    year: int
    rows: Sequence[SameWeather]
    years: Sequence[int]
    now: Energy
    before: Energy
    chart: Chart

    @property
    def years_said(self) -> str:
        """`2023–2025`, or the only one."""
        return "–".join(dict.fromkeys((str(self.years[-1]), str(self.years[0]))))

    @property
    def change(self) -> Change | None:
        """How the year differs from those before."""
        return changed(self.now, self.before)

    def change_of(self, row: SameWeather) -> Change | None:
        """How a month differs from those of the years before."""
        return changed(row.heat, row.mean_before) if row.mean_before is not None else None


@dataclass(frozen=True, slots=True)
class Outdoors:
    """The weather of a period.

    place: where it was measured; None where the sites are in different places
    each: of each step of the period
    whole: of all of it
    by_degree_days: whether degree days are told
    chart: None where no temperature is known
    heat: of a year of heat; None without a summer and a year before
    """

    place: str | None
    each: Sequence[StepWeather]
    whole: StepWeather
    by_degree_days: bool
    chart: LineChart | None
    heat: HeatComparison | None

    @property
    def lowest(self) -> Decimal:
        """The lowest mean of a step, where there is a chart."""
        return min(self._known)

    @property
    def highest(self) -> Decimal:
        """The highest one."""
        return max(self._known)

    @property
    def _known(self) -> Sequence[Decimal]:
        return [step.degrees for step in self.each if step.degrees is not None]


def outdoors(db: Session, who: User, selection: Selection, steps: Sequence[PeriodStep], today: date) -> Outdoors | None:
    """The weather beside the steps of a selection; None where it is not asked for."""
    if not selection.shows(Shown.TEMPERATURE) or not steps:
        return None
    first, last = steps[0].period.first, steps[-1].period.last
    year = _year_of_heat(selection)
    since = date(year.year - YEARS_BEFORE, 1, 1) if year else first
    weather = of_sites(db, who, {point.site_id for point in selection.points}, since, last)
    each = list(_weather_of(selection, steps, weather.temperatures, today))
    curve = [step.degrees for step in each]
    return Outdoors(
        place=weather.place,
        each=each,
        whole=_weather(weather.temperatures, (first, last), today, selection.commodity),
        by_degree_days=any(step.degree_days is not None for step in each),
        chart=draw_line(curve) if any(degrees is not None for degrees in curve) else None,
        heat=_heat(db, who, selection, year, weather.temperatures, today) if year and weather.place else None,
    )


def weather_beside(db: Session, who: User, selection: Selection) -> Weather | None:
    """The temperatures of a selection from its first reading to its last; None where not asked for, or unknown.

    Sites in different places have none together.
    """
    reach = [quarters for point in selection.points if (quarters := point.known_quarters(who.parties))]
    if not selection.shows(Shown.TEMPERATURE) or not reach:
        return None
    begins = max(selection.period.begins, min(first for first, _ in reach))
    ends = min(selection.period.ends, max(until for _, until in reach))
    if begins >= ends:
        return None
    sites = {point.site_id for point in selection.points}
    weather = of_sites(db, who, sites, day_of(instant_of(begins)), day_of(instant_of(ends - 1)))
    told = weather.temperatures.between(begins // QUARTERS_AN_HOUR, -(-ends // QUARTERS_AN_HOUR))
    return replace(weather, temperatures=told) if told.is_known else None


def _year_of_heat(selection: Selection) -> Year | None:
    is_heat = selection.commodity is Commodity.HEAT
    return selection.period if is_heat and isinstance(selection.period, Year) else None


def _weather_of(
    selection: Selection, steps: Sequence[PeriodStep], temperatures: Temperatures, today: date
) -> Iterator[StepWeather]:
    if not isinstance(steps[0].period, Hour):
        for step in steps:
            days = step.period.first, step.period.last
            yield _weather(temperatures, days, today, selection.commodity)
        return
    edges = np.array([*(step.period.begins for step in steps), steps[-1].period.ends]) // QUARTERS_AN_HOUR
    yield from map(StepWeather, means(temperatures, edges, start_hour(today)))


def _weather(temperatures: Temperatures, days: tuple[date, date], today: date, commodity: Commodity) -> StepWeather:
    """That of days from the first to the last, before today."""
    first, last = days[0], min(days[1], today - DAY)
    if last < first:
        return StepWeather(None)
    edges = np.array([start_hour(first), start_hour(last + DAY)])
    (degrees,) = means(temperatures, edges, int(edges[-1]))
    return StepWeather(degrees, degree_days(temperatures, first, last) if commodity is Commodity.HEAT else None)


def _heat(
    db: Session, who: User, selection: Selection, year: Year, temperatures: Temperatures, today: date
) -> HeatComparison | None:
    span = Span(date(year.year - YEARS_BEFORE, 1, 1), year.last)
    steps = queries.steps(db, who, replace(selection, period=span, compare=Compare.NONE), today)
    held = held_days(selection.points, who.parties)
    points = [_whole(looked_at(held, step.period)) for step in steps]
    rows = in_the_weather_of(year.year, list(_heated(steps, points, year, temperatures)))
    compared = [(row.heat, row.mean_before) for row in rows if row.mean_before is not None]
    if not compared:
        return None
    return HeatComparison(
        year=year.year,
        rows=rows,
        years=[before for before in rows[0].before if any(row.before[before] is not None for row in rows)],
        now=sum((heat for heat, _ in compared), Energy(0)),
        before=sum((before for _, before in compared), Energy(0)),
        chart=draw([ChartBar(row.heat, row.mean_before) for row in rows], APART),
    )


def _whole(looked: LookedAt) -> frozenset[UUID] | None:
    """The points that are looked at in a month from beginning to end; None where any is in part."""
    return None if any(before or after for _, before, after in looked) else frozenset(point for point, *_ in looked)


def _heated(
    steps: Sequence[PeriodStep], points: Sequence[frozenset[UUID] | None], year: Year, temperatures: Temperatures
) -> Iterator[HeatedMonth]:
    """The months; of one that is not known in full, or of other points than the year's, no heat is told.

    The year's are those of the month with the most of them, the last of several such: who moved compares the new home.
    """
    of_year = [mine for step, mine in zip(steps, points, strict=True) if mine and year.first <= step.period.first]
    compared = max(reversed(of_year), key=len, default=None)
    for step, mine in zip(steps, points, strict=True):
        first, last = step.period.first, step.period.last
        is_whole = step.now.complete and mine and mine == compared
        yield HeatedMonth(first, step.energy if is_whole else None, degree_days(temperatures, first, last))

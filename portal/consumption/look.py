"""Somebody looks at a selection: what has to be asked, and the view that the answers make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final

from sqlmodel import Session

from portal.auth.people import Customer
from portal.auth.reach import Theme
from portal.consumption import queries, view
from portal.consumption.addresses import Address, Shown
from portal.consumption.charts import Curve, Mark, columns
from portal.consumption.gaps import Gap, gaps
from portal.consumption.names import Name
from portal.consumption.periods import All, Day, Hour, Month, Period, Span, Week, Year
from portal.consumption.prices import Costs, Pricing, no_costs, pricing
from portal.consumption.queries import PointReadings
from portal.consumption.rules import Compare, Step, total
from portal.consumption.selection import Selection
from portal.consumption.view import Drawing, Figures, File, HourOfDay, Level, Link, Row, View, Way
from portal.contracts.windows import Days
from portal.kit.clock import day_of
from portal.kit.intervals import QUARTERS_AN_HOUR, instant_of
from portal.sites.models import Commodity

MOST_GAPS: Final = 5  # that are told one by one
MOST_POINT_DAYS: Final = 5_000  # whose every reading is looked at, for prices and gaps
A_YEAR: Final = timedelta(weeks=52)
FILES: Final = (("datahub", "quarter"), ("datahub", "hour"), ("json", "quarter"))


@dataclass(frozen=True)
class Look:
    """Who looks at what, and when; links keep what `address` keeps. The period is never an hour: that is `hour`."""

    db: Session
    who: Customer
    selection: Selection
    today: date
    address: Address
    hour: Hour | None = None

    @property
    def period(self) -> Period:
        """What the chart shows."""
        return self.selection.period

    @cached_property
    def reach(self) -> Span | None:
        """The days of which there may be readings that this person may see; None where there are none."""
        until = [until for point in self.selection.points if (until := point.known_until(self.who.parties))]
        since = [
            max(first, day_of(instant_of(point.first_quarter)))
            for point in self.selection.points
            for first, _ in point.held_by(self.who.parties)
            if point.first_quarter is not None
        ]
        return Span(min(since), day_of(instant_of(max(until) - 1))) if since and until else None

    @cached_property
    def within_reach(self) -> Span | None:
        """The days of the period of which there may be readings."""
        if self.reach is None:
            return None
        first, last = max(self.reach.first, self.period.first), min(self.reach.last, self.period.last)
        return Span(first, last) if first <= last else None

    @property
    def point_days(self) -> int:
        """How many days of points there may be to look at."""
        return len(self.within_reach.days) * len(self.selection.points) if self.within_reach else 0

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What the chart shows, step by step."""
        return queries.steps(self.db, self.who, self.selection, self.today)

    @cached_property
    def readings(self) -> tuple[PointReadings, ...]:
        """Every reading of the period; none where they are too many to look at."""
        days = self.within_reach
        if days is None or self.point_days > MOST_POINT_DAYS:
            return ()
        return queries.readings(self.db, self.who, replace(self.selection, period=days))

    @cached_property
    def pricing(self) -> Pricing:
        """What prices the readings."""
        days = self.within_reach or self.period
        return pricing(self.db, self.who, self.readings, Days(days.first, days.last))

    @cached_property
    def costs(self) -> Costs:
        """What the steps cost."""
        return _costs(self, [step.period for step in self.steps])


def look(db: Session, who: Customer, selection: Selection, today: date, address: Address) -> Look:
    """An hour is looked at as a part of its day."""
    if isinstance(selection.period, Hour):
        hour = selection.period
        return Look(db, who, replace(selection, period=hour.parent), today, address, hour)
    return Look(db, who, selection, today, address)


def seen(look: Look) -> View:
    """What they see."""
    drawing = _drawing(look)
    gaps_told = _gaps(look)
    return View(
        name=Name(look.period),
        compare=look.selection.compare,
        previous=_previous(look),
        next=_next(look),
        levels=tuple(_levels(look)),
        around=tuple(_link(look, period) for period in _around(look.period)),
        comparisons=tuple(_ways(look)),
        files=tuple(_files(look)),
        drawing=drawing,
        figures=_figures(look) if drawing else None,
        points=len(look.selection.points),
        gaps=tuple(gaps_told[:MOST_GAPS]),
        more_gaps=max(0, len(gaps_told) - MOST_GAPS),
        revised=any(step.now.revised for step in look.steps),
        hour=_hour(look, look.hour, drawing) if drawing and look.hour else None,
    )


def _drawing(look: Look) -> Drawing | None:
    """The chart; None where nothing has come yet."""
    if all(step.now.mark is Mark.AHEAD for step in look.steps):
        return None
    rows = view.rows(look.steps, look.costs.each, look.address.of, look.hour or Day(look.today))
    curve = (
        look.pricing.spot_curve(look.period)
        if isinstance(look.period, Day) and look.address.shows(Shown.PRICE)
        else None
    )
    return view.drawing(rows, curve)


def _costs(look: Look, periods: Sequence[Period]) -> Costs:
    """What periods cost; of what is produced, what it earns."""
    if not look.address.shows(Shown.EUROS):
        return no_costs(len(periods))
    costs = look.pricing.costs(periods)
    return -costs if look.selection.energy is Commodity.PRODUCTION else costs


def _gaps(look: Look) -> Sequence[Gap]:
    days = look.within_reach
    return gaps(look.readings, look.who.parties, days, look.today) if days and look.readings else ()


def _figures(look: Look) -> Figures:
    then = [step.then for step in _whole(look) if step.then and step.now.mark is not Mark.AHEAD]
    return Figures(
        total=total(step.now for step in look.steps).energy,
        covers=_covers(look),
        then=total(then).energy if then else None,
        compared=queries.comparison(look.db, look.who, look.selection, look.steps, look.today),
        priced=_is_priced(look),
        cost=look.costs.total,
        estimate=look.pricing.estimate,
        lacks_contracts=_lacks_contracts(look),
    )


def _whole(look: Look) -> Sequence[Step]:
    """The steps to sum of the year before. A day is one step: a year before, it may have had an hour more or less."""
    if not isinstance(look.period, Day):
        return look.steps
    week = replace(look.selection, period=Week.of(look.period.day))
    return [step for step in queries.steps(look.db, look.who, week, look.today) if step.period == look.period]


def _is_priced(look: Look) -> bool:
    """Whether a price is to be expected: what is produced has one only where a contract says so."""
    bought = bool(look.readings) and look.selection.energy is not Commodity.PRODUCTION
    return look.address.shows(Shown.EUROS) and (bought or look.pricing.is_known)


def _lacks_contracts(look: Look) -> bool:
    """Whether contracts at any of the sites are closed to the person."""
    open_at = look.who.reach.sites(Theme.CONTRACTS)
    return open_at is not None and any(point.site_id not in open_at for point in look.selection.points)


def _covers(look: Look) -> Name | None:
    """The days that a total is of, where they are not the whole period."""
    days = look.within_reach
    if days is None or (days.first, days.last) == (look.period.first, look.period.last):
        return None
    return Name(days)


def _link(look: Look, period: Period) -> Link:
    return Link(Name(period), look.address.of(period))


def _previous(look: Look) -> Link | None:
    """The period before, as long as there may be readings of it."""
    before = look.period.previous
    return _link(look, before) if before and look.reach and before.last >= look.reach.first else None


def _next(look: Look) -> Link | None:
    """The period after, once it has begun."""
    after = look.period.next
    return _link(look, after) if after and after.first <= look.today else None


def _levels(look: Look) -> Iterator[Level]:
    """A year, a month, a day: those in which the newest readings of the period lie."""
    days = look.within_reach
    newest = days.last if days else min(look.period.last, max(look.period.first, look.today))
    for kind in (Year, Month, Day):
        chosen = isinstance(look.period, kind)
        period = look.period if chosen else kind.of(newest)
        yield Level(Name(period).kind, look.address.of(period), chosen)


def _around(period: Period) -> Iterator[Period]:
    """Other stretches of time in which it lies."""
    if isinstance(period, Year):
        yield All()
    if isinstance(period, Day):
        yield Week.of(period.day)


def _ways(look: Look) -> Iterator[Way]:
    """Ways of comparing, once there may be something to compare with."""
    if isinstance(look.period, All) or look.reach is None or look.reach.first > look.period.last - A_YEAR:
        return
    for compare in (Compare.DATE, Compare.WEEKDAY, Compare.NONE):
        if compare is not Compare.WEEKDAY or not isinstance(look.period, Year):
            address = replace(look.address, compare=compare)
            yield Way(compare, address.of(look.hour or look.period), compare is look.selection.compare)


def _files(look: Look) -> Iterator[File]:
    """Datahub's format as it was measured and by the hour; and one for programs."""
    for format_, resolution in FILES:
        yield File(format_, resolution, look.address.file(look.period, format_, resolution))


def _hour(look: Look, hour: Hour, drawing: Drawing) -> HourOfDay | None:
    row = next((row for row in drawing.rows if row.name.period == hour), None)
    if row is None:
        return None
    quarters = _quarters(look, hour)
    return HourOfDay(
        row=row,
        previous=_to_hour(look, hour.previous),
        next=_to_hour(look, hour.next),
        quarters=quarters,
        columns=columns([quarter.now for quarter in quarters]) if quarters else (),
        peak_kw=max((quarter.now.kwh * QUARTERS_AN_HOUR for quarter in quarters if quarter.now), default=None),
        spot=_mean(look.pricing.spot_curve(hour)),
    )


def _to_hour(look: Look, hour: Period | None) -> Link | None:
    """Another hour, perhaps of another day, as long as there may be readings of it."""
    return _link(look, hour) if hour and look.reach and look.reach.first <= hour.first <= look.reach.last else None


def _quarters(look: Look, hour: Hour) -> tuple[Row, ...]:
    """The quarters of an hour; none where the meter is read by the hour."""
    selection = replace(look.selection, period=hour, compare=Compare.NONE)
    steps = queries.steps(look.db, look.who, selection, look.today)
    if any(isinstance(step.period, Hour) for step in steps):
        return ()
    periods = [step.period for step in steps]
    return view.rows(steps, _costs(look, periods).each, view.nowhere, hour)


def _mean(curve: Curve | None) -> Decimal | None:
    known = [value for value in curve.values if value is not None] if curve else []
    return sum(known, Decimal(0)) / len(known) if known else None

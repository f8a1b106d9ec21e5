"""Somebody looks at a selection: what has to be asked, and the view that the answers make."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Final

from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.consumption import queries, view
from portal.consumption.addresses import Shown, ViewLink
from portal.consumption.charts import Curve, Mark, columns
from portal.consumption.gaps import Gap, gaps
from portal.consumption.names import Name
from portal.consumption.periods import All, Day, Hour, Month, Period, Span, Week, Year
from portal.consumption.prices import Costs, Pricing, no_costs, pricing
from portal.consumption.queries import PointReadings
from portal.consumption.rules import Compare, PeriodStep, total
from portal.consumption.selection import Selection
from portal.consumption.view import DownloadLink, Drawing, Figures, HourOfDay, Link, PeriodLevel, SlotRow, View, Way
from portal.contracts.tariff_periods import Days
from portal.kit.clock import day_of
from portal.kit.intervals import QUARTERS_AN_HOUR, instant_of
from portal.sites.kinds import Commodity

MOST_GAPS: Final = 5  # that are told one by one
MOST_POINT_DAYS: Final = 5_000  # whose every reading is looked at, for prices and gaps
A_YEAR: Final = timedelta(weeks=52)
FILES: Final = (("datahub", "quarter"), ("datahub", "hour"), ("json", "quarter"))


@dataclass(frozen=True)
class ViewContext:
    """Who looks at what, and when; links keep what `address` keeps. The period is never an hour: that is `hour`."""

    db: Session
    who: User
    selection: Selection
    today: date
    address: ViewLink
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
    def steps(self) -> tuple[PeriodStep, ...]:
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


def view_context(db: Session, who: User, selection: Selection, today: date, address: ViewLink) -> ViewContext:
    """An hour is looked at as a part of its day."""
    if isinstance(selection.period, Hour):
        hour = selection.period
        return ViewContext(db, who, replace(selection, period=hour.parent), today, address, hour)
    return ViewContext(db, who, selection, today, address)


def view_of(context: ViewContext) -> View:
    """What they see."""
    drawing = _drawing(context)
    gaps_told = _gaps(context)
    return View(
        name=Name(context.period),
        compare=context.selection.compare,
        previous=_previous(context),
        next=_next(context),
        levels=tuple(_levels(context)),
        around=tuple(_link(context, period) for period in _around(context.period)),
        comparisons=tuple(_ways(context)),
        files=tuple(_files(context)),
        drawing=drawing,
        figures=_figures(context) if drawing else None,
        points=len(context.selection.points),
        gaps=tuple(gaps_told[:MOST_GAPS]),
        more_gaps=max(0, len(gaps_told) - MOST_GAPS),
        revised=any(step.now.revised for step in context.steps),
        hour=_hour(context, context.hour, drawing) if drawing and context.hour else None,
    )


def _drawing(context: ViewContext) -> Drawing | None:
    """The chart; None where nothing has come yet."""
    if all(step.now.mark is Mark.AHEAD for step in context.steps):
        return None
    rows = view.rows(context.steps, context.costs.each, context.address.of, context.hour or Day(context.today))
    curve = (
        context.pricing.spot_curve(context.period)
        if isinstance(context.period, Day) and context.address.shows(Shown.PRICE)
        else None
    )
    return view.drawing(rows, curve)


def _costs(context: ViewContext, periods: Sequence[Period]) -> Costs:
    """What periods cost; of what is produced, what it earns."""
    if not context.address.shows(Shown.EUROS):
        return no_costs(len(periods))
    costs = context.pricing.costs(periods)
    return -costs if context.selection.energy is Commodity.PRODUCTION else costs


def _gaps(context: ViewContext) -> Sequence[Gap]:
    days = context.within_reach
    return gaps(context.readings, context.who.parties, days, context.today) if days and context.readings else ()


def _figures(context: ViewContext) -> Figures:
    then = [step.then for step in _whole(context) if step.then and step.now.mark is not Mark.AHEAD]
    return Figures(
        total=total(step.now for step in context.steps).energy,
        covers=_covers(context),
        then=total(then).energy if then else None,
        compared=queries.comparison(context.db, context.who, context.selection, context.steps, context.today),
        priced=_is_priced(context),
        cost=context.costs.total,
        estimate=context.pricing.estimate,
        lacks_contracts=_lacks_contracts(context),
    )


def _whole(context: ViewContext) -> Sequence[PeriodStep]:
    """The steps to sum of the year before. A day is one step: a year before, it may have had an hour more or less."""
    if not isinstance(context.period, Day):
        return context.steps
    week = replace(context.selection, period=Week.of(context.period.day))
    return [
        step for step in queries.steps(context.db, context.who, week, context.today) if step.period == context.period
    ]


def _is_priced(context: ViewContext) -> bool:
    """Whether a price is to be expected: what is produced has one only where a contract says so."""
    bought = bool(context.readings) and context.selection.energy is not Commodity.PRODUCTION
    return context.address.shows(Shown.EUROS) and (bought or context.pricing.is_known)


def _lacks_contracts(context: ViewContext) -> bool:
    """Whether contracts at any of the sites are closed to the person."""
    open_at = context.who.reach.sites(Theme.CONTRACTS)
    return open_at is not None and any(point.site_id not in open_at for point in context.selection.points)


def _covers(context: ViewContext) -> Name | None:
    """The days that a total is of, where they are not the whole period."""
    days = context.within_reach
    if days is None or (days.first, days.last) == (context.period.first, context.period.last):
        return None
    return Name(days)


def _link(context: ViewContext, period: Period) -> Link:
    return Link(Name(period), context.address.of(period))


def _previous(context: ViewContext) -> Link | None:
    """The period before, as long as there may be readings of it."""
    before = context.period.previous
    return _link(context, before) if before and context.reach and before.last >= context.reach.first else None


def _next(context: ViewContext) -> Link | None:
    """The period after, once it has begun."""
    after = context.period.next
    return _link(context, after) if after and after.first <= context.today else None


def _levels(context: ViewContext) -> Iterator[PeriodLevel]:
    """A year, a month, a day: those in which the newest readings of the period lie."""
    days = context.within_reach
    newest = days.last if days else min(context.period.last, max(context.period.first, context.today))
    for kind in (Year, Month, Day):
        chosen = isinstance(context.period, kind)
        period = context.period if chosen else kind.of(newest)
        yield PeriodLevel(Name(period).kind, context.address.of(period), chosen)


def _around(period: Period) -> Iterator[Period]:
    """Other stretches of time in which it lies."""
    if isinstance(period, Year):
        yield All()
    if isinstance(period, Day):
        yield Week.of(period.day)


def _ways(context: ViewContext) -> Iterator[Way]:
    """Ways of comparing, once there may be something to compare with."""
    if isinstance(context.period, All) or context.reach is None or context.reach.first > context.period.last - A_YEAR:
        return
    for compare in (Compare.DATE, Compare.WEEKDAY, Compare.NONE):
        if compare is not Compare.WEEKDAY or not isinstance(context.period, Year):
            address = replace(context.address, compare=compare)
            yield Way(compare, address.of(context.hour or context.period), compare is context.selection.compare)


def _files(context: ViewContext) -> Iterator[DownloadLink]:
    """Datahub's format as it was measured and by the hour; and one for programs."""
    for format_, resolution in FILES:
        yield DownloadLink(format_, resolution, context.address.file(context.period, format_, resolution))


def _hour(context: ViewContext, hour: Hour, drawing: Drawing) -> HourOfDay | None:
    row = next((row for row in drawing.rows if row.name.period == hour), None)
    if row is None:
        return None
    quarters = _quarters(context, hour)
    return HourOfDay(
        row=row,
        previous=_to_hour(context, hour.previous),
        next=_to_hour(context, hour.next),
        quarters=quarters,
        columns=columns([quarter.now for quarter in quarters]) if quarters else (),
        peak_kw=max((quarter.now.kwh * QUARTERS_AN_HOUR for quarter in quarters if quarter.now), default=None),
        spot=_mean(context.pricing.spot_curve(hour)),
    )


def _to_hour(context: ViewContext, hour: Period | None) -> Link | None:
    """Another hour, perhaps of another day, as long as there may be readings of it."""
    return (
        _link(context, hour)
        if hour and context.reach and context.reach.first <= hour.first <= context.reach.last
        else None
    )


def _quarters(context: ViewContext, hour: Hour) -> tuple[SlotRow, ...]:
    """The quarters of an hour; none where the meter is read by the hour."""
    selection = replace(context.selection, period=hour, compare=Compare.NONE)
    steps = queries.steps(context.db, context.who, selection, context.today)
    if any(isinstance(step.period, Hour) for step in steps):
        return ()
    periods = [step.period for step in steps]
    return view.rows(steps, _costs(context, periods).each, view.nowhere, hour)


def _mean(curve: Curve | None) -> Decimal | None:
    known = [value for value in curve.values if value is not None] if curve else []
    return sum(known, Decimal(0)) / len(known) if known else None

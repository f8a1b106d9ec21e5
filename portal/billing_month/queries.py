"""What a month is worked out from: the person's own metering points, contracts and readings; nothing is kept."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

import numpy as np
from sqlmodel import Session

from portal.auth.people import User
from portal.billing_month.records import Forecast, MonthSoFar, NoMonth, of_energy
from portal.billing_month.rules import A_YEAR, HISTORY, DailyUse, Lack, error, expected, level, tried
from portal.consumption import queries as consumption
from portal.consumption import store
from portal.consumption.selection import Point
from portal.consumption.store import PointDays
from portal.contracts import queries as contracts
from portal.contracts.charges import NotPriced, Terms
from portal.contracts.kinds import Basis
from portal.contracts.pricing import Costing, NoSpotPrice, Supply, bill
from portal.contracts.spot import NO_SPOT, SpotPrices
from portal.contracts.tariff_periods import Days
from portal.contracts.terms import spot_for
from portal.invoices import queries as invoices
from portal.kit.clock import DAY, first_of_month, next_month, quarters_in
from portal.kit.energy import Energy
from portal.kit.intervals import NOTHING, QUARTERS_A_DAY, Intervals, start_quarter
from portal.sites.kinds import ReadingType

MOST_POINTS: Final = 10  # whose readings are looked at: a home has one to four


@dataclass(frozen=True, slots=True)
class _Metered:
    """A series of a metering point, the contracts that bill by it, and the use of its days as far as they are held.

    is_cut_off: whether no energy can flow there now: none is expected of the rest of the month
    """

    point: Point
    reading_type: ReadingType
    terms: tuple[Terms, ...]
    use: DailyUse
    is_cut_off: bool

    def newest(self, first: date, today: date) -> date:
        """The last day since the first that is known; the day before it without any."""
        return max(self._known(first, today), default=first - DAY)

    def complete_until(self, first: date, today: date) -> date:
        """The last day up to which all days since the first are known; the day before it without any."""
        known, day = frozenset(self._known(first, today)), first
        while day in known:
            day += DAY
        return day - DAY

    def level(self, until: date) -> Fraction | None:
        """What it takes of what it took a year before, as far as a day; None where a month cannot be told of by it."""
        if self.is_cut_off:
            return Fraction(0)
        return None if expected(self.use, until) is None else level(self.use, until)

    def expected(self, until: date) -> Fraction:
        """What its month takes that can be foretold wrong, in milliwatt-hours."""
        return Fraction(0) if self.is_cut_off else expected(self.use, until) or Fraction(0)

    def _known(self, first: date, today: date) -> Iterator[date]:
        """The days before today that are known: on those on which no energy could flow, that none did."""
        days = (first + number * DAY for number in range((today - first).days))
        return (day for day in days if day in self.use or any(day in cut for cut in self.point.cut_off))


def so_far(db: Session, who: User, today: date) -> MonthSoFar | NoMonth:
    """What this month costs up to the last day of which enough is known, and what it may come to."""
    month = Days(first_of_month(today), next_month(today) - DAY)
    every = list(_metered(db, who, month, today))
    if not every:
        return NoMonth.NOTHING_METERED
    if len(every) > MOST_POINTS:
        return NoMonth.TOO_MANY
    newest = min(one.newest(month.first, today) for one in every)
    known = [of_now for one in every if (of_now := one.level(newest)) is not None]
    can_foretell = len(known) == len(every)
    until = newest if can_foretell else min(one.complete_until(month.first, today) for one in every)
    if until < month.first:
        return NoMonth.NO_READINGS
    days, spot = Days(month.first, until), _spot(db, every, month)
    estimates = [_expected(db, *one, month) for one in zip(every, known, strict=True)] if can_foretell else []
    supplies = list(_supplies(db, every, estimates or [NOTHING] * len(every), Days(month.first, today - DAY)))
    try:
        costing = bill(supplies, days, spot)
    except (NotPriced, NoSpotPrice):
        return NoMonth.NO_PRICE
    before = month.first - DAY
    return MonthSoFar(
        days=days,
        costing=costing,
        kinds={terms.contract_id: terms.kind for one in every for terms in one.terms},
        used=[(one.point.commodity, _used(supply, days)) for one, supply in zip(every, supplies, strict=True)],
        forecast=_forecast(every, supplies, costing, month, spot, until) if can_foretell else Lack.TOO_LITTLE,
        bills=invoices.of_days(db, who, first_of_month(before), before, MOST_POINTS),
        follows_spot=spot is not NO_SPOT,
    )


def _forecast(
    every: Sequence[_Metered],
    supplies: Sequence[Supply],
    costing: Costing,
    month: Days,
    spot: SpotPrices,
    until: date,
) -> Forecast | Lack:
    """The bill of the whole month with the use that is to be expected, and how far it may be out."""
    priced = [
        replace(one, terms=tuple(_at_mean_spot(terms, costing, until) for terms in one.terms)) for one in supplies
    ]
    try:
        whole = bill(priced, month, spot)
    except (NotPriced, NoSpotPrice):
        return Lack.NO_PRICE
    prices = []
    for one in every:
        contracts_of = {terms.contract_id for terms in one.terms}
        cost = sum(line.net.cents for line in of_energy(whole) if line.contract_id in contracts_of)
        taken = one.expected(until)
        prices.append(Fraction(cost) / taken if taken else Fraction(0))
    found = error([tried(one.use, until) for one in every], prices)
    return found if isinstance(found, Lack) else Forecast.of(whole, *found)


def _metered(db: Session, who: User, month: Days, today: date) -> Iterator[_Metered]:
    """The series by which the person's contracts are billed in a month, with the use of the days since long before."""
    terms = contracts.terms(db, who, month)
    points = {point.id: point for point in consumption.points(db, who, today) if point.is_held_by(who.parties, today)}
    by_series: defaultdict[tuple[UUID, ReadingType], list[Terms]] = defaultdict(list)
    for point, of_point in terms.items():
        for one in of_point if point in points else ():
            by_series[point, one.reading_type or points[point].reading_type].append(one)
    since = month.first - HISTORY
    for kind in dict.fromkeys(kind for _, kind in by_series):
        mine = [point for point, of_kind in by_series if of_kind is kind]
        use = _use(db, who, [points[point] for point in mine], kind, Days(since, today - DAY))
        for point in mine:
            is_cut_off = points[point].is_cut_off(today)
            yield _Metered(points[point], kind, tuple(by_series[point, kind]), use.get(point, {}), is_cut_off)


def _use(db: Session, who: User, points: Sequence[Point], kind: ReadingType, days: Days) -> Mapping[UUID, DailyUse]:
    """The use of each point on the days that are known in full and on which the person's parties hold its site."""
    found: defaultdict[UUID, dict[date, int]] = defaultdict(dict)
    held = {point.id: point.held_by(who.parties) for point in points}
    wanted = [PointDays(point.id, days.first, days.last, reading_type=kind) for point in points]
    for point, month, figures in store.days_by_point(db, wanted):
        for number, (used, measured, estimated, *_) in enumerate(figures.tolist()):
            day = month + number * DAY
            whole = measured + estimated == quarters_in(day)
            if whole and days.first <= day <= days.last and any(first <= day <= last for first, last in held[point]):
                found[point][day] = used
    return found


def _supplies(db: Session, every: Sequence[_Metered], estimates: Sequence[Intervals], days: Days) -> Iterator[Supply]:
    """What is known of some days, and, where it can be told, what to expect of days and hours that are not."""
    for one, estimate in zip(every, estimates, strict=True):
        yield Supply(_read(db, one, days), one.terms, estimate, one.point.cut_off)


def _used(supply: Supply, days: Days) -> Energy:
    """What was used on some days, estimates among it."""
    every = supply.used(days)
    mine = (every.quarter >= start_quarter(days.first)) & (every.quarter < start_quarter(days.last + DAY))
    return Energy(int(every.milliwatt_hours[mine].sum()))


def _read(db: Session, one: _Metered, days: Days) -> Intervals:
    wanted = PointDays(one.point.id, days.first, days.last, reading_type=one.reading_type)
    (known,) = store.read_all(db, [wanted])
    return known.intervals


def _expected(db: Session, one: _Metered, of_now: Fraction, month: Days) -> Intervals:
    """The readings of the same weekdays of a year before, at the level of now."""
    then = _read(db, one, Days(month.first - A_YEAR, month.last - A_YEAR))
    return Intervals(
        then.quarter + A_YEAR.days * QUARTERS_A_DAY,
        then.length,
        np.rint(then.milliwatt_hours * float(of_now)).astype(np.int64),
        then.quality,
    )


def _spot(db: Session, every: Sequence[_Metered], days: Days) -> SpotPrices:
    follows = any(price.basis is Basis.SPOT for one in every for terms in one.terms for price in terms.prices)
    return spot_for(db, days) if follows else NO_SPOT


def _at_mean_spot(terms: Terms, costing: Costing, until: date) -> Terms:
    """A contract that follows the exchange pays the mean price of the month so far on the days that are to come."""
    paid = {line.code: line.unit_price for line in costing.lines if line.contract_id == terms.contract_id}
    prices = []
    for price in terms.prices:
        if price.basis is not Basis.SPOT or price.code not in paid:
            prices.append(price)
            continue
        goes_on = price.last is None or price.last > until
        if price.first <= until:
            prices.append(replace(price, last=until if goes_on else price.last))
        if goes_on:
            first = max(price.first, until + DAY)
            prices.append(replace(price, basis=Basis.ENERGY, amount=paid[price.code], first=first))
    return replace(terms, prices=tuple(prices))

"""What the energy that is looked at costs, by the one pricing rule; with VAT, without basic and power charges."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from portal.auth.people import User
from portal.consumption import queries
from portal.consumption.charts import Curve
from portal.consumption.periods import All, Period, Span
from portal.consumption.queries import PointReadings
from portal.consumption.selection import Point, Selection
from portal.contracts import queries as contracts
from portal.contracts.charges import BY_ENERGY, METERED, Charge, NotPriced, NoVatRate, Terms, charges
from portal.contracts.kinds import Basis, ContractKind
from portal.contracts.pricing import cost_of
from portal.contracts.spot import NO_SPOT, SpotPrices
from portal.contracts.spot_days import UNITS_PER_CENT
from portal.contracts.tariff_periods import Days, Whole
from portal.contracts.terms import spot_for
from portal.kit.clock import DAY
from portal.kit.intervals import NOTHING, QUARTERS_AN_HOUR, Intervals, Quality, joined, start_quarter
from portal.kit.money import Money, rounded
from portal.sites.kinds import ReadingType

Flags = NDArray[np.bool_]
ANYBODYS: Final = UUID(int=0)
UNITS_IN_FOUR: Final = 4 * UNITS_PER_CENT  # contracts/spot.py tells four times a price, in these units


@dataclass(frozen=True, slots=True)
class Costs:
    """What each of some periods costs, and all together, each rounded once; None where any of it has no price."""

    each: tuple[Money | None, ...]
    total: Money | None

    def __neg__(self) -> "Costs":
        return Costs(tuple(_turned(cost) for cost in self.each), _turned(self.total))


class Of(StrEnum):
    """Of what an estimate is: contracts may price the sale of electricity or its distribution alone."""

    ALL = "all"
    SALES = "sales"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What an estimate is of, so that it is never taken for a bill, and the charges that it leaves out.

    leaves_out: by month, by power
    """

    of: Of = Of.ALL
    leaves_out: frozenset[Basis] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Pricing:
    """Readings with the contracts that price them, and the spot prices of their days.

    Readings of points whose contracts say the same stand together: prices go by the energy of an interval alone.
    billed: the series by which any contract is billed
    """

    supplies: tuple[tuple[Intervals, tuple[Terms, ...]], ...]
    spot: SpotPrices
    days: Days
    billed: frozenset[ReadingType] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether any contract of any point is in the register."""
        return any(terms for _, terms in self.supplies)

    @property
    def estimate(self) -> Estimate:
        """What its costs are of."""
        every = [terms for _, of_point in self.supplies for terms in of_point]
        charged = {
            (terms.kind, price.basis) for terms in every for price in terms.prices if self.days.within(price.held)
        }
        kinds = {kind for kind, basis in charged if basis in BY_ENERGY}
        of = {frozenset({ContractKind.SALES}): Of.SALES, frozenset({ContractKind.NETWORK}): Of.NETWORK}
        return Estimate(of.get(frozenset(kinds), Of.ALL), frozenset(basis for _, basis in charged) - BY_ENERGY)

    def costs(self, periods: Sequence[Period]) -> Costs:
        """What periods that follow each other cost."""
        if not self.supplies:
            return no_costs(len(periods))
        edges = np.array([*(period.begins for period in periods), periods[-1].ends])
        found = [_costs(readings, terms, self.spot, edges) for readings, terms in self.supplies]
        every = [cost for of_point in found for cost in of_point]
        return Costs(tuple(_together(of_period) for of_period in zip(*found, strict=True)), _together(every))

    def spot_curve(self, period: Period) -> Curve | None:
        """The spot price with VAT of each quarter hour of a day or an hour, where a contract follows it."""
        days = Days(period.first, period.last)
        every = (terms for _, of_point in self.supplies for terms in of_point)
        following = next(((terms, charge) for terms in every for charge in _on_spot(terms, days)), None)
        if following is None:
            return None
        terms, charge = following
        quarters = np.arange(period.begins, period.ends)
        none = np.zeros_like(quarters)
        readings = Intervals(quarters, none + 1, none, none.astype(np.uint8))
        prices, are_known = self.spot.of(readings, terms.billing_minutes)
        factor = (1 + charge.vat_percent / 100) / UNITS_IN_FOUR
        values = zip(prices.tolist(), are_known.tolist(), strict=True)
        return [fourfold * factor if known else None for fourfold, known in values]


def no_costs(periods: int) -> Costs:
    """For so many periods of which no cost is known."""
    return Costs((None,) * periods, None)


def pricing(db: Session, who: User, readings: Sequence[PointReadings], selection: Selection, days: Days) -> Pricing:
    """What prices the readings of some days for a person: their own contracts, each by the series that it names."""
    terms = contracts.terms(db, who, days)
    others = _others(db, who, readings, terms, replace(selection, period=Span(days.first, days.last)))
    alike: dict[tuple[Terms, ...], list[Intervals]] = defaultdict(list)
    for of in readings:
        for mine, intervals in _parts(of, terms.get(of.point.id, ()), others):
            alike[tuple(_anonymous(one, days) for one in mine)].append(intervals)
    supplies = tuple((_in_time_order(every), of_all) for of_all, every in alike.items())
    follows_spot = any(price.basis is Basis.SPOT for _, every in supplies for terms in every for price in terms.prices)
    kinds = frozenset(kind for of in readings for kind in _series(terms.get(of.point.id, ()), of.point))
    return Pricing(supplies, spot_for(db, days) if follows_spot else NO_SPOT, days, kinds)


def _others(
    db: Session,
    who: User,
    readings: Sequence[PointReadings],
    terms: Mapping[UUID, Sequence[Terms]],
    selection: Selection,
) -> Mapping[tuple[UUID, ReadingType], Intervals]:
    """The readings of the series that are not looked at, and by which contracts are billed."""
    others: defaultdict[ReadingType, list[Point]] = defaultdict(list)
    for point in (of.point for of in readings):
        for kind in _series(terms.get(point.id, ()), point) - {point.reading_type}:
            others[kind].append(point.told_by(kind))
    return {
        (of.point.id, kind): of.intervals
        for kind, points in others.items()
        for of in queries.readings(db, who, replace(selection, points=(*points,)))
    }


def _parts(
    of: PointReadings, terms: Sequence[Terms], others: Mapping[tuple[UUID, ReadingType], Intervals]
) -> Iterator[tuple[Sequence[Terms], Intervals]]:
    """Which contracts price which readings of a point: each the series by which it is billed, on its own days.

    Where that series is not known, nobody knows the price of what is looked at: it stands without any contract.
    """
    kinds = _series(terms, of.point)
    if kinds <= {of.point.reading_type}:
        yield terms, of.intervals
        return
    outside, lacking = np.ones(len(of.intervals), np.bool_), np.zeros(len(of.intervals), np.bool_)
    for kind in sorted(kinds):
        mine = [one for one in terms if _series([one], of.point) <= {kind}]
        by_it = [one for one in mine if _series([one], of.point)]
        every = of.intervals if kind is of.point.reading_type else others.get((of.point.id, kind), NOTHING)
        known, during = every[_during(every, by_it)], _during(of.intervals, by_it)
        outside &= ~during
        lacking |= during & _lacking(of.intervals, known)
        yield mine, known
    if (unpriced := outside | lacking).any():
        yield (), of.intervals[unpriced]


def _during(readings: Intervals, terms: Iterable[Terms]) -> Flags:
    """Which readings lie on the days of any of some contracts."""
    during = np.zeros(len(readings), np.bool_)
    for one in terms:
        ends = start_quarter((one.last or All.last) + DAY)
        during |= (start_quarter(one.first) <= readings.quarter) & (readings.quarter < ends)
    return during


def _lacking(readings: Intervals, others: Intervals) -> Flags:
    """Which readings have a quarter hour of which others hold no value."""
    valued = others[others.quality != Quality.MISSING]
    quarters = range(QUARTERS_AN_HOUR)
    covered = np.concatenate([valued.quarter[valued.length > quarter] + quarter for quarter in quarters])
    lacking = np.zeros(len(readings), np.bool_)
    for quarter in quarters:
        lacking |= (readings.length > quarter) & ~np.isin(readings.quarter + quarter, covered)
    return lacking


def _series(terms: Sequence[Terms], point: Point) -> frozenset[ReadingType]:
    """The series of a point by which contracts are billed that charge for what it measures."""
    measured = (one for one in terms if any(price.basis in METERED for price in one.prices))
    return frozenset(one.reading_type or point.told_by(None).reading_type for one in measured)


def _anonymous(terms: Terms, days: Days) -> Terms:
    """What a contract says about some days, whosever it is."""
    last = days.last if terms.last is None else min(terms.last, days.last)
    return replace(terms, contract_id=ANYBODYS, metering_point_id=None, first=max(terms.first, days.first), last=last)


def _in_time_order(readings: Sequence[Intervals]) -> Intervals:
    every = joined(readings)
    return every if len(readings) == 1 else every[np.argsort(every.quarter, kind="stable")]


def _costs(readings: Intervals, terms: Iterable[Terms], spot: SpotPrices, edges: Whole) -> Sequence[Decimal | None]:
    """What the readings between edges cost, in cents, not rounded; None where a reading with a value has no price."""
    begins, ends = np.searchsorted(readings.quarter, edges[[0, -1]])
    mine = readings[begins:ends]
    group = np.searchsorted(edges, mine.quarter, side="right") - 1
    groups = len(edges) - 1
    try:
        found = cost_of(mine, group, groups, terms, spot)
    except NotPriced:
        return [None] * groups
    return [None if unpriced else cents for cents, unpriced in zip(found.cents, found.unpriced, strict=True)]


def _together(costs: Sequence[Decimal | None]) -> Money | None:
    known = [cost for cost in costs if cost is not None]
    return rounded(sum(known, Decimal(0))) if len(known) == len(costs) else None


def _turned(cost: Money | None) -> Money | None:
    return None if cost is None else -cost


def _on_spot(terms: Terms, days: Days) -> Iterator[Charge]:
    """What a contract charges by the spot price on some days; nothing where its VAT is not known."""
    try:
        yield from (charge for charge in charges(terms, days) if charge.price.basis is Basis.SPOT)
    except NoVatRate:
        return

"""What a charge measures: the intervals it applies to, and their exact energy, cost and highest power."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, localcontext
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portal.contracts.charges import Charge
from portal.contracts.kinds import Basis
from portal.contracts.spot import SpotPrices
from portal.contracts.spot_days import UNITS_PER_CENT
from portal.contracts.tariff_periods import Days, Mask, WallClock, Whole, wall_clock
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, Quality

ESTIMATED: Final = np.isin(np.arange(256), (Quality.EST, Quality.E21, Quality.E56))  # for each quality
SPOT_UNITS: Final = Decimal(4 * UNITS_PER_CENT)  # SpotPrices.of one cent
EXACT: Final = Context(prec=100, traps=[Inexact])  # energy times prices always ends after some places
INT64_MAX: Final = 2**63 - 1

Places = NDArray[np.intp]
Summands = NDArray[np.int64] | NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Used:
    """Readings, which of them have a value, and what the clock showed when each began."""

    readings: Intervals
    known: Mask
    clock: WallClock


def used(readings: Intervals) -> Used:
    """Readings as charges look at them."""
    return Used(readings, readings.quality != Quality.MISSING, wall_clock(readings.quarter))


@dataclass(frozen=True, slots=True, eq=False)
class Metered:
    """The readings that a charge applies to, what the clock showed, and their spot prices where it follows them.

    places: where they stand among all readings
    fourfold: four times the spot price of each, in 1/100 000 c/kWh; 0 for a fixed price
    unpriced: the places of those whose spot price nobody told
    """

    readings: Intervals
    clock: WallClock
    places: Places
    fourfold: Whole
    unpriced: Places

    @property
    def estimated(self) -> bool:
        """Whether any of them is an estimate."""
        return bool(ESTIMATED[self.readings.quality].any())

    def milliwatt_hours(self) -> int:
        """Their energy in milliwatt-hours."""
        return int(self.readings.milliwatt_hours.sum())

    def cents(self, charge: Charge, group: Whole, groups: int) -> Sequence[Decimal]:
        """What they cost without VAT, exactly, group by group; `group` holds the number of each one's group."""
        energy = _sums(self.readings.milliwatt_hours, group, groups)
        follows = charge.price.basis is Basis.SPOT
        on_spot = (
            _sums(_products(self.readings.milliwatt_hours, self.fourfold), group, groups) if follows else [0] * groups
        )
        with localcontext(EXACT):
            price = charge.price.amount / MILLIWATT_HOURS_PER_KWH
            of_spot = charge.spot_counts / (SPOT_UNITS * MILLIWATT_HOURS_PER_KWH)
            return [
                milliwatt_hours * price + fourfold * of_spot
                for milliwatt_hours, fourfold in zip(energy, on_spot, strict=True)
            ]

    def peak_kw(self, days: Days) -> Fraction:
        """The highest mean power of an interval in some days; none is no power."""
        mine = self.readings[self.clock.falls_on(days)]
        if not len(mine):
            return Fraction(0)
        power = mine.milliwatt_hours * QUARTERS_AN_HOUR // mine.length  # exact: an interval has one quarter or four
        return Fraction(max(0, int(power.max())), MILLIWATT_HOURS_PER_KWH)


def metered(charge: Charge, billing_minutes: int, by: Used, spot: SpotPrices) -> Metered:
    """The readings with a value that fall on the days and in the window of a charge."""
    falls = by.known & by.clock.falls_on(charge.days) & by.clock.falls_in(charge.price.window)
    places = np.flatnonzero(falls)
    whole = len(places) == len(by.readings)
    mine, clock = (by.readings, by.clock) if whole else (by.readings[places], by.clock[places])
    if charge.price.basis is not Basis.SPOT:
        return Metered(mine, clock, places, np.zeros(len(mine), np.int64), places[:0])
    fourfold, known = spot.of(mine, billing_minutes)
    return Metered(mine, clock, places, fourfold, places[~known])


def _products(one: Whole, other: Whole) -> Summands:
    """Products whose sum is exact: in 64 bits where it cannot overflow, else in Python's whole numbers."""
    highest = int(np.abs(one).max(initial=0)) * int(np.abs(other).max(initial=0))
    if highest * len(one) <= INT64_MAX:
        return one * other
    wide: NDArray[np.object_] = one.astype(np.object_) * other.astype(np.object_)
    return wide


def _sums(values: Summands, group: Whole, groups: int) -> list[int]:
    sums = np.zeros(groups, values.dtype)
    np.add.at(sums, group, values)
    found: list[int] = sums.tolist()
    return found

"""What the demo's meters send: load profiles as measured intervals, with the defects that real metering has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portal.demo import wall_clock
from portal.demo.chance import Whole
from portal.demo.profiles import Home, Panels, chill, demand, heat, measured, sunshine
from portal.demo.wall_clock import WallClock
from portal.kit.intervals import QUARTERS_A_DAY, QUARTERS_AN_HOUR, Intervals, Quality

WEEK: Final = 7 * QUARTERS_A_DAY
Series = Callable[[Whole], Whole]
"""The milliwatt-hours of quarters (or of the hours that begin with them)."""


@dataclass(frozen=True)
class Defect:
    """Hours of one day that were not simply measured: missing, estimated from the week before, or corrected since."""

    quality: Quality
    day: date
    from_hour: float = 0
    to_hour: float = 24


@dataclass(frozen=True)
class Metering:
    """A metering point's series, how long each of its intervals is (in quarters), and what is wrong with some.

    ended: its last day, None while it measures
    """

    series: Series
    quarters_each: int = 1
    defects: Sequence[Defect] = ()
    ended: date | None = None

    def deliveries(self, first: date, last: date) -> tuple[Intervals, Intervals]:
        """What arrives from the first day to the last: all of it, then values in the place of some estimates."""
        last = min(last, self.ended or last)
        quarter, clock = _shown(min(first, last) - timedelta(days=7), last, self.quarters_each)
        milliwatt_hours = self.series(quarter)
        quality = np.full(len(quarter), Quality.OK, np.uint8)
        length = np.full(len(quarter), self.quarters_each, np.int64)
        true = Intervals(quarter, length, milliwatt_hours, quality)
        sent = Intervals(quarter, length, milliwatt_hours.copy(), quality.copy())
        for defect in self.defects:
            harmed = np.flatnonzero(_hours_of(defect, clock))
            sent.quality[harmed] = Quality.MISSING if defect.quality is Quality.MISSING else Quality.EST
            sent.milliwatt_hours[harmed] = (
                0 if defect.quality is Quality.MISSING else milliwatt_hours[harmed - WEEK // self.quarters_each]
            )
            true.quality[harmed] = defect.quality
        asked = quarter >= wall_clock.quarters(first, first)[0]
        return sent[asked], true[asked & (true.quality == Quality.REVISED)]


def consumption(home: Home) -> Series:
    """The electricity that a home draws."""
    return lambda quarter: measured(demand(home, quarter), 1)


def bought(home: Home, roof: Panels) -> Series:
    """What a home with panels draws from the network, netted within each quarter."""
    return lambda quarter: measured(demand(home, quarter) - sunshine(roof, quarter), 1)


def sold(home: Home, roof: Panels) -> Series:
    """What its panels give to the network, netted within each quarter."""
    return lambda quarter: measured(sunshine(roof, quarter) - demand(home, quarter), 1)


def warmth(home: Home) -> Series:
    """The district heat of a home, hour by hour."""
    return lambda hour: measured(heat(home, hour), QUARTERS_AN_HOUR)


def cold(home: Home) -> Series:
    """The district cooling of a home, hour by hour."""
    return lambda hour: measured(chill(home, hour), QUARTERS_AN_HOUR)


@lru_cache(maxsize=4)
def _shown(first: date, last: date, quarters_each: int) -> tuple[Whole, WallClock]:
    """The beginning of each interval from the first day to the last, and what the clock shows then."""
    quarter = wall_clock.quarters(first, last)[::quarters_each]
    return quarter, wall_clock.shown_at(quarter)


def _hours_of(defect: Defect, clock: WallClock) -> NDArray[np.bool_]:
    """Which intervals a defect is about."""
    of_day = clock.day == wall_clock.number_of(defect.day)
    return np.asarray(of_day & (defect.from_hour <= clock.hour) & (clock.hour < defect.to_hour))

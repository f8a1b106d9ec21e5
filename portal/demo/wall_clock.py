"""Quarter hours as people live them: the day and hour of the clock on the wall, and whether it is a holiday."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import holidays
import numpy as np

from portal.contracts import tariff_periods
from portal.demo.chance import Real, Whole
from portal.kit.intervals import QUARTERS_AN_HOUR, day_starts

SUNDAY: Final = 6
EPOCH: Final = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class WallClock:
    """What calendars and clocks in Helsinki show at the beginning of each quarter.

    day: int64, days since 1970-01-01
    hour: float64, 0.0 to 23.75
    weekday: int64, 0 for Monday to 6 for Sunday; a public holiday is lived as a Sunday
    """

    day: Whole
    hour: Real
    weekday: Whole

    @property
    def month_and_day(self) -> Whole:
        """The date without its year, as a number to compare: 101 for New Year's Day to 1231."""
        day = self.day.astype("M8[D]")
        month = day.astype("M8[M]")
        return np.asarray(month.astype(np.int64) % 12 * 100 + 101 + (day - month).astype(np.int64))


def quarters(first: date, last: date) -> Whole:
    """All quarters of the days from first to last in Helsinki, in quarter hours since 1970-01-01T00:00Z."""
    starts = day_starts(first, last)
    return np.arange(starts[0], starts[-1])


def shown_at(quarter: Whole) -> WallClock:
    """What the wall clock shows at quarters, which are in time order."""
    shown = tariff_periods.wall_clock(quarter)
    weekday = np.where(np.isin(shown.day, _feasts(shown.day)), SUNDAY, (shown.day + 3) % 7)
    return WallClock(shown.day, shown.hour + quarter % QUARTERS_AN_HOUR / QUARTERS_AN_HOUR, weekday)


def number_of(day: date) -> int:
    """A day as days since 1970-01-01."""
    return (day - EPOCH).days


def _feasts(day: Whole) -> list[int]:
    """The public holidays of the years in which days lie."""
    first, last = ((EPOCH + timedelta(days=int(at))).year for at in (day[0], day[-1]))
    return [feast for year in range(first, last + 1) for feast in _feasts_of(year)]


@cache
def _feasts_of(year: int) -> Sequence[int]:
    return [number_of(feast) for feast in holidays.country_holidays("FI", years=year)]

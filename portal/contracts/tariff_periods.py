"""When a price part applies: the days and hours that clocks in Helsinki show at the beginning of intervals."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from portal.contracts.kinds import TariffPeriod
from portal.kit.clock import HELSINKI
from portal.kit.intervals import QUARTER_S, QUARTERS_A_DAY, QUARTERS_AN_HOUR
from portal.kit.ranges import Range

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

EPOCH = date(1970, 1, 1)
SUNDAY = 6
DAY_HOURS = range(7, 22)
WINTER_MONTHS = (11, 12, 1, 2, 3)
CHANGE = 4  # quarters after midnight UTC at which the clocks change, everywhere in the EU (Directive 2000/84/EC)


@dataclass(frozen=True, slots=True)
class Days:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def range(self) -> Range:
        """The same days as a range."""
        return Range.of_days(self.first, self.last)

    def within(self, held: Range) -> "Days | None":
        """What of these days a range holds; None where it holds none."""
        shared = self.range & held
        return Days(shared.start, shared.last or self.last) if shared else None


@dataclass(frozen=True, slots=True, eq=False)
class WallClock:
    """What calendar and clock show at each of some quarters; int64 arrays of one length.

    day: days since 1970-01-01
    hour: 0 to 23
    """

    day: Whole
    hour: Whole

    def __getitem__(self, places: NDArray[np.intp]) -> "WallClock":
        return WallClock(self.day[places], self.hour[places])

    def days(self) -> Days | None:
        """The days from that of the first quarter to that of the last; None for no quarters."""
        if not len(self.day):
            return None
        return Days(*(EPOCH + timedelta(days=int(day)) for day in (self.day[0], self.day[-1])))

    def falls_on(self, days: Days) -> Mask:
        """Which of the quarters lie in these days."""
        return (self.day >= _number(days.first)) & (self.day <= _number(days.last))

    def falls_in(self, period: TariffPeriod) -> Mask:
        """Which of the quarters lie in a tariff period."""
        match period:
            case TariffPeriod.ALL:
                return np.ones(len(self.day), np.bool_)
            case TariffPeriod.DAY:
                return self._by_day
            case TariffPeriod.NIGHT:
                return ~self._by_day
            case TariffPeriod.WINTER_DAY:
                return self._winter_day
            case TariffPeriod.OTHER:
                return ~self._winter_day

    @property
    def _by_day(self) -> Mask:
        return (self.hour >= DAY_HOURS.start) & (self.hour < DAY_HOURS.stop)

    @property
    def _winter_day(self) -> Mask:
        if not len(self.day):
            return self._by_day
        days = np.arange(self.day[0], self.day[-1] + 1)
        month = days.astype("M8[D]").astype("M8[M]").astype(np.int64) % 12 + 1
        weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
        in_season: Mask = np.isin(month, WINTER_MONTHS) & (weekday != SUNDAY)
        falls: Mask = self._by_day & in_season[self.day - days[0]]
        return falls


def wall_clock(quarter: Whole) -> WallClock:
    """The wall clock at quarters, which are in time order and counted from 1970-01-01T00:00Z."""
    if not len(quarter):
        return WallClock(quarter, quarter)
    stretch = (quarter - CHANGE) // QUARTERS_A_DAY
    known = range(int(stretch[0]), int(stretch[-1]) + 1)
    ahead = np.array([_ahead(of) for of in known])[stretch - known.start]
    day, rest = np.divmod(quarter + ahead, QUARTERS_A_DAY)
    return WallClock(day, rest // QUARTERS_AN_HOUR)


@lru_cache(maxsize=8000)
def _ahead(stretch: int) -> int:
    """How many quarters Helsinki is ahead of UTC in the 24 hours after a possible change of the clocks."""
    at = datetime.fromtimestamp((stretch * QUARTERS_A_DAY + CHANGE) * QUARTER_S, UTC).astimezone(HELSINKI)
    return (at.utcoffset() or timedelta()) // timedelta(seconds=QUARTER_S)


def _number(day: date) -> int:
    return (day - EPOCH).days

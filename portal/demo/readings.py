"""What the demo's meters send: load profiles as measured intervals, with the defects that real metering has."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portal.demo import wall_clock, weather
from portal.demo.chance import Whole
from portal.demo.profiles import Home, Panels, chill, demand, heat, measured, sunshine
from portal.demo.wall_clock import WallClock
from portal.kit.clock import DAY, day_of, months, next_month, start_of
from portal.kit.intervals import QUARTERS_A_DAY, QUARTERS_AN_HOUR, Intervals, Quality, instant_of, start_quarter
from portal.kit.ranges import Range
from portal.sites.kinds import ReadingType

KWH_A_CUBIC_METRE_AND_DEGREE: Final = 1.15  # of water at some 70 °C
WEEK: Final = 7 * QUARTERS_A_DAY
CUT_OFF_AT: Final = 9 * QUARTERS_AN_HOUR  # in the morning of its first day
CONNECTED_AT: Final = 15 * QUARTERS_AN_HOUR  # in the afternoon of its last
THERE_AND_BACK: Final = 0.2  # of what a home draws while its panels give
Series = Callable[[Whole], Whole]
"""The milliwatt-hours of quarters (or of the hours that begin with them)."""


@dataclass(frozen=True)
class Defect:
    """Hours of one day that were not simply measured: missing, estimated from the week before, or corrected since.

    corrected: the day on which the true values came; None: right after those that were estimated
    """

    quality: Quality
    day: date
    from_hour: float = 0
    to_hour: float = 24
    corrected: date | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Readings of one series that arrive together, and when."""

    at: datetime
    reading_type: ReadingType
    intervals: Intervals


@dataclass(frozen=True)
class Metering:
    """A metering point's series, how long each of its intervals is (in quarters), and what is wrong with some.

    others: what it tells beside its metered energy
    ended: its last day, None while it measures; of a silent meter the last day of which it sent anything
    cut_off: when no energy could flow: from the morning of its first day to the afternoon of its last
    by_month: whether what it measured comes month by month; all at once otherwise, which is quicker
    """

    series: Series
    quarters_each: int = 1
    defects: Sequence[Defect] = ()
    ended: date | None = None
    cut_off: Range | None = None
    others: Mapping[ReadingType, Series] = field(default_factory=dict)
    by_month: bool = False

    def sent(self, first: date, last: date) -> Iterator[Sent]:
        """What arrives of every series from the first day to the last, in the order in which it comes."""
        every = {ReadingType.METERED: self.series, **self.others}
        arriving = [one for kind, series in every.items() for one in self._sent(kind, series, first, last)]
        yield from sorted(arriving, key=lambda one: one.at)

    def _sent(self, kind: ReadingType, series: Series, first: date, last: date) -> Iterator[Sent]:
        sent, true = replace(self, series=series).deliveries(first, last)
        end = start_of(last + DAY)
        yield from (Sent(at, kind, part) for at, part in self._delivered(sent, end))
        late = {defect.day: start_of(defect.corrected) for defect in self.defects if defect.corrected}
        for day in sorted({defect.day for defect in self.defects if defect.quality is Quality.REVISED}):
            begins, ends = np.searchsorted(true.quarter, [start_quarter(day), start_quarter(day + DAY)])
            at = late.get(day) or min(self._arrives(day, end) + timedelta(hours=1), end)
            yield Sent(at, kind, true[int(begins) : int(ends)])

    def _delivered(self, intervals: Intervals, end: datetime) -> Iterator[tuple[datetime, Intervals]]:
        if not self.by_month or not len(intervals):
            yield end, intervals
            return
        first, last = (day_of(instant_of(int(intervals.quarter[at]))) for at in (0, -1))
        for month in months(first, last):
            begins, ends = np.searchsorted(intervals.quarter, [start_quarter(month), start_quarter(next_month(month))])
            yield self._arrives(month, end), intervals[int(begins) : int(ends)]

    def _arrives(self, day: date, end: datetime) -> datetime:
        """When what was measured on a day comes: in the night after its month, or after the last day."""
        return min(start_of(next_month(day)), end) if self.by_month else end

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
        asked = (quarter >= wall_clock.quarters(first, first)[0]) & ~self._is_cut_off(quarter)
        return sent[asked], true[asked & (true.quality == Quality.REVISED)]

    def _is_cut_off(self, quarter: NDArray[np.int64]) -> NDArray[np.bool_]:
        if self.cut_off is None or self.cut_off.last is None:
            return np.zeros(len(quarter), np.bool_)
        begins = start_quarter(self.cut_off.start) + CUT_OFF_AT
        return (begins <= quarter) & (quarter < start_quarter(self.cut_off.last) + CONNECTED_AT)


def stopped(series: Series, since: date) -> Series:
    """What a meter shows that is stuck from a day on."""
    return lambda quarter: np.where(quarter < start_quarter(since), series(quarter), 0)


def consumption(home: Home) -> Series:
    """The electricity that a home draws."""
    return lambda quarter: measured(demand(home, quarter), 1)


def bought(home: Home, roof: Panels) -> Series:
    """What a home with panels draws from the network, netted within each quarter."""
    return lambda quarter: measured(demand(home, quarter) - sunshine(roof, quarter), 1)


def sold(home: Home, roof: Panels) -> Series:
    """What its panels give to the network, netted within each quarter."""
    return lambda quarter: measured(sunshine(roof, quarter) - demand(home, quarter), 1)


def drawn(home: Home, roof: Panels) -> Series:
    """What its meter saw coming from the network: clouds and ovens come and go within a quarter."""
    return lambda quarter: bought(home, roof)(quarter) + _there_and_back(home, roof, quarter)


def fed(home: Home, roof: Panels) -> Series:
    """What its meter saw going to the network."""
    return lambda quarter: sold(home, roof)(quarter) + _there_and_back(home, roof, quarter)


def shared(home: Home, roof: Panels, share: float) -> Series:
    """What a home draws when its share of the roof of the building is set off."""
    return lambda quarter: measured(demand(home, quarter) - share * sunshine(roof, quarter), 1)


def flow_temperature(hour: Whole) -> Whole:
    """How warm the water of the network arrives, in millionths of a degree: warmer in the cold."""
    degrees = np.clip(75 + 1.6 * (5 - weather.temperature(hour)), 72, 115)
    return np.rint(degrees * 10).astype(np.int64) * 100_000


def return_temperature(hour: Whole) -> Whole:
    """How warm it leaves the house."""
    degrees = np.clip(44 - 0.4 * weather.temperature(hour), 36, 58)
    return np.rint(degrees * 10).astype(np.int64) * 100_000


def volume(home: Home) -> Series:
    """The water of the network that a home's heat took, in millilitres, ten litres being the finest."""

    def millilitres(hour: Whole) -> Whole:
        cooled_by = (flow_temperature(hour) - return_temperature(hour)) / 1_000_000
        cubic_metres = heat(home, hour) / (KWH_A_CUBIC_METRE_AND_DEGREE * cooled_by)
        return np.rint(cubic_metres * 100).astype(np.int64) * 10_000

    return millilitres


def _there_and_back(home: Home, roof: Panels, quarter: Whole) -> Whole:
    return measured(THERE_AND_BACK * np.minimum(demand(home, quarter), sunshine(roof, quarter)), 1)


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

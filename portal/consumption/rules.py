"""What may be said of readings: how good they are, whether they are all there, and what they may be compared with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portal.consumption.charts import UNTOLD, Mark
from portal.consumption.labels import MARKS
from portal.consumption.periods import CalendarPeriod, Day, Hour, Month, Period, Quarter, Span, Week, Year
from portal.consumption.revisions import Known
from portal.kit.clock import DAY, first_of_month
from portal.kit.energy import Energy
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, Quality, start_quarter
from portal.kit.labels import Label
from portal.kit.money import Money

FROM_STRONG_TO_WEAK = (
    Quality.OK,
    Quality.REVISED,
    Quality.CALC,
    Quality.E56,
    Quality.EST,
    Quality.E21,
    Quality.UNCERTAIN,
    Quality.PMISSING,
    Quality.MISSING,
)
ESTIMATED = (Quality.EST, Quality.UNCERTAIN, Quality.E21, Quality.E56)
MISSING = (Quality.MISSING, Quality.PMISSING)  # a sum with some parts missing is a value, but not the whole one
STANDINGS = np.array(
    [
        [quality not in (*ESTIMATED, *MISSING) for quality in Quality],
        [quality in ESTIMATED for quality in Quality],
        [quality in MISSING for quality in Quality],
        [quality is Quality.REVISED for quality in Quality],
    ]
)  # which qualities count as measured, estimated, missing, revised
UNKNOWN = UNTOLD | {Mark.MISSING}
DAYS_UNTIL_DUE = 2  # what was used on Monday is due by the end of Tuesday, and late on Wednesday
SAME_WEEKDAY = timedelta(weeks=52)


class Compare(StrEnum):
    """Which days of the year before stand beside a day."""

    NONE = "none"
    DATE = "date"
    WEEKDAY = "weekday"


KEPT: Mapping[Compare, tuple[type[CalendarPeriod], ...]] = {
    Compare.NONE: (),
    Compare.DATE: (Year, Month, Day),
    Compare.WEEKDAY: (Week, Day),
}  # the periods that have their like a year before; others have the same number of days


@dataclass(frozen=True)
class Tally:
    """What is known of a stretch of time, over all points that are looked at; counts are quarter hours.

    quarters: that it has, from the first reading of each point on
    expected: those whose readings are due, or have come early
    measured, estimated: those that have a value
    revised: those whose value was corrected
    """

    milliwatt_hours: int = 0
    quarters: int = 0
    expected: int = 0
    measured: int = 0
    estimated: int = 0
    revised: int = 0

    @property
    def energy(self) -> Energy:
        """The sum of what is known."""
        return Energy(self.milliwatt_hours)

    @cached_property
    def known_energy(self) -> Energy | None:
        """The same; None where nothing is known."""
        return None if self.mark in UNKNOWN else self.energy

    @property
    def missing(self) -> int:
        """Quarter hours that are due and have no value: marked missing, or never delivered."""
        return self.expected - self.measured - self.estimated

    @property
    def complete(self) -> bool:
        """Whether every quarter hour of it has a value."""
        return 0 < self.quarters == self.measured + self.estimated

    @cached_property
    def mark(self) -> Mark:
        """What is to be known of the sum."""
        if not self.quarters:
            return Mark.OUTSIDE
        if not self.expected:
            return Mark.AHEAD
        if not self.measured and not self.estimated and not self.milliwatt_hours:
            return Mark.MISSING
        if self.missing:
            return Mark.PARTLY
        if self.estimated:
            return Mark.ESTIMATED
        return Mark.REVISED if self.revised else Mark.MEASURED


@dataclass(frozen=True)
class PeriodStep:
    """One step of a period, and that of the year before: a bar of the chart, a line of the table, a cell of the strip.

    same_points: whether both are of the same
    cost: None where it is not known
    """

    period: Period
    now: Tally
    before: Period | None = None
    then: Tally | None = None
    same_points: bool = True
    cost: Money | None = None

    def costing(self, cost: Money | None) -> "PeriodStep":
        """The same step with what it costs; nothing costs what is not known."""
        if cost is None or self.energy is None:
            return self
        return PeriodStep(self.period, self.now, self.before, self.then, self.same_points, cost)

    @property
    def mark(self) -> Mark:
        """What is to be known of it."""
        return self.now.mark

    @property
    def label(self) -> Label:
        """The same in words."""
        return MARKS[self.now.mark]

    @property
    def energy(self) -> Energy | None:
        """What it came to; None where nothing is known."""
        return self.now.known_energy

    @property
    def energy_then(self) -> Energy | None:
        """What it is compared with; None where that is nothing or unknown."""
        return self.then.known_energy if self.then else None

    @cached_property
    def comparable(self) -> bool:
        """Whether all of both may be compared: known in full, on equally many days, of the same points."""
        now, then, before = self.now, self.then, self.before
        if before is None or then is None or not (self.same_points and now.complete and then.complete):
            return False
        long, short = self.period.ends - self.period.begins, before.ends - before.begins
        return self.period.number_of_days == before.number_of_days and now.quarters * short == then.quarters * long


FIGURES_OF: Final = attrgetter(*(field.name for field in fields(Tally)))


def total(tallies: Iterable[Tally]) -> Tally:
    """Everything together."""
    return Tally(*map(sum, zip(*map(FIGURES_OF, tallies), strict=True)))


def year_before(period: Period, compare: Compare) -> Period | None:
    """What stands beside a period: the same dates a year before, or the same weekdays 52 weeks before.

    None when there is no such time: nothing is compared, 29 February, the hour that was skipped in spring.
    """
    if isinstance(period, Hour):
        return _same_hour(period, compare)
    if isinstance(period, Quarter):
        hour = _same_hour(period.parent, compare)
        return Quarter(hour.quarter + period.quarter % QUARTERS_AN_HOUR) if hour else None
    first = day_before(period.first, compare)
    if first and isinstance(period, KEPT[compare]):
        return period.of(first)
    last = day_before(period.last, compare)
    return Span(first, last) if first and last else None


def day_before(day: date, compare: Compare) -> date | None:
    """The day that stands beside a day; None where there is none."""
    if compare is Compare.WEEKDAY:
        return day - SAME_WEEKDAY
    if compare is Compare.NONE or (day.month, day.day) == (2, 29):
        return None
    return day.replace(year=day.year - 1)


def due(today: date) -> date:
    """The last day whose readings must have come by now."""
    return today - timedelta(days=DAYS_UNTIL_DUE)


def due_until(today: date, monthly_until: int | None = None) -> int:
    """The quarter before which readings must have come by now.

    monthly_until: of a point whose readings come by the month, how far they reach: those of a month are due by the end
        of the next one, and what lies before the newest has not been left for later; None where they come by the day
    """
    of_days = start_quarter(due(today) + DAY)
    if monthly_until is None:
        return of_days
    of_months = start_quarter(first_of_month(first_of_month(today) - DAY))
    return min(of_days, max(of_months, monthly_until))


def standings(known: Known) -> NDArray[np.int64]:
    """How many quarter hours of each reading are measured, estimated, missing, and revised: four rows."""
    quality, length = known.intervals.quality, known.intervals.length
    rows = STANDINGS[:, quality] * length
    rows[3] |= known.revised * length
    return rows


def quarters_valued(states: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many quarter hours of each reading are measured or estimated, from its `standings`."""
    valued: NDArray[np.int64] = states[0] + states[1]
    return valued


def weakest(qualities: Sequence[Quality]) -> Quality:
    """The quality of a sum: that of its weakest part, or partially missing when only some parts are missing."""
    if Quality.MISSING in qualities and set(qualities) != {Quality.MISSING}:
        return Quality.PMISSING
    return max(qualities, key=FROM_STRONG_TO_WEAK.index)


def by_hour(readings: Intervals, *, adds_up: bool = True) -> Intervals:
    """Readings hour by hour; an hour takes the weakest quality inside, and is partially missing with a gap.

    adds_up: whether it is the sum of its quarters; of temperatures it is the mean, rounded to the nearest millionth
    """
    if not len(readings):
        return readings
    hour = readings.quarter // QUARTERS_AN_HOUR
    starts = np.flatnonzero(np.diff(hour, prepend=hour[0] - 1))
    weakness = np.argsort(FROM_STRONG_TO_WEAK)[readings.quality]
    worst, best = np.maximum.reduceat(weakness, starts), np.minimum.reduceat(weakness, starts)
    quality = np.array(FROM_STRONG_TO_WEAK, np.uint8)[worst]
    gap = (quality == Quality.MISSING) | (np.add.reduceat(readings.length, starts) < QUARTERS_AN_HOUR)
    quality[gap & (best < FROM_STRONG_TO_WEAK.index(Quality.MISSING))] = Quality.PMISSING
    length = np.full(len(starts), QUARTERS_AN_HOUR)
    quantity = np.add.reduceat(readings.milliwatt_hours, starts)
    if not adds_up:
        told = np.add.reduceat((readings.quality != Quality.MISSING).astype(np.int64), starts)
        quantity = np.rint(quantity / np.maximum(told, 1)).astype(np.int64)
    return Intervals(hour[starts] * QUARTERS_AN_HOUR, length, quantity, quality)


def replaces_estimates(before: Intervals, since: Intervals) -> bool:
    """Whether every value that another one took the place of was estimated, and the other one is measured."""
    _, was, now = np.intersect1d(before.quarter, since.quarter, return_indices=True)
    changed = before.milliwatt_hours[was] != since.milliwatt_hours[now]
    estimated = np.isin(before.quality[was][changed], ESTIMATED)
    return bool(changed.any() and estimated.all() and (since.quality[now][changed] == Quality.OK).all())


def _same_hour(hour: Hour, compare: Compare) -> Hour | None:
    day = day_before(hour.first, compare)
    if day is None:
        return None
    that_day = {other.clock: other for other in Day(day).steps}
    return that_day.get(hour.clock) or that_day.get(hour.clock.removesuffix("B"))

"""What was not measured of what is billed: named, never taken for zero, and filled where the register estimates it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from portal.contracts.tariff_periods import Days, Mask
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, Quality, day_starts, instant_of, joined
from portal.kit.ranges import Range


@dataclass(frozen=True, slots=True)
class Missing:
    """The quarter hours without a measured value: how many, how many of them the register estimated, first and last."""

    quarters: int
    estimated: int
    first: datetime
    last: datetime


def filled(readings: Intervals, estimate: Intervals) -> Intervals:
    """The readings that have a value, and estimates where no part of their time has one."""
    return _beside(readings, _valued(estimate), Quality.E56)


def with_cut_off(readings: Intervals, cut_off: Iterable[Range], days: Days) -> Intervals:
    """The readings that have a value; of days on which no energy could flow, none where nothing was measured."""
    parts = [part for one in cut_off if (part := days.within(one))]
    if not parts:
        return readings
    quarters = np.unique(np.concatenate([_quarters(part) for part in parts]))
    nothing = np.zeros_like(quarters)
    return _beside(readings, Intervals(quarters, nothing + 1, nothing, nothing.astype(np.uint8)), Quality.OK)


def missing(readings: Intervals, estimate: Intervals, days: Days) -> Missing | None:
    """What of the days has no measured value, whether it was told to be missing or never told at all."""
    begins, *_, ends = day_starts(days.first, days.last).tolist()
    known = _valued(readings)
    if known.length[(known.quarter >= begins) & (known.quarter < ends)].sum() == ends - begins:
        return None  # they do not overlap
    measured = _covered(known, begins, ends)
    absent = np.flatnonzero(~measured)
    billed = _covered(filled(readings, estimate), begins, ends)
    return Missing(
        quarters=len(absent),
        estimated=int(np.count_nonzero(billed & ~measured)),
        first=instant_of(begins + int(absent[0])),
        last=instant_of(begins + int(absent[-1])),
    )


def _beside(readings: Intervals, others: Intervals, quality: Quality) -> Intervals:
    """The readings that have a value, and others, of that quality, where no part of their time has one."""
    known = _valued(readings)
    if not len(others):
        return known
    begun = np.searchsorted(known.quarter, others.quarter + others.length)
    ended = np.searchsorted(known.quarter + known.length, others.quarter, side="right")
    used = others[begun == ended]
    theirs = np.full(len(used), quality, np.uint8)
    every = joined([known, Intervals(used.quarter, used.length, used.milliwatt_hours, theirs)])
    return every[np.argsort(every.quarter)]


def _quarters(days: Days) -> NDArray[np.int64]:
    begins, *_, ends = day_starts(days.first, days.last).tolist()
    return np.arange(begins, ends)


def _valued(readings: Intervals) -> Intervals:
    known = readings.quality != Quality.MISSING
    return readings if known.all() else readings[known]


def _covered(readings: Intervals, begins: int, ends: int) -> Mask:
    """For each quarter from one to another whether an interval covers it."""
    each = np.arange(QUARTERS_AN_HOUR)
    quarters = (readings.quarter[:, None] + each)[each < readings.length[:, None]]
    covered = np.zeros(ends - begins, np.bool_)
    covered[quarters[(quarters >= begins) & (quarters < ends)] - begins] = True
    return covered

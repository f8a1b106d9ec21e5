"""What was not measured of what is billed: named, never taken for zero, and filled where the register estimates it."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from portal.contracts.tariff_periods import Days, Mask
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, Quality, day_starts, instant_of


@dataclass(frozen=True, slots=True)
class Missing:
    """The quarter hours without a measured value: how many, how many of them the register estimated, first and last."""

    quarters: int
    estimated: int
    first: datetime
    last: datetime


def filled(readings: Intervals, estimate: Intervals) -> Intervals:
    """The readings that have a value, and estimates where no part of their time has one."""
    known, guessed = _valued(readings), _valued(estimate)
    if not len(guessed):
        return known
    begun = np.searchsorted(known.quarter, guessed.quarter + guessed.length)
    ended = np.searchsorted(known.quarter + known.length, guessed.quarter, side="right")
    used = guessed[begun == ended]
    joined = Intervals(
        np.concatenate([known.quarter, used.quarter]),
        np.concatenate([known.length, used.length]),
        np.concatenate([known.milliwatt_hours, used.milliwatt_hours]),
        np.concatenate([known.quality, np.full(len(used), Quality.E56, np.uint8)]),
    )
    return joined[np.argsort(joined.quarter)]


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

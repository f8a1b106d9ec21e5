"""Which stretches of time are missing: those that are due, or were delivered without a value."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from portal.consumption.periods import Period
from portal.consumption.queries import PointReadings
from portal.consumption.rules import MISSING
from portal.consumption.stretches import TimeStretch
from portal.consumption.tallies import clipped, held_days
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, instant_of

Flags = NDArray[np.bool_]


def gaps(
    readings: Iterable[PointReadings], parties: frozenset[UUID], period: Period, today: date
) -> Sequence[TimeStretch]:
    """When a value is missing at one point at least, in time order; what touches is one."""
    size = period.ends - period.begins
    missing = np.zeros(size, np.bool_)
    for of in readings:
        held = clipped(held_days([of.point], parties), period.first, period.last)
        awaited = [one for one in held if not one.is_cut_off]
        untold = _covered(of.intervals[np.isin(of.intervals.quality, MISSING)], period)
        missing |= _within([(one.begins, one.due_until(today)) for one in awaited], period) & ~_covered(
            of.intervals, period
        )
        missing |= _within([(one.begins, one.ends) for one in awaited], period) & untold
    return [
        TimeStretch(instant_of(period.begins + begins), instant_of(period.begins + ends))
        for begins, ends in _runs(missing)
    ]


def _within(parts: Iterable[tuple[int, int]], period: Period) -> Flags:
    """Which quarters of the period lie within parts of time, each from a quarter to another."""
    within = np.zeros(period.ends - period.begins, np.bool_)
    for begins, ends in parts:
        within[max(0, begins - period.begins) : max(0, ends - period.begins)] = True
    return within


def _covered(intervals: Intervals, period: Period) -> Flags:
    """Which quarters of the period intervals cover; those lie within it."""
    covered = np.zeros(period.ends - period.begins + QUARTERS_AN_HOUR, np.bool_)
    for quarter in range(QUARTERS_AN_HOUR):
        covered[intervals.quarter[intervals.length > quarter] - period.begins + quarter] = True
    return covered[:-QUARTERS_AN_HOUR]


def _runs(flags: Flags) -> Iterator[tuple[int, int]]:
    """Where flags are set: each stretch from its first place to the one after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)

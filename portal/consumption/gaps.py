"""Which stretches of time are missing: those that are due, or were delivered without a value."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from portal.consumption.periods import Period
from portal.consumption.queries import PointReadings
from portal.consumption.rules import MISSING, due_until
from portal.consumption.stretches import TimeStretch
from portal.kit.clock import DAY
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, instant_of, start_quarter

Flags = NDArray[np.bool_]


def gaps(
    readings: Iterable[PointReadings], parties: frozenset[UUID], period: Period, today: date
) -> Sequence[TimeStretch]:
    """When a value is missing at one point at least, in time order; what touches is one."""
    size = period.ends - period.begins
    missing = np.zeros(size, np.bool_)
    for of in readings:
        missing |= _expected(of, parties, period, today) & ~_covered(of.intervals, period)
        missing |= _covered(of.intervals[np.isin(of.intervals.quality, MISSING)], period)
    return [
        TimeStretch(instant_of(period.begins + begins), instant_of(period.begins + ends))
        for begins, ends in _runs(missing)
    ]


def _expected(of: PointReadings, parties: frozenset[UUID], period: Period, today: date) -> Flags:
    """For which quarters of the period a reading is due: since the first one, on days on which the site is held."""
    expected = np.zeros(period.ends - period.begins, np.bool_)
    since, until = of.point.first_quarter, due_until(today, of.point.monthly_until)
    for first, last in of.point.held_by(parties):
        begins = max(start_quarter(first), until if since is None else since, period.begins)
        ends = max(begins, min(start_quarter(last + DAY), until, period.ends))
        expected[begins - period.begins : ends - period.begins] = True
    return expected


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

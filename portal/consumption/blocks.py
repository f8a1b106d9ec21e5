"""A month of readings as the packed columns of its row, and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from portal.consumption.revisions import ABSENT, Known, as_new, in_a_row
from portal.consumption.rules import quarters_valued, standings
from portal.kit.clock import next_month
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, day_starts
from portal.kit.packing import pack, pack_codes, unpack, unpack_codes

MINUTES_A_QUARTER = 15
FIGURES = ("quantity", "measured", "estimated", "missing", "revised")  # millionths, and quarter hours of each state
Figures = NDArray[np.int64]
"""A row for each of some stretches of time, a column for each of FIGURES."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The days of a month: what most pages ask for. The fields are columns of ReadingMonth."""

    first_quarter: int
    until_quarter: int
    day_quantities: bytes
    day_counts: bytes | None


@dataclass(frozen=True, slots=True)
class Slots:
    """The readings of a month, slot by slot without a gap. The fields are columns of ReadingMonth and of Revision."""

    first_quarter: int
    minutes: int | None
    quantities: bytes
    lengths: bytes | None
    qualities: bytes | None
    revised: bytes | None


def summary(month: date, known: Known, *, adds_up: bool = True) -> Summary:
    """The days of a month, from its readings; there is at least one.

    adds_up: whether the quantity of a day is the sum of its readings'; otherwise it is that of all its
        quarter hours that are measured or estimated
    """
    readings = known.intervals
    first, until = int(readings.quarter[0]), int(readings.quarter[-1] + readings.length[-1])
    if adds_up and _is_plain(known, until - first):
        upto = np.zeros(until - first + 1, np.int64)
        readings.milliwatt_hours.cumsum(out=upto[1:])
        edges = upto[_day_edges(month, first, until)]
        return Summary(first, until, pack(edges[1:] - edges[:-1]), None)
    states = standings(known)
    each = np.vstack([readings.milliwatt_hours * (1 if adds_up else quarters_valued(states)), states])
    upto = np.concatenate([np.zeros((len(FIGURES), 1), np.int64), each.cumsum(axis=1)], axis=1)
    by_day = np.diff(upto[:, np.searchsorted(readings.quarter, _days_of(month))], axis=1).T
    counts = by_day[:, 1:]
    usual = np.array_equal(counts, _all_measured(month, first, until))
    return Summary(first, until, pack(by_day[:, 0].copy()), None if usual else pack(counts.ravel()))


def _is_plain(known: Known, quarters: int) -> bool:
    """Whether all of so many quarters are there, all OK and none revised."""
    return len(known.intervals) == quarters and not has_any(known.intervals.quality) and not has_any(known.revised)


def month_figures(month: date, known: Known, days: Summary, *, adds_up: bool = True) -> Sequence[int]:
    """The figures of a month, from its readings and their days."""
    if adds_up and days.day_counts is None:
        return int(known.intervals.milliwatt_hours.sum()), days.until_quarter - days.first_quarter, 0, 0, 0
    return [int(figure) for figure in day_figures(month, days).sum(axis=0)]


def has_any(codes: NDArray[np.uint8] | NDArray[np.bool_]) -> bool:
    """Whether any is not 0; `codes.any()` takes several times as long."""
    return bool(np.count_nonzero(codes))


def day_figures(month: date, days: Summary) -> Figures:
    """The figures of every day of the month."""
    if days.day_counts is None:
        counts = _all_measured(month, days.first_quarter, days.until_quarter)
    else:
        counts = unpack(days.day_counts).reshape(-1, len(FIGURES) - 1)
    quantities = unpack(days.day_quantities)
    figures = np.empty((len(quantities), len(FIGURES)), np.int64)
    figures[:, 0], figures[:, 1:] = quantities, counts
    return figures


def slots(known: Known, between: int = ABSENT) -> Slots:
    """The readings of a month, packed; there is at least one. What is between them has a quality of its own."""
    whole = _without_gaps(known, between)
    length, quality = whole.intervals.length, whole.intervals.quality
    alike = not has_any(length != length[0])
    return Slots(
        first_quarter=int(whole.intervals.quarter[0]),
        minutes=int(length[0]) * MINUTES_A_QUARTER if alike else None,
        quantities=pack(whole.intervals.milliwatt_hours),
        lengths=None if alike else pack_codes(length.astype(np.uint8)),
        qualities=pack_codes(quality) if has_any(quality) else None,
        revised=pack_codes(whole.revised.astype(np.uint8)) if has_any(whole.revised) else None,
    )


def readings_in(packed: Slots, between: int = ABSENT) -> Known:
    """The readings that `slots` was given, with the same quality of what is between them."""
    milliwatt_hours = unpack(packed.quantities)
    if packed.lengths is None:
        length = np.full(len(milliwatt_hours), (packed.minutes or 0) // MINUTES_A_QUARTER)
    else:
        length = unpack_codes(packed.lengths).astype(np.int64)
    quarter = packed.first_quarter + length.cumsum() - length
    quality = _codes(packed.qualities, len(milliwatt_hours))
    known = Known(
        Intervals(quarter, length, milliwatt_hours, quality),
        _codes(packed.revised, len(milliwatt_hours)).astype(np.bool_),
    )
    return known if packed.qualities is None else known[quality != between]


def _without_gaps(known: Known, between: int) -> Known:
    """The readings with others of a quality between them: hours where all are hours, else quarters."""
    readings = known.intervals
    first, until = int(readings.quarter[0]), int(readings.quarter[-1] + readings.length[-1])
    if readings.length.sum() == until - first:
        return known
    step = int(readings.length.min())
    covered = np.zeros(until - first, np.bool_)
    for quarter in range(QUARTERS_AN_HOUR):
        covered[(readings.quarter - first)[readings.length > quarter] + quarter] = True
    gaps = np.flatnonzero(~covered)[::step] + first
    nothing = np.zeros(len(gaps), np.int64)
    absent = Intervals(gaps, nothing + step, nothing, np.full(len(gaps), between, np.uint8))
    return in_a_row([known, as_new(absent)])[np.argsort(np.append(readings.quarter, gaps))]


@lru_cache(maxsize=2400)
def _all_measured(month: date, first: int, until: int) -> Figures:
    """The counts of days whose every quarter from the first to the last is measured and none revised."""
    measured = np.diff(_days_of(month).clip(first, until))
    return np.column_stack([measured, np.zeros((len(measured), 3), np.int64)])


@lru_cache(maxsize=2400)
def _day_edges(month: date, first: int, until: int) -> NDArray[np.int64]:
    """How many of the quarters from the first to the last lie before each day of a month, and before its end."""
    return _days_of(month).clip(first, until) - first


def _codes(packed: bytes | None, number: int) -> NDArray[np.uint8]:
    return np.zeros(number, np.uint8) if packed is None else unpack_codes(packed)


@lru_cache(maxsize=2400)
def _days_of(month: date) -> NDArray[np.int64]:
    return day_starts(month, next_month(month) - timedelta(days=1))

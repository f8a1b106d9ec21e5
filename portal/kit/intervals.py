"""Measured intervals as arrays: the one shape in which readings travel between the store, prices and charts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from portal.kit.clock import first_of_month, next_month, start_of

QUARTER_S = 900
QUARTERS_AN_HOUR = 4
QUARTERS_A_DAY = 96  # unless the clocks change


class Quality(IntEnum):
    """How an interval's value came about; Datahub's names. The number is what the store packs."""

    OK = 0
    EST = 1  # estimated
    CALC = 2  # calculated
    REVISED = 3  # corrected afterwards
    UNCERTAIN = 4
    MISSING = 5  # no value at all
    PMISSING = 6  # some parts of it are missing
    E21 = 7  # temporary
    E56 = 8  # estimated and accepted for billing


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Intervals of one metering point in time order, none overlapping; all four arrays are of one length.

    quarter: int64, when each begins, in quarter hours since 1970-01-01T00:00Z; an hour begins on the hour
    length: int64, how long each is, in quarter hours (1 or 4)
    milliwatt_hours: int64, milliwatt-hours, any sign; 0 where quality is MISSING
    quality: uint8, a `Quality`
    """

    quarter: NDArray[np.int64]
    length: NDArray[np.int64]
    milliwatt_hours: NDArray[np.int64]
    quality: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.quarter)

    def __getitem__(self, which: slice | NDArray[np.bool_] | NDArray[np.intp]) -> "Intervals":
        return Intervals(self.quarter[which], self.length[which], self.milliwatt_hours[which], self.quality[which])


NOTHING = Intervals(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint8))


def joined(parts: Iterable[Intervals]) -> Intervals:
    """Intervals of one metering point one after the other."""
    every = [NOTHING, *parts]
    return Intervals(
        np.concatenate([part.quarter for part in every]),
        np.concatenate([part.length for part in every]),
        np.concatenate([part.milliwatt_hours for part in every]),
        np.concatenate([part.quality for part in every]),
    )


def quarter_of(instant: datetime) -> int:
    """The quarter hour in which an instant falls, counted from 1970-01-01T00:00Z."""
    return int(instant.timestamp()) // QUARTER_S


def instant_of(quarter: int) -> datetime:
    """The instant, in UTC, at which a quarter hour begins."""
    return datetime.fromtimestamp(quarter * QUARTER_S, UTC)


@lru_cache(maxsize=4000)
def start_quarter(day: date) -> int:
    """The quarter with which a day begins in Helsinki."""
    return quarter_of(start_of(day))


def day_starts(first: date, last: date) -> NDArray[np.int64]:
    """The quarters with which Helsinki days begin, from the first to the last; then the one after the last day."""
    months = []
    month = first_of_month(first)
    while month <= last:
        months.append(_starts_in(month))
        month = next_month(month)
    starts = np.concatenate([*months, [start_quarter(month)]])
    return starts[first.day - 1 :][: (last - first).days + 2]


@lru_cache(maxsize=2400)
def _starts_in(month: date) -> NDArray[np.int64]:
    """The quarters with which the days of a month begin."""
    begins, ends = start_quarter(month), start_quarter(next_month(month))
    days = (next_month(month) - month).days
    if ends - begins == days * QUARTERS_A_DAY:  # the clocks do not change, or change and change back
        return np.arange(begins, ends, QUARTERS_A_DAY)
    return np.array([start_quarter(month + timedelta(days=day)) for day in range(days)])

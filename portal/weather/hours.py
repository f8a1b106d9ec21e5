"""Outdoor temperatures hour by hour, as arrays, and as a Helsinki month keeps them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from portal.kit.clock import day_of, months, next_month
from portal.kit.intervals import QUARTERS_AN_HOUR, start_quarter
from portal.kit.packing import pack, unpack

Whole = NDArray[np.int64]
Which = NDArray[np.bool_]
HOUR_S: Final = 3600
UNITS_PER_DEGREE: Final = 100
UNTOLD: Final = 10_000  # in the place of an hour that nobody told; a multiple of ten, so that tenths pack as small


@dataclass(frozen=True, slots=True, eq=False)
class Temperatures:
    """The outdoor temperature of one hour after the other.

    first: the first hour, counted from 1970-01-01T00:00Z
    hundredths: int64, in 1/100 °C; UNTOLD where nobody told it
    """

    first: int
    hundredths: Whole

    @property
    def until(self) -> int:
        """The hour after the last one."""
        return self.first + len(self.hundredths)

    @property
    def is_known(self) -> bool:
        """Whether that of any hour is told."""
        return bool((self.hundredths != UNTOLD).any())

    def between(self, first: int, until: int) -> "Temperatures":
        """Those of the hours from one to another, as far as there are any."""
        begins, ends = np.clip([first - self.first, until - self.first], 0, len(self.hundredths)).tolist()
        return Temperatures(self.first + begins, self.hundredths[begins:ends])

    def sums(self, edges: Whole) -> tuple[Whole, Whole]:
        """Of each stretch between two edges, which are hours in time order: the sum in 1/100 °C, and how many are told.

        Edges may lie outside of what is told.
        """
        at = np.clip(edges - self.first, 0, len(self.hundredths))
        between = self.hundredths[at[0] : at[-1]]
        told = between != UNTOLD
        return _parts(np.where(told, between, 0), at - at[0]), _parts(told.astype(np.int64), at - at[0])


NOTHING: Final = Temperatures(0, np.empty(0, np.int64))


def key_of(place: str) -> str:
    """A place as it is told apart from others: whether a name is in capitals makes no difference."""
    return normalize("NFC", place).casefold()


def hour_of(instant: datetime) -> int:
    """The hour in which an instant falls, counted from 1970-01-01T00:00Z."""
    return int(instant.timestamp()) // HOUR_S


def start_hour(day: date) -> int:
    """The hour with which a day begins in Helsinki."""
    return start_quarter(day) // QUARTERS_AN_HOUR


def day_of_hour(hour: int) -> date:
    """The day of Helsinki in which an hour lies."""
    return day_of(datetime.fromtimestamp(hour * HOUR_S, UTC))


def unpacked(month: date, temperatures: bytes) -> Whole:
    """The temperature of each hour of a month, UNTOLD among them; what is kept may end earlier, and may be empty."""
    every = np.full(start_hour(next_month(month)) - start_hour(month), UNTOLD)
    known = unpack(temperatures)
    every[: len(known)] = known
    return every


def packed(hundredths: Whole) -> bytes:
    """A month as it is kept: up to its last hour that is told."""
    told = np.flatnonzero(hundredths != UNTOLD)
    return pack(hundredths[: told[-1] + 1]) if len(told) else b""


def joined(kept: Mapping[date, bytes]) -> Temperatures:
    """Kept months, in any order, as one stretch; a month that is not among them is untold."""
    if not kept:
        return NOTHING
    every = months(min(kept), max(kept))
    return Temperatures(
        start_hour(min(kept)), np.concatenate([unpacked(month, kept.get(month, b"")) for month in every])
    )


def by_month(hours: Whole) -> Iterator[tuple[date, Which]]:
    """The months in which hours lie, and which of the hours lie in each."""
    if not len(hours):
        return
    for month in months(day_of_hour(int(hours.min())), day_of_hour(int(hours.max()))):
        inside = (hours >= start_hour(month)) & (hours < start_hour(next_month(month)))
        if inside.any():
            yield month, inside


def _parts(values: Whole, at: Whole) -> Whole:
    return np.diff(np.concatenate([[0], np.cumsum(values)])[at])

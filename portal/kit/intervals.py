"""Measured intervals as arrays: the one shape in which readings travel between the store, prices and charts."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

QUARTER_S = 900


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
    """Intervals of one metering point in time order, none twice; all four arrays are of one length.

    quarter: int64, when each begins, in quarter hours since 1970-01-01T00:00Z
    length: int64, how long each is, in quarter hours (1 or 4)
    mwh: int64, milliwatt-hours, any sign; 0 where quality is MISSING
    quality: uint8, a `Quality`
    """

    quarter: NDArray[np.int64]
    length: NDArray[np.int64]
    mwh: NDArray[np.int64]
    quality: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.quarter)

"""The spot prices of a month as they are kept: quarter by quarter from local midnight on, in 1/100 000 c/kWh."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from portal.kit.clock import first_of_month, next_month, start_of
from portal.kit.packing import unpack

UNITS_PER_CENT: Final = 100_000
UNTOLD: Final = np.iinfo(np.int64).min  # in the place of a price that was never told
QUARTER: Final = timedelta(minutes=15)

Prices = NDArray[np.int64]


def of_month(month: date, packed: bytes) -> Prices:
    """All prices of a month; `packed` may end before the month does, and may be empty."""
    prices = np.full((start_of(next_month(month)) - start_of(month)) // QUARTER, UNTOLD)
    known = unpack(packed)
    prices[: len(known)] = known
    return prices


def with_day(month: Prices, day: date, minutes: int, told: Sequence[Decimal]) -> Prices:
    """A month's prices with those of one of its days, told in c/kWh every 15 or 60 minutes, in their place."""
    quarters = np.repeat([int(price * UNITS_PER_CENT) for price in told], minutes // 15)
    begins = (start_of(day) - start_of(first_of_month(day))) // QUARTER
    changed = month.copy()
    changed[begins : begins + len(quarters)] = quarters
    return changed

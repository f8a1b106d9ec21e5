"""Spot prices as billing asks for them: the price of an interval at a product's billing resolution."""

from dataclasses import dataclass

import numpy as np

from portal.contracts.spot_days import UNTOLD
from portal.contracts.tariff_periods import Mask, Whole
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals


@dataclass(frozen=True, slots=True, eq=False)
class SpotPrices:
    """The price of one quarter after the other, in 1/100 000 c/kWh without VAT; UNTOLD where nobody told it.

    first: the quarter of the first price, counted from 1970-01-01T00:00Z
    """

    first: int
    prices: Whole

    def of(self, readings: Intervals, billing_minutes: int) -> tuple[Whole, Mask]:
        """What intervals are billed by: four times the price of each, in 1/100 000 c/kWh, and whether it is known.

        It is that of their own quarter, or of their hour: the mean of its quarters, of which the fourfold is a whole
        number; 0 where it is not known. An interval of an hour takes its hour's price even where the product bills by
        quarters.
        """
        by_hour = (readings.length == QUARTERS_AN_HOUR) | (billing_minutes == 60)
        hour = readings.quarter // QUARTERS_AN_HOUR * QUARTERS_AN_HOUR
        quarters = self._at(np.where(by_hour, hour, readings.quarter) + np.where(by_hour, _OF_HOUR, 0))
        known = (quarters != UNTOLD).all(0)
        return np.where(known, quarters.sum(0), 0), known

    def _at(self, quarter: Whole) -> Whole:
        place = quarter - self.first
        inside = (place >= 0) & (place < len(self.prices))
        if not len(self.prices):
            return np.full(quarter.shape, UNTOLD)
        return np.where(inside, self.prices[np.where(inside, place, 0)], UNTOLD)


NO_SPOT = SpotPrices(0, np.empty(0, np.int64))

_OF_HOUR = np.arange(QUARTERS_AN_HOUR)[:, None]

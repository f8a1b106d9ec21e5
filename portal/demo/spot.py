"""Spot prices of electricity as the exchange might have set them: season, hour, wind, sun, frost and the odd spike."""

from datetime import date
from typing import Final

import numpy as np

from portal.demo import wall_clock, weather
from portal.demo.chance import Real, Whole, normal, uniform, wave
from portal.kit.clock import start_of
from portal.kit.intervals import QUARTERS_A_DAY, QUARTERS_AN_HOUR, quarter_of

QUARTERS_SINCE: Final = quarter_of(start_of(date(2025, 10, 1)))  # before that a price held for an hour
UNITS_PER_TICK: Final = 100  # the exchange sets prices to 0.01 EUR/MWh, which is 0.001 c/kWh
TICKS_PER_CENT: Final = 1000
WORKDAY: Final = (
    [0, 4, 6, 8, 9.5, 13, 15, 18, 19.5, 22, 24],
    [0.6, 0.5, 0.85, 1.6, 1.35, 1.0, 1.05, 1.7, 1.4, 0.8, 0.6],
)
DAY_OFF: Final = ([0, 4, 8, 11, 14, 18, 20, 24], [0.65, 0.5, 0.7, 1.0, 0.75, 1.35, 1.15, 0.65])


def prices(quarter: Whole) -> Whole:
    """The price of each quarter without VAT, in 1/100 000 c/kWh."""
    priced_at = np.where(quarter >= QUARTERS_SINCE, quarter, quarter // QUARTERS_AN_HOUR * QUARTERS_AN_HOUR)
    return np.rint(_cents(priced_at) * TICKS_PER_CENT).astype(np.int64) * UNITS_PER_TICK


def _cents(quarter: Whole) -> Real:
    clock = wall_clock.shown_at(quarter)
    frost = np.clip(-4 - weather.temperature(quarter), 0, None)
    wind = weather.wind(quarter)
    shape = np.where(clock.weekday < 5, np.interp(clock.hour, *WORKDAY), np.interp(clock.hour, *DAY_OFF))
    scarcity = np.exp(0.45 * wave("market", 20 * QUARTERS_A_DAY, quarter) - 0.55 * wind)
    sun = 1.8 * np.clip(weather.sun_height(quarter), 0, None) * (1 - 0.6 * weather.clouds(quarter))
    plenty = sun + 0.9 * np.clip(wind - 0.6, 0, None)
    jitter = 1 + 0.06 * normal("market", quarter)
    return np.asarray(
        (3.3 * (1 + 0.3 * weather.season(quarter)) * scarcity + 0.3 * frost) * shape * jitter * _spikes(quarter)
        - plenty
    )


def _spikes(quarter: Whole) -> Real:
    """A power station trips or a cable is out: some hours of a winter cost many times as much."""
    hour = quarter // QUARTERS_AN_HOUR
    struck = uniform("spike", hour // 3) < 0.006 * np.clip(8 - weather.temperature(quarter), 0, 20) / 10
    return np.where(struck, 2.5 + 3 * uniform("spike height", hour), 1.0)

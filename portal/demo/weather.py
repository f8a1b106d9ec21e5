"""The weather of an invented town in southern Finland, as a function of time alone: whoever asks, finds the same."""

from typing import Final

import numpy as np

from portal.demo.chance import Real, Whole, wave
from portal.kit.intervals import QUARTERS_A_DAY, QUARTERS_AN_HOUR
from portal.weather.hours import UNITS_PER_DEGREE, Temperatures

LATITUDE: Final = np.radians(61.5)
LONGITUDE_H: Final = 23.8 / 15  # how many hours the sun is ahead of Greenwich
YEAR: Final = 365.2425
COLDEST: Final = 27  # days after New Year


def temperature(quarter: Whole) -> Real:
    """The outdoor temperature at quarters, °C: season, time of day, passing fronts, and what clouds do to them."""
    winter = season(quarter)
    clear = 1 - clouds(quarter)
    warmest_at_three = np.cos(2 * np.pi * (_solar_hour(quarter) - 15) / 24)
    fronts = 3.2 * wave("spells", 11 * QUARTERS_A_DAY, quarter) + 2.6 * wave("fronts", 3 * QUARTERS_A_DAY, quarter)
    return np.asarray(
        5.6
        - 11.2 * winter
        + fronts * (1 + 0.5 * winter)
        + 0.8 * wave("gusts", 8 * QUARTERS_AN_HOUR, quarter)
        + (0.6 + clear * (3.6 - 2.2 * winter)) * warmest_at_three
        - (clear - 0.4) * (1 + 4 * winter)  # a clear sky: frost in winter, warmth in summer
    )


def measured(first_hour: int, until_hour: int, warmer: float) -> Temperatures:
    """What a weather station told of hours, to the tenth, in a town that is so many degrees warmer."""
    degrees = temperature(np.arange(first_hour, until_hour) * QUARTERS_AN_HOUR) + warmer
    return Temperatures(first_hour, np.rint(degrees * 10).astype(np.int64) * (UNITS_PER_DEGREE // 10))


def lately(quarter: Whole) -> Real:
    """The mean outdoor temperature of the day that ends with the hours of quarters, °C: walls are slow."""
    hours = np.arange(quarter[0] // QUARTERS_AN_HOUR, quarter[-1] // QUARTERS_AN_HOUR + 1) * QUARTERS_AN_HOUR
    mean = np.mean([temperature(hours - lag * QUARTERS_AN_HOUR) for lag in (0, 4, 8, 12, 16, 20)], axis=0)
    return np.asarray(mean[(quarter - hours[0]) // QUARTERS_AN_HOUR])


def season(quarter: Whole) -> Real:
    """1 in the coldest days, -1 in the warmest."""
    return np.asarray(np.cos(2 * np.pi * (_day_of_year(quarter) - COLDEST) / YEAR))


def clouds(quarter: Whole) -> Real:
    """How much of the sky is covered, 0 to 1."""
    depth = 1.5 * wave("clouds", 30 * QUARTERS_AN_HOUR, quarter) + 0.7 * wave("cumulus", 3 * QUARTERS_AN_HOUR, quarter)
    return np.asarray(1 / (1 + np.exp(-1.6 * (depth + 0.25 + 0.6 * season(quarter)))))


def wind(quarter: Whole) -> Real:
    """How hard it blows over the whole country: around 0, stronger above."""
    return (
        wave("storms", 4 * QUARTERS_A_DAY, quarter)
        + 0.6 * wave("breeze", 18 * QUARTERS_AN_HOUR, quarter)
        + 0.3 * season(quarter)
    )


def sun_height(quarter: Whole, tilt: float = 0.0) -> Real:
    """The sine of the sun's height at the middle of quarters, above a plane that leans `tilt` radians to the south."""
    turn = 2 * np.pi * (_day_of_year(quarter) + 10) / YEAR
    declination = -np.radians(23.44) * np.cos(turn)
    hour_angle = 2 * np.pi * (_solar_hour(quarter) + 0.125 - 12) / 24
    north = LATITUDE - tilt  # a leaning plane is a level one further south
    overhead = np.cos(north) * np.cos(declination) * np.cos(hour_angle)
    return np.asarray(np.sin(north) * np.sin(declination) + overhead)


def _day_of_year(quarter: Whole) -> Real:
    """Days since a New Year long ago; only good for what repeats every year."""
    return quarter / QUARTERS_A_DAY


def _solar_hour(quarter: Whole) -> Real:
    return quarter % QUARTERS_A_DAY / QUARTERS_AN_HOUR + LONGITUDE_H

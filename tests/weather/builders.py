"""Temperatures, hour by hour."""

from datetime import timedelta
from itertools import pairwise

import numpy as np

from portal.weather.hours import UNTOLD, Temperatures, start_hour

DAY = timedelta(days=1)


def constant(first, last, degrees):
    """The same temperature in every hour of the days from first to last."""
    begins, ends = start_hour(first), start_hour(last + DAY)
    return Temperatures(begins, np.full(ends - begins, round(degrees * 100)))


def daily(first, *degrees):
    """Days one after the other, each with one temperature; None for a day of which nobody told."""
    edges = [start_hour(first + number * DAY) for number in range(len(degrees) + 1)]
    parts = [
        np.full(until - since, UNTOLD if one is None else round(one * 100))
        for (since, until), one in zip(pairwise(edges), degrees, strict=True)
    ]
    return Temperatures(edges[0], np.concatenate(parts))


def without(temperatures, *places):
    """The same with hours left out, counted from the first."""
    hundredths = temperatures.hundredths.copy()
    hundredths[list(places)] = UNTOLD
    return Temperatures(temperatures.first, hundredths)

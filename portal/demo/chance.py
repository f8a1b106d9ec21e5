"""Chance without a state: the name and number of a thing decide its luck, on every machine and in every run."""

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
FIRST: Final = np.uint64(0xBF58476D1CE4E5B9)
SECOND: Final = np.uint64(0x94D049BB133111EB)


def uniform(name: str, number: Whole) -> Real:
    """A number in [0, 1) for each number, evenly spread (SplitMix64)."""
    seed = np.uint64(zlib.crc32(name.encode()) << 31)
    mixed = (number.astype(np.uint64) + seed) * GOLDEN
    mixed = (mixed ^ (mixed >> np.uint64(30))) * FIRST
    mixed = (mixed ^ (mixed >> np.uint64(27))) * SECOND
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def normal(name: str, number: Whole) -> Real:
    """Nearly a standard normal number for each number: four even ones, added up and scaled."""
    parts = sum(uniform(f"{name}/{part}", number) for part in range(4))
    return np.asarray((parts - 2.0) * 3.0**0.5)


def wave(name: str, every: int, at: Whole) -> Real:
    """A smooth curve, read at `at` (sorted): a normal number at each multiple of `every`, eased in between."""
    knot, rest = np.divmod(at, every)
    heights = normal(name, np.arange(knot[0], knot[-1] + 2))
    here = knot - knot[0]
    way = rest / every
    return np.asarray(heights[here] + (heights[here + 1] - heights[here]) * way * way * (3 - 2 * way))

"""Writes readings, and temperatures, as the objects of a JSON list, thousands at once."""

from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np

from portal.consumption.formats.columns import AT_ONCE, chosen, constant, in_pieces, is_known, kwh, rows, starts
from portal.kit.intervals import QUARTER_S, QUARTERS_AN_HOUR, Intervals, Quality
from portal.weather.hours import UNITS_PER_DEGREE, UNTOLD, Temperatures

MINUTES: Final = [f"{quarters * QUARTER_S // 60}" for quarters in range(QUARTERS_AN_HOUR + 1)]
QUALITIES: Final = [f', "quality": "{quality.name}"}}' for quality in Quality]


def listed(parts: Iterable[Intervals], quantity: str) -> Iterator[bytes]:
    """What stands between the brackets of a list: an object for each reading, with a comma before all but the first.

    `{"start": "2026-11-21T14:15:00Z", "minutes": 15, "kwh": "0.123000", "quality": "OK"}`; null where it is missing.
    quantity: the name of what is measured: `kwh`
    """
    separator = len(", ")
    for part in parts:
        for readings in in_pieces(part):
            yield _objects(readings, quantity)[separator:]
            separator = 0


def hourly(temperatures: Temperatures) -> Iterator[bytes]:
    """The same of the hours that are told: `{"start": "2026-11-21T14:00:00Z", "celsius": "-2.50"}`."""
    (told,) = np.nonzero(temperatures.hundredths != UNTOLD)
    for begins in range(0, len(told), AT_ONCE):
        which = told[begins : begins + AT_ONCE]
        different, number = np.unique(temperatures.hundredths[which], return_inverse=True)
        written = rows(
            len(which),
            constant(', {"start": "'),
            *starts((temperatures.first + which) * QUARTERS_AN_HOUR),
            constant('", "celsius": "'),
            chosen([f"{hundredths / UNITS_PER_DEGREE:.2f}" for hundredths in different.tolist()], number),
            constant('"}'),
        )
        yield written if begins else written[len(", ") :]


def _objects(readings: Intervals, quantity: str) -> bytes:
    known = is_known(readings)
    return rows(
        len(readings),
        constant(', {"start": "'),
        *starts(readings.quarter),
        constant('", "minutes": '),
        chosen(MINUTES, readings.length),
        constant(f', "{quantity}": '),
        chosen(("null", '"'), known),
        *kwh(readings, "."),
        chosen(("", '"'), known),
        chosen(QUALITIES, readings.quality),
    )

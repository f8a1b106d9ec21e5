"""Writes readings as the objects of a JSON list, thousands at once."""

from collections.abc import Iterable, Iterator
from typing import Final

from portal.consumption.formats.columns import chosen, constant, in_pieces, is_known, kwh, rows, starts
from portal.kit.intervals import QUARTER_S, QUARTERS_AN_HOUR, Intervals, Quality

MINUTES: Final = [f"{quarters * QUARTER_S // 60}" for quarters in range(QUARTERS_AN_HOUR + 1)]
QUALITIES: Final = [f', "quality": "{quality.name}"}}' for quality in Quality]


def listed(parts: Iterable[Intervals]) -> Iterator[bytes]:
    """What stands between the brackets of a list: an object for each reading, with a comma before all but the first.

    `{"start": "2026-11-21T14:15:00Z", "minutes": 15, "kwh": "0.123000", "quality": "OK"}`; kwh is null where missing.
    """
    separator = len(", ")
    for part in parts:
        for readings in in_pieces(part):
            yield _objects(readings)[separator:]
            separator = 0


def _objects(readings: Intervals) -> bytes:
    known = is_known(readings)
    return rows(
        len(readings),
        constant(', {"start": "'),
        *starts(readings.quarter),
        constant('", "minutes": '),
        chosen(MINUTES, readings.length),
        constant(', "kwh": '),
        chosen(("null", '"'), known),
        *kwh(readings, "."),
        chosen(("", '"'), known),
        chosen(QUALITIES, readings.quality),
    )

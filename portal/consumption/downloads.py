"""A selection as a file: Datahub's CSV, or JSON of a shape that is versioned and never changes within a version."""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from portal.consumption.formats import datahub_writing
from portal.consumption.formats.datahub import Series
from portal.consumption.queries import PointReadings
from portal.consumption.rules import by_hour
from portal.kit.energy import Energy
from portal.kit.intervals import QUARTER_S, Intervals, Quality, instant_of

JSON_VERSION: Final = 1
DECIMALS: Final = 6


class Format(StrEnum):
    """What kind of a file it is."""

    DATAHUB = "datahub"
    JSON = "json"


class Resolution(StrEnum):
    """How fine it is: as it was measured, or by the hour."""

    QUARTER = "quarter"
    HOUR = "hour"


ENDINGS: Final[Mapping[Format, str]] = {Format.DATAHUB: "csv", Format.JSON: "json"}
TYPES: Final[Mapping[Format, str]] = {Format.DATAHUB: "text/csv; charset=utf-8", Format.JSON: "application/json"}


def written(readings: Sequence[PointReadings], format_: Format, resolution: Resolution) -> Iterator[bytes]:
    """The file, piece by piece; the points one after the other, each in time order."""
    parts = [(of, by_hour(of.intervals) if resolution is Resolution.HOUR else of.intervals) for of in readings]
    match format_:
        case Format.DATAHUB:
            return _datahub(parts)
        case Format.JSON:
            return _json(parts)


def _datahub(parts: Sequence[tuple[PointReadings, Intervals]]) -> Iterator[bytes]:
    head = datahub_writing.write(())
    yield head
    for of, intervals in parts:
        yield datahub_writing.write([Series(of.point.gsrn, intervals)])[len(head) :]


def _json(parts: Sequence[tuple[PointReadings, Intervals]]) -> Iterator[bytes]:
    """Times are UTC, kWh a text with six decimals, so that nothing is lost; a missing reading has null."""
    yield f'{{"version": {JSON_VERSION}, "unit": "kWh", "metering_points": ['.encode()
    for number, (of, intervals) in enumerate(parts):
        about = {"metering_point": of.point.gsrn, "energy": of.point.energy, "readings": list(_readings(intervals))}
        yield (", " if number else "").encode() + json.dumps(about).encode()
    yield b"]}\n"


def _readings(intervals: Intervals) -> Iterator[Mapping[str, object]]:
    columns = (intervals.quarter, intervals.length, intervals.mwh, intervals.quality)
    for quarter, length, mwh, quality in zip(*(column.tolist() for column in columns), strict=True):
        yield {
            "start": f"{instant_of(quarter):%Y-%m-%dT%H:%M:%SZ}",
            "minutes": length * QUARTER_S // 60,
            "kwh": None if quality == Quality.MISSING else f"{Energy(mwh).kwh:.{DECIMALS}f}",
            "quality": Quality(quality).name,
        }

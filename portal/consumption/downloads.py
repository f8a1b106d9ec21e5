"""A selection as a file: Datahub's CSV, or JSON of a shape that is versioned and never changes within a version.

JSON has one series of each metering point under `metering_points`, whose sum is that of the page, and all that the
points tell besides under `other_series`. It tells the outdoor temperature of every hour, too, where it is shown beside
the energy; Datahub's CSV cannot, and has every series in a row.

It is made while it is sent, of a year of one metering point at a time: memory holds no more, and no transaction waits
for whoever reads slowly.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Final

from portal.auth.people import User
from portal.consumption import queries
from portal.consumption.formats import datahub_writing, json_writing
from portal.consumption.formats.datahub import SeriesReadings
from portal.consumption.outdoors import weather_beside
from portal.consumption.periods import Period, Span
from portal.consumption.queries import PointReadings
from portal.consumption.rules import by_hour
from portal.consumption.selection import Point, Selection
from portal.kit.clock import DAY, day_of
from portal.kit.db import Database
from portal.kit.intervals import instant_of
from portal.kit.streams import Pieces
from portal.weather.queries import Weather

JSON_VERSION: Final = 1


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


def made(who: User, selection: Selection, format_: Format, resolution: Resolution, database: Database) -> Pieces:
    """The file of a selection, as a download makes it: with every series of its points, unless one is selected."""
    series = () if selection.reading_type else tuple(one for point in selection.points for one in point.by_series)
    if format_ is Format.DATAHUB:
        return written(read(database, who, replace(selection, points=series or selection.points)), format_, resolution)
    firsts = {(point.id, point.reading_type) for point in selection.points}
    others = tuple(point for point in series if (point.id, point.reading_type) not in firsts)
    with database.reading() as db:
        outdoors = weather_beside(db, who, selection)
    besides = read(database, who, replace(selection, points=others)) if others else None
    return written(read(database, who, selection), format_, resolution, besides, outdoors)


def read(database: Database, who: User, selection: Selection) -> Iterator[PointReadings]:
    """The readings of a selection, series by series in time order, in parts of at most a year of Helsinki days.

    Each part is read in a transaction of its own, when it is asked for.
    """
    for point in selection.points:
        for period in _years(selection.period, point):
            with database.reading() as db:
                part = queries.readings(db, who, replace(selection, period=period, points=(point,)))
            yield from part


def written(
    readings: Iterable[PointReadings],
    format_: Format,
    resolution: Resolution,
    others: Iterable[PointReadings] | None = None,
    outdoors: Weather | None = None,
) -> Pieces:
    """The file, piece by piece; the points one after the other, each in time order.

    others: in JSON what they tell in other ways
    """
    told = [map(_by_hour, parts) if resolution is Resolution.HOUR else parts for parts in (readings, others or ())]
    match format_:
        case Format.DATAHUB:
            return _datahub(told[0])
        case Format.JSON:
            return _json(told[0], told[1] if others else None, outdoors)


def _years(period: Period, point: Point) -> Sequence[Period]:
    """A period in its years, as far as the point has readings in each; together they are the whole period."""
    if point.first_quarter is None or point.until_quarter is None:
        return [period]
    first, last = (day_of(instant_of(quarter)).year for quarter in (point.first_quarter, point.until_quarter - 1))
    new_years = [date(year, 1, 1) for year in range(first + 1, last + 1)]
    within = [day for day in new_years if period.first < day <= period.last]
    if not within:
        return [period]
    return [Span(begins, then - DAY) for begins, then in pairwise([period.first, *within, period.last + DAY])]


def _by_hour(part: PointReadings) -> PointReadings:
    return replace(part, intervals=by_hour(part.intervals, adds_up=part.point.reading_type.adds_up))


def _datahub(parts: Iterable[PointReadings]) -> Pieces:
    yield datahub_writing.HEAD
    for part in parts:
        yield from datahub_writing.lines(SeriesReadings(part.point.gsrn, part.intervals, part.point.reading_type))


def _json(parts: Iterable[PointReadings], others: Iterable[PointReadings] | None, outdoors: Weather | None) -> Pieces:
    """Times are UTC, kWh a text with six decimals, so that nothing is lost; a missing reading has null.

    Of other series the same is a quantity, in the unit that they name. Of outdoor temperatures, hours that nobody told
    are left out.
    """
    yield f'{{"version": {JSON_VERSION}, "unit": "kWh", "metering_points": ['.encode()
    yield from _series(parts, "kwh")
    if others:
        yield b'], "other_series": ['
        yield from _series(others, "quantity")
    if outdoors:
        yield f'], "outdoor_temperature": {{"place": {json.dumps(outdoors.place)}, "hours": ['.encode()
        yield from json_writing.hourly(outdoors.temperatures)
        yield b"]}}\n"
    else:
        yield b"]}\n"


def _series(parts: Iterable[PointReadings], quantity: str) -> Pieces:
    """The objects of a list, one for each series, in the readings of which the quantity has a name."""
    for number, (point, of_point) in enumerate(groupby(parts, key=lambda part: part.point)):
        kind = point.reading_type
        told = {"metering_point": point.gsrn, "energy": point.commodity, "reading_type": kind, "unit": kind.unit}
        about = json.dumps({**told, "readings": []}, ensure_ascii=False)
        yield (", " if number else "").encode() + about.removesuffix("]}").encode()
        yield from json_writing.listed((part.intervals for part in of_point), quantity)
        yield b"]}"

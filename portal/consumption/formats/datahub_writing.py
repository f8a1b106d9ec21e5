"""Writes readings as Datahub's customer portal exports them, thousands of lines at once."""

from collections.abc import Iterable, Iterator
from typing import Final

from portal.consumption.formats.columns import chosen, constant, in_pieces, kwh, rows, starts
from portal.consumption.formats.datahub import ACTIVE, BOM, HEADERS, LENGTHS, REACTIVE, SeriesReadings
from portal.kit.intervals import Intervals, Quality
from portal.sites.kinds import ReadingType

HEAD: Final = BOM + f"{HEADERS[0]}\n".encode()
QUALITIES: Final = [f";{quality.name}\n" for quality in Quality]


def write(series: Iterable[SeriesReadings]) -> bytes:
    """The file: UTF-8 with a byte order mark, Finnish header, six decimals of the unit, missing ones left empty.

    A point without GSRN is written without one, as Datahub does on request. `datahub.read` reads it all again.
    """
    return b"".join([HEAD, *(piece for one in series for piece in lines(one))])


def lines(series: SeriesReadings) -> Iterator[bytes]:
    """The lines of a series, which come after HEAD, piece by piece."""
    product, code = _product(series.reading_type)
    unit = series.reading_type.unit
    heads = [f"{series.gsrn or ''};{product};{resolution};{unit};{code};" for resolution in LENGTHS]
    for readings in in_pieces(series.intervals):
        yield _lines(heads, readings)


def _product(reading_type: ReadingType) -> tuple[str, str]:
    """The product of Datahub and its reading type; no product where Datahub carries none."""
    match reading_type:
        case ReadingType.METERED | ReadingType.NETTED | ReadingType.COMMUNITY:
            return ACTIVE, reading_type
        case ReadingType.REACTIVE:
            return REACTIVE, ReadingType.METERED
        case _:
            return "", reading_type


def _lines(heads: list[str], readings: Intervals) -> bytes:
    return rows(
        len(readings),
        chosen(heads, readings.length != min(LENGTHS.values())),
        *starts(readings.quarter),
        constant(";"),
        *kwh(readings, ","),
        chosen(QUALITIES, readings.quality),
    )

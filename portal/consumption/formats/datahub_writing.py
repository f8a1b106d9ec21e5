"""Writes readings as Datahub's customer portal exports them, thousands of lines at once."""

from collections.abc import Iterable, Iterator
from typing import Final

from portal.consumption.formats.columns import chosen, constant, in_pieces, kwh, rows, starts
from portal.consumption.formats.datahub import ACTIVE, BOM, HEADERS, LENGTHS, Series
from portal.kit.intervals import Intervals, Quality

METERED: Final = "BN01"
HEAD: Final = BOM + f"{HEADERS[0]}\n".encode()
QUALITIES: Final = [f";{quality.name}\n" for quality in Quality]


def write(series: Iterable[Series]) -> bytes:
    """The file: UTF-8 with a byte order mark, Finnish header, kWh with six decimals, missing ones left empty.

    A point without GSRN is written without one, as Datahub does on request. `datahub.read` reads it all again.
    """
    return b"".join([HEAD, *(piece for one in series for piece in lines(one))])


def lines(series: Series) -> Iterator[bytes]:
    """The lines of a metering point, which come after HEAD, piece by piece."""
    heads = [f"{series.gsrn or ''};{ACTIVE};{resolution};kWh;{METERED};" for resolution in LENGTHS]
    for readings in in_pieces(series.intervals):
        yield _lines(heads, readings)


def _lines(heads: list[str], readings: Intervals) -> bytes:
    return rows(
        len(readings),
        chosen(heads, readings.length != min(LENGTHS.values())),
        *starts(readings.quarter),
        constant(";"),
        *kwh(readings, ","),
        chosen(QUALITIES, readings.quality),
    )

"""Writes readings as Datahub's customer portal exports them, all lines at once, with numpy.

Every field has columns of its own in a table of bytes; what a line does not need stays zero and is taken out.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from portal.consumption.formats.datahub import ACTIVE, BOM, HEADERS, LENGTHS, Series
from portal.consumption.formats.datahub_lines import COMMA, MINUS, SEMICOLON, TIMES
from portal.kit.energy import MWH_PER_KWH
from portal.kit.intervals import QUARTERS_A_DAY, Intervals, Quality

METERED = "BN01"
ZERO = ord("0")
QUALITIES = np.array([f"{quality.name}\n" for quality in Quality], "S")
Bytes = NDArray[np.uint8]


def write(series: Iterable[Series]) -> bytes:
    """The file: UTF-8 with a byte order mark, Finnish header, kWh with six decimals, missing ones left empty.

    A point without GSRN is written without one, as Datahub does on request. `datahub.read` reads it all again.
    """
    header = f"{HEADERS[0]}\n".encode()
    return BOM + header + b"".join(_lines(one) for one in series if len(one.intervals))


def _lines(series: Series) -> bytes:
    readings = series.intervals
    heads = [f"{series.gsrn or ''};{ACTIVE};{resolution};kWh;{METERED};".encode() for resolution in LENGTHS]
    day, of_day = np.divmod(readings.quarter, QUARTERS_A_DAY)
    fields = (
        _table(np.array(heads))[(readings.length != min(LENGTHS.values())).astype(np.intp)],
        _days(day),
        _table(TIMES)[of_day],
        _every(SEMICOLON, len(readings)),
        _quantities(readings),
        _every(SEMICOLON, len(readings)),
        _table(QUALITIES)[readings.quality],
    )
    return np.hstack(fields).tobytes().replace(b"\0", b"")


def _days(day: NDArray[np.int64]) -> Bytes:
    """Days since 1970 as 2026-11-21."""
    every = np.arange(day[0], day[-1] + 1)
    written: Bytes = _table(np.datetime_as_string(every.astype("M8[D]")).astype("S10"))[day - day[0]]
    return written


def _quantities(readings: Intervals) -> Bytes:
    """Milliwatt-hours as kilowatt-hours, with a decimal comma; nothing where they are missing."""
    kwh, rest = np.divmod(np.abs(readings.mwh), MWH_PER_KWH)
    thousands, ones = np.divmod(rest, 1000)
    sign = np.where(readings.mwh < 0, MINUS, 0).astype(np.uint8)[:, None]
    columns = np.hstack((sign, _whole(kwh), _every(COMMA, len(kwh)), THREE_DIGITS[thousands], THREE_DIGITS[ones]))
    columns[readings.quality == Quality.MISSING] = 0
    return columns


def _whole(numbers: NDArray[np.int64]) -> Bytes:
    """Numbers as their digits, right-aligned in columns."""
    columns = np.zeros((len(numbers), len(str(numbers.max()))), np.uint8)
    rest = numbers
    for column in reversed(range(columns.shape[1])):
        needed = (rest > 0) | (column == columns.shape[1] - 1)
        rest, digit = np.divmod(rest, 10)
        columns[:, column] = np.where(needed, digit + ZERO, 0)
    return columns


def _table(texts: NDArray[np.bytes_]) -> Bytes:
    """Texts as rows of bytes, filled up with zeros."""
    rows: Bytes = texts.view(np.uint8).reshape(len(texts), -1)
    return rows


def _every(byte: int, number: int) -> Bytes:
    return np.full((number, 1), byte, np.uint8)


THREE_DIGITS = _table(np.array([f"{number:03}" for number in range(1000)], "S3"))

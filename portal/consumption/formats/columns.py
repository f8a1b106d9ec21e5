"""Readings as columns of text: a field of all rows at once, with numpy.

A column has the texts of one field, filled up with zeros to one width; a constant stands for the same text in every
row. When rows are put together the zeros are left out.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.intervals import QUARTERS_A_DAY, Intervals, Quality

AT_ONCE: Final = 8192  # rows whose columns stay in a processor's cache; more at once take twice the time
Column = NDArray[np.void] | np.void
Flags = NDArray[np.bool_]
Whole = NDArray[np.int64]


def in_pieces(readings: Intervals) -> Iterator[Intervals]:
    """Readings, as many at once as are written fastest."""
    for begins in range(0, len(readings), AT_ONCE):
        yield readings[begins : begins + AT_ONCE]


def rows(number: int, *columns: Column) -> bytes:
    """So many rows, each with the texts of the columns one after the other."""
    table = np.empty(number, [(f"{place}", column.dtype) for place, column in enumerate(columns)])
    for place, column in enumerate(columns):
        table[f"{place}"] = column
    return table.tobytes().replace(b"\0", b"")


def constant(text: str) -> np.void:
    """The same text in every row."""
    return np.void(text.encode())


def chosen(texts: Sequence[str], which: NDArray[Any]) -> Column:
    """One of the texts in each row, in a column just wide enough for those that are there."""
    there = np.flatnonzero(np.bincount(which)).tolist()
    if len(there) == 1:
        return constant(texts[there[0]])
    column: Column = _texts([text if place in there else "" for place, text in enumerate(texts)])[which.astype(np.intp)]
    return column


def starts(quarter: Whole) -> tuple[Column, Column]:
    """The day and the time of each quarter in UTC, as 2026-11-21T14:15:00Z; the quarters are in time order."""
    day = quarter // QUARTERS_A_DAY
    days = np.datetime_as_string(np.arange(day[0], day[-1] + 1).astype("M8[D]"))
    return _texts(days.tolist())[day - day[0]], TIMES[quarter - day * QUARTERS_A_DAY]


def is_known(readings: Intervals) -> Flags:
    """Which readings have a value."""
    known: Flags = readings.quality != Quality.MISSING
    return known


def kwh(readings: Intervals, mark: str) -> Sequence[Column]:
    """Kilowatt-hours with all six decimals after a decimal mark; nothing where they are missing."""
    known, amount = is_known(readings), np.abs(readings.milliwatt_hours)
    whole = amount // MILLIWATT_HOURS_PER_KWH
    decimals = amount - whole * MILLIWATT_HOURS_PER_KWH
    first = decimals // 1000
    return (
        chosen(("", "-"), readings.milliwatt_hours < 0),
        *_whole(whole, known),
        chosen(("", mark), known),
        _digits(np.where(known, first + PADDED, NOTHING)),
        _digits(np.where(known, decimals - first * 1000 + PADDED, NOTHING)),
    )


def _whole(numbers: Whole, shown: Flags) -> Sequence[Column]:
    """The digits of whole numbers, three in a column; none where they are not to be shown."""
    above = numbers // 1000
    digits = numbers - above * 1000
    if not above.any():
        return [_digits(np.where(shown, digits, NOTHING), len(str(numbers.max())))]
    has_more = above > 0
    return [*_whole(above, has_more), _digits(np.where(shown, digits + has_more * PADDED, NOTHING))]


def _digits(which: Whole, width: int = 3) -> Column:
    """Up to three digits, in a column no wider than they are."""
    column: Column = np.ascontiguousarray(DIGITS[:, -width:]).view(f"V{width}").ravel()[which]
    return column


def _texts(texts: Sequence[str]) -> NDArray[np.void]:
    every = np.array([text.encode() for text in texts])
    return every.view(f"V{every.itemsize}")


TIMES: Final = _texts([f"T{hour:02}:{minute:02}:00Z" for hour in range(24) for minute in (0, 15, 30, 45)])
DIGITS: Final = np.array([*(f"{number:\0>3}" for number in range(1000)), *(f"{number:03}" for number in range(1000)),
                          "\0\0\0"], "S3").view(np.uint8).reshape(-1, 3)  # fmt: skip
PADDED: Final = 1000  # from where a number has its leading zeros
NOTHING: Final = 2000

"""Readings as Datahub's customer portal exports them: CSV with `;`, decimal comma and UTC start times.

Fingrid's Datahub has written it with a Finnish or an English header, since 2023 with a reading type, before without.
Quarters and hours, several metering points and several series of one may share a file. What Datahub does not carry (the
volume and temperatures of district heat, gas by its lower heating value) has the same columns: no product, the unit
and the word of sites/kinds.py as reading type. Regular lines are read all at once (datahub_lines.py); whatever is not
quite regular is read here, line by line, and either taken or refused with a reason. datahub_file.py reads a whole file.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from portal.consumption.formats.datahub_lines import YEARS, Heads, LineHead, Lines, Readings, lines_of, regular
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.intervals import QUARTER_S, QUARTERS_AN_HOUR, Intervals, Quality, quarter_of
from portal.sites.kinds import ReadingType

BOM = b"\xef\xbb\xbf"
HEADERS = (
    "Mittauspisteen tunnus;Tuotteen tyyppi;Resoluutio;Yksikkötyyppi;Lukeman tyyppi;Alkuaika;Määrä;Laatu",
    "MeteringPointGSRN;Product Type;Resolution;Unit Type;Reading Type;Start Time;Quantity;Quality",
    "Mittauspisteen tunnus;Tuotteen tyyppi;Resoluutio;Yksikkötyyppi;Alkuaika;Määrä;Laatu",
    "MeteringPointGSRN;Product Type;Resolution;Unit Type;Start Time;Quantity;Quality",
)
ACTIVE, REACTIVE = "8716867000030", "8716867000047"
UNITS_WRITTEN = {"kwh": "kWh", "kvarh": "kvarh", "m3": "m3", "°c": "°C", "c": "°C"}
LENGTHS = {"PT15M": 1, "PT1H": QUARTERS_AN_HOUR}
TYPES = {  # by product, unit (in small letters) and reading type; 2022 had none
    **{
        (product, "kwh", kind): ReadingType(kind or "BN01")
        for product in ("", ACTIVE)
        for kind in ("", "BN01", "BN02", "BN03", "estimate", "lower")
    },
    **{(REACTIVE, "kvarh", kind): ReadingType.REACTIVE for kind in ("", "BN01")},
    ("", "m3", "volume"): ReadingType.VOLUME,
    **{("", unit, kind): ReadingType(kind) for unit in ("°c", "c") for kind in ("flow", "return")},
}
GSRN = re.compile(r"[0-9]{18}")
NO_GSRN = re.compile(r"0*")
START = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
QUANTITY = re.compile(r"([-−]?)([0-9]{1,8})(?:[.,]([0-9]{1,6}))?")
NO_QUANTITY = ("", "null")
BY_SPREADSHEET = re.compile(r"[0-9]+([.,][0-9]+)?E\+?[0-9]+")
REMEDY = "download it again from Datahub's customer portal, and do not open and save it in between"
Take = Callable[[Lines, int, Heads], Readings]


class NotDatahub(Exception):
    """The file is not Datahub's export as it was written.

    The message says what happened to it and how to get a good one, as a sentence that follows the file's name.
    """


@dataclass(frozen=True)
class SeriesReadings:
    """The readings of one series of a metering point; `gsrn` is None where the file does not name it."""

    gsrn: str | None
    intervals: Intervals
    reading_type: ReadingType = ReadingType.METERED


class RefusedLine(NamedTuple):
    """The number of a line, from 1, and why it is refused."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Piece:
    """What some lines of a file say: the readings of those that are taken, in their order, and the others."""

    lines: int
    readings: Readings
    refused: Sequence[RefusedLine]

    def after(self, lines: int) -> "Piece":
        """The same after so many lines."""
        readings = replace(self.readings, line=self.readings.line + lines)
        return Piece(self.lines, readings, [RefusedLine(line.number + lines, line.reason) for line in self.refused])


class _Refused(Exception):
    """A line cannot be taken; the message says why."""


def looks_like(start: bytes) -> bool:
    """Whether a file that starts so was meant to be such an export; `read` then says what is wrong with it."""
    return any(header.partition(";")[0].encode() in start for header in HEADERS)


def series_of(line: str) -> tuple[str, ReadingType]:
    """Whose readings a line is of, and of which series; of one that is no reading, the metered one."""
    gsrn, product, _, unit, kind, *_ = [*(field.strip() for field in line.split(";")), *[""] * 5]
    return gsrn, TYPES.get((product, unit.lower(), kind), ReadingType.METERED)


class Reader:
    """Reads the lines of a file, piece by piece; several threads may each read a piece."""

    def __init__(self, start: bytes, latest: datetime | None = None, take: Take = regular) -> None:
        """Take how the file starts, and the instant after which no reading can begin.

        take: reads the lines that are read at once
        Raises NotDatahub when its header is not one of Datahub's.
        """
        self.columns, self.begins = _header(start)  # bytes of the header
        self.heads = Heads(partial(_regular_head, self.columns))
        self._latest, self._take = latest, take

    def read(self, text: bytes) -> Piece:
        """What whole lines say, numbered from 1; a missing reading is one of MISSING.

        Raises NotDatahub at the traces of a spreadsheet program.
        """
        lines = lines_of(text)
        readings = self._take(lines, self.columns, self.heads)
        left = np.flatnonzero(readings.series < 0)
        refused: list[RefusedLine] = []
        if len(left):
            refused = _one_by_one(lines, left, self, readings)
            readings = readings[readings.series >= 0]
        told, ahead = _until(readings, self._latest)
        return Piece(len(lines), told, sorted([*refused, *ahead]))

    def check_end(self, last: Piece, text: bytes) -> None:
        """Raises NotDatahub when the last line of the last piece is not all there."""
        line = text[text.rfind(b"\n") + 1 :].decode(errors="replace").strip()
        fields = line.split(";")
        whole = len(fields) >= self.columns and fields[-1] in Quality.__members__
        if line and last.refused and not whole:
            raise NotDatahub(f"breaks off in the middle of line {last.refused[-1].number}; {REMEDY}")


def _header(start: bytes) -> tuple[int, int]:
    """How many columns the file has, and where its lines begin.

    Raises NotDatahub when its header is not one of Datahub's.
    """
    header, newline, _ = start.partition(b"\n")
    names = header.removeprefix(BOM).rstrip(b"\r")
    if not start.removeprefix(BOM).strip():
        raise NotDatahub(f"is empty; {REMEDY}")
    for known in HEADERS:
        if names == known.encode():
            return known.count(";") + 1, len(header) + len(newline)
        if names == known.encode("latin-1"):
            raise NotDatahub(f"was saved by a spreadsheet program, which has changed its letters and numbers; {REMEDY}")
    raise NotDatahub(f"does not begin with the header of Datahub's export ({HEADERS[0]}); {REMEDY}")


def _one_by_one(lines: Lines, which: NDArray[np.intp], reader: Reader, into: Readings) -> list[RefusedLine]:
    """Put the readings of some lines in their places, and say why others are refused; blank lines say nothing.

    Raises NotDatahub at the traces of a spreadsheet program.
    """
    rows: list[tuple[int, ...]] = []
    refused = []
    for place in which.tolist():
        text = lines.line(place)
        if not text.strip():
            continue
        try:
            head, *values = _reading([field.strip() for field in text.split(";")], reader.columns)
            rows.append((place, *reader.heads.numbered(head), *values))
        except _Refused as why:
            refused.append(RefusedLine(int(lines.number[place]), str(why)))
    places, series, length, quarter, milliwatt_hours, quality = np.array(rows, np.int64).reshape(-1, 6).T
    found = Readings(lines.number[places], series, length, quarter, milliwatt_hours, quality.astype(np.uint8))
    into.put(places, found)
    return refused


def _reading(fields: Sequence[str], columns: int) -> tuple[LineHead, int, int, Quality]:
    """Whose reading it is, the quarter in which it begins, its milliwatt-hours and its quality.

    Raises _Refused.
    """
    if len(fields) != columns:
        raise _Refused(f"has {len(fields)} fields, not {columns}")
    *head, start, quantity, quality = fields
    if quality not in Quality.__members__:
        raise _Refused(f"unknown quality {quality}, {_either(Quality.__members__)} is asked for")
    found = _head(head)
    return found, _quarter(start, found.length), _milliwatt_hours(quantity, Quality[quality]), Quality[quality]


def _regular_head(columns: int, text: bytes) -> LineHead | None:
    """What the fields before the start time mean; None where a line with them must be looked at by itself."""
    fields = text.decode(errors="replace").split(";")
    try:
        return _head(fields) if len(fields) == columns - 3 else None
    except (_Refused, NotDatahub):
        return None


def _head(fields: Sequence[str]) -> LineHead:
    gsrn, product, resolution, unit, *reading_type = fields
    _look_for_spreadsheet(gsrn, product)
    kind = _reading_type(product, unit, *reading_type)
    if resolution not in LENGTHS:
        raise _Refused(f"resolution {resolution} is not taken, only PT15M and PT1H: send the hours of a longer time")
    if NO_GSRN.fullmatch(gsrn):
        return LineHead(None, LENGTHS[resolution], kind)
    if not GSRN.fullmatch(gsrn):
        raise _Refused(f"metering point {gsrn} has not 18 digits")
    return LineHead(gsrn, LENGTHS[resolution], kind)


def _look_for_spreadsheet(*numbers: str) -> None:
    """Raises NotDatahub at a number such as 8,71687E+12: the digits that it had are lost."""
    for number in numbers:
        if BY_SPREADSHEET.fullmatch(number):
            raise NotDatahub(f"was saved by a spreadsheet program, which has rounded its numbers ({number}); {REMEDY}")


def _reading_type(product: str, unit: str, reading_type: str = "") -> ReadingType:
    if found := TYPES.get((product, unit.lower(), reading_type)):
        return found
    if product not in ("", ACTIVE, REACTIVE):
        raise _Refused(f"unknown product {product}, {ACTIVE} (active), {REACTIVE} (reactive) or none is asked for")
    of_product = [(unit, kind) for of, unit, kind in TYPES if of == product]
    units = sorted({UNITS_WRITTEN[unit] for unit, kind in of_product if kind == reading_type})
    if not units:
        kinds = dict.fromkeys(kind for _, kind in of_product if kind)
        raise _Refused(f"unknown reading type {reading_type}, {_either(kinds)} is asked for")
    raise _Refused(f"unknown unit {unit}, {units[0]} is asked for")


def _either(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _quarter(start: str, length: int) -> int:
    try:
        instant = datetime.fromisoformat(start) if START.fullmatch(start) else None
    except ValueError:
        instant = None
    if instant is None or instant.year not in YEARS:
        raise _Refused(f"start time {start} is not an instant in UTC such as 2026-11-21T14:15:00Z")
    seconds = int(instant.timestamp())
    if seconds % (length * QUARTER_S):
        raise _Refused(f"start time {start} is not that of a {'quarter' if length == 1 else 'full'} hour")
    return seconds // QUARTER_S


def _milliwatt_hours(quantity: str, quality: Quality) -> int:
    written = QUANTITY.fullmatch(quantity)
    if not written and quantity not in NO_QUANTITY:
        raise _Refused(f"quantity {quantity} is not a number with at most eight digits and six decimals")
    if quality is Quality.MISSING:
        return 0
    if not written:
        raise _Refused(f"has no quantity, although its quality is {quality.name}")
    sign, whole, decimals = written.groups(default="")
    milliwatt_hours = int(whole) * MILLIWATT_HOURS_PER_KWH + int(decimals.ljust(6, "0"))
    return -milliwatt_hours if sign else milliwatt_hours


def _until(readings: Readings, latest: datetime | None) -> tuple[Readings, list[RefusedLine]]:
    """The readings that start until an instant, and the lines of those that start later."""
    if latest is None or not (ahead := readings.quarter > quarter_of(latest)).any():
        return readings, []
    why = (
        f"start time is later than {latest:%Y-%m-%dT%H:%M:%SZ}, which has not come: set the clock of the meter, "
        "and take the file in again when it tells the right times"
    )
    return readings[~ahead], [RefusedLine(line, why) for line in readings.line[ahead].tolist()]

"""Readings as Datahub's customer portal exports them: CSV with `;`, decimal comma and UTC start times.

Fingrid's Datahub has written it with a Finnish or an English header, since 2023 with a reading type, before without.
Quarters and hours, several metering points and several series of one may share a file. What Datahub does not carry (the
volume and temperatures of district heat, gas by its lower heating value) has the same columns: no product, the unit
and the word of sites/kinds.py as reading type. Regular lines are read all at once
(datahub_lines.py); whatever is not quite regular is read here, line by line, and either taken or refused with a reason.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from portal.consumption.formats.datahub_lines import YEARS, LineHead, Lines, Readings, in_a_row, lines_of, regular
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
PIECE = 8 * 2**20  # bytes that are read at once
Take = Callable[[Lines, int, Callable[[bytes], LineHead | None]], Readings]


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


@dataclass(frozen=True)
class RefusedLine:
    """A line that was not taken: its number from 1, why, and the line as it stood."""

    number: int
    reason: str
    line: str


@dataclass(frozen=True)
class Export:
    """What a file says. `repeated` counts the lines that only say again what an earlier one said."""

    series: tuple[SeriesReadings, ...]
    refused: tuple[RefusedLine, ...]
    repeated: int


class _Refusal(NamedTuple):
    """The number of a line, and why it is refused."""

    number: int
    reason: str


class _Refused(Exception):
    """A line cannot be taken; the message says why."""


def read(content: bytes, latest: datetime | None = None) -> Export:
    """What an exported file says; a missing reading is in it as MISSING.

    Of two lines for the same time of the same series the later one is refused, unless it says the same; and so is each
    line whose reading starts later than `latest`. Raises NotDatahub.
    """
    return _read(content, regular, latest)


def looks_like(start: bytes) -> bool:
    """Whether a file that starts so was meant to be such an export; `read` then says what is wrong with it."""
    return any(header.partition(";")[0].encode() in start for header in HEADERS)


def series_of(line: str) -> tuple[str, ReadingType]:
    """Whose readings a line is of, and of which series; of one that is no reading, the metered one."""
    gsrn, product, _, unit, kind, *_ = [*(field.strip() for field in line.split(";")), *[""] * 5]
    return gsrn, TYPES.get((product, unit.lower(), kind), ReadingType.METERED)


def _read(content: bytes, take: Take, latest: datetime | None = None) -> Export:
    columns, begins = _header(content)
    taken: list[Readings] = []
    refused: list[_Refusal] = []
    for lines in _pieces(content, begins):
        some = take(lines, columns, _regular_head)
        left = np.ones(len(lines), np.bool_)
        left[some.line - lines.number] = False
        others, why = _one_by_one(lines, np.flatnonzero(left), columns)
        taken += [some, others]
        refused += why
    _check_end(content, refused, columns)
    told, ahead = _until(in_a_row(taken), latest)
    refused += ahead
    repeated, series = 0, []
    for (gsrn, reading_type), readings in _by_series(told):
        settled, clashes = _settled(readings)
        series.append(SeriesReadings(gsrn, settled, reading_type))
        repeated += len(readings.line) - len(settled) - len(clashes)
        refused += clashes
    return Export(tuple(series), _refused_lines(content, refused), repeated)


def _header(content: bytes) -> tuple[int, int]:
    """How many columns the file has, and where its lines begin.

    Raises NotDatahub when its header is not one of Datahub's.
    """
    header, newline, _ = content.partition(b"\n")
    names = header.removeprefix(BOM).rstrip(b"\r")
    if not content.removeprefix(BOM).strip():
        raise NotDatahub(f"is empty; {REMEDY}")
    for known in HEADERS:
        if names == known.encode():
            return known.count(";") + 1, len(header) + len(newline)
        if names == known.encode("latin-1"):
            raise NotDatahub(f"was saved by a spreadsheet program, which has changed its letters and numbers; {REMEDY}")
    raise NotDatahub(f"does not begin with the header of Datahub's export ({HEADERS[0]}); {REMEDY}")


def _pieces(content: bytes, begins: int) -> Iterator[Lines]:
    """The lines after the header, so many at once as need little room."""
    number = 2
    while begins < len(content):
        ends = content.find(b"\n", begins + PIECE) + 1 or len(content)
        lines = lines_of(content[begins:ends], number)
        yield lines
        begins, number = ends, number + len(lines)


def _one_by_one(lines: Lines, which: NDArray[np.intp], columns: int) -> tuple[Readings, list[_Refusal]]:
    """The readings of some lines, and why others are refused; blank lines say nothing.

    Raises NotDatahub at the traces of a spreadsheet program.
    """
    heads: dict[LineHead, int] = {}
    rows: list[tuple[int, ...]] = []
    refused = []
    for line in which:
        text, number = lines[line], lines.number + int(line)
        if not text.strip():
            continue
        try:
            whose, *values = _reading([field.strip() for field in text.split(";")], columns)
            rows.append((number, heads.setdefault(whose, len(heads)), *values))
        except _Refused as why:
            refused.append(_Refusal(number, str(why)))
    numbers, head, quarter, milliwatt_hours, quality = np.array(rows, np.int64).reshape(-1, 5).T
    return Readings(tuple(heads), numbers, head, quarter, milliwatt_hours, quality.astype(np.uint8)), refused


def _reading(fields: Sequence[str], columns: int) -> tuple[LineHead, int, int, Quality]:
    """Whose reading it is, the quarter in which it begins, its milliwatt-hours and its quality.

    Raises _Refused.
    """
    if len(fields) != columns:
        raise _Refused(f"has {len(fields)} fields, not {columns}")
    *head, start, quantity, quality = fields
    if quality not in Quality.__members__:
        raise _Refused(f"unknown quality {quality}")
    found = _head(head)
    return found, _quarter(start, found.length), _milliwatt_hours(quantity, Quality[quality]), Quality[quality]


def _regular_head(text: bytes) -> LineHead | None:
    """What the fields before the start time mean; None where a line with them must be looked at by itself."""
    try:
        return _head(text.decode().split(";"))
    except (_Refused, NotDatahub, UnicodeDecodeError):
        return None


def _head(fields: Sequence[str]) -> LineHead:
    gsrn, product, resolution, unit, *reading_type = fields
    _look_for_spreadsheet(gsrn, product)
    kind = _reading_type(product, unit, *reading_type)
    if resolution not in LENGTHS:
        raise _Refused(f"resolution {resolution} is not taken, only PT15M and PT1H")
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
        raise _Refused(f"unknown product {product}")
    units = sorted(
        {UNITS_WRITTEN[of] for of_product, of, kind in TYPES if (of_product, kind) == (product, reading_type)}
    )
    if not units:
        raise _Refused(f"unknown reading type {reading_type}")
    raise _Refused(f"unknown unit {unit}, {units[0]} is asked for")


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


def _check_end(content: bytes, refused: Sequence[_Refusal], columns: int) -> None:
    """Raises NotDatahub when the last line is not all there."""
    last = content.rpartition(b"\n")[2].decode(errors="replace").strip()
    fields = last.split(";")
    whole = len(fields) >= columns and fields[-1] in Quality.__members__
    if last and refused and not whole:
        raise NotDatahub(f"breaks off in the middle of line {refused[-1].number}; {REMEDY}")


def _until(readings: Readings, latest: datetime | None) -> tuple[Readings, list[_Refusal]]:
    """The readings that start until an instant, and the lines of those that start later."""
    if latest is None or not (ahead := readings.quarter > quarter_of(latest)).any():
        return readings, []
    why = f"start time is later than {latest:%Y-%m-%dT%H:%M:%SZ}, which has not come"
    return readings[np.flatnonzero(~ahead)], [_Refusal(int(line), why) for line in readings.line[ahead]]


def _by_series(readings: Readings) -> list[tuple[tuple[str | None, ReadingType], Readings]]:
    """The readings of each series, in the order in which the file comes to them."""
    numbers: dict[tuple[str | None, ReadingType], int] = {}
    of_head = [numbers.setdefault((head.gsrn, head.reading_type), len(numbers)) for head in readings.heads]
    series = np.array(of_head, np.intp)[readings.head]
    order = np.argsort(series, kind="stable")  # once for all series: a file may name very many
    parts = np.split(order, np.flatnonzero(np.diff(series[order])) + 1) if len(order) else []
    names = list(numbers)
    found = [(names[series[part[0]]], readings[part].by_itself) for part in parts]
    return sorted(found, key=lambda one: int(one[1].line.min()))


def _settled(readings: Readings) -> tuple[Intervals, list[_Refusal]]:
    """The readings of one series in time order, without what is repeated, and the lines that contradict others."""
    order = np.argsort(readings.quarter, kind="stable")
    quarter, hour = readings.quarter[order], readings.quarter[order] // QUARTERS_AN_HOUR
    overlaps = quarter[1:] < (quarter + readings.length[order])[:-1]
    told = np.ones(len(order), np.bool_)
    refused = []
    for row, earlier in _told_before(readings, order[np.isin(hour, hour[1:][overlaps])]):
        told[row] = False
        if not _says_the_same(readings, row, earlier):
            line = int(readings.line[earlier])
            refused.append(_Refusal(int(readings.line[row]), f"line {line} says something else of the same time"))
    kept = readings[order[told[order]]]
    return Intervals(kept.quarter, kept.length, kept.milliwatt_hours, kept.quality), refused


def _told_before(readings: Readings, rows: NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """Those of some rows whose time an earlier line has told already, each with the row of that line."""
    told: dict[int, int] = {}
    for row in rows[np.argsort(readings.line[rows])].tolist():
        begins = int(readings.quarter[row])
        quarters = range(begins, begins + int(readings.length[row]))
        earlier = min((told[quarter] for quarter in quarters if quarter in told), default=None)
        if earlier is None:
            told.update(dict.fromkeys(quarters, row))
        else:
            yield row, earlier


def _says_the_same(readings: Readings, row: int, other: int) -> bool:
    each = (readings.quarter, readings.length, readings.milliwatt_hours, readings.quality)
    return all(values[row] == values[other] for values in each)


def _refused_lines(content: bytes, refused: Sequence[_Refusal]) -> tuple[RefusedLine, ...]:
    text = content.split(b"\n") if refused else []
    return tuple(
        RefusedLine(number, reason, text[number - 1].decode(errors="replace").rstrip("\r"))
        for number, reason in sorted(refused)
    )

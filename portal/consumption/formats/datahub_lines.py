"""Reads the regular lines of a Datahub export all at once, with numpy; every byte of them is checked.

Regular is a line with the right number of fields, a UTC start on a quarter, a decimal comma with one to six digits
after it (or nothing, where the reading is missing) and a known quality. Every other line is left alone. Lines of one
length whose fields begin in the same columns are read as one matrix, the others field by field.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from threading import Lock

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from portal.kit.intervals import QUARTERS_A_DAY, Quality
from portal.sites.kinds import ReadingType

NEWLINE, RETURN, SEMICOLON, COMMA, MINUS = b"\n\r;,-"
ROOM = 32  # bytes before and after the text, so that a window may reach out of it
WHOLE_DIGITS, DECIMALS = 8, 6
LONGEST_HEAD = 64
START = 20  # bytes of a start time
LONGEST_LINE = LONGEST_HEAD + START + WHOLE_DIGITS + DECIMALS + 15  # of those that are read as a matrix
EPOCH = date(1970, 1, 1)
YEARS = range(2000, 2100)
DAY = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCKS = np.frombuffer(b"".join(b"%02d:%02d:00" % divmod(at, 60) for at in range(0, 24 * 60, 15)), np.uint64)
SCATTER, CELLS = np.uint64(0x53E9ED4A766F45D), np.uint64(54)  # a factor that sends each clock time to a cell of its own
LENGTHS = 8  # more than a reading has quarters
ODD, MOST_ODD = 1 - LENGTHS, 10_000  # the number -1 with the length 1; and how many such heads are remembered
FORMS = 4  # of lines of one length that are read as a matrix; there are hardly more
CELL_OF = (CLOCKS * SCATTER) >> CELLS
CLOCK_IN, QUARTER_IN = np.zeros(1024, np.uint64), np.zeros(1024, np.int64)
CLOCK_IN[CELL_OF], QUARTER_IN[CELL_OF] = CLOCKS, np.arange(len(CLOCKS))
Whole = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]
SeriesName = tuple[str | None, ReadingType]
"""The GSRN of a metering point, None where a line does not name it, and a reading type."""


@dataclass(frozen=True, slots=True)
class LineHead:
    """What the fields before the start time come to: whose readings of what, and how many quarters each is long."""

    gsrn: str | None
    length: int
    reading_type: ReadingType = ReadingType.METERED


class Heads:
    """The heads of a file's lines: of which series each is, and how long its readings are. Threads may share it.

    series: in the order in which they were found; their numbers are their places
    """

    def __init__(self, meaning: Callable[[bytes], LineHead | None]) -> None:
        """Take what tells the meaning of a head; None where its lines must be looked at one by one."""
        self.series: list[SeriesName] = []
        self._meaning = meaning
        self._numbers: dict[SeriesName, int] = {}
        self._known: dict[bytes, int] = {}  # the number and the length as one, so that they are found fast
        self._odd = 0  # how many of these must be looked at one by one: of rubbish no more are remembered
        self._lock = Lock()

    @property
    def remembered(self) -> int:
        """How many different heads it keeps."""
        return len(self._known)

    def numbered(self, head: LineHead) -> tuple[int, int]:
        """The number of the series, and how long the readings are."""
        name = head.gsrn, head.reading_type
        with self._lock:
            if name not in self._numbers:
                self._numbers[name] = len(self.series)
                self.series.append(name)
            return self._numbers[name], head.length

    def read(self, texts: Sequence[bytes]) -> tuple[Whole, Whole]:
        """The same of each text; -1 for the number where it must be looked at by itself."""
        known = self._known
        found = list(map(known.get, texts))
        if None in found:
            for text in set(texts) - known.keys():
                head = self._meaning(text)
                if head is not None:
                    number, length = self.numbered(head)
                    known[text] = number * LENGTHS + length
                elif self._odd < MOST_ODD:
                    known[text] = ODD
                    self._odd += 1
            found = [known.get(text, ODD) for text in texts]
        both = np.array(found, np.int64)
        return both // LENGTHS, both % LENGTHS


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Some lines of text: its bytes with room around them, and the number of each line, where it begins and ends."""

    text: Bytes
    number: Whole
    begins: Whole
    ends: Whole

    def __len__(self) -> int:
        return len(self.begins)

    def __getitem__(self, which: Flags | NDArray[np.intp]) -> "Lines":
        return Lines(self.text, self.number[which], self.begins[which], self.ends[which])

    def line(self, place: int) -> str:
        """One of them."""
        return self.text[self.begins[place] : self.ends[place]].tobytes().decode(errors="replace")


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Readings of some lines, a place in each array for each: of which line and series it is, and what it says."""

    line: Whole
    series: Whole
    length: Whole
    quarter: Whole
    milliwatt_hours: Whole
    quality: Bytes

    @classmethod
    def none_of(cls, lines: Lines) -> "Readings":
        """A place for each line, none of which has been read: the number of its series is -1."""
        size = len(lines)
        length, quarter, milliwatt_hours = (np.empty(size, np.int64) for _ in range(3))
        return cls(lines.number, np.full(size, -1), length, quarter, milliwatt_hours, np.empty(size, np.uint8))

    def __len__(self) -> int:
        return len(self.line)

    def __getitem__(self, which: slice | Flags | NDArray[np.intp]) -> "Readings":
        return Readings(
            self.line[which],
            self.series[which],
            self.length[which],
            self.quarter[which],
            self.milliwatt_hours[which],
            self.quality[which],
        )

    def put(self, which: NDArray[np.intp], readings: "Readings") -> None:
        """Put others in some places."""
        for field in fields(self):
            getattr(self, field.name)[which] = getattr(readings, field.name)


NONE = np.empty(0, np.int64)
NO_PLACES = np.empty(0, np.intp)
NO_READINGS = Readings(NONE, NONE, NONE, NONE, NONE, np.empty(0, np.uint8))


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """The same field of many lines: where in the text it begins and ends."""

    begins: Whole
    ends: Whole

    @property
    def width(self) -> Whole:
        return self.ends - self.begins

    def __getitem__(self, which: Flags) -> "_Field":
        return _Field(self.begins[which], self.ends[which])


def lines_of(content: bytes) -> Lines:
    """The lines of a text, numbered from 1; the last one may lack its end."""
    end = b"" if content.endswith(b"\n") or not content else b"\n"
    text = np.frombuffer(b"".join([bytes(ROOM), content, end, bytes(ROOM)]), np.uint8)
    ends = np.flatnonzero(text == NEWLINE)
    begins = np.concatenate([[ROOM], ends + 1])[:-1]
    return Lines(text, np.arange(1, len(ends) + 1), begins, ends - (text[ends - 1] == RETURN))


def in_a_row(parts: Sequence[Readings]) -> Readings:
    """The readings of several pieces of a file one after the other."""
    every = [NO_READINGS, *parts]
    return Readings(*(np.concatenate([getattr(part, field.name) for part in every]) for field in fields(Readings)))


def regular(lines: Lines, columns: int, heads: Heads) -> Readings:
    """A place for each of the lines, with the readings of the regular ones, of so many fields each."""
    width = lines.ends - lines.begins
    lengths = np.flatnonzero(np.bincount(width)).tolist()
    if len(lengths) == 1 and START < lengths[0] < LONGEST_LINE:
        taken, found = _like_the_first(lines, lengths[0], columns, heads)
        if len(taken) == len(lines):
            return found
    readings = Readings.none_of(lines)
    for length in lengths:
        left = np.flatnonzero(width == length)
        for _ in range(FORMS):
            if not len(left) or not START < length < LONGEST_LINE:
                break
            taken, found = _like_the_first(lines[left], length, columns, heads)
            readings.put(left[taken], found)
            left = np.setdiff1d(left[1:], left[taken], assume_unique=True) if len(taken) < len(left) else NO_PLACES
    left = np.flatnonzero(readings.series < 0)
    if len(left):
        others, taken = _field_by_field(lines[left], columns, heads)
        readings.put(left[taken], others)
    return readings


def _like_the_first(lines: Lines, length: int, columns: int, heads: Heads) -> tuple[NDArray[np.intp], Readings]:
    """Which lines of one length are regular and have the form of the first one, and their readings.

    Every byte of a line is compared or read, so that a separator elsewhere is never passed over.
    """
    rows = _window(lines.text, lines.begins, length)
    marks = np.flatnonzero(rows[0] == SEMICOLON)
    if len(marks) != columns - 1:
        return NO_PLACES, NO_READINGS
    at, before, after = (int(mark) + 1 for mark in marks[-3:])  # start, quantity, quality
    quality = Quality.__members__.get(rows[0, after:].tobytes().decode(errors="replace"))
    if quality is None or before - at - 1 != START or at - 1 > LONGEST_HEAD:
        return NO_PLACES, NO_READINGS
    series, quarters = _heads(rows[:, : at - 1], heads)
    quarter, timely = _quarters(rows[:, at : at + START])
    milliwatt_hours, numbered = _decimals(rows[:, before : after - 1])
    if quality is Quality.MISSING:
        milliwatt_hours = np.zeros(len(rows), np.int64)
        numbered |= after - 1 == before
    sound = (series >= 0) & timely & numbered & (quarter % quarters == 0)
    sound &= (rows[:, at - 1] == SEMICOLON) & (rows[:, before - 1] == SEMICOLON)
    sound &= _all_equal(rows[:, after - 1 :], rows[0, after - 1 :])
    qualities = np.full(len(rows), quality, np.uint8)
    readings = Readings(lines.number, series, quarters, quarter, milliwatt_hours, qualities)
    return np.flatnonzero(sound), readings if sound.all() else readings[sound]


def _all_equal(rows: Bytes, row: Bytes) -> Flags:
    """Which rows are equal to one."""
    equal = np.ones(len(rows), np.bool_)
    for column, byte in enumerate(row.tolist()):
        equal &= rows[:, column] == byte
    return equal


def _decimals(rows: Bytes) -> tuple[Whole, Flags]:
    """Millionths of the number in each row, if its comma is where the first row has it, and whether it is one."""
    none = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_)
    comma = bytes(rows[0]).find(COMMA) if rows.shape[1] else -1
    whole, decimals = comma, rows.shape[1] - comma - 1
    if not 1 <= whole <= WHOLE_DIGITS or not 1 <= decimals <= DECIMALS:
        return none
    number, sound = none[0], rows[:, comma] == COMMA
    for column in (*range(whole), *range(comma + 1, comma + 1 + decimals)):
        digit = rows[:, column] - np.uint8(ord("0"))
        sound &= digit <= 9
        number *= 10
        number += digit
    number *= 10 ** (DECIMALS - decimals)
    return number, sound


def _field_by_field(lines: Lines, columns: int, heads: Heads) -> tuple[Readings, NDArray[np.intp]]:
    """The readings of the regular ones of some lines, and which lines these are."""
    line, head, start, quantity, quality = _fields(lines, columns)
    series, length = _heads_of_any_width(lines.text, head, heads)
    quarter, timely = _quarters(_window(lines.text, start.begins, START))
    milliwatt_hours, numbered = _quantities(lines.text, quantity)
    code, qualified = _qualities(lines.text, quality)
    missing = code == Quality.MISSING
    fits = (series >= 0) & timely & (start.width == START) & qualified & (numbered | missing & (quantity.width == 0))
    fits &= quarter % length == 0
    milliwatt_hours = np.where(missing, 0, milliwatt_hours)
    return Readings(lines.number[line], series, length, quarter, milliwatt_hours, code)[fits], line[fits]


def _fields(lines: Lines, columns: int) -> tuple[NDArray[np.intp], _Field, _Field, _Field, _Field]:
    """Which lines have so many fields; in each the head, the start, the quantity and the quality."""
    marks = np.flatnonzero(lines.text == SEMICOLON)
    first = np.searchsorted(marks, lines.begins)
    line = np.flatnonzero(np.searchsorted(marks, lines.ends) - first == columns - 1)
    before_start, after_start, after_quantity = (marks[first[line] + columns - 4 + number] for number in range(3))
    return (
        line,
        _Field(lines.begins[line], before_start),
        _Field(before_start + 1, after_start),
        _Field(after_start + 1, after_quantity),
        _Field(after_quantity + 1, lines.ends[line]),
    )


def _heads_of_any_width(text: Bytes, field: _Field, heads: Heads) -> tuple[Whole, Whole]:
    """The number of the series of each line, -1 for none, and the length of its reading."""
    series, length = np.full(len(field.begins), -1), np.ones(len(field.begins), np.int64)
    for width in np.unique(field.width[field.width <= LONGEST_HEAD]).tolist():
        alike = np.flatnonzero(field.width == width)
        series[alike], length[alike] = _heads(_window(text, field.begins[alike], width), heads)
    return series, length


def _heads(rows: Bytes, heads: Heads) -> tuple[Whole, Whole]:
    """The same of heads of one width. A head is looked at where it changes."""
    changes = _changes(rows)
    sizes = np.diff(changes, append=len(rows))
    series, length = heads.read(rows[changes].view(f"V{rows.shape[1]}").ravel().tolist() if rows.shape[1] else [])
    return np.repeat(series, sizes), np.repeat(length, sizes)


def _quarters(rows: Bytes) -> tuple[Whole, Flags]:
    """The quarter that begins at each start time, and whether one does."""
    days = rows[:, :10]
    changes = _changes(days)
    number = np.array([_day(days[change].tobytes()) for change in changes.tolist()], np.int64)
    day = np.repeat(number, np.diff(changes, append=len(days)))
    clock = _words(rows, 11)
    cell = (clock * SCATTER >> CELLS).astype(np.intp)
    sound = (day >= 0) & (CLOCK_IN[cell] == clock) & (rows[:, 10] == ord("T")) & (rows[:, 19] == ord("Z"))
    return day * QUARTERS_A_DAY + QUARTER_IN[cell], sound


def _quantities(text: Bytes, field: _Field) -> tuple[Whole, Flags]:
    """Milliwatt-hours of the kilowatt-hours in each field, and whether it has any."""
    negative = text[field.begins] == MINUS
    begins = field.begins + negative
    commas = np.append(np.flatnonzero(text == COMMA), len(text))
    comma = commas[np.searchsorted(commas, begins)]
    sound = comma < field.ends
    comma = np.where(sound, comma, begins)
    whole, decimals = comma - begins, field.ends - comma - 1
    sound &= (whole >= 1) & (whole <= WHOLE_DIGITS) & (decimals >= 1) & (decimals <= DECIMALS)
    first = (WHOLE_DIGITS - whole).clip(0)  # longer ones are not sound
    left, left_sound = _number(_window(text, comma - WHOLE_DIGITS, WHOLE_DIGITS), first, whole * 0 + WHOLE_DIGITS)
    right, right_sound = _number(_window(text, comma + 1, DECIMALS), decimals * 0, decimals)
    milliwatt_hours = left * 10**DECIMALS + right
    return np.where(negative, -milliwatt_hours, milliwatt_hours), sound & left_sound & right_sound


def _number(window: Bytes, begins: Whole, ends: Whole) -> tuple[Whole, Flags]:
    """The number that the digits from one column to before another make, as if there were zeros around them."""
    number, sound = np.zeros(len(window), np.int64), np.ones(len(window), np.bool_)
    for column in range(begins.min(initial=window.shape[1]), window.shape[1]):
        digit = window[:, column] - np.uint8(ord("0"))
        digit[(column < begins) | (column >= ends)] = 0
        sound &= digit <= 9
        number = number * 10 + digit
    return number, sound


def _qualities(text: Bytes, field: _Field) -> tuple[Bytes, Flags]:
    """The quality in each field, and whether it is one."""
    code, sound = np.zeros(len(field.begins), np.uint8), np.zeros(len(field.begins), np.bool_)
    for quality in Quality:
        rest = np.flatnonzero(~sound & (field.width == len(quality.name)))
        same = rest[_texts(text, field.begins[rest], len(quality.name)) == quality.name.encode()]
        code[same], sound[same] = quality, True
    return code, sound


@lru_cache(maxsize=4000)
def _day(text: bytes) -> int:
    """Days since 1970; -1 for what is no date of YEARS."""
    if not DAY.fullmatch(text):
        return -1
    try:
        day = date.fromisoformat(text.decode())
    except ValueError:  # the 31st of November
        return -1
    return (day - EPOCH).days if day.year in YEARS else -1


def _changes(rows: Bytes) -> NDArray[np.intp]:
    """Where a row differs from the one before it; the first one does."""
    differs = np.ones(len(rows), np.bool_)
    width = rows.shape[1]
    differs[1:] = False
    for at in (*range(0, width - 8, 8), width - 8) if width >= 8 else ():
        word = _words(rows, at)
        differs[1:] |= word[1:] != word[:-1]
    if width < 8:
        differs[1:] = (rows[1:] != rows[:-1]).any(1)
    return np.flatnonzero(differs)


def _words(rows: Bytes, column: int) -> NDArray[np.uint64]:
    """Eight bytes of each row, from a column on, as one number."""
    return rows[:, column : column + 8].view(np.uint64)[:, 0]


def _texts(text: Bytes, begins: Whole, width: int) -> NDArray[np.bytes_]:
    """So many bytes from each place, as one text each."""
    return _window(text, begins, width).copy().view(f"S{width}").ravel()


def _window(text: Bytes, begins: Whole, width: int) -> Bytes:
    return sliding_window_view(text, width)[begins]

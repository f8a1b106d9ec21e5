"""Reads the regular lines of a Datahub export all at once, with numpy; every byte of them is checked.

Regular is a line with the right number of fields, a UTC start on a quarter, a decimal comma with one to six digits
after it (or nothing, where the reading is missing) and a known quality. Every other line is left alone.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from portal.kit.intervals import QUARTERS_A_DAY, QUARTERS_AN_HOUR, Quality
from portal.sites.kinds import ReadingType

NEWLINE, RETURN, SEMICOLON, COMMA, MINUS = b"\n\r;,-"
ROOM = 32  # bytes before and after the text, so that a window may reach out of it
WHOLE_DIGITS, DECIMALS = 8, 6
LONGEST_HEAD = 64
EPOCH = date(1970, 1, 1)
YEARS = range(2000, 2100)
DAY = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIMES = np.array([f"T{hour:02}:{minute:02}:00Z" for hour in range(24) for minute in (0, 15, 30, 45)], "S10")
Whole = NDArray[np.int64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LineHead:
    """What the fields before the start time come to: whose readings of what, and how many quarters each is long."""

    gsrn: str | None
    length: int
    reading_type: ReadingType = ReadingType.METERED


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Some lines of text: its bytes with room around them, and where in them each line begins and ends."""

    number: int  # of the first one
    text: Bytes
    begins: Whole
    ends: Whole

    def __len__(self) -> int:
        return len(self.begins)

    def __getitem__(self, index: int) -> str:
        return self.text[self.begins[index] : self.ends[index]].tobytes().decode(errors="replace")


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """Readings of some lines, in their order: the number of the line, which head it has, and what it says."""

    heads: tuple[LineHead, ...]
    line: Whole
    head: Whole
    quarter: Whole
    milliwatt_hours: Whole
    quality: Bytes

    @property
    def length(self) -> Whole:
        return np.array([head.length for head in self.heads], np.int64)[self.head]

    def __getitem__(self, which: Flags | NDArray[np.intp]) -> "Readings":
        return Readings(
            self.heads,
            self.line[which],
            self.head[which],
            self.quarter[which],
            self.milliwatt_hours[which],
            self.quality[which],
        )

    @property
    def by_itself(self) -> "Readings":
        """The same readings without the heads that none of them has."""
        used, head = np.unique(self.head, return_inverse=True)
        return replace(self, heads=tuple(self.heads[one] for one in used.tolist()), head=head)


NONE = np.empty(0, np.int64)
NO_READINGS = Readings((), NONE, NONE, NONE, NONE, np.empty(0, np.uint8))


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


def lines_of(content: bytes, number: int) -> Lines:
    """The lines of a text, numbered from `number`; the last one may lack its end."""
    end = b"" if content.endswith(b"\n") else b"\n"
    text = np.frombuffer(b"".join([bytes(ROOM), content, end, bytes(ROOM)]), np.uint8)
    ends = np.flatnonzero(text == NEWLINE)
    begins = np.concatenate([[ROOM], ends[:-1] + 1])
    return Lines(number, text, begins, ends - (text[ends - 1] == RETURN))


def regular(lines: Lines, columns: int, head_of: Callable[[bytes], LineHead | None]) -> Readings:
    """The readings of the regular lines, of so many fields each.

    `head_of` tells what the fields before the start time mean; lines are left alone when it answers None.
    """
    line, heads, start, quantity, quality = _fields(lines, columns)
    known, head = _heads(lines.text, heads, head_of)
    quarter, timely = _quarters(lines.text, start)
    milliwatt_hours, numbered = _quantities(lines.text, quantity)
    code, qualified = _qualities(lines.text, quality)
    missing = code == Quality.MISSING
    fits = (head >= 0) & timely & qualified & (numbered | missing & (quantity.width == 0))
    readings = Readings(known, line + lines.number, head, quarter, np.where(missing, 0, milliwatt_hours), code)[fits]
    return readings[readings.quarter % readings.length == 0]


def in_a_row(parts: Iterable[Readings]) -> Readings:
    """The readings of several pieces of a file one after the other."""
    every = [NO_READINGS, *parts]
    heads: dict[LineHead, int] = {}
    numbers = [np.array([heads.setdefault(head, len(heads)) for head in part.heads], np.int64) for part in every]
    return Readings(
        tuple(heads),
        np.concatenate([part.line for part in every]),
        np.concatenate([number[part.head] for number, part in zip(numbers, every, strict=True)]),
        np.concatenate([part.quarter for part in every]),
        np.concatenate([part.milliwatt_hours for part in every]),
        np.concatenate([part.quality for part in every]),
    )


def _fields(lines: Lines, columns: int) -> tuple[Whole, _Field, _Field, _Field, _Field]:
    """The numbers of the lines with so many fields; in each the head, the start, the quantity and the quality."""
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


def _heads(
    text: Bytes, field: _Field, head_of: Callable[[bytes], LineHead | None]
) -> tuple[tuple[LineHead, ...], Whole]:
    """The heads there are, and the number of each line's; -1 for none. A head is looked at where it changes."""
    numbers: dict[LineHead | None, int] = {None: -1}
    found = np.full(len(field.begins), -1)
    for width in np.unique(field.width[field.width <= LONGEST_HEAD]):
        alike = np.flatnonzero(field.width == width)
        changes = _changes(_texts(text, field.begins[alike], int(width)))
        read = [head_of(text[begins : begins + width].tobytes()) for begins in field.begins[alike[changes]]]
        number = [numbers.setdefault(head, len(numbers) - 1) for head in read]
        found[alike] = np.repeat(number, np.diff(changes, append=len(alike)))
    return tuple(head for head in numbers if head), found


def _quarters(text: Bytes, field: _Field) -> tuple[Whole, Flags]:
    """The quarter that begins at each start time, and whether one does."""
    days = _texts(text, field.begins, 10)
    changes = _changes(days)
    number = np.array([_day(days[change]) for change in changes], np.int64)
    day = np.repeat(number, np.diff(changes, append=len(days)))
    clock = _window(text, field.begins + 10, 10)
    hour, minute = (10 * clock[:, at].astype(np.int64) + clock[:, at + 1] - 528 for at in (1, 4))  # 528: of two zeros
    of_day = (hour * QUARTERS_AN_HOUR + minute // 15).clip(0, QUARTERS_A_DAY - 1)
    sound = (field.width == 20) & (day >= 0) & (_texts(text, field.begins + 10, 10) == TIMES[of_day])
    return day * QUARTERS_A_DAY + of_day, sound


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


def _day(text: bytes) -> int:
    """Days since 1970; -1 for what is no date of YEARS."""
    if not DAY.fullmatch(text):
        return -1
    try:
        day = date.fromisoformat(text.decode())
    except ValueError:  # the 31st of November
        return -1
    return (day - EPOCH).days if day.year in YEARS else -1


def _changes(texts: NDArray[np.bytes_]) -> NDArray[np.intp]:
    """Where a text differs from the one before it; the first one does."""
    return np.flatnonzero(np.append(True, texts[1:] != texts[:-1])[: len(texts)])


def _texts(text: Bytes, begins: Whole, width: int) -> NDArray[np.bytes_]:
    """So many bytes from each place, as one text each."""
    return _window(text, begins, width).copy().view(f"S{width}").ravel()


def _window(text: Bytes, begins: Whole, width: int) -> Bytes:
    return sliding_window_view(text, width)[begins]

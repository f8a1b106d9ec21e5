"""What a Datahub export of any size says, by series and time: read in pieces, sorted, and kept aside on the disk.

Memory holds some pieces, one stretch of the file while it is sorted, and what is known of each series. The sorted
stretches wait in a temporary file without a name (where TMPDIR says, some 25 bytes a reading), so that a whole file has
been read before anything of it is used: of two lines for the same time of the same series the later one is refused,
unless it says the same, however far apart they stand, and a damaged file is refused whole.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial
from heapq import merge
from itertools import pairwise
from os import SEEK_END
from tempfile import SpooledTemporaryFile
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from portal.consumption.formats.datahub import Piece, Reader, RefusedLine
from portal.consumption.formats.datahub_lines import Readings, SeriesName, in_a_row
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals

PIECE: Final = 2**20  # bytes: what a thread reads at once stays near a processor
THREADS: Final = 2
STRETCH: Final = 250_000  # lines that are sorted at once
IN_MEMORY: Final = 2 * 2**20  # bytes of sorted readings before the disk is used
TYPES: Final = tuple(np.dtype(name) for name in ("<i8", "<i4", "u1", "<i4", "<i8", "u1"))  # of the arrays of Readings
REFUSAL_WEIGHS: Final = 4  # readings: as many bytes in memory
ALWAYS, NEVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
Whole = NDArray[np.int64]
Why = Callable[[int, int], str]
"""Why a reading is not taken, of the number of its series and the quarter in which it begins."""


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """From which quarter on, and before which, the readings of each series are taken."""

    since: Whole
    until: Whole

    @classmethod
    def boundless(cls, size: int) -> Self:
        """All readings of so many series."""
        return cls(np.full(size, ALWAYS), np.full(size, NEVER))

    @property
    def bound(self) -> bool:
        """Whether there may be readings that they do not hold."""
        return bool((self.since > ALWAYS).any() or (self.until < NEVER).any())

    def hold(self, readings: Readings) -> NDArray[np.bool_]:
        """Which readings lie within."""
        begins = readings.quarter
        held: NDArray[np.bool_] = (begins >= self.since[readings.series]) & (begins < self.until[readings.series])
        return held


@dataclass(frozen=True, slots=True, eq=False)
class Portion:
    """What a file says of some series, by their numbers: each in time order, without what is repeated.

    lines: how many there are of readings that are taken, the repeated and the contradicting ones too
    contradicting: each line that differs from an earlier one, and the number of that one
    """

    series: Sequence[tuple[int, Intervals]]
    lines: int
    contradicting: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Readings of lines that follow each other, sorted by series and time; and the refused ones among these lines.

    places: where each array begins in the temporary file, then the refused lines and where they end
    """

    size: int
    places: Sequence[int]


class ExportFile:
    """A file that has been read to its end. It is closed when it has been used.

    series: what it tells of, by their numbers
    first_lines: the line in which it comes to each
    counts: how many lines there are of each
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.series: Sequence[SeriesName] = ()
        self.first_lines = self.counts = np.zeros(0, np.int64)
        self._ends = np.zeros(0, np.int64)  # of what has been told of each series
        self._out_of_order: set[int] = set()  # series in which lines may tell of the same time
        self._stretches: list[_Stretch] = []
        self._kept = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by whoever uses the file

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what was kept aside."""
        self._kept.close()

    def read(self, reader: Reader, pieces: Iterable[bytes]) -> None:
        """Read all of it, in pieces that end where a line does.

        Raises NotDatahub when it is not Datahub's export as it was written, and what `pieces` raises.
        """
        some: list[Piece] = []
        weight = 0
        for piece in _read_ahead(reader, pieces):
            some.append(piece)
            weight += len(piece.readings) + REFUSAL_WEIGHS * len(piece.refused)
            if weight >= STRETCH:
                self._add(some, len(reader.heads.series))
                some, weight = [], 0
        self._add(some, len(reader.heads.series))
        self.series = reader.heads.series

    def portions(self, size: int) -> Sequence[range]:
        """Series that follow each other with at least so many lines together, the last ones with fewer."""
        upto, portions, begins = self.counts.cumsum(), [], 0
        while begins < len(upto):
            before = upto[begins - 1] if begins else 0
            ends = min(int(np.searchsorted(upto, before + size)) + 1, len(upto))
            portions.append(range(begins, ends))
            begins = ends
        return portions

    def told(self, series: range, spans: Spans) -> Portion:
        """What is said of some series within their spans."""
        readings = self._readings(series, spans)
        overlaps = _overlaps(readings)
        edges = [*np.flatnonzero(np.diff(readings.series, prepend=-1)).tolist(), len(readings)]
        doubtful = set(readings.series[1:][overlaps].tolist())
        every: list[tuple[int, Intervals]] = []
        contradicting: dict[int, int] = {}
        for first, until in pairwise(edges):
            number, part = int(readings.series[first]), readings[first:until]
            if number in doubtful:
                part, found = _settled(part)
                contradicting |= found
            every.append((number, Intervals(part.quarter, part.length, part.milliwatt_hours, part.quality)))
        return Portion(every, len(readings), contradicting)

    def refused(self, spans: Spans, why: Why) -> Iterator[RefusedLine]:
        """The lines that are not taken, in their order, and why."""
        contradicting = sorted(self._contradicting(spans).items())
        later = (RefusedLine(line, _contradicts(other)) for line, other in contradicting)
        return merge(self._refused(spans, why), later)

    def _refused(self, spans: Spans, why: Why) -> Iterator[RefusedLine]:
        bound = spans.bound
        for stretch in self._stretches:
            yield from merge(self._no_readings(stretch), self._outside(stretch, spans, why) if bound else ())

    def _no_readings(self, stretch: _Stretch) -> Iterator[RefusedLine]:
        begins, ends = stretch.places[-2:]
        self._kept.seek(begins)
        for line in self._kept.read(ends - begins).splitlines():
            number, _, reason = line.partition(b" ")
            yield RefusedLine(int(number), reason.decode("unicode_escape"))

    def _outside(self, stretch: _Stretch, spans: Spans, why: Why) -> Iterator[RefusedLine]:
        readings = self._read(stretch, 0, stretch.size)
        outside = readings[~spans.hold(readings)]
        outside = outside[np.argsort(outside.line)]
        of_these = zip(*(array.tolist() for array in (outside.line, outside.series, outside.quarter)), strict=True)
        return (RefusedLine(line, why(*reading)) for line, *reading in of_these)

    def _contradicting(self, spans: Spans) -> dict[int, int]:
        found: dict[int, int] = {}
        if self._out_of_order:
            for series in self.portions(STRETCH):
                if not self._out_of_order.isdisjoint(series):
                    found |= self.told(series, spans).contradicting
        return found

    def _readings(self, series: range, spans: Spans) -> Readings:
        """The readings of some series, sorted by series and time, of the same time by line."""
        parts = []
        for stretch in self._stretches:
            places, series_at = range(stretch.size), partial(self._series_at, stretch)
            begins, ends = (bisect_left(places, number, key=series_at) for number in (series.start, series.stop))
            if begins < ends:
                parts.append(self._read(stretch, begins, ends))
        readings = in_a_row(parts)
        held = spans.hold(readings)
        if not held.all():
            readings = readings[held]
        return _sorted(readings)

    def _add(self, pieces: Sequence[Piece], size: int) -> None:
        """Sort what some pieces say of so many series, and keep it aside."""
        readings = _sorted(in_a_row([piece.readings for piece in pieces]))
        self.counts = _grown(self.counts, size) + np.bincount(readings.series, minlength=size)
        self.first_lines, self._ends = _grown(self.first_lines, size), _grown(self._ends, size)
        begins = np.flatnonzero(np.diff(readings.series, prepend=-1))
        if len(begins):
            numbers = readings.series[begins]
            early = readings.quarter[begins] < self._ends[numbers]
            self._out_of_order |= {*numbers[early].tolist(), *readings.series[1:][_overlaps(readings)].tolist()}
            ends = np.maximum.reduceat(readings.quarter + readings.length, begins)
            self._ends[numbers] = np.maximum(self._ends[numbers], ends)
            lines, known = np.minimum.reduceat(readings.line, begins), self.first_lines[numbers]
            self.first_lines[numbers] = np.where(known, known, lines)
        refused = [refusal for piece in pieces for refusal in piece.refused]
        self._stretches.append(_Stretch(len(readings), self._write(readings, refused)))

    def _write(self, readings: Readings, refused: Sequence[RefusedLine]) -> Sequence[int]:
        self._kept.seek(0, SEEK_END)
        places = [self._kept.tell()]
        for field, kind in zip(fields(readings), TYPES, strict=True):
            self._kept.write(getattr(readings, field.name).astype(kind).tobytes())
            places.append(self._kept.tell())
        for number, reason in refused:
            self._kept.write(b"%d %s\n" % (number, reason.encode("unicode_escape")))
        return [*places, self._kept.tell()]

    def _read(self, stretch: _Stretch, begins: int, ends: int) -> Readings:
        line, series, length, quarter, milliwatt_hours, quality = (
            self._array(stretch.places[place], kind, begins, ends) for place, kind in enumerate(TYPES)
        )
        series, length, quarter = (array.astype(np.int64) for array in (series, length, quarter))
        return Readings(line, series, length, quarter, milliwatt_hours, quality)

    def _array(self, place: int, kind: np.dtype[Any], begins: int, ends: int) -> NDArray[Any]:
        self._kept.seek(place + begins * kind.itemsize)
        return np.frombuffer(self._kept.read((ends - begins) * kind.itemsize), kind)

    def _series_at(self, stretch: _Stretch, place: int) -> int:
        return int(self._array(stretch.places[1], TYPES[1], place, place + 1)[0])


def opened(reader: Reader, pieces: Iterable[bytes]) -> ExportFile:
    """A file that has been read to its end. Raises as `ExportFile.read` does."""
    file = ExportFile()
    try:
        file.read(reader, pieces)
    except BaseException:
        file.close()
        raise
    return file


def _read_ahead(reader: Reader, pieces: Iterable[bytes]) -> Iterator[Piece]:
    """What the pieces say, in their order, while threads read those that come next."""
    waiting: deque[Future[Piece]] = deque()
    lines, header, text = 1, reader.begins, b""
    last: Piece | None = None
    with ThreadPoolExecutor(THREADS) as threads:
        for piece in pieces:
            text, header = (piece[header:] if header else piece), 0
            waiting.append(threads.submit(reader.read, text))
            if len(waiting) > THREADS + 1:
                last = waiting.popleft().result().after(lines)
                lines += last.lines
                yield last
        for read in waiting:
            last = read.result().after(lines)
            lines += last.lines
            yield last
    if last:
        reader.check_end(last, text)


def _sorted(readings: Readings) -> Readings:
    """By series and time; those of the same time stay in their order."""
    key = (readings.series << 32) + readings.quarter
    return readings if (key[1:] >= key[:-1]).all() else readings[np.argsort(key, kind="stable")]


def _overlaps(readings: Readings) -> NDArray[np.bool_]:
    """Which of sorted readings, but the first, begin before the one before them ends."""
    ends = readings.quarter + readings.length
    overlaps: NDArray[np.bool_] = (readings.series[1:] == readings.series[:-1]) & (readings.quarter[1:] < ends[:-1])
    return overlaps


def _contradicts(other: int) -> str:
    return (
        f"line {other} says something else of the same start time, and is taken: if this one is right, "
        "take out the other one and take the file in again"
    )


def _grown(array: Whole, size: int) -> Whole:
    return np.concatenate([array, np.zeros(size - len(array), np.int64)])


def _settled(readings: Readings) -> tuple[Readings, dict[int, int]]:
    """The readings of one series without what is repeated, and the lines that contradict others, with those."""
    quarter, hour = readings.quarter, readings.quarter // QUARTERS_AN_HOUR
    overlaps = quarter[1:] < (quarter + readings.length)[:-1]
    told = np.ones(len(readings), np.bool_)
    contradicting = {}
    for row, earlier in _told_before(readings, np.flatnonzero(np.isin(hour, hour[1:][overlaps]))):
        told[row] = False
        if not _says_the_same(readings, row, earlier):
            contradicting[int(readings.line[row])] = int(readings.line[earlier])
    return readings[told], contradicting


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

"""Takes in readings: whose they are, which of them are written together, and which lines have no point.

A file is read to its end before anything of it is written (datahub_file.py); then some series at a time are, each
portion in a transaction of its own. An import that breaks off goes on when it is run again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final

import numpy as np
from sqlmodel import Session

from portal.consumption import recording
from portal.consumption.formats import datahub, datahub_file
from portal.consumption.formats.datahub import NotDatahub, Reader
from portal.consumption.formats.datahub_file import PIECE, ExportFile, Portion, Spans
from portal.consumption.recording import Delivery
from portal.feeds.accounts import Account, SeriesOfPoint
from portal.feeds.remarks import Remarked, Remarks
from portal.feeds.report import Progress, Taken, Tally
from portal.feeds.rows import START
from portal.feeds.sources import NotAFeed, Source
from portal.feeds.taking import Ready, Step
from portal.kit.clock import DAY
from portal.kit.intervals import start_quarter
from portal.sites.commodities import Commodity
from portal.sites.importing import KnownPoint, known_points, make_points
from portal.sites.rules import is_gsrn

LARGEST_BLOCK: Final = 31 * 2**20  # bytes
PORTION: Final = 250_000  # readings that are written at once, or the series that has more


class Unknown(StrEnum):
    """What becomes of readings of a metering point that the register does not know."""

    REFUSED = "refused"
    MADE = "made"


@dataclass(frozen=True)
class PointOptions:
    """What the operator says of metering points.

    named: the GSRN of a file that names none; made if it is unknown
    energy: what a point measures when it is made; None: electricity
    """

    named: str | None = None
    energy: Commodity | None = None
    unknown: Unknown = Unknown.REFUSED


def prepared(source: Source, options: PointOptions, now: datetime, progress: Progress) -> Ready:
    """Read a whole file of readings; what is returned takes it in, some series at a time.

    Raises NotAFeed when it is no such file, damaged, or about another point than the operator says.
    """
    _keep_memory()
    start = source.start(START)
    if not datahub.looks_like(start):
        raise NotAFeed("is no feed: neither rows of JSON nor readings as Datahub exports them")
    try:
        file = datahub_file.opened(Reader(start, now + DAY), _heard(source, progress))
    except NotDatahub as why:
        raise NotAFeed(str(why)) from None
    except OSError as refused:
        raise NotAFeed(
            f"cannot be sorted: {refused.strerror}; TMPDIR names a folder with a third of the file's size to spare"
        ) from None
    try:
        names = _named(file, options)
    except NotAFeed:
        file.close()
        raise
    return _Intake(source, file, names, options, now, progress).steps


def _keep_memory() -> None:
    """Let the C library keep the memory of pieces that have been read, for those that come.

    glibc gives each block of a mebibyte back at once and has it made anew, four kibibytes at a time: that was half of
    the time that reading took. From what size on it does so follows the largest block that was ever let go, up to 32
    MiB (mallopt(3), M_MMAP_THRESHOLD); this one is never written to, and so takes no memory.
    """
    np.empty(LARGEST_BLOCK, np.uint8)


def _heard(source: Source, progress: Progress) -> Iterator[bytes]:
    """The file, piece by piece: the first half of the work."""
    for read, piece in source.pieces(PIECE):
        progress(source.name, read, 2 * source.size)
        yield piece


def _named(file: ExportFile, options: PointOptions) -> Sequence[SeriesOfPoint]:
    """The GSRN and reading type of each series, that of the point which the operator names where the file names none.

    Raises NotAFeed when it cannot be told whose readings they are.
    """
    ids = {gsrn for gsrn, _ in file.series}
    if options.named and (others := {gsrn for gsrn in ids if gsrn} - {options.named}):
        raise NotAFeed(f"is about metering point {min(others)}, not {options.named} as --metering-point says")
    if options.named and len(ids) > 1:
        raise NotAFeed(f"names metering point {options.named} on some lines and none on others")
    if options.named is None and None in ids:
        raise NotAFeed("names no metering point; --metering-point GSRN says whose readings they are")
    return [(gsrn or options.named or "", kind) for gsrn, kind in file.series]


class _Intake:
    """Takes in a file that has been read to its end: its refused lines and the first portion, then the others."""

    def __init__(
        self,
        source: Source,
        file: ExportFile,
        names: Sequence[SeriesOfPoint],
        options: PointOptions,
        now: datetime,
        progress: Progress,
    ) -> None:
        self._source, self._file, self._names = source, file, names
        self._options, self._now, self._progress = options, now, progress
        self._points: Mapping[str, KnownPoint] = {}
        self._spans = Spans.boundless(len(names))
        self._says = Account(names, file.first_lines)

    def steps(self) -> Iterator[Step]:
        """What takes in the file, step by step; a thread makes each portion ready while another one is written."""
        portions = self._file.portions(PORTION) or [range(0)]
        with self._file, ThreadPoolExecutor(1) as thread:
            yield partial(self._begin, portions[0])
            ready = (thread.submit(self._file.told, series, self._spans) for series in portions[1:])
            for series, portion in zip(portions[1:], _one_ahead(ready), strict=True):
                yield partial(self._keep, portion, series.stop)

    def _begin(self, series: range, db: Session, remarks: Remarks) -> Taken:
        self._points = _points(db, {gsrn for gsrn, _ in self._names}, self._options)
        self._spans = self._taken()
        self._refuse(remarks.refused)
        taken = self._keep(self._file.told(series, self._spans), series.stop, db, remarks)
        return replace(taken, tally=taken.tally + Tally(refused=remarks.refused.count))

    def _keep(self, portion: Portion, upto: int, db: Session, _remarks: Remarks) -> Taken:
        recorded = recording.record_all(db, self._deliveries(portion), self._now)
        self._says.hear(portion, recorded)
        accepted = sum(one.accepted for one in recorded)
        unchanged = portion.lines - len(portion.contradicting) - accepted
        self._progress(self._source.name, len(self._names) + upto, 2 * len(self._names))
        says = (*self._says.sentences, *_unlike(self._points, self._options))
        return Taken(self._source.name, says, Tally(accepted, unchanged))

    def _deliveries(self, portion: Portion) -> Iterator[Delivery]:
        for number, intervals in portion.series:
            gsrn, kind = self._names[number]
            yield Delivery(self._points[gsrn].id, intervals, kind)

    def _taken(self) -> Spans:
        """From when until when each series is taken: never where no point has it, else while the point is there."""
        spans = Spans.boundless(len(self._names))
        for number, (gsrn, kind) in enumerate(self._names):
            point = self._points.get(gsrn)
            if point is None or kind not in point.energy.trade.series:
                spans.until[number] = datahub_file.ALWAYS
                continue
            if point.valid_from:
                spans.since[number] = start_quarter(point.valid_from)
            if point.valid_to:
                spans.until[number] = start_quarter(point.valid_to + DAY)
        return spans

    def _why_not(self, number: int, quarter: int) -> str:
        """Why a reading is not taken that lies outside the span of its series."""
        gsrn, kind = self._names[number]
        point = self._points.get(gsrn)
        if point is None:
            return _unknown(gsrn)
        if kind not in point.energy.trade.series:
            return (
                f"reading type {kind} is not one that a metering point of {point.energy} has, one of "
                f"{', '.join(point.energy.trade.series)} is asked for: correct it, or the point's energy in feed "
                "metering_points, and take the file in again"
            )
        field, day, place = "valid_from", point.valid_from, "before the first"
        if quarter >= self._spans.until[number]:
            field, day, place = "valid_to", point.valid_to, "after the last"
        return (
            f"start time is {place} day of the metering point, {day}: correct its {field} in feed metering_points "
            "if it was there, and take the file in again"
        )

    def _refuse(self, refused: Remarked) -> None:
        """Put the lines that are not taken into the file of refused lines."""
        told = self._file.refused(self._spans, self._why_not)
        line = next(told, None)
        if line is None:
            return
        begins = 1
        for _, piece in self._source.pieces(PIECE):
            ends = begins + piece.count(b"\n") + (not piece.endswith(b"\n"))
            texts = piece.split(b"\n") if line.number < ends else []
            while line.number < ends:
                refused.put(*line, texts[line.number - begins].decode(errors="replace").rstrip("\r"))
                line = next(told, None)
                if line is None:
                    return
            begins = ends


def _one_ahead(ready: Iterator[Future[Portion]]) -> Iterator[Portion]:
    """Portions, the next one of which is begun before each is handed on."""
    now = next(ready, None)
    while now:
        portion, now = now.result(), next(ready, None)
        yield portion


def _points(db: Session, gsrns: Collection[str], options: PointOptions) -> Mapping[str, KnownPoint]:
    """The metering points that are known, or are made because the operator wishes it."""
    known = known_points(db, gsrns)
    wanted = (gsrn for gsrn in sorted(set(gsrns) - known.keys()) if _is_wished(gsrn, options))
    return {**known, **make_points(db, wanted, options.energy or Commodity.ELECTRICITY)}


def _unknown(gsrn: str) -> str:
    if not is_gsrn(gsrn):
        return "unknown metering point: its check digit is wrong; correct its number, and take the file in again"
    return "unknown metering point: bring it in feed metering_points, and take the file in again"


def _is_wished(gsrn: str, options: PointOptions) -> bool:
    return is_gsrn(gsrn) and (gsrn == options.named or options.unknown is Unknown.MADE)


def _unlike(points: Mapping[str, KnownPoint], options: PointOptions) -> Iterator[str]:
    """What the operator should know where a point measures something else than they said."""
    for gsrn, point in points.items():
        if options.energy and point.energy != options.energy:
            yield f"metering point {gsrn} measures {point.energy} and goes on doing so, whatever --direction says"

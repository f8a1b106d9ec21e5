"""Takes in readings: whose they are, what a file of them holds in sentences, and which lines have no point."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from portal.consumption import recording
from portal.consumption.formats import datahub
from portal.consumption.formats.datahub import Export, NotDatahub, RefusedLine
from portal.consumption.recording import Delivery, Recorded
from portal.feeds.remarks import Remarked, Remarks
from portal.feeds.report import Progress, Taken, Tally, grouped
from portal.feeds.rows import START
from portal.feeds.sources import NotAFeed, Source
from portal.feeds.taking import Ready
from portal.kit.clock import DAY
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, Quality, instant_of, joined
from portal.sites.importing import make_point, points_of
from portal.sites.kinds import READING_TYPES, Commodity, ReadingType
from portal.sites.models import MeteringPoint
from portal.sites.rules import is_gsrn

TOLD_ONE_BY_ONE = 20  # series of a file; of more only the sum is told
SeriesName = tuple[str, ReadingType]
"""A GSRN and a reading type."""


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
    """Read a whole file of readings; what is returned takes it in, in one step.

    Raises NotAFeed when it is no such file, damaged, or about another point than the operator says.
    """
    if not datahub.looks_like(source.start(START)):
        raise NotAFeed("is no feed: neither rows of JSON nor readings as Datahub exports them")
    try:
        export = datahub.read(source.read(), now + DAY)
    except NotDatahub as why:
        raise NotAFeed(str(why)) from None
    told = _named(export, options)

    def take(db: Session, remarks: Remarks) -> Taken:
        points = _points(db, {gsrn for gsrn, _ in told}, options)
        taken = {key: told[key] for key in told if _may_tell(points.get(key[0]), key[1])}
        deliveries = [Delivery(points[gsrn].id, intervals, kind) for (gsrn, kind), intervals in taken.items()]
        recorded = dict(zip(taken, recording.record_all(db, deliveries, now), strict=True))
        progress(source.name, len(taken), len(taken))
        _refuse(source, export.refused, told.keys() - taken.keys(), points, remarks.refused)
        says = (*_says(taken, recorded), *_unlike(points, options))
        return Taken(source.name, says, _tally(export, recorded.values(), remarks.refused))

    return lambda: iter([take])


def _named(export: Export, options: PointOptions) -> Mapping[SeriesName, Intervals]:
    """The readings by GSRN and reading type, those of no named point given to the one that the operator names.

    Raises NotAFeed when it cannot be told whose readings they are.
    """
    ids = {series.gsrn for series in export.series}
    if options.named and (others := {gsrn for gsrn in ids if gsrn} - {options.named}):
        raise NotAFeed(f"is about metering point {min(others)}, not {options.named} as --metering-point says")
    if options.named and len(ids) > 1:
        raise NotAFeed(f"names metering point {options.named} on some lines and none on others")
    if options.named is None and None in ids:
        raise NotAFeed("names no metering point; --metering-point GSRN says whose readings they are")
    return {(one.gsrn or options.named or "", one.reading_type): one.intervals for one in export.series}


def _points(db: Session, gsrns: Collection[str], options: PointOptions) -> Mapping[str, MeteringPoint]:
    """The metering points that are known, or are made because the operator wishes it."""
    points = dict(points_of(db, gsrns))
    for gsrn in sorted(set(gsrns) - points.keys()):
        if is_gsrn(gsrn) and (gsrn == options.named or options.unknown is Unknown.MADE):
            points[gsrn] = make_point(db, gsrn, options.energy or Commodity.ELECTRICITY)
    return points


def _may_tell(point: MeteringPoint | None, kind: ReadingType) -> bool:
    return point is not None and kind in READING_TYPES[Commodity(point.energy)]


def _refuse(
    source: Source,
    already: Sequence[RefusedLine],
    others: Collection[SeriesName],
    points: Mapping[str, MeteringPoint],
    refused: Remarked,
) -> None:
    """Put the lines that are no readings, and those of series that no point has, into the file of refused lines."""
    reasons = {line.number: line.reason for line in already}
    if not others and not reasons:
        return
    for number, raw in enumerate(source.lines(), 1):
        text = raw.decode(errors="replace")
        if reason := reasons.get(number) or _why_not(text, others, points):
            refused.put(number, reason, text)


def _why_not(line: str, others: Collection[SeriesName], points: Mapping[str, MeteringPoint]) -> str | None:
    """Why a line is refused whose series no point has; None for those of another series."""
    gsrn, kind = datahub.series_of(line)
    if (gsrn, kind) not in others:
        return None
    if point := points.get(gsrn):
        return f"reading type {kind} is not one that a metering point of {point.energy} has"
    return "unknown metering point" if is_gsrn(gsrn) else "unknown metering point: its check digit is wrong"


def _tally(export: Export, recorded: Collection[Recorded], refused: Remarked) -> Tally:
    """What became of each line; one that only repeats another changes nothing."""
    lines = sum(len(series.intervals) for series in export.series) + len(export.refused) + export.repeated
    accepted = sum(one.accepted for one in recorded)
    return Tally(accepted, lines - accepted - refused.count, refused.count)


# what is said of readings


def _says(told: Mapping[SeriesName, Intervals], recorded: Mapping[SeriesName, Recorded]) -> Iterator[str]:
    """A sentence for each series, or one for each unit where they are many."""
    if len(told) <= TOLD_ONE_BY_ONE:
        for (gsrn, kind), readings in told.items():
            of_kind = "" if kind is ReadingType.METERED else f", reading type {kind}"
            yield f"metering point {gsrn}: {_summary([readings], recorded[gsrn, kind], kind.unit)}{of_kind}"
        return
    for unit in sorted({kind.unit for _, kind in told}, key=lambda unit: unit != "kWh"):
        of_unit = [key for key in told if key[1].unit == unit]
        total = sum((recorded[key] for key in of_unit), Recorded())
        points = len({gsrn for gsrn, _ in of_unit})
        yield f"{grouped(points)} metering points: {_summary([told[key] for key in of_unit], total, unit)}"


def _summary(every: Sequence[Intervals], recorded: Recorded, unit: str) -> str:
    """`26 204 quarters, 2024-12-31T22:00Z to 2025-09-30T20:45Z, 9 057.93 kWh`, and what is odd about them.

    The two instants are those at which the first and the last interval begin.
    """
    readings = joined(every)
    first, last = int(readings.quarter.min()), int(readings.quarter.max())
    missing = readings[readings.quality == Quality.MISSING]
    parts = [
        _counted(readings),
        f"{_instant(first)} to {_instant(last)}",
        *([] if unit == "°C" else [f"{_in_full(int(readings.milliwatt_hours.sum()))} {unit}"]),
    ]
    if len(missing):
        parts.append(f"{_counted(missing)} missing, first {_instant(int(missing.quarter.min()))}")
    if recorded.revised:
        parts.append(f"{grouped(recorded.revised)} revised")
    return ", ".join(parts)


def _unlike(points: Mapping[str, MeteringPoint], options: PointOptions) -> Iterator[str]:
    """What the operator should know where a point measures something else than they said."""
    for gsrn, point in points.items():
        if options.energy and point.energy != options.energy:
            yield f"metering point {gsrn} measures {point.energy} and goes on doing so, whatever --direction says"


def _counted(readings: Intervals) -> str:
    hours = int((readings.length == QUARTERS_AN_HOUR).sum())
    counts = ((len(readings) - hours, "quarter"), (hours, "hour"))
    return " and ".join(f"{grouped(count)} {unit}{'s' * (count != 1)}" for count, unit in counts if count)


def _instant(quarter: int) -> str:
    return f"{instant_of(quarter):%Y-%m-%dT%H:%MZ}"


def _in_full(millionths: int) -> str:
    """A quantity exactly, with two decimals at least: `9 057.93`."""
    whole, decimals = divmod(abs(millionths), MILLIWATT_HOURS_PER_KWH)
    sign = "-" if millionths < 0 else ""
    return f"{sign}{grouped(whole)}.{f'{decimals:06}'.rstrip('0'):0<2}"

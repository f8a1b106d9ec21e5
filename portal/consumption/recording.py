"""Keeps readings: one row per series and Helsinki month, its total beside it, what it was before, in one transaction.

It is for the system's own use and asks nobody who they are; store.py reads what is kept here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import insert, select
from sqlmodel import Session

from portal.consumption.blocks import FIGURES, Slots, Summary, has_any, month_figures, readings_in, slots, summary
from portal.consumption.models import MonthTotal, ReadingMonth, Revision, Series
from portal.consumption.revisions import UNCHANGED, UNKNOWN, Known, merged
from portal.kit.clock import DAY, day_of, first_of_month, next_month
from portal.kit.db import insert_or_skip, table_of, upsert
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, Quality, instant_of, start_quarter
from portal.kit.packing import pack, unpack
from portal.kit.questions import Question, any_of, given
from portal.sites.kinds import ReadingType

AT_ONCE: Final = 500_000  # readings that are kept in one step: memory holds no more months than those
SERIES, MONTHS = table_of(Series), table_of(ReadingMonth)
TOTALS, REVISIONS = table_of(MonthTotal), table_of(Revision)
Key = tuple[UUID, ReadingType]
_Reach = tuple[int, int | None]  # the first and the last quarter of a series, as models.py says


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many intervals changed what was kept, and how many of these corrected a value; the others changed nothing.

    contradicting: of those that changed nothing, hours that differ from their quarters
    """

    accepted: int = 0
    unchanged: int = 0
    revised: int = 0
    contradicting: int = 0

    def __add__(self, other: "Recorded") -> "Recorded":
        return Recorded(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Delivery:
    """Readings that arrive together for one series of a metering point, in time order."""

    metering_point_id: UUID
    intervals: Intervals
    reading_type: ReadingType = ReadingType.METERED

    @property
    def key(self) -> Key:
        """The series."""
        return self.metering_point_id, self.reading_type


@dataclass(frozen=True, slots=True)
class _Month:
    """What is kept of a month, still packed, since when, and what came when: None where all came at once."""

    loaded_at: datetime
    arrivals: bytes | None
    packed: Sequence[Any]


def _kept(point: UUID, month: date, loaded_at: datetime, arrivals: bytes | None, *packed: Any) -> Any:  # noqa: ANN401
    return point, month, _Month(loaded_at, arrivals, packed)


KEPT: Final = Question(
    _kept,
    select(
        *MONTHS.c["metering_point_id", "month", "loaded_at", "arrivals"],
        *(MONTHS.c[field.name] for field in fields(Slots)),
    ).where(
        any_of(MONTHS.c.metering_point_id, "points"),
        MONTHS.c.reading_type == given("reading_type"),
        MONTHS.c.month.between(given("first"), given("last")),
    ),
)


def record(
    db: Session,
    metering_point_id: UUID,
    intervals: Intervals,
    now: datetime,
    reading_type: ReadingType = ReadingType.METERED,
) -> Recorded:
    """Keep the readings of one series of a metering point, as `record_all` does. Raises ValueError."""
    (recorded,) = record_all(db, [Delivery(metering_point_id, intervals, reading_type)], now)
    return recorded


def record_all(db: Session, deliveries: Iterable[Delivery], now: datetime) -> list[Recorded]:
    """Keep readings, each series once; revisions.py says what becomes of those known for the same time.

    The same readings again change nothing. Where two transactions write the same series, one waits for the other.
    Raises ValueError when intervals overlap or are out of order, when an hour does not begin on the hour, or when a
    series comes twice.
    """
    recorded: list[Recorded] = []
    some: list[Delivery] = []
    size = 0
    for delivery in map(_sound, deliveries):
        some.append(delivery)
        size += len(delivery.intervals)
        if size >= AT_ONCE:
            recorded += _record(db, some, now)
            some, size = [], 0
    return [*recorded, *_record(db, some, now)]


def _record(db: Session, deliveries: Sequence[Delivery], now: datetime) -> list[Recorded]:
    coming = [one for one in deliveries if len(one.intervals)]
    arriving = {one.key: dict(_by_month(one.intervals)) for one in coming}
    if len(arriving) < len(coming):
        raise ValueError("a series comes twice in what is recorded at once")
    db.flush()  # the points themselves may be new
    held = _held(db, arriving)
    kept = _known(db, held, arriving)
    rows = _Rows(now, held)
    recorded = [
        sum(
            (
                rows.add(one.key, month, kept.get((*one.key, month)), part)
                for month, part in arriving.get(one.key, {}).items()
            ),
            Recorded(),
        )
        for one in deliveries
    ]
    rows.write(db)
    return recorded


def _held(db: Session, arriving: Iterable[Key]) -> dict[Key, _Reach]:
    """Make the series that are new, and keep all of them from other transactions; how far those reach that had any."""
    keys = sorted(arriving, key=_ordered)  # in one order, so that two who hold some never wait for each other
    insert_or_skip(db, SERIES, [{"metering_point_id": point, "reading_type": kind} for point, kind in keys])
    found: dict[Key, _Reach] = {}
    for kind in sorted({kind for _, kind in keys}):
        points = [point for point, of_kind in keys if of_kind is kind]
        for begins in range(0, len(points), 1000):
            of_these = SERIES.c.metering_point_id.in_(points[begins : begins + 1000]), SERIES.c.reading_type == kind
            rows = select(*SERIES.c["metering_point_id", "first_quarter", "until_quarter"]).where(*of_these)
            held = db.connection().execute(rows.order_by(*SERIES.primary_key).with_for_update()).all()
            found |= {(point, kind): (first, until) for point, first, until in held if first is not None}
    return found


def _ordered(series: Key) -> tuple[int, str]:
    return series[0].int, series[1]


def _known(
    db: Session, series: Iterable[Key], arriving: dict[Key, dict[date, Intervals]]
) -> dict[tuple[UUID, ReadingType, date], _Month]:
    """What is known of the months of which readings arrive."""
    asked: defaultdict[tuple[ReadingType, date, date], list[UUID]] = defaultdict(list)
    for point, kind in series:
        months = arriving[point, kind]
        asked[kind, min(months), max(months)].append(point)
    return {
        (point, kind, month): known
        for (kind, first, last), points in asked.items()
        for point, month, known in KEPT.all(db, points=points, reading_type=kind, first=first, last=last)
    }


class _Rows:
    """The rows that deliveries come to."""

    def __init__(self, now: datetime, reaches: dict[Key, _Reach]) -> None:
        self._now, self._tomorrow = now, day_of(now) + DAY
        self._months: list[dict[str, Any]] = []
        self._totals: list[dict[str, Any]] = []
        self._revisions: list[dict[str, Any]] = []
        self._reaches, self._widened = reaches, set[Key]()

    def add(self, series: Key, month: date, kept: _Month | None, part: Intervals) -> Recorded:
        """Put what arrives for a month beside what is kept of it."""
        known = readings_in(Slots(*kept.packed)) if kept else UNKNOWN
        outcome = merged(known, part)
        if outcome.accepted:
            key = {"metering_point_id": series[0], "reading_type": series[1], "month": month}
            if len(outcome.former.intervals):
                former = _named(slots(outcome.former, UNCHANGED))
                self._revisions.append({**key, "revised_at": self._now, **former})
            loaded_at = kept.loaded_at if kept else self._now
            arrivals = self._arrivals(kept, known, outcome.known) if kept else None
            self._keep(key, outcome.known, {"loaded_at": loaded_at, "updated_at": self._now, "arrivals": arrivals})
        return Recorded(outcome.accepted, len(part) - outcome.accepted, outcome.revised, outcome.contradicting)

    def write(self, db: Session) -> None:
        """Write all of them."""
        upsert(db, MONTHS, self._months)
        upsert(db, TOTALS, self._totals)
        if self._revisions:
            db.connection().execute(insert(REVISIONS), self._revisions)
        upsert(
            db,
            SERIES,
            [
                {"metering_point_id": point, "reading_type": kind, "first_quarter": first, "until_quarter": until}
                for point, kind in sorted(self._widened, key=_ordered)
                for first, until in [self._reaches[point, kind]]
            ],
        )

    def _keep(self, key: dict[str, Any], known: Known, times: dict[str, Any]) -> None:
        month, adds_up = key["month"], key["reading_type"].adds_up
        days = summary(month, known, adds_up=adds_up)
        self._months.append({**key, **times, **_named(days), **_named(slots(known))})
        quarters = {"first_quarter": days.first_quarter, "until_quarter": days.until_quarter}
        figures = month_figures(month, known, days, adds_up=adds_up)
        self._totals.append({**key, **quarters, **dict(zip(FIGURES, figures, strict=True))})
        self._widen((key["metering_point_id"], key["reading_type"]), month, known.intervals)

    def _widen(self, series: Key, month: date, readings: Intervals) -> None:
        """Let a series begin with a month's readings, and reach up to their last value unless the month is to come."""
        begins = int(readings.quarter[0])
        reach = first, until = self._reaches.get(series, (begins, None))
        if month <= self._tomorrow:
            until = max(until or 0, last_value_until(readings)) or None
        wider = min(first, begins), until
        if wider != reach or series not in self._reaches:
            self._reaches[series] = wider
            self._widened.add(series)

    def _arrivals(self, kept: _Month, known: Known, now: Known) -> bytes | None:
        """What came when, with what has come now."""
        if end_of(known) == end_of(now):
            return kept.arrivals
        if kept.arrivals is None:
            before = [end_of(known), int(kept.loaded_at.timestamp())]
        else:
            before = unpack(kept.arrivals).tolist()
        return pack(np.array([*before, end_of(now), int(self._now.timestamp())], np.int64))


def last_value_until(readings: Intervals) -> int:
    """The quarter after the last reading that has a value, 0 without any: a meter may only say that it is there."""
    if readings.quality[-1].item() == Quality.MISSING:
        readings = readings[readings.quality != Quality.MISSING]
    return int(readings.quarter[-1] + readings.length[-1]) if len(readings) else 0


def end_of(known: Known) -> int:
    """The quarter before which the readings lie; there is at least one."""
    return int(known.intervals.quarter[-1] + known.intervals.length[-1])


def _sound(delivery: Delivery) -> Delivery:
    """The delivery, where it can be kept; a missing reading has no value.

    Raises ValueError for others.
    """
    readings = delivery.intervals
    if has_any(readings.quarter[1:] < (readings.quarter + readings.length)[:-1]):
        raise ValueError("intervals overlap or are out of order")
    longer = readings.length != 1
    if has_any(longer):
        hours = readings[longer]
        if has_any(hours.length != QUARTERS_AN_HOUR) or has_any(hours.quarter % QUARTERS_AN_HOUR != 0):
            raise ValueError("an interval is a quarter, or an hour that begins on the hour")
    missing = readings.quality == Quality.MISSING
    if not has_any(missing):
        return delivery
    valued = replace(readings, milliwatt_hours=np.where(missing, 0, readings.milliwatt_hours))
    return replace(delivery, intervals=valued)


def _by_month(readings: Intervals) -> Iterator[tuple[date, Intervals]]:
    month = _month_of(int(readings.quarter[0]))
    begins = 0
    while begins < len(readings):
        ends = int(readings.quarter.searchsorted(start_quarter(next_month(month))))
        if begins < ends:
            yield month, readings[begins:ends]
        begins, month = ends, next_month(month)


@lru_cache(maxsize=4000)
def _month_of(quarter: int) -> date:
    return first_of_month(day_of(instant_of(quarter)))


def _named(columns: Slots | Summary) -> dict[str, Any]:
    return {name: getattr(columns, name) for name in columns.__slots__}

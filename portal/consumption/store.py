"""Keeps readings: one row per metering point and Helsinki month, and its total beside it, in the same transaction.

It is for the system's own use and asks nobody who they are: what a customer may see, queries.py decides.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Select, Table, func, select
from sqlmodel import Session

from portal.consumption.blocks import FIGURES, Figures, Slots, Summary, day_figures, readings_in, slots, summary
from portal.consumption.models import MonthTotal, ReadingMonth
from portal.consumption.revisions import UNKNOWN, Known, in_a_row, merged
from portal.kit import clock
from portal.kit.clock import DAY, day_of, first_of_month, next_month, start_of
from portal.kit.db import one_at_a_time, table_of, upsert
from portal.kit.energy import Energy
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, Quality, day_starts, instant_of, start_quarter
from portal.kit.questions import Question, any_of, given

BLOCKS, TOTALS = table_of(ReadingMonth), table_of(MonthTotal)


@dataclass(frozen=True, slots=True)
class Recorded:
    """How many intervals changed what was kept, and how many of these corrected a value; the others changed nothing."""

    accepted: int = 0
    unchanged: int = 0
    revised: int = 0

    def __add__(self, other: "Recorded") -> "Recorded":
        return Recorded(self.accepted + other.accepted, self.unchanged + other.unchanged, self.revised + other.revised)


@dataclass(frozen=True, slots=True)
class PointDays:
    """Days of one metering point, the last one included, and the quarter from which on readings of it are expected."""

    metering_point_id: UUID
    first: date
    last: date
    since_quarter: int = 0

    @property
    def begins(self) -> int:
        """The first quarter of which a reading is expected."""
        return max(start_quarter(self.first), self.since_quarter)

    @property
    def ends(self) -> int:
        """The quarter after the last one."""
        return start_quarter(self.last + DAY)


@dataclass(frozen=True, slots=True)
class _Month:
    """What is known of a month, and since when anything is."""

    month: date
    known: Known
    loaded_at: datetime


def _asked(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of the months from `first` to `last` of `points`, which are ranges of the primary key."""
    of_points = any_of(table.c.metering_point_id, "points")
    return select(*columns).where(of_points, table.c.month.between(given("first"), given("last")))


def _in_order(*columns: ColumnElement[Any]) -> Select[Any]:
    return _asked(BLOCKS, BLOCKS.c.metering_point_id, BLOCKS.c.month, *columns).order_by(*BLOCKS.primary_key)


def _columns(kind: type[Slots | Summary]) -> list[ColumnElement[Any]]:
    return [BLOCKS.c[field.name] for field in fields(kind)]


def _row(*columns: Any) -> tuple[Any, ...]:  # noqa: ANN401 - of any month
    return columns


ROWS_OF_SLOTS: Final = Question(_row, _in_order(*_columns(Slots)))
ROWS_OF_SUMMARIES: Final = Question(
    _row,
    select(*BLOCKS.c["metering_point_id", "month"], *_columns(Summary))
    .where(any_of(BLOCKS.c.metering_point_id, "points"), any_of(BLOCKS.c.month, "months"))
    .order_by(*BLOCKS.primary_key),
)
"""Of single months: pages ask for one and that of the year before."""
ROWS_KEPT: Final = Question(_row, _in_order(BLOCKS.c.loaded_at, *_columns(Slots)))
ROWS_OF_TOTALS: Final = Question(_row, _asked(TOTALS, *TOTALS.c["metering_point_id", "month", "mwh"]))
SUMS: Final = Question(
    _row,
    _asked(TOTALS, TOTALS.c.month, *(func.sum(TOTALS.c[name]) for name in FIGURES))
    .group_by(TOTALS.c.month)
    .order_by(TOTALS.c.month),
)


def record(db: Session, metering_point_id: UUID, intervals: Intervals, now: datetime) -> Recorded:
    """Keep the readings of a metering point; revisions.py says what becomes of those known for the same time.

    The same readings again change nothing. Where two transactions write the same point, one waits for the other.
    Raises ValueError when intervals overlap or are out of order, or when an hour does not begin on the hour.
    """
    readings = _sound(intervals)
    if not len(readings):
        return Recorded()
    db.flush()  # the point itself may be new
    one_at_a_time(db, f"readings of {metering_point_id}")
    parts = list(_by_month(readings))
    kept = _kept(db, PointDays(metering_point_id, parts[0][0], parts[-1][0]))
    recorded = Recorded()
    changed: list[_Month] = []
    for month, part in parts:
        old = kept.get(month, _Month(month, UNKNOWN, now))
        outcome = merged(old.known, part)
        recorded += Recorded(outcome.accepted, len(part) - outcome.accepted, outcome.revised)
        if outcome.accepted:
            changed.append(_Month(month, outcome.known, old.loaded_at))
    _keep(db, metering_point_id, changed, now)
    return recorded


def read(db: Session, metering_point_id: UUID, first: date, last: date) -> Intervals:
    """The readings of a metering point from the first day to the last, both included, as they were last delivered.

    What was never delivered is not among them; what was delivered as missing is.
    """
    (known,) = read_all(db, [PointDays(metering_point_id, first, last)])
    return known.intervals


def read_all(db: Session, wanted: Sequence[PointDays]) -> list[Known]:
    """The readings of each of the wanted days of points, with the marks of revisions."""
    found: defaultdict[UUID, list[Known]] = defaultdict(list)
    for point, _, *columns in _rows(db, ROWS_OF_SLOTS, wanted):
        found[point].append(readings_in(Slots(*columns)))
    return [_within(days, in_a_row(found[days.metering_point_id])) for days in wanted]


def read_days(db: Session, wanted: Sequence[PointDays], first: date, last: date) -> Figures:
    """The figures of each day from the first to the last, summed over the wanted days of points that lie there.

    No value is unpacked. The wanted days of one point do not overlap.
    """
    figures = np.zeros(((last - first).days + 1, 5), np.int64)
    of_point: defaultdict[UUID, list[PointDays]] = defaultdict(list)
    for days in wanted:
        of_point[days.metering_point_id].append(days)
    for point, month, *columns in _rows(db, ROWS_OF_SUMMARIES, wanted):
        of_month = day_figures(month, Summary(*columns))
        for days in of_point[point]:
            begins = max(days.first, first, month)
            ends = min(days.last, last, next_month(month) - DAY) + DAY
            if begins < ends:
                figures[(begins - first).days : (ends - first).days] += of_month[begins.day - 1 :][
                    : (ends - begins).days
                ]
    return figures


def read_months(db: Session, wanted: Sequence[PointDays]) -> list[tuple[date, Figures]]:
    """The figures of months, each one row, summed over the wanted days of points: whole months that do not overlap.

    A month may come more than once, of other points each time.
    """
    return [
        (month, np.array([[int(figure) for figure in figures]]))
        for among in _ranges(wanted)
        for month, *figures in SUMS.all(db, **among)
    ]


def totals_by_point(db: Session, wanted: Sequence[PointDays]) -> Iterator[tuple[UUID, date, int]]:
    """Point, month and milliwatt-hours of each month in which wanted days lie; the days are whole months."""
    yield from _rows(db, ROWS_OF_TOTALS, wanted)


def corrected_sum(db: Session, metering_point_id: UUID, first: date, last: date, since: date) -> Energy | None:
    """What the readings of some days come to, from the first to the last.

    None where none of them is another than it was, some are missing, or nothing has come for these months since a day.
    """
    months = BLOCKS.c.metering_point_id == metering_point_id, BLOCKS.c.month.between(first_of_month(first), last)
    came_at = db.connection().execute(select(func.max(BLOCKS.c.updated_at)).where(*months)).scalar()
    if came_at is None or came_at < start_of(since):
        return None
    found = read_days(db, [PointDays(metering_point_id, first, last)], first, last).sum(axis=0).tolist()
    milliwatt_hours, measured, estimated, _, revised = found
    edges = day_starts(first, last)
    return Energy(milliwatt_hours) if revised and measured + estimated == edges[-1] - edges[0] else None


def days_by_point(db: Session, wanted: Sequence[PointDays]) -> Iterator[tuple[UUID, date, Figures]]:
    """Point, month and the figures of every day of each month in which wanted days lie; no value is unpacked."""
    for point, month, *columns in _rows(db, ROWS_OF_SUMMARIES, wanted):
        yield point, month, day_figures(month, Summary(*columns))


def _sound(readings: Intervals) -> Intervals:
    """Readings that can be kept; a missing one has no value.

    Raises ValueError for others.
    """
    ends = readings.quarter + readings.length
    if (readings.quarter[1:] < ends[:-1]).any():
        raise ValueError("intervals overlap or are out of order")
    hours = readings.length == QUARTERS_AN_HOUR
    if (readings.quarter[hours] % QUARTERS_AN_HOUR).any() or (readings.length[~hours] != 1).any():
        raise ValueError("an interval is a quarter, or an hour that begins on the hour")
    milliwatt_hours = np.where(readings.quality == Quality.MISSING, 0, readings.milliwatt_hours)
    return Intervals(readings.quarter, readings.length, milliwatt_hours, readings.quality)


def _by_month(readings: Intervals) -> Iterator[tuple[date, Intervals]]:
    month = first_of_month(day_of(instant_of(int(readings.quarter[0]))))
    begins = 0
    while begins < len(readings):
        ends = int(np.searchsorted(readings.quarter, start_quarter(next_month(month))))
        if begins < ends:
            yield month, readings[begins:ends]
        begins, month = ends, next_month(month)


def _kept(db: Session, days: PointDays) -> dict[date, _Month]:
    rows = _rows(db, ROWS_KEPT, [days])
    return {month: _Month(month, readings_in(Slots(*columns)), loaded_at) for _, month, loaded_at, *columns in rows}


def _keep(db: Session, metering_point_id: UUID, months: Sequence[_Month], now: datetime) -> None:
    blocks, totals = [], []
    for month in months:
        key = {"metering_point_id": metering_point_id, "month": month.month}
        days = summary(month.month, month.known)
        times = {"loaded_at": month.loaded_at, "updated_at": now}
        blocks.append({**key, **times, **asdict(days), **asdict(slots(month.known))})
        totals.append({**key, **_total(month.month, days)})
    upsert(db, BLOCKS, blocks)
    upsert(db, TOTALS, totals)


def _total(month: date, days: Summary) -> dict[str, int]:
    """The columns of a month's total, from the sums of its days."""
    figures = day_figures(month, days).sum(axis=0).tolist()
    quarters = {"first_quarter": days.first_quarter, "until_quarter": days.until_quarter}
    return {**quarters, **dict(zip(FIGURES, figures, strict=True))}


def newest_end(db: Session) -> datetime | None:
    """The end of the newest reading of all metering points."""
    quarter = db.execute(select(func.max(table_of(MonthTotal).c.until_quarter))).scalar()
    return None if quarter is None else instant_of(quarter)


def _within(days: PointDays, known: Known) -> Known:
    bounds = start_quarter(days.first), start_quarter(days.last + DAY)
    first, until = np.searchsorted(known.intervals.quarter, bounds)
    return known[first:until]


def _rows(db: Session, asked: Question[tuple[Any, ...]], wanted: Sequence[PointDays]) -> Iterator[tuple[Any, ...]]:
    """Point, month and more of every month in which wanted days lie; those of a point in time order."""
    of_point: defaultdict[UUID, list[tuple[date, date]]] = defaultdict(list)
    for days in wanted:
        of_point[days.metering_point_id].append((first_of_month(days.first), days.last))
    if not of_point:
        return
    spans = {span for of_one in of_point.values() for span in of_one}
    if asked is ROWS_OF_SUMMARIES:
        when: dict[str, Any] = {"months": {month for span in spans for month in clock.months(*span)}}
    else:
        when = {"first": min(first for first, _ in spans), "last": max(last for _, last in spans)}
    rows = asked.all(db, points=of_point, **when)
    if len(spans) == 1:
        yield from rows
        return
    for row in rows:
        if any(begins <= row[1] <= ends for begins, ends in of_point[row[0]]):
            yield row


def _ranges(wanted: Sequence[PointDays]) -> Iterator[dict[str, Any]]:
    """The months in which wanted days lie, the earliest first: points with the same months together."""
    points: defaultdict[tuple[date, date], set[UUID]] = defaultdict(set)
    for days in wanted:
        points[first_of_month(days.first), days.last].add(days.metering_point_id)
    for first, last in sorted(points):
        yield {"points": points[first, last], "first": first, "last": last}

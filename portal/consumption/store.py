"""Reads what recording.py keeps: one row per series and Helsinki month, and its total beside it.

It is for the system's own use and asks nobody who they are: what a customer may see, queries.py decides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Select, Table, Text, cast, exists, func, or_, select
from sqlmodel import Session

from portal.consumption.blocks import FIGURES, Figures, Slots, Summary, day_figures, readings_in
from portal.consumption.freshness import SILENT_AFTER
from portal.consumption.models import MonthTotal, ReadingMonth, Series
from portal.consumption.revisions import Known, in_a_row
from portal.consumption.rules import due, due_until
from portal.kit import clock
from portal.kit.clock import DAY, day_of, first_of_month, next_month
from portal.kit.db import table_of
from portal.kit.intervals import Intervals, instant_of, start_quarter
from portal.kit.mirror import portions
from portal.kit.questions import Question, any_of, as_row, given, listed
from portal.sites.kinds import ReadingType
from portal.sites.models import Disconnection, MeteringPoint, Rhythm

BLOCKS, TOTALS = table_of(ReadingMonth), table_of(MonthTotal)
SERIES, POINT, CUT_OFF = table_of(Series), table_of(MeteringPoint), table_of(Disconnection)
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class PointDays:
    """Days of one metering point, the last one included, in one of its series.

    since_quarter: from which on readings of it are expected
    monthly_until: how far they reach where they come by the month; None where they come by the day
    is_cut_off: whether no energy can flow: what has a value counts, nothing is missed
    """

    metering_point_id: UUID
    first: date
    last: date
    since_quarter: int = 0
    reading_type: ReadingType = ReadingType.METERED
    monthly_until: int | None = None
    is_cut_off: bool = False

    def between(self, first: date, last: date) -> "PointDays":
        """Those of the days that lie between two, both included; the last is before the first where none do."""
        more = self.since_quarter, self.reading_type, self.monthly_until, self.is_cut_off
        return PointDays(self.metering_point_id, max(self.first, first), min(self.last, last), *more)

    @property
    def begins(self) -> int:
        """The first quarter of which a reading is expected."""
        return max(start_quarter(self.first), self.since_quarter)

    @property
    def ends(self) -> int:
        """The quarter after the last one of which a reading is expected."""
        return start_quarter(self.last + DAY)

    def due_until(self, today: date) -> int:
        """The quarter before which readings must have come by now."""
        return min(self.ends, due_until(today, self.monthly_until))


def _asked(table: Table, *columns: ColumnElement[Any]) -> Select[Any]:
    """Columns of the months from `first` to `last` of a series of `points`, which are ranges of the primary key."""
    return select(*columns).where(*_of_series(table), table.c.month.between(given("first"), given("last")))


def _of_series(table: Table) -> Sequence[ColumnElement[bool]]:
    return any_of(table.c.metering_point_id, "points"), table.c.reading_type == given("reading_type")


def _in_order(*columns: ColumnElement[Any]) -> Select[Any]:
    return _asked(BLOCKS, BLOCKS.c.metering_point_id, BLOCKS.c.month, *columns).order_by(*BLOCKS.primary_key)


def _columns(kind: type[Slots | Summary]) -> list[ColumnElement[Any]]:
    return [BLOCKS.c[field.name] for field in fields(kind)]


ROWS_OF_SLOTS: Final = Question(as_row, _in_order(*_columns(Slots)))
ROWS_OF_SUMMARIES: Final = Question(
    as_row,
    select(*BLOCKS.c["metering_point_id", "month"], *_columns(Summary))
    .where(*_of_series(BLOCKS), any_of(BLOCKS.c.month, "months"))
    .order_by(*BLOCKS.primary_key),
)
"""Of single months: pages ask for one and that of the year before."""
TOTALS_OF_POINTS: Final = Question(
    as_row,
    _asked(
        TOTALS, TOTALS.c.metering_point_id, *(listed(cast(TOTALS.c[name], Text)) for name in ("month", "quantity"))
    ).group_by(TOTALS.c.metering_point_id),
)  # a row for each point: of many points a row for each month takes several times as long
SUMS: Final = Question(
    as_row,
    _asked(TOTALS, TOTALS.c.month, *(func.sum(TOTALS.c[name]) for name in FIGURES))
    .group_by(TOTALS.c.month)
    .order_by(TOTALS.c.month),
)


def read(
    db: Session, metering_point_id: UUID, first: date, last: date, reading_type: ReadingType = ReadingType.METERED
) -> Intervals:
    """The readings of a series from the first day to the last, both included, as they were last delivered.

    What was never delivered is not among them; what was delivered as missing is.
    """
    (known,) = read_all(db, [PointDays(metering_point_id, first, last, reading_type=reading_type)])
    return known.intervals


def read_all(db: Session, wanted: Sequence[PointDays]) -> list[Known]:
    """The readings of each of the wanted days of points, with the marks of revisions.

    The days of one point are of one series, here and below.
    """
    found: defaultdict[UUID, list[Known]] = defaultdict(list)
    for point, _, *columns in _rows(db, ROWS_OF_SLOTS, wanted):
        found[point].append(readings_in(Slots(*columns)))
    return [within(days, in_a_row(found[days.metering_point_id])) for days in wanted]


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


def totals_by_point(db: Session, wanted: Sequence[PointDays]) -> Iterator[tuple[UUID, Sequence[tuple[date, int]]]]:
    """Each point, and month and quantity of each month in which wanted days of it lie: whole months.

    A point comes as often as there are days of it.
    """
    for reading_type, of_point in _by_point(wanted):
        for point, months, quantities in TOTALS_OF_POINTS.all(
            db, points=of_point, reading_type=reading_type, **_reach(of_point)
        ):
            told = list(zip(_dates(months), map(int, quantities.split(",")), strict=True))
            for first, last in of_point[point]:
                if inside := [one for one in told if first <= one[0] <= last]:
                    yield point, inside


def days_by_point(db: Session, wanted: Sequence[PointDays]) -> Iterator[tuple[UUID, date, Figures]]:
    """Point, month and the figures of every day of each month in which wanted days lie; no value is unpacked."""
    for point, month, *columns in _rows(db, ROWS_OF_SUMMARIES, wanted):
        yield point, month, day_figures(month, Summary(*columns))


def newest_end(db: Session) -> datetime | None:
    """The end of the newest reading of all metering points."""
    quarter = db.execute(select(func.max(table_of(Series).c.until_quarter))).scalar()
    return None if quarter is None else instant_of(quarter)


def newest_days(db: Session, points: Collection[UUID]) -> Mapping[UUID, date]:
    """The day of the newest reading of each of some metering points; those without any are not among them."""
    newest = select(SERIES.c.metering_point_id, func.max(SERIES.c.until_quarter)).group_by(SERIES.c.metering_point_id)
    return {
        point: day_of(instant_of(until - 1))
        for some in portions(points)
        for point, until in db.execute(newest.where(SERIES.c.metering_point_id.in_(some)))
        if until is not None
    }


def silent(db: Session, today: date) -> int:
    """How many connected metering points that exist today have sent nothing for so long that it is no mere delay.

    Those whose readings come by the month are not counted, nor those that have never sent any.
    """
    quiet, other = SERIES.c.metering_point_id, SERIES.alias()
    day = due(today) + DAY - SILENT_AFTER
    bound = start_quarter(day)
    since_then = or_(CUT_OFF.c.until.is_(None), CUT_OFF.c.until >= day)
    awaited = (
        select(func.count(quiet.distinct()))
        .join_from(SERIES, POINT, POINT.c.id == quiet)
        .where(
            SERIES.c.until_quarter < bound,
            ~exists().where(other.c.metering_point_id == quiet, other.c.until_quarter >= bound),
            ~exists().where(CUT_OFF.c.metering_point_id == quiet, CUT_OFF.c.since <= today, since_then),
            or_(POINT.c.rhythm.is_(None), POINT.c.rhythm != Rhythm.MONTH),
            or_(POINT.c.valid_from.is_(None), POINT.c.valid_from <= today),
            or_(POINT.c.valid_to.is_(None), POINT.c.valid_to >= today),
        )
    )
    return int(db.execute(awaited).scalar_one())


def within(days: PointDays, known: Known) -> Known:
    """The readings that lie within some days."""
    bounds = start_quarter(days.first), start_quarter(days.last + DAY)
    first, until = np.searchsorted(known.intervals.quarter, bounds)
    return known[first:until]


def _rows(db: Session, asked: Question[tuple[Any, ...]], wanted: Sequence[PointDays]) -> Iterator[tuple[Any, ...]]:
    """Point, month and more of every month in which wanted days lie; those of a point in time order."""
    for reading_type, of_point in _by_point(wanted):
        spans = {span for of_one in of_point.values() for span in of_one}
        if asked is ROWS_OF_SUMMARIES:
            when: dict[str, Any] = {"months": {month for span in spans for month in clock.months(*span)}}
        else:
            when = _reach(of_point)
        rows = asked.all(db, points=of_point, reading_type=reading_type, **when)
        yield from rows if len(spans) == 1 else (row for row in rows if _lies_in(of_point[row[0]], row[1]))


def _by_point(wanted: Sequence[PointDays]) -> Iterable[tuple[ReadingType, Mapping[UUID, Sequence[Days]]]]:
    """The wanted days of each point, from the first of a month, by their series."""
    of_types: defaultdict[ReadingType, defaultdict[UUID, list[Days]]] = defaultdict(lambda: defaultdict(list))
    for days in wanted:
        of_types[days.reading_type][days.metering_point_id].append((first_of_month(days.first), days.last))
    return of_types.items()


def _reach(of_point: Mapping[UUID, Sequence[Days]]) -> dict[str, date]:
    """The months in which any of the days lie."""
    spans = [span for of_one in of_point.values() for span in of_one]
    return {"first": min(first for first, _ in spans), "last": max(last for _, last in spans)}


def _lies_in(spans: Sequence[Days], month: date) -> bool:
    return any(first <= month <= last for first, last in spans)


@lru_cache(maxsize=2000)
def _dates(months: str) -> Sequence[date]:
    """Many points have the same months."""
    return [date.fromisoformat(month) for month in months.split(",")]


def _ranges(wanted: Sequence[PointDays]) -> Iterator[dict[str, Any]]:
    """The months in which wanted days lie, the earliest first: points with the same months and series together."""
    points: defaultdict[tuple[date, date, ReadingType], set[UUID]] = defaultdict(set)
    for days in wanted:
        points[first_of_month(days.first), days.last, days.reading_type].add(days.metering_point_id)
    for first, last, reading_type in sorted(points):
        of_these = points[first, last, reading_type]
        yield {"points": of_these, "reading_type": reading_type, "first": first, "last": last}

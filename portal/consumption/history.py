"""What readings were before they were revised: as they were known at an instant, and each change with its values.

It is for the system's own use and asks nobody who they are: what a customer may see, queries.py decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, select
from sqlmodel import Session

from portal.consumption.blocks import Slots, readings_in
from portal.consumption.models import ReadingMonth, Revision
from portal.consumption.revisions import ABSENT, UNCHANGED, UNKNOWN, Known, before, in_a_row
from portal.consumption.store import PointDays, within
from portal.consumption.stretches import TimeStretch
from portal.kit.clock import first_of_month
from portal.kit.db import table_of
from portal.kit.energy import Energy
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, Quality, instant_of
from portal.kit.packing import unpack
from portal.kit.questions import Question, any_of, given
from portal.sites.kinds import ReadingType

MONTHS, REVISIONS = table_of(ReadingMonth), table_of(Revision)


@dataclass(frozen=True, slots=True, eq=False)
class RevisedHours:
    """Hours of a series that a delivery changed: what was known of them before and since, each in time order.

    at: when it came
    """

    days: PointDays
    at: datetime
    before: Intervals
    since: Intervals

    @property
    def time(self) -> TimeStretch:
        """From the beginning of the first hour to the end of the last one."""
        told = [one for one in (self.before, self.since) if len(one)]
        first = int(min(one.quarter[0] for one in told)) // QUARTERS_AN_HOUR
        last = int(max(one.quarter[-1] for one in told)) // QUARTERS_AN_HOUR
        return TimeStretch(instant_of(first * QUARTERS_AN_HOUR), instant_of((last + 1) * QUARTERS_AN_HOUR))

    @property
    def was(self) -> Energy:
        """What the hours came to before."""
        return Energy(int(self.before.milliwatt_hours.sum()))

    @property
    def is_now(self) -> Energy:
        """What they have come to since."""
        return Energy(int(self.since.milliwatt_hours.sum()))

    @property
    def corrects(self) -> bool:
        """Whether a value took the place of another; otherwise values came that were not known, or their quality.

        A whole hour is compared with the sum of the quarters that took its place; an hour that took the place of some
        quarters says nothing of them.
        """
        _, was, now = np.intersect1d(self.before.quarter, self.since.quarter, return_indices=True)
        before, since = self.before[was], self.since[now]
        is_whole = before.length == QUARTERS_AN_HOUR
        now_told = np.where(is_whole, _of_hours(self.since, before.quarter), since.milliwatt_hours)
        told_alike = is_whole | (before.length == since.length)
        differs = before.milliwatt_hours != now_told
        return bool((told_alike & differs & (before.quality != Quality.MISSING)).any())


@dataclass(frozen=True, slots=True)
class _Former:
    point: UUID
    month: date
    at: datetime
    known: Known


@dataclass(frozen=True, slots=True)
class _Month:
    point: UUID
    month: date
    loaded_at: datetime
    arrivals: bytes | None
    known: Known

    def arrived_by(self, instant: datetime) -> Known:
        """The readings without those that only follow and came later."""
        if instant < self.loaded_at:
            return UNKNOWN
        if self.arrivals is None:
            return self.known
        ends, times = unpack(self.arrivals).reshape(-1, 2).T
        until = ends[times <= int(instant.timestamp())].max(initial=0)
        return self.known[self.known.intervals.quarter < until]


def _of_series(table: Any, *columns: Column[Any]) -> Any:  # noqa: ANN401 - a table of either
    slots = (table.c[field.name] for field in fields(Slots))
    return select(table.c.metering_point_id, table.c.month, *columns, *slots).where(
        any_of(table.c.metering_point_id, "points"),
        table.c.reading_type == given("reading_type"),
        table.c.month.between(given("first"), given("last")),
    )


def _former(point: UUID, month: date, at: datetime, *columns: Any) -> _Former:  # noqa: ANN401
    return _Former(point, month, at, readings_in(Slots(*columns), UNCHANGED))


def _month(point: UUID, month: date, loaded_at: datetime, arrivals: bytes | None, *columns: Any) -> _Month:  # noqa: ANN401
    return _Month(point, month, loaded_at, arrivals, readings_in(Slots(*columns)))


_Key = tuple[UUID, ReadingType]
_Row = TypeVar("_Row", _Former, _Month)
_OfSeries = Mapping[_Key, Sequence[_Row]]
FORMER: Final = Question(_former, _of_series(REVISIONS, REVISIONS.c.revised_at).order_by(REVISIONS.c.id.desc()))
AS_KEPT: Final = Question(_month, _of_series(MONTHS, *MONTHS.c["loaded_at", "arrivals"]).order_by(MONTHS.c.month))


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """The readings of some days of a series: as they are now, as they were at any time, and what changed them.

    months: those in which the days lie, in time order
    former: what deliveries changed in these months, the newest first
    """

    days: PointDays
    months: Sequence[_Month]
    former: Sequence[_Former]

    @property
    def now(self) -> Known:
        """The readings as they were last delivered."""
        return within(self.days, in_a_row(month.known for month in self.months))

    @property
    def unrevised(self) -> Known:
        """The readings without any change that was kept; what is marked as revised was so before changes were."""
        return within(self.days, in_a_row(self._without(month, self.former) for month in self.months))

    def as_known(self, instant: datetime) -> Known:
        """The readings as they were known at an instant."""
        later = [one for one in self.former if one.at > instant]
        then = (replace(month, known=self._without(month, later)).arrived_by(instant) for month in self.months)
        return within(self.days, in_a_row(then))

    def revised(self) -> Iterator[RevisedHours]:
        """What deliveries changed of the readings, the newest first."""
        known = {month.month: month.known for month in self.months}
        for former in self.former:
            since = known[former.month]
            known[former.month] = before(since, former.known)
            hours = np.unique(former.known.intervals.quarter // QUARTERS_AN_HOUR)
            of_hours = since[np.isin(since.intervals.quarter // QUARTERS_AN_HOUR, hours)]
            was = former.known[former.known.intervals.quality != ABSENT]
            then, now = within(self.days, was).intervals, within(self.days, of_hours).intervals
            if len(then) or len(now):
                yield RevisedHours(self.days, former.at, then, now)

    def _without(self, month: _Month, changes: Iterable[_Former]) -> Known:
        known = month.known
        for one in changes:
            if one.month == month.month:
                known = before(known, one.known)
        return known


def read(db: Session, wanted: Sequence[PointDays]) -> Sequence[History]:
    """The history of each of the wanted days of points."""
    former, months = _by_series(db, FORMER, wanted), _by_series(db, AS_KEPT, wanted)
    return [_history(days, months, former) for days in wanted]


def as_known(db: Session, days: PointDays, instant: datetime) -> Known:
    """The readings of some days of a series as they were known at an instant."""
    (told,) = read(db, [days])
    return told.as_known(instant)


def revised(db: Session, wanted: Sequence[PointDays]) -> Sequence[RevisedHours]:
    """What deliveries changed of the readings of some days of points, the newest first."""
    former = _by_series(db, FORMER, wanted)
    changed = [days for days in wanted if _key(days) in former]
    months = _by_series(db, AS_KEPT, changed)
    every = (_history(days, months, former).revised() for days in changed)
    return sorted((hours for of_one in every for hours in of_one), key=lambda hours: hours.at, reverse=True)


def _history(days: PointDays, months: _OfSeries[_Month], former: _OfSeries[_Former]) -> History:
    """That of some days, from what is kept of their series in these months and in others."""
    first = first_of_month(days.first)
    of_days = [month for month in months.get(_key(days), ()) if first <= month.month <= days.last]
    return History(days, of_days, [one for one in former.get(_key(days), ()) if first <= one.month <= days.last])


def _key(days: PointDays) -> _Key:
    return days.metering_point_id, days.reading_type


def _by_series(db: Session, asked: Question[_Row], wanted: Sequence[PointDays]) -> _OfSeries[_Row]:
    """What is kept of each of the series, in the months from the first of the wanted days of its kind to the last."""
    found: defaultdict[_Key, list[_Row]] = defaultdict(list)
    for reading_type in dict.fromkeys(days.reading_type for days in wanted):
        of_type = [days for days in wanted if days.reading_type is reading_type]
        rows = asked.all(
            db,
            points={days.metering_point_id for days in of_type},
            reading_type=reading_type,
            first=min(first_of_month(days.first) for days in of_type),
            last=max(days.last for days in of_type),
        )
        for row in rows:
            found[row.point, reading_type].append(row)
    return found


def _of_hours(readings: Intervals, quarter: NDArray[np.int64]) -> NDArray[np.int64]:
    """What readings come to in the hours that begin with some quarters, of which they tell each."""
    hours, starts = np.unique(readings.quarter // QUARTERS_AN_HOUR, return_index=True)
    sums = np.add.reduceat(readings.milliwatt_hours, starts)
    return np.asarray(sums[hours.searchsorted(quarter // QUARTERS_AN_HOUR)])

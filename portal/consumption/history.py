"""What readings were before they were revised: as they were known at an instant, and each change with its values.

It is for the system's own use and asks nobody who they are: what a customer may see, queries.py decides.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import numpy as np
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
        """Whether a value took the place of another; otherwise values came that were not known, or their quality."""
        _, was, now = np.intersect1d(self.before.quarter, self.since.quarter, return_indices=True)
        if (self.before.length[was] != self.since.length[now]).any():  # an hour as a whole, and by its quarters
            return self.was != self.is_now
        differs = self.before.milliwatt_hours[was] != self.since.milliwatt_hours[now]
        return bool((differs & (self.before.quality[was] != Quality.MISSING)).any())


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


FORMER: Final = Question(_former, _of_series(REVISIONS, REVISIONS.c.revised_at).order_by(REVISIONS.c.id.desc()))
AS_KEPT: Final = Question(_month, _of_series(MONTHS, *MONTHS.c["loaded_at", "arrivals"]).order_by(MONTHS.c.month))


def as_known(db: Session, days: PointDays, instant: datetime) -> Known:
    """The readings of some days of a series as they were known at an instant."""
    ((then, _),) = then_and_now(db, [days], instant)
    return then


def then_and_now(db: Session, wanted: Sequence[PointDays], instant: datetime) -> list[tuple[Known, Known]]:
    """The readings of each of the wanted days of points as they were known at an instant, and as they are now.

    All are of one kind of series.
    """
    former: defaultdict[tuple[UUID, date], list[Known]] = defaultdict(list)
    for one in FORMER.all(db, **_asked(wanted)):
        if one.at > instant:
            former[one.point, one.month].append(one.known)
    of_point: defaultdict[UUID, list[_Month]] = defaultdict(list)
    for month in AS_KEPT.all(db, **_asked(wanted)):
        of_point[month.point].append(month)
    return [
        (
            within(days, in_a_row(_then(month, former[month.point, month.month], instant) for month in months)),
            within(days, in_a_row(month.known for month in months)),
        )
        for days in wanted
        for months in (of_point[days.metering_point_id],)
    ]


def revised(db: Session, wanted: Sequence[PointDays]) -> Sequence[RevisedHours]:
    """What deliveries changed of the readings of some days of points, the newest first."""
    found: list[RevisedHours] = []
    for reading_type in dict.fromkeys(days.reading_type for days in wanted):
        of_type = [days for days in wanted if days.reading_type is reading_type]
        former = FORMER.all(db, **_asked(of_type))
        if former:
            points = {one.point for one in former}
            asked = _asked([days for days in of_type if days.metering_point_id in points])
            known = {(month.point, month.month): month.known for month in AS_KEPT.all(db, **asked)}
            found += (hours for one in former for hours in _revised(known, one, of_type))
    return sorted(found, key=lambda hours: hours.at, reverse=True)


def _then(month: _Month, former: Sequence[Known], instant: datetime) -> Known:
    known = month.known
    for one in former:
        known = before(known, one)
    return replace(month, known=known).arrived_by(instant)


def _revised(
    known: dict[tuple[UUID, date], Known], former: _Former, wanted: Sequence[PointDays]
) -> Iterator[RevisedHours]:
    """The hours within the wanted days; `known` holds what they came to, and then what was known before."""
    since = known[former.point, former.month]
    known[former.point, former.month] = before(since, former.known)
    hours = np.unique(former.known.intervals.quarter // QUARTERS_AN_HOUR)
    of_hours = since[np.isin(since.intervals.quarter // QUARTERS_AN_HOUR, hours)]
    was = former.known[former.known.intervals.quality != ABSENT]
    for days in wanted:
        if days.metering_point_id == former.point:
            then, now = within(days, was).intervals, within(days, of_hours).intervals
            if len(then) or len(now):
                yield RevisedHours(days, former.at, then, now)


def _asked(wanted: Sequence[PointDays]) -> dict[str, Any]:
    return {
        "points": {days.metering_point_id for days in wanted},
        "reading_type": wanted[0].reading_type,
        "first": min(first_of_month(days.first) for days in wanted),
        "last": max(days.last for days in wanted),
    }

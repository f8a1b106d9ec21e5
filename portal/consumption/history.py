"""What readings were before they were revised: as they were known at an instant, and each change with its values.

It is for the system's own use and asks nobody who they are: what a customer may see, queries.py decides.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, Final

import numpy as np
from sqlalchemy import Column, select
from sqlmodel import Session

from portal.consumption.blocks import Slots, readings_in
from portal.consumption.models import ReadingMonth, Revision
from portal.consumption.revisions import ABSENT, UNCHANGED, UNKNOWN, Known, before, in_a_row
from portal.consumption.store import PointDays, within
from portal.kit.clock import first_of_month
from portal.kit.db import table_of
from portal.kit.energy import Energy
from portal.kit.intervals import QUARTERS_AN_HOUR, Intervals, Quality, instant_of
from portal.kit.packing import unpack
from portal.kit.questions import Question, given

MONTHS, REVISIONS = table_of(ReadingMonth), table_of(Revision)


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """Hours of a series that a delivery changed: what was known of them before and since, each in time order."""

    at: datetime
    before: Intervals
    since: Intervals

    @property
    def begins(self) -> datetime:
        """When the first of the hours begins."""
        return instant_of(self._first)

    @property
    def ends(self) -> datetime:
        """When the last of them ends."""
        last = int(max(one.quarter[-1] for one in (self.before, self.since) if len(one)))
        return instant_of((last // QUARTERS_AN_HOUR + 1) * QUARTERS_AN_HOUR)

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

    @property
    def _first(self) -> int:
        first = int(min(one.quarter[0] for one in (self.before, self.since) if len(one)))
        return first // QUARTERS_AN_HOUR * QUARTERS_AN_HOUR


@dataclass(frozen=True, slots=True)
class _Former:
    month: date
    at: datetime
    known: Known


@dataclass(frozen=True, slots=True)
class _Month:
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
    return select(*columns, *(table.c[field.name] for field in fields(Slots))).where(
        table.c.metering_point_id == given("point"),
        table.c.reading_type == given("reading_type"),
        table.c.month.between(given("first"), given("last")),
    )


def _former(month: date, at: datetime, *columns: Any) -> _Former:  # noqa: ANN401
    return _Former(month, at, readings_in(Slots(*columns), UNCHANGED))


def _month(month: date, loaded_at: datetime, arrivals: bytes | None, *columns: Any) -> _Month:  # noqa: ANN401
    return _Month(month, loaded_at, arrivals, readings_in(Slots(*columns)))


FORMER: Final = Question(
    _former, _of_series(REVISIONS, *REVISIONS.c["month", "revised_at"]).order_by(REVISIONS.c.id.desc())
)
AS_KEPT: Final = Question(
    _month, _of_series(MONTHS, *MONTHS.c["month", "loaded_at", "arrivals"]).order_by(MONTHS.c.month)
)


def as_known(db: Session, days: PointDays, instant: datetime) -> Known:
    """The readings of some days of a series as they were known at an instant."""
    former: defaultdict[date, list[Known]] = defaultdict(list)
    for one in FORMER.all(db, **_asked(days)):
        if one.at > instant:
            former[one.month].append(one.known)
    return within(days, in_a_row(_then(month, former[month.month], instant) for month in _months(db, days)))


def changes(db: Session, days: PointDays) -> Sequence[Change]:
    """What deliveries changed of the readings of some days of a series, the newest first."""
    known = {month.month: month.known for month in _months(db, days)}
    return [change for one in FORMER.all(db, **_asked(days)) for change in _change(known, one, days)]


def _then(month: _Month, former: Sequence[Known], instant: datetime) -> Known:
    known = month.known
    for one in former:
        known = before(known, one)
    return _Month(month.month, month.loaded_at, month.arrivals, known).arrived_by(instant)


def _change(known: dict[date, Known], former: _Former, days: PointDays) -> Iterator[Change]:
    """The change within the days; `known` holds what it came to, and then what was known before it."""
    since = known[former.month]
    known[former.month] = before(since, former.known)
    hours = np.unique(former.known.intervals.quarter // QUARTERS_AN_HOUR)
    of_hours = within(days, since[np.isin(since.intervals.quarter // QUARTERS_AN_HOUR, hours)]).intervals
    was = within(days, former.known[former.known.intervals.quality != ABSENT]).intervals
    if len(of_hours) or len(was):
        yield Change(former.at, was, of_hours)


def _months(db: Session, days: PointDays) -> Sequence[_Month]:
    return AS_KEPT.all(db, **_asked(days))


def _asked(days: PointDays) -> dict[str, Any]:
    return {
        "point": days.metering_point_id,
        "reading_type": days.reading_type,
        "first": first_of_month(days.first),
        "last": days.last,
    }

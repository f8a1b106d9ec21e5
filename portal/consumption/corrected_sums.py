"""What the readings of billed days came to when they were billed, and what they come to since they were corrected.

It is for the system's own use and asks nobody who they are: whoever asks may see the bill.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlmodel import Session

from portal.consumption import corrections, history, store
from portal.consumption.models import ReadingMonth, Series
from portal.consumption.rules import standings
from portal.consumption.store import PointDays
from portal.kit.clock import first_of_month, start_of
from portal.kit.db import table_of
from portal.kit.energy import Energy
from portal.kit.i18n import Text
from portal.kit.intervals import day_starts
from portal.kit.questions import Question, given
from portal.sites.kinds import Commodity, ReadingType, usual
from portal.sites.models import MeteringPoint

POINT, SERIES, BLOCKS = table_of(MeteringPoint), table_of(Series), table_of(ReadingMonth)


@dataclass(frozen=True, slots=True)
class CorrectedSum:
    """What the readings of some days come to.

    known: what they came to when they were billed; None where some were missing then, or where nobody knows any more
    reasons: why they were corrected, inside a sentence
    """

    known: Energy | None
    now: Energy
    reasons: Sequence[Text]


def _series(commodity: str, kind: str, came_at: datetime | None) -> tuple[Commodity, ReadingType, datetime | None]:
    return Commodity(commodity), ReadingType(kind), came_at


ARRIVALS: Final = Question(
    _series,
    select(POINT.c.energy, SERIES.c.reading_type, func.max(BLOCKS.c.updated_at))
    .join_from(SERIES, POINT, POINT.c.id == SERIES.c.metering_point_id)
    .outerjoin(
        BLOCKS,
        and_(
            BLOCKS.c.metering_point_id == SERIES.c.metering_point_id,
            BLOCKS.c.reading_type == SERIES.c.reading_type,
            BLOCKS.c.month.between(given("first"), given("last")),
        ),
    )
    .where(SERIES.c.metering_point_id == given("point"), SERIES.c.until_quarter.is_not(None))
    .group_by(POINT.c.energy, SERIES.c.reading_type),
)
"""The series of a point, and when a reading of some months last came or changed."""


def corrected_sum(
    db: Session, metering_point_id: UUID, reading_type: ReadingType | None, days: tuple[date, date], issued_on: date
) -> CorrectedSum | None:
    """What the readings of some days, the first and the last, come to that a bill of a day was made by.

    None where none of them is another than it was, some are missing, or nothing has come for these months since.
    reading_type: the series that is billed; None: the first that the point has
    """
    first, last = days
    arrivals = ARRIVALS.all(db, point=metering_point_id, first=first_of_month(first), last=last)
    came_at = {kind: at for _, kind, at in arrivals}
    billed_by = reading_type or (usual(arrivals[0][0], came_at) if arrivals else None)
    at = came_at.get(billed_by) if billed_by else None
    issued = start_of(issued_on)
    if billed_by is None or at is None or at < issued:
        return None
    series = PointDays(metering_point_id, first, last, reading_type=billed_by)
    now = _now(db, series)
    if now is None:
        return None
    late = [one for one in corrections.of_days(db, [series]) if one.hours.at >= issued]
    reasons = dict.fromkeys(reason for one in late for reason in one.reasons)
    return CorrectedSum(_then(db, series, issued) if late else None, now, [reason.words for reason in reasons])


def _now(db: Session, days: PointDays) -> Energy | None:
    """What the days come to; None where no reading is another than it was, or some are missing."""
    found = store.read_days(db, [days], days.first, days.last).sum(axis=0).tolist()
    milliwatt_hours, measured, estimated, _, revised = found
    return Energy(milliwatt_hours) if revised and measured + estimated == _quarters(days) else None


def _then(db: Session, days: PointDays, instant: datetime) -> Energy | None:
    """What they came to at an instant; None where some were missing."""
    known = history.as_known(db, days, instant)
    measured, estimated, *_ = standings(known).sum(axis=1).tolist()
    return Energy(int(known.intervals.milliwatt_hours.sum())) if measured + estimated == _quarters(days) else None


def _quarters(days: PointDays) -> int:
    edges = day_starts(days.first, days.last)
    return int(edges[-1] - edges[0])

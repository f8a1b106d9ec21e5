"""What the readings of billed days came to when they were billed, and what they come to since they were corrected.

It is for the system's own use and asks nobody who they are: whoever asks may see the bill.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlmodel import Session

from portal.consumption import corrections, history
from portal.consumption.corrections import Corrected
from portal.consumption.history import History
from portal.consumption.models import ReadingMonth, Series
from portal.consumption.revisions import Known
from portal.consumption.rules import quarters_valued, standings
from portal.consumption.store import PointDays
from portal.kit.clock import first_of_month, start_of
from portal.kit.db import table_of
from portal.kit.energy import Energy
from portal.kit.i18n import Text
from portal.kit.intervals import day_starts
from portal.kit.questions import Question, any_of, given
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType
from portal.sites.models import MeteringPoint

POINT, SERIES, BLOCKS = table_of(MeteringPoint), table_of(Series), table_of(ReadingMonth)


class BilledDays(Protocol):
    """What a bill charges of one metering point, from the first day to the last.

    reading_type: the series; None: the first that the point has
    """

    @property
    def point_id(self) -> UUID: ...
    @property
    def reading_type(self) -> ReadingType | None: ...
    @property
    def first(self) -> date: ...
    @property
    def last(self) -> date: ...


@dataclass(frozen=True, slots=True)
class CorrectedSum:
    """What the readings of some days come to.

    known: what they came to when they were billed; None where some were missing then, or where nobody knows any more
    reasons: why they were corrected, inside a sentence
    """

    known: Energy | None
    now: Energy
    reasons: Sequence[Text]


@dataclass(frozen=True, slots=True)
class _Arrived:
    """A series of a point, and when a reading of some months last came or changed."""

    point: UUID
    commodity: Commodity
    reading_type: ReadingType
    at: datetime | None


def _arrived(point: UUID, commodity: str, kind: str, at: datetime | None) -> _Arrived:
    return _Arrived(point, Commodity(commodity), ReadingType(kind), at)


ARRIVALS: Final = Question(
    _arrived,
    select(POINT.c.id, POINT.c.energy, SERIES.c.reading_type, func.max(BLOCKS.c.updated_at))
    .join_from(SERIES, POINT, POINT.c.id == SERIES.c.metering_point_id)
    .outerjoin(
        BLOCKS,
        and_(
            BLOCKS.c.metering_point_id == SERIES.c.metering_point_id,
            BLOCKS.c.reading_type == SERIES.c.reading_type,
            BLOCKS.c.month.between(given("first"), given("last")),
        ),
    )
    .where(any_of(SERIES.c.metering_point_id, "points"), SERIES.c.until_quarter.is_not(None))
    .group_by(POINT.c.id, POINT.c.energy, SERIES.c.reading_type),
)


def corrected_sums(db: Session, billed: Sequence[BilledDays], issued_on: date) -> Sequence[CorrectedSum | None]:
    """What the readings of each of some billed days come to, that a bill of a day was made by.

    None where none of them is another than it was, some are missing, or nothing has come for these months since.
    """
    issued = start_of(issued_on)
    series = list(_since(db, billed, issued))
    histories = {one.days: one for one in history.read(db, list(filter(None, series)))}
    late = [hours for one in histories.values() for hours in one.revised() if hours.at > issued]
    of_days: defaultdict[PointDays, list[Corrected]] = defaultdict(list)
    for one in corrections.among(db, late):
        of_days[one.hours.days].append(one)
    return [_corrected_sum(histories[days], of_days[days], issued) if days else None for days in series]


def _since(db: Session, billed: Sequence[BilledDays], issued: datetime) -> Iterator[PointDays | None]:
    """The series that each was billed by; None where nothing has come of it since."""
    if not billed:
        return
    first, last = first_of_month(min(one.first for one in billed)), max(one.last for one in billed)
    arrived: defaultdict[UUID, dict[ReadingType, _Arrived]] = defaultdict(dict)
    for one in ARRIVALS.all(db, points={one.point_id for one in billed}, first=first, last=last):
        arrived[one.point][one.reading_type] = one
    for days in billed:
        of_point = arrived[days.point_id]
        commodity = next((one.commodity for one in of_point.values()), None)
        kind = days.reading_type or (commodity.usual(of_point) if commodity else None)
        came = of_point.get(kind) if kind else None
        is_late = came is not None and came.at is not None and came.at >= issued
        yield PointDays(days.point_id, days.first, days.last, reading_type=kind) if kind and is_late else None


def _corrected_sum(told: History, late: Sequence[Corrected], issued: datetime) -> CorrectedSum | None:
    """What was corrected since; None where nothing was.

    Where a value is marked as corrected of which no former one is kept, nobody knows when that was.
    """
    now = _sum(told.now, told.days)
    if now is None or not (late or told.unrevised.revised.any()):
        return None
    reasons = dict.fromkeys(reason for one in late for reason in one.reasons)
    known = _sum(told.as_known(issued), told.days) if late else None
    return CorrectedSum(known, now, [reason.words for reason in reasons])


def _sum(known: Known, days: PointDays) -> Energy | None:
    """What the readings of some days come to; None where some are missing."""
    edges = day_starts(days.first, days.last)
    if quarters_valued(standings(known)).sum() < edges[-1] - edges[0]:
        return None
    return Energy(int(known.intervals.milliwatt_hours.sum()))

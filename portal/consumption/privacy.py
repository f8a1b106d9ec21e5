"""What the meters told of one customer: the readings of their sites, for the days they held them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal

from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal.consumption import history, store
from portal.consumption.models import MonthTotal, ReadingMonth, Revision, RevisionReason, Series
from portal.consumption.registers.models import RegisterReading
from portal.consumption.store import PointDays
from portal.kit.belonging import Belonging, at_point
from portal.kit.clock import next_month
from portal.kit.intervals import QUARTER_S, Intervals, Quality, instant_of
from portal.kit.privacy import DataSubject, Record, records
from portal.sites.kinds import ReadingType
from portal.sites.models import MeteringPoint, Occupancy

TABLES: Belonging = dict.fromkeys(
    (Series, ReadingMonth, MonthTotal, Revision, RevisionReason, RegisterReading), at_point()
)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """Every reading, a record each, by metering point, series and time, and what it was before it was changed.

    Then why it was, and what registers of meters showed. The reach of series and the totals follow from them.
    """
    for days in _held(db, subject):
        yield from _readings("reading_month", days, store.read_all(db, [days])[0].intervals)
        for hours in history.revised(db, [days]):
            for record in _readings("revision", days, hours.before):
                yield Record(record.table, {**record.values, "revised_at": hours.at.isoformat()})
    yield from records(db, _reasons(subject))
    yield from records(db, _registers(subject))


def _reasons(subject: DataSubject) -> SelectOfScalar[RevisionReason]:
    """Why readings of days were corrected on any of which the customer held the site."""
    reason, held = RevisionReason, Occupancy
    during = (col(held.since) <= reason.last_day) & (col(held.until).is_(None) | (col(held.until) >= reason.first_day))
    theirs = (
        select(MeteringPoint.id)
        .join(held, col(held.site_id) == MeteringPoint.site_id)
        .where(held.party_id == subject.party_id, MeteringPoint.id == reason.metering_point_id, during)
    )
    return select(reason).where(theirs.exists()).order_by(col(reason.first_day), col(reason.told_at), col(reason.id))


def _registers(subject: DataSubject) -> SelectOfScalar[RegisterReading]:
    """What registers showed on days on which the customer held the site."""
    read, held = RegisterReading, Occupancy
    during = (col(held.since) <= read.read_on) & (col(held.until).is_(None) | (col(held.until) >= read.read_on))
    theirs = (
        select(MeteringPoint.id)
        .join(held, col(held.site_id) == MeteringPoint.site_id)
        .where(held.party_id == subject.party_id, MeteringPoint.id == read.metering_point_id, during)
    )
    return select(read).where(theirs.exists()).order_by(col(read.read_on), col(read.serial), col(read.counts))


def _held(db: Session, subject: DataSubject) -> Iterator[PointDays]:
    """The days of each month with readings on which the customer held the site."""
    held = (
        select(MonthTotal, Occupancy)
        .join(MeteringPoint, col(MeteringPoint.id) == MonthTotal.metering_point_id)
        .join(Occupancy, col(Occupancy.site_id) == MeteringPoint.site_id)
        .where(Occupancy.party_id == subject.party_id)
        .order_by(MeteringPoint.gsrn, col(MonthTotal.reading_type), col(MonthTotal.month))
    )
    for total, occupancy in db.exec(held).all():
        end = next_month(total.month) - timedelta(days=1)
        first, last = max(total.month, occupancy.since), min(end, occupancy.until or end)
        if first <= last:
            kind = ReadingType(total.reading_type)
            yield PointDays(total.metering_point_id, first, last, reading_type=kind)


def _readings(table: str, days: PointDays, readings: Intervals) -> Iterator[Record]:
    columns = (readings.quarter, readings.length, readings.milliwatt_hours, readings.quality)
    for quarter, length, quantity, quality in zip(*(column.tolist() for column in columns), strict=True):
        told = {
            "metering_point_id": str(days.metering_point_id),
            "reading_type": days.reading_type.value,
            "start": instant_of(quarter).isoformat(),
            "minutes": length * QUARTER_S // 60,
            "quantity": None if quality == Quality.MISSING else f"{Decimal(quantity).scaleb(-6):f}",
            "unit": days.reading_type.unit,
            "quality": Quality(quality).name,
        }
        yield Record(table, told)

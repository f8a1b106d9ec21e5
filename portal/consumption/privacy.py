"""What the meters told of one customer: the readings of their sites, for the days they held them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select

from portal.consumption import store
from portal.consumption.models import MonthTotal, ReadingMonth
from portal.kit.clock import next_month
from portal.kit.intervals import QUARTER_S, Quality, instant_of
from portal.kit.privacy import DataSubject, Record
from portal.sites.models import MeteringPoint, Occupancy

TABLES: Sequence[type[SQLModel]] = (ReadingMonth, MonthTotal)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """Every reading, a record each, by metering point and time; totals follow from them."""
    held = (
        select(MonthTotal, Occupancy)
        .join(MeteringPoint, col(MeteringPoint.id) == MonthTotal.metering_point_id)
        .join(Occupancy, col(Occupancy.site_id) == MeteringPoint.site_id)
        .where(Occupancy.party_id == subject.party_id)
        .order_by(MeteringPoint.gsrn, col(MonthTotal.month))
    )
    for total, occupancy in db.exec(held).all():
        end = next_month(total.month) - timedelta(days=1)
        yield from _readings(
            db, total.metering_point_id, max(total.month, occupancy.since), min(end, occupancy.until or end)
        )


def _readings(db: Session, point: UUID, first: date, last: date) -> Iterator[Record]:
    if first > last:
        return
    readings = store.read(db, point, first, last)
    columns = (readings.quarter, readings.length, readings.milliwatt_hours, readings.quality)
    for quarter, length, milliwatt_hours, quality in zip(*(column.tolist() for column in columns), strict=True):
        told = {
            "metering_point_id": str(point),
            "start": instant_of(quarter).isoformat(),
            "minutes": length * QUARTER_S // 60,
            "mwh": None if quality == Quality.MISSING else milliwatt_hours,
            "quality": Quality(quality).name,
        }
        yield Record("reading_month", told)

"""What the register of sites holds about one customer: what they hold or held, and what measures there."""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from sqlmodel import Session, SQLModel, col, or_, select

from portal.kit.belonging import Belonging, at_point, at_site, of_oneself, of_party
from portal.kit.privacy import DataSubject, Record, records
from portal.sites.models import Disconnection, Meter, MeteringPoint, Occupancy, Site

TABLES: Belonging = {
    Site: at_site("id"),
    Occupancy: of_party(site="site_id") | of_oneself(),
    MeteringPoint: at_point("id"),
    Disconnection: at_point(),
    Meter: at_point(),
}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}
OF_WHO_LIVES_THERE = frozenset({"name", "dwelling", "heated_area_m2", "residents", "heating", "estimated_kwh_a_year"})


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """Occupancies, sites, metering points, when they were cut off, and meters.

    How a site is lived in belongs to its present holders: a former one gets its address only, and no meters. That
    energy was cut off before their time is not theirs to know, nor since when.
    """
    occupancies = select(Occupancy).where(Occupancy.party_id == subject.party_id).order_by(col(Occupancy.since))
    present = {occupancy.site_id for occupancy in db.exec(occupancies) if occupancy.until is None}
    former = {occupancy.site_id for occupancy in db.exec(occupancies)} - present
    points = select(MeteringPoint).where(col(MeteringPoint.site_id).in_(present)).order_by(MeteringPoint.gsrn)
    meters = select(Meter).join(MeteringPoint).where(col(MeteringPoint.site_id).in_(present)).order_by(Meter.serial)
    return [
        *records(db, occupancies),
        *records(db, select(Site).where(col(Site.id).in_(present)).order_by(Site.number)),
        *records(db, select(Site).where(col(Site.id).in_(former)).order_by(Site.number), without=OF_WHO_LIVES_THERE),
        *records(db, points),
        *_cut_off(db, subject),
        *records(db, meters),
    ]


def _cut_off(db: Session, subject: DataSubject) -> Iterator[Record]:
    """When no energy could flow, as far as the subject has held the site."""
    mine = (
        select(col(Disconnection.id), col(Occupancy.since))
        .join(MeteringPoint, col(MeteringPoint.id) == Disconnection.metering_point_id)
        .join(Occupancy, col(Occupancy.site_id) == MeteringPoint.site_id)
        .where(
            Occupancy.party_id == subject.party_id,
            col(Occupancy.until).is_(None),
            or_(col(Disconnection.until).is_(None), col(Disconnection.until) >= Occupancy.since),
        )
    )
    held_since = {row_id: since.isoformat() for row_id, since in db.exec(mine)}
    every = select(Disconnection).join(MeteringPoint).where(col(Disconnection.id).in_(held_since))
    for one in records(db, every.order_by(MeteringPoint.gsrn, col(Disconnection.since))):
        since = max(str(one.values["since"]), held_since[UUID(str(one.values["id"]))])
        yield Record(one.table, {**one.values, "since": since})

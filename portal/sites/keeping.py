"""Keeps delivery sites, who holds them, metering points and meters as the utility's own systems say they are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from portal.customers.keeping import party_ids
from portal.kit.feed import Refusal, Verdict, unknown
from portal.kit.mirror import Kept, Parts, Wanted, ids, mirror, portions
from portal.sites.feed import MeteringPointEntry, SiteEntry
from portal.sites.kinds import Commodity
from portal.sites.models import Meter, MeteringPoint, Occupancy, Site

SITES = Kept(Site, ("number",))
OCCUPANCIES = Parts(Occupancy, ("party_id", "since"), owner="site_id")
POINTS = Kept(MeteringPoint, ("gsrn",))
METERS = Parts(Meter, ("serial",), owner="metering_point_id")


def site_ids(db: Session, site_numbers: Iterable[str]) -> Mapping[str, UUID]:
    """The sites that these numbers name, as far as the register knows them."""
    return ids(db, col(Site.number), col(Site.id), site_numbers)


def points_of(db: Session, gsrns: Collection[str]) -> Mapping[str, MeteringPoint]:
    """The metering points that these GSRNs name, as far as the register knows them."""
    return {
        point.gsrn: point
        for some in portions(gsrns)
        for point in db.exec(select(MeteringPoint).where(col(MeteringPoint.gsrn).in_(some)))
    }


def make_point(db: Session, gsrn: str, energy: Commodity) -> MeteringPoint:
    """A metering point that stands at no site yet: readings came before the register told of it."""
    point = MeteringPoint(gsrn=gsrn, energy=energy)
    db.add(point)
    return point


def keep_sites(db: Session, rows: Sequence[SiteEntry]) -> list[Verdict]:
    """Keep sites with their holders."""
    parties = party_ids(db, (holder.customer_number for row in rows for holder in row.holders))
    return mirror(db, SITES, [_site(row, parties) for row in rows], (OCCUPANCIES,))


def keep_metering_points(db: Session, rows: Sequence[MeteringPointEntry]) -> list[Verdict]:
    """Keep metering points with their meters."""
    sites = site_ids(db, (row.site_number for row in rows if row.site_number))
    return mirror(db, POINTS, [_point(row, sites) for row in rows], (METERS,))


def _site(row: SiteEntry, parties: Mapping[str, UUID]) -> Wanted | Refusal:
    for holder in row.holders:
        if holder.customer_number not in parties:
            return unknown("customer", holder.customer_number)
    site = {"number": row.site_number, **row.model_dump(exclude={"site_number", "holders"})}
    holders = [
        {"party_id": parties[holder.customer_number], "since": holder.since, "until": holder.until}
        for holder in row.holders
    ]
    return Wanted(site, lambda _: {OCCUPANCIES: holders})


def _point(row: MeteringPointEntry, sites: Mapping[str, UUID]) -> Wanted | Refusal:
    if row.site_number is not None and row.site_number not in sites:
        return unknown("site", row.site_number)
    site_id = sites[row.site_number] if row.site_number else None
    point = {"site_id": site_id, **row.model_dump(exclude={"site_number", "meters"})}
    return Wanted(point, lambda _: {METERS: [meter.model_dump() for meter in row.meters]})

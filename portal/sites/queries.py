"""Sites a person may see: those their parties hold, held or will hold, as far as the person's mandate reaches.

How a site is lived in is for those who hold it today: a former or coming holder sees its address and their own time.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, func, select

from portal.auth.people import User
from portal.kit.db import table_of
from portal.kit.errors import NotThere
from portal.kit.i18n import text
from portal.kit.questions import any_of_if_told, given
from portal.sites import records
from portal.sites.commodities import Commodity
from portal.sites.kinds import Connection
from portal.sites.models import Disconnection, Meter, MeteringPoint, MeterKind, Occupancy, Rhythm, Site
from portal.sites.records import Device, Fact, HeldSite, OccupancyDays, SitePoint
from portal.sites.scope import MEASURED, OCCUPANCIES, cut_off_on, held_on


class NoSuchSite(NotThere):
    """No site of that id that this person may see."""

    says = text("We could not find the site.")


def _held(*row: Any) -> tuple[tuple[Any, ...], OccupancyDays]:  # noqa: ANN401 - the columns of PLACES
    """What the register tells of a site, and a time for which a party holds it."""
    return row[:-3], OccupancyDays(*row[-3:])


def _point(*row: Any, devices: Sequence[Device] = ()) -> SitePoint:  # noqa: ANN401 - the columns of POINT
    told = dict(zip(POINT, row, strict=True))
    commodity, connection = Commodity(told.pop("energy")), Connection(told.pop("connection") or Connection.CONNECTED)
    rhythm = Rhythm(code) if (code := told.pop("rhythm")) else None
    return SitePoint(**told, commodity=commodity, connection=connection, rhythm=rhythm, devices=tuple(devices))


OF_POINT: Final = (
    *("site_id", "gsrn", "energy", "main_fuse", "valid_from", "valid_to"),
    *("used_for", "estimated_kwh_a_year", "minutes", "rhythm"),
)
POINT: Final = (*OF_POINT, "connection")
_SITE, _OCCUPANCY, _POINT = table_of(Site), table_of(Occupancy), table_of(MeteringPoint)
_HELD_TODAY: Final = held_on(given("today"))
_CUT_OFF: Final = table_of(Disconnection)
_CONNECTION: Final = (
    sa.select(func.max(_CUT_OFF.c.connection))  # one at most: they do not overlap
    .where(_CUT_OFF.c.metering_point_id == _POINT.c.id, cut_off_on(given("today")))
    .scalar_subquery()
)
PLACES: Final = OCCUPANCIES.question(
    _held,
    sa.select(
        *_SITE.c["id", "number", "name", "street", "postcode", "town", "dwelling"],
        *_OCCUPANCY.c["party_id", "since", "until"],
    )
    .join_from(_SITE, _OCCUPANCY)
    .where(any_of_if_told(_SITE.c.id, "only"))
    .order_by(_SITE.c.street, _SITE.c.number, _OCCUPANCY.c.since.desc()),
)
NUMBER_HELD: Final = OCCUPANCIES.question(
    int, sa.select(func.count(func.distinct(_OCCUPANCY.c.site_id))).where(_HELD_TODAY)
)
POINTS: Final = MEASURED.question(
    _point,
    sa.select(*_POINT.c[OF_POINT], _CONNECTION)
    .join_from(_POINT, _OCCUPANCY, _OCCUPANCY.c.site_id == _POINT.c.site_id)
    .where(_HELD_TODAY)
    .distinct()
    .order_by(*_POINT.c["energy", "gsrn"]),
)


def places(db: Session, who: User, today: date) -> Sequence[HeldSite]:
    """Every site at which any matter is open to the person, by street."""
    return _places(db, who, None, today)


def number_held(db: Session, who: User, today: date) -> int:
    """How many sites are held today at which any matter is open to the person."""
    return NUMBER_HELD.one(db, who, today=today)


def by_id(db: Session, who: User, site_id: UUID, today: date) -> HeldSite:
    """One site.

    Raises NoSuchSite.
    """
    found = _places(db, who, [site_id], today)
    if not found:
        raise NoSuchSite
    return found[0]


def housing(db: Session, who: User, site_id: UUID, today: date) -> Sequence[Fact]:
    """How a site is lived in; nothing for those who do not hold it today, or see neither its contracts nor its use."""
    wanted = select(Site).join(Occupancy).where(MEASURED.visible_to(who), held_on(today), Site.id == site_id)
    site = db.exec(wanted).first()
    return records.housing(site) if site else ()


def points(db: Session, who: User, today: date) -> Sequence[SitePoint]:
    """The metering points, without their meters, of sites held today whose contracts or use the person sees."""
    return POINTS.all(db, who, today=today)


def points_with_meters(db: Session, who: User, site_id: UUID, today: date) -> Sequence[SitePoint]:
    """The metering points of a site with all their meters.

    None for those who do not hold it today, or see neither its contracts nor its use.
    """
    held = select(Occupancy.site_id).where(MEASURED.visible_to(who), held_on(today), Occupancy.site_id == site_id)
    there = sa.select(_POINT.c.id, *_POINT.c[OF_POINT], _CONNECTION).where(_POINT.c.site_id.in_(held))
    found = db.execute(there.order_by(*_POINT.c["energy", "gsrn"]), {"today": today}).all()
    meters = select(Meter).where(col(Meter.metering_point_id).in_([point.id for point in found]))
    hung: defaultdict[UUID, list[Device]] = defaultdict(list)
    for meter in db.exec(meters.order_by(col(Meter.installed_on).desc(), Meter.serial)):
        hung[meter.metering_point_id].append(_device(meter))
    return [_point(*row, devices=hung[point_id]) for point_id, *row in found]


def _places(db: Session, who: User, only: Collection[UUID] | None, today: date) -> Sequence[HeldSite]:
    found = PLACES.all(db, who, only=only)
    return [
        _place(site, tuple(occupancy for _, occupancy in of_site), today)
        for site, of_site in groupby(found, key=itemgetter(0))
    ]


def _place(site: tuple[Any, ...], occupancies: tuple[OccupancyDays, ...], today: date) -> HeldSite:
    is_held = any(occupancy.lasts_on(today) for occupancy in occupancies)
    site_id, number, name, street, postcode, town, kind = site
    return HeldSite(
        id=site_id,
        number=number,
        name=name if is_held else None,
        street=street,
        postcode=postcode,
        town=town,
        kind=kind if is_held else None,
        occupancies=occupancies,
        is_held=is_held,
        is_coming=not is_held and any(today < occupancy.since for occupancy in occupancies),
    )


def _device(meter: Meter) -> Device:
    return Device(MeterKind(meter.kind), meter.serial, meter.model, meter.installed_on, meter.removed_on)

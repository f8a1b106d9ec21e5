"""What registers showed at a site, as far as a person may see its consumption: on the days on which they hold it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Integer, case, exists, func, or_, select
from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.auth.scope import Scope
from portal.consumption.kinds import ReadHow
from portal.consumption.registers.models import RegisterReading
from portal.consumption.registers.records import VALUE, ReadRegister, read_register, value_of
from portal.consumption.registers.rules import RegisterValue
from portal.kit.db import table_of
from portal.kit.questions import given
from portal.sites.commodities import Commodity
from portal.sites.models import Disconnection, MeteringPoint, Occupancy, Site
from portal.sites.scope import cut_off_on, held_on

MOST: Final = 200  # of a site: the newest
READ, POINT, HELD, SITE = (table_of(one) for one in (RegisterReading, MeteringPoint, Occupancy, Site))
CUT_OFF: Final = table_of(Disconnection)
SCOPE: Final = Scope(HELD.c.party_id, HELD.c.site_id, {Theme.CONSUMPTION})
OfPoint = tuple[str, Commodity, RegisterValue]
Key = tuple[int, str, str]
_ORDER: Final = list(Commodity)


def _read(gsrn: str, commodity: str, *value: Any) -> OfPoint:  # noqa: ANN401 - the columns of VALUE
    return gsrn, Commodity(commodity), value_of(*value)


AT_SITE: Final = SCOPE.question(
    _read,
    select(
        *POINT.c["gsrn", "energy"],
        *READ.c[VALUE],
    )
    .join_from(READ, POINT)
    .join(HELD, HELD.c.site_id == POINT.c.site_id)
    .where(
        POINT.c.site_id == given("site"),
        READ.c.read_on.between(HELD.c.since, func.coalesce(HELD.c.until, READ.c.read_on)),
    )
    .distinct()
    .order_by(READ.c.read_on.desc(), POINT.c.energy, POINT.c.gsrn, READ.c.counts, READ.c.serial)
    .limit(MOST),
)


@dataclass(frozen=True, slots=True)
class HandRead:
    """A metering point whose customer was the last to read it, and when; an estimate is no reading."""

    site_id: UUID
    street: str
    commodity: Commodity
    read_on: date


def _hand_read(site_id: UUID, street: str, commodity: str, read_on: date) -> HandRead:
    return HandRead(site_id, street, Commodity(commodity), read_on)


_BY_HAND: Final = func.max(case((READ.c.read_how == ReadHow.CUSTOMER, READ.c.read_on)))
HAND_READ: Final = SCOPE.question(
    _hand_read,
    select(SITE.c.id, SITE.c.street, POINT.c.energy, _BY_HAND)
    .join_from(READ, POINT)
    .join(SITE, SITE.c.id == POINT.c.site_id)
    .join(HELD, HELD.c.site_id == SITE.c.id)
    .where(
        held_on(given("today")),
        ~exists().where(CUT_OFF.c.metering_point_id == POINT.c.id, cut_off_on(given("today"))),
        READ.c.read_on >= HELD.c.since,
        READ.c.read_how != ReadHow.ESTIMATE,
        or_(POINT.c.valid_to.is_(None), POINT.c.valid_to >= given("today")),
    )
    .group_by(SITE.c.id, SITE.c.street, POINT.c.id, POINT.c.energy)
    .having(func.max(READ.c.read_on) == _BY_HAND, given("until") >= _BY_HAND)
    .order_by(_BY_HAND, SITE.c.street, POINT.c.id)
    .limit(given("limit", Integer())),
)


def not_read_since(db: Session, who: User, until: date, today: date, limit: int) -> Sequence[HandRead]:
    """So many metering points of sites held today that are read by hand, and were not read after a day.

    One that is cut off waits for nobody: what its meter showed was read when it was.
    """
    return HAND_READ.all(db, who, until=until, today=today, limit=limit)


def at_site(db: Session, who: User, site_id: UUID) -> Sequence[ReadRegister]:
    """Every register of a site that was read while the person's parties held it, with its newest readings."""
    found: defaultdict[Key, list[RegisterValue]] = defaultdict(list)
    for gsrn, commodity, value in AT_SITE.all(db, who, site=site_id):
        found[_ORDER.index(commodity), gsrn, value.register].append(value)
    return [read_register(gsrn, _ORDER[at], found[at, gsrn, register]) for at, gsrn, register in sorted(found)]

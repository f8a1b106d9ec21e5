"""What registers showed at a site, as far as a person may see its consumption: on the days on which they hold it."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session

from portal.auth.people import User
from portal.auth.reach import Theme
from portal.auth.scope import Scope
from portal.consumption.registers.models import RegisterReading
from portal.consumption.registers.records import VALUE, ReadRegister, read_register, value_of
from portal.consumption.registers.rules import RegisterValue
from portal.kit.db import table_of
from portal.kit.questions import given
from portal.sites.kinds import Commodity
from portal.sites.models import MeteringPoint, Occupancy

MOST: Final = 200  # of a site: the newest
READ, POINT, HELD = table_of(RegisterReading), table_of(MeteringPoint), table_of(Occupancy)
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


def at_site(db: Session, who: User, site_id: UUID) -> Sequence[ReadRegister]:
    """Every register of a site that was read while the person's parties held it, with its newest readings."""
    found: defaultdict[Key, list[RegisterValue]] = defaultdict(list)
    for gsrn, commodity, value in AT_SITE.all(db, who, site=site_id):
        found[_ORDER.index(commodity), gsrn, value.register].append(value)
    return [read_register(gsrn, _ORDER[at], found[at, gsrn, register]) for at, gsrn, register in sorted(found)]

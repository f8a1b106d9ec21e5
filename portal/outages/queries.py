"""The outages at the sites that a person may see."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, func

from portal.auth.people import User
from portal.kit.clock import day_of
from portal.kit.db import table_of
from portal.kit.questions import Question, as_row, given
from portal.outages.kinds import OutageState
from portal.outages.models import IS_OPEN, Outage, OutageArea, OutageSite
from portal.outages.records import HEAD, OutageHere, PastOutage, head
from portal.sites.models import MeteringPoint, Occupancy, Site
from portal.sites.scope import OCCUPANCIES, held_on

_OUTAGE, _AREA, _SITE_OUT = (table_of(one) for one in (Outage, OutageArea, OutageSite))
_SITE, _HELD, _POINT = (table_of(one) for one in (Site, Occupancy, MeteringPoint))
_HEAD: Final = _OUTAGE.c[HEAD]
_WIDTH: Final = len(HEAD)


def _here(*row: Any) -> OutageHere:  # noqa: ANN401 - the columns of _HEAD and of a site
    site_id, street, postcode, is_certain = row[_WIDTH:]
    return OutageHere(head(*row[:_WIDTH]), site_id, street, postcode, bool(is_certain))


def _past(*row: Any) -> tuple[date, PastOutage]:  # noqa: ANN401 - the columns of _HEAD, and since when it is held
    *columns, since = row
    found = head(*columns)
    return since, PastOutage(found, found.starts_at, found.ended_at or found.starts_at)


_HELD_TODAY: Final = held_on(given("today"))
_NAMES_SITES: Final = sa.exists().where(_SITE_OUT.c.outage_id == _OUTAGE.c.id)
_MEASURES_IT: Final = sa.exists().where(
    _POINT.c.site_id == _SITE.c.id,
    (_POINT.c.energy == _OUTAGE.c.energy) | ((_POINT.c.energy == "production") & (_OUTAGE.c.energy == "electricity")),
)
_PLACE: Final = _SITE.c["id", "street", "postcode"]

ANY: Final = Question(
    as_row, sa.select(*(sa.exists().select_from(_OUTAGE).where(IS_OPEN, one) for one in (_NAMES_SITES, ~_NAMES_SITES)))
)
NAMED: Final = OCCUPANCIES.question(
    _here,
    sa.select(*_HEAD, *_PLACE, sa.true())
    .join_from(_OUTAGE, _SITE_OUT)
    .join(_SITE)
    .join(_HELD, _HELD.c.site_id == _SITE.c.id)
    .where(IS_OPEN, _HELD_TODAY)
    .distinct(),
)
IN_AREAS: Final = OCCUPANCIES.question(
    _here,
    sa.select(*_HEAD, *_PLACE, sa.false())
    .join_from(_OUTAGE, _AREA)
    .join(_SITE, _SITE.c.postcode == _AREA.c.postcode)
    .join(_HELD, _HELD.c.site_id == _SITE.c.id)
    .where(IS_OPEN, _HELD_TODAY, ~_NAMES_SITES, _MEASURES_IT)
    .distinct(),
)
PAST: Final = OCCUPANCIES.question(
    _past,
    sa.select(*_HEAD, func.min(_HELD.c.since))
    .join_from(_OUTAGE, _SITE_OUT)
    .join(_HELD, _HELD.c.site_id == _SITE_OUT.c.site_id)
    .where(
        _SITE_OUT.c.site_id == given("site"),
        _OUTAGE.c.state == OutageState.RESTORED,
        _OUTAGE.c.ended_at >= given("since"),
        _HELD_TODAY,
    )
    .group_by(*_HEAD)
    .order_by(_OUTAGE.c.starts_at),
)


def here(db: Session, who: User, today: date) -> Sequence[OutageHere]:
    """The open outages at sites that the person holds today: of each site, those that are certain before others.

    One statement while there is no open outage anywhere, for that is how it is on most days.
    """
    of_sites, of_areas = ANY.one(db)
    named = NAMED.all(db, who, today=today) if of_sites else []
    found = [*named, *(IN_AREAS.all(db, who, today=today) if of_areas else ())]
    return sorted(found, key=lambda one: (not one.is_certain, not one.head.is_ongoing, one.head.starts_at, one.street))


def past(db: Session, who: User, site_id: UUID, since: datetime, today: date) -> Sequence[PastOutage]:
    """The outages of a site that ended since, in the order of time: of those who hold it today, in their own days."""
    found = PAST.all(db, who, site=site_id, since=since, today=today)
    return [outage for held_since, outage in found if held_since <= day_of(outage.starts_at)]

"""Outages as anybody may read of them: where, and until when; at whose site is for nobody else to know."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlmodel import Session, func

from portal.kit.db import table_of
from portal.kit.questions import Question, given, listed
from portal.outages.models import IS_OPEN, Outage, OutageArea, OutageSite
from portal.outages.records import HEAD, PublicOutage, head

MOST_ENDED: Final = 50
_OUTAGE, _AREA, _SITE = (table_of(one) for one in (Outage, OutageArea, OutageSite))


def _public(*row: Any) -> PublicOutage:  # noqa: ANN401 - the columns of an outage, its postcodes, its sites
    *columns, postcodes, sites = row
    return PublicOutage(head(*columns), tuple(sorted(postcodes.split(","))) if postcodes else (), sites)


_POSTCODES: Final = (
    sa.select(listed(_AREA.c.postcode)).where(_AREA.c.outage_id == _OUTAGE.c.id).correlate(_OUTAGE).scalar_subquery()
)
_HOW_MANY: Final = sa.select(func.count()).where(_SITE.c.outage_id == _OUTAGE.c.id).correlate(_OUTAGE).scalar_subquery()
_EVERY: Final = sa.select(*_OUTAGE.c[HEAD], _POSTCODES, _HOW_MANY)
OPEN: Final = Question(_public, _EVERY.where(IS_OPEN).order_by(_OUTAGE.c.state.desc(), _OUTAGE.c.starts_at))
ENDED: Final = Question(
    _public,
    _EVERY.where(_OUTAGE.c.ended_at >= given("since")).order_by(_OUTAGE.c.ended_at.desc()).limit(MOST_ENDED),
)


def everywhere(db: Session, since: datetime) -> tuple[Sequence[PublicOutage], Sequence[PublicOutage]]:
    """Every open outage, those that are going on before those to come; and those that ended since, the newest first."""
    return OPEN.all(db), ENDED.all(db, since=since)

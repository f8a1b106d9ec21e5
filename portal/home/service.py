"""Whether the portal has what it needs: the banks' identification, readings, and what the utility's systems tell."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlmodel import Session, col, select

from portal.consumption.models import Series
from portal.feeds.models import ImportRun
from portal.kit.db import table_of
from portal.kit.i18n import text
from portal.kit.intervals import instant_of, quarter_of
from portal.kit.public_views import PublicView
from portal.outages.pages import ServicePart

READINGS_DUE: Final = timedelta(hours=48)
"""Readings of a day are due by the end of the next one (Decree 767/2021)."""
READ_UNTIL: Final = PublicView("read_until", sa.select(table_of(Series).c.until_quarter))
"""Until when there are readings, of metering points that are not named."""
IMPORT_DUE: Final = timedelta(hours=36)
"""Feeds come each night; a night may be long."""


def status(is_signing_in_down: Callable[[], bool], db: Session, now: datetime) -> Sequence[ServicePart]:
    """The parts in the order in which a person needs them."""
    ends = READ_UNTIL.seen(db).c.until_quarter
    until = db.execute(sa.select(sa.func.max(ends)).where(ends <= quarter_of(now))).scalar_one()
    readings = instant_of(until) if until else None
    told = db.exec(select(ImportRun.ended_at).order_by(col(ImportRun.ended_at).desc()).limit(1)).first()
    is_down = is_signing_in_down()
    return [
        ServicePart(
            text("Signing in with bank identification"),
            not is_down,
            text("The banks' identification does not answer us just now. Try again in a while.") if is_down else None,
        ),
        ServicePart(
            text("Consumption data"),
            readings is not None and now - readings <= READINGS_DUE,
            text("The newest data reaches to") if readings else text("None has come yet."),
            readings,
        ),
        ServicePart(
            text("Invoices, contracts and messages"),
            told is not None and now - told <= IMPORT_DUE,
            text("Last brought up to date") if told else text("Not brought up to date yet."),
            told,
        ),
    ]

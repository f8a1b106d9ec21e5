"""Which imports there were: written down at the end of each, for those who watch over the portal."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, func, select

from portal.feeds.models import ImportRun
from portal.feeds.report import LeftOut, Told, in_all


def note(db: Session, told: Sequence[Told], now: datetime) -> None:
    """Write down an import that has come to its end."""
    lines, left_out = in_all(told), sum(isinstance(one, LeftOut) for one in told)
    db.add(
        ImportRun(
            ended_at=now,
            accepted=lines.accepted,
            unchanged=lines.unchanged,
            refused=lines.refused,
            left_out=left_out,
        )
    )


def last_ended(db: Session) -> datetime | None:
    """When the newest import came to its end."""
    return db.exec(select(func.max(ImportRun.ended_at))).one()

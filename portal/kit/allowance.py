"""How often one person may do a thing in a day, counted from the rows of what they did: nobody fills an inbox."""

from datetime import datetime, timedelta
from typing import Final

from sqlmodel import Session
from sqlmodel.sql.expression import SelectOfScalar

from portal.kit.clock import DAY
from portal.kit.errors import TooMany
from portal.kit.i18n import text

MINUTE: Final = timedelta(minutes=1)


class DayIsFull(TooMany):
    """As often as it is taken in 24 hours; at `free_at` the oldest of them is a day old and makes room for one more."""

    says = text("You have done this as often as we take it in one day. Try again tomorrow, or call us.")

    def __init__(self, free_at: datetime) -> None:
        super().__init__()
        self.free_at = free_at


def free_at(db: Session, done: SelectOfScalar[datetime], times: int, now: datetime) -> datetime | None:
    """When it may be done again that may be done so many times within any 24 hours; None for now.

    To the minute, rounded up: what people read is never too early. `done` selects when it was done, the newest first.
    Whoever goes on to do it asks under a lock, so that two at once are counted one after the other.
    """
    oldest_that_counts = db.exec(done.offset(times - 1).limit(1)).first()
    if oldest_that_counts is None or oldest_that_counts + DAY <= now:
        return None
    frees = oldest_that_counts + DAY
    return frees if frees == _minute(frees) else _minute(frees) + MINUTE


def retry_after(free_at: datetime, now: datetime) -> dict[str, str]:
    """The header that tells a program when to come again (RFC 9110, section 10.2.3)."""
    return {"Retry-After": str(max(1, int((free_at - now).total_seconds())))}


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)

"""What goes by the clock: drafts that nobody came back to."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal.kit.jobs import Job, rounds
from portal.requests.models import ServiceRequest
from portal.requests.rules import DRAFT_KEPT, State

DAILY: Final = timedelta(days=1)


def forgetting() -> Job:
    """Removes drafts that have waited for a month. What was sent is kept."""
    return rounds("request_drafts.forget", DAILY, forget_drafts)


def forget_drafts(db: Session, now: datetime, most: int) -> int:
    """Remove at most so many drafts that nobody came back to; how many."""
    stale = (col(ServiceRequest.state) == State.DRAFT) & (col(ServiceRequest.changed_at) <= now - DRAFT_KEPT)
    these = select(ServiceRequest.id).where(stale).limit(most)
    return db.connection().execute(delete(ServiceRequest).where(col(ServiceRequest.id).in_(these))).rowcount

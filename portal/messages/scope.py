"""Which threads somebody may see: those of their parties, as far as a mandate opens them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement
from sqlmodel import col, or_

from portal.auth.people import User
from portal.kit.db import within
from portal.messages.models import MessageThread, ThreadReading
from portal.messages.rules import FRESH, opened


def visible_to(who: User) -> ColumnElement[bool]:
    """The threads that somebody may see; of a limited mandate what `rules.opened` says."""
    own = col(MessageThread.party_id).in_(who.parties)
    if who.reach.is_full:
        return own
    parts = [
        (col(MessageThread.topic) == topic) & within(col(MessageThread.site_id), sites)
        for topic, sites in opened(who.reach).items()
    ]
    return own & or_(*parts)


def read_by(account_id: UUID | BindParameter[UUID]) -> ColumnElement[bool]:
    """Joins a thread to how far a person has read it; an outer join, for most have not."""
    return (col(ThreadReading.thread_id) == MessageThread.id) & (col(ThreadReading.account_id) == account_id)


def is_unread(since: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Whether a thread joined by `read_by` holds something told after `since` and after what was read last."""
    read_to = col(ThreadReading.told_at)
    told_at = col(MessageThread.told_at)
    return (told_at > since) & or_(read_to.is_(None), told_at > read_to)


def news_since(who: User) -> datetime:
    """The instant from which on something can be unread to a person."""
    return who.known_since - FRESH

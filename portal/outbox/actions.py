"""Telling the utility's other systems what became true; `portal jobs` delivers it later."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from portal.outbox.models import OutboxEvent


class Event(BaseModel):
    """Something that became true, as its subscribers read it: subclasses are published schemas.

    A field is never renamed or removed; what must change gets a new `kind`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]


def announce(db: Session, event: Event, now: datetime) -> None:
    """Put an event into the outbox, in the transaction that makes it true: both happen or neither."""
    db.add(OutboxEvent(kind=event.kind, payload=event.model_dump_json(), created_at=now))

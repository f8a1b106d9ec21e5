"""Telling the utility's other systems what became true; `portal jobs` delivers it later."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from portal.outbox.models import OutboxEvent, add


class Event(BaseModel):
    """Something that became true, as its subscribers read it: subclasses are published schemas.

    A field is never renamed or removed; what must change gets a new `kind`. An event about a customer has the fields
    `customer_number`, for its subscribers, and `party_id`, by which the events of one customer stay in order.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]


def announce(db: Session, event: Event, now: datetime) -> None:
    """Put an event into the outbox, in the transaction that makes it true: both happen or neither."""
    payload = event.model_dump_json()
    add(db, OutboxEvent(kind=event.kind, party_id=_party(event), payload=payload, created_at=now, due_at=now))


def _party(event: Event) -> UUID | None:
    party_id: UUID | None = getattr(event, "party_id", None)
    return party_id

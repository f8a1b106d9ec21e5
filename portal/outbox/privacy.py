"""What waits to be told, or was told, about one customer: events, and letters until they are sent."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, SQLModel, col, select

from portal.kit.privacy import Record, Subject, records
from portal.outbox.models import OutboxEvent

TABLES: Sequence[type[SQLModel]] = (OutboxEvent,)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}


def export(db: Session, subject: Subject) -> Iterable[Record]:
    """The customer's events and letters, oldest first."""
    about = OutboxEvent.party_id == subject.party_id
    return records(db, select(OutboxEvent).where(about).order_by(col(OutboxEvent.number)))

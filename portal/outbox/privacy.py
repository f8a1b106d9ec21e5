"""What waits to be told, or was told, to the utility's other systems about one customer."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, SQLModel, col, select

from portal.kit.privacy import Record, Subject, records
from portal.outbox.models import OutboxEvent

TABLES: Sequence[type[SQLModel]] = (OutboxEvent,)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}


def export(db: Session, subject: Subject) -> Iterable[Record]:
    """The events that name the customer, oldest first; an event names its customer by id."""
    about = col(OutboxEvent.payload).contains(str(subject.party_id))
    return records(db, select(OutboxEvent).where(about).order_by(col(OutboxEvent.created_at)))

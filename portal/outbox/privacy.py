"""What waits to be told, or was told, about one customer: events, and letters until they are sent."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, SQLModel, col, select

from portal.kit.belonging import Belonging, of_oneself, of_party
from portal.kit.privacy import DataSubject, Record, records
from portal.outbox.mail import MAIL
from portal.outbox.models import OutboxEvent

CONTENT = frozenset({"payload"})  # of a letter on its way it may be a link that opens something
TABLES: Belonging = {
    OutboxEvent: (of_party() | of_oneself()).added(also_if="party_id IS NULL").without_reports_of(CONTENT)
}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The customer's events, then their letters, oldest first.

    What a letter says is its receiver's alone: it may hold a link that does what whoever opens it wants.
    """
    theirs = select(OutboxEvent).where(OutboxEvent.party_id == subject.party_id).order_by(col(OutboxEvent.number))
    yield from records(db, theirs.where(OutboxEvent.kind != MAIL))
    yield from records(db, theirs.where(OutboxEvent.kind == MAIL), without=CONTENT)

"""What one customer decided about their data."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, SQLModel, col, select

from portal.consents.models import PermissionRecord
from portal.kit.privacy import Record, Subject, records

TABLES: Sequence[type[SQLModel]] = (PermissionRecord,)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}


def export(db: Session, subject: Subject) -> Iterable[Record]:
    """Every decision, in the order in which they were made."""
    own = select(PermissionRecord).where(PermissionRecord.party_id == subject.party_id)
    return records(db, own.order_by(col(PermissionRecord.sequence)))

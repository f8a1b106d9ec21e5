"""What the audit trail holds about one customer: what they did, and who looked or acted for them."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, SQLModel, col, or_, select

from portal.audit.models import AuditEntry
from portal.kit.belonging import Belonging, of_account, of_oneself, of_party
from portal.kit.privacy import DataSubject, Record, records

TABLES: Belonging = {AuditEntry: (of_party() | of_oneself() | of_account()).added()}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}
CHAIN = frozenset({"previous_hash", "hash"})


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The acts by the person's accounts and those on the customer's things, oldest first."""
    about = or_(AuditEntry.party_id == subject.party_id, col(AuditEntry.account_id).in_(subject.accounts))
    return records(db, select(AuditEntry).where(about).order_by(col(AuditEntry.number)), without=CHAIN)

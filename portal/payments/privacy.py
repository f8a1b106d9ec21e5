"""What is held of payments that were made here."""

from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, SQLModel, col, select

from portal.kit.privacy import DataSubject, Record, records
from portal.payments.models import PaymentAttempt

TABLES: Sequence[type[SQLModel]] = (PaymentAttempt,)
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}
WHERE_IT_IS_PAID = frozenset({"href", "account_id"})  # a page of the service; who pressed may be somebody else


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The payments of the customer's bills that were begun here, oldest first."""
    theirs = select(PaymentAttempt).where(PaymentAttempt.party_id == subject.party_id)
    return records(db, theirs.order_by(col(PaymentAttempt.begun_at), col(PaymentAttempt.id)), without=WHERE_IT_IS_PAID)

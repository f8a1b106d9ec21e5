"""What is held of payments that were made here, and that there is a calendar of due dates."""

from collections.abc import Iterable, Mapping
from itertools import chain

from sqlmodel import Session, SQLModel, col, select

from portal.invoices.models import Invoice
from portal.kit.belonging import Belonging, of_account, part_of, shown
from portal.kit.privacy import DataSubject, Record, records
from portal.payments.models import CalendarLink, PaymentAttempt

TABLES: Belonging = {
    PaymentAttempt: (part_of(Invoice, "invoice_id") | shown("id", "party_id")).changed(),
    CalendarLink: (of_account() | shown("secret_hash", "account_id")).removed(),
}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}
SECRETS = frozenset({"secret_hash"})
NOT_TOLD = frozenset({"href", "account_id", "booked_before"})
"""A page of the service; who pressed, who may be somebody else; other payments, which are told as such."""


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The payments of the customer's bills that were begun here, oldest first; then the calendars of that person."""
    theirs = select(PaymentAttempt).where(PaymentAttempt.party_id == subject.party_id)
    links = select(CalendarLink).where(col(CalendarLink.account_id).in_(subject.accounts))
    return chain(
        records(db, theirs.order_by(col(PaymentAttempt.begun_at), col(PaymentAttempt.id)), without=NOT_TOLD),
        records(db, links.order_by(col(CalendarLink.made_at)), without=SECRETS),
    )

"""What billing holds about one customer."""

from collections.abc import Iterable, Mapping
from itertools import chain

from sqlmodel import Session, SQLModel, col, select

from portal.invoices.models import Invoice, InvoiceDispute, InvoiceLine, InvoiceVat, Payment
from portal.kit.belonging import Belonging, of_party, part_of
from portal.kit.feed import OF_THE_FEED
from portal.kit.privacy import DataSubject, Record, records

TABLES: Belonging = {
    Invoice: of_party(site="site_id"),
    InvoiceLine: part_of(Invoice, "invoice_id"),
    InvoiceVat: part_of(Invoice, "invoice_id"),
    Payment: part_of(Invoice, "invoice_id"),
    InvoiceDispute: part_of(Invoice, "invoice_id").changed(),
}
NOT_PERSONAL: Mapping[type[SQLModel], str] = {}


def export(db: Session, subject: DataSubject) -> Iterable[Record]:
    """The customer's bills with their lines, VAT and payments, oldest first, and what was disputed of them."""
    own = Invoice.party_id == subject.party_id
    bills = select(Invoice).where(own).order_by(col(Invoice.issued_on), Invoice.number)
    lines = select(InvoiceLine).join(Invoice).where(own).order_by(Invoice.number, col(InvoiceLine.position))
    vat = select(InvoiceVat).join(Invoice).where(own).order_by(Invoice.number, col(InvoiceVat.percent))
    payments = select(Payment).join(Invoice).where(own).order_by(col(Payment.paid_on), Payment.number)
    disputes = select(InvoiceDispute).join(Invoice).where(own).order_by(col(InvoiceDispute.made_at))
    return chain(
        records(db, bills, without=OF_THE_FEED),
        records(db, lines),
        records(db, vat),
        records(db, payments, without=OF_THE_FEED),
        records(db, disputes),
    )

"""Payments made here that a person may see, and bills with what was paid of them here."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, select

from portal.auth.people import User
from portal.invoices import queries as invoices
from portal.invoices.heads import DISPUTED, HEADS, IS_UNPAID, head
from portal.invoices.models import Invoice
from portal.invoices.records import InvoiceHead
from portal.invoices.scope import INVOICES
from portal.kit.errors import NotThere
from portal.kit.money import Money
from portal.payments import lookups
from portal.payments.kinds import AttemptState
from portal.payments.models import PaymentAttempt
from portal.payments.records import Attempt

NEAR: Final = 3
SET_ASIDE: Final = INVOICES.question(
    head,
    HEADS.where(
        IS_UNPAID,
        col(Invoice.in_collection_since).is_not(None)
        | (DISPUTED > 0)
        | exists().where(col(PaymentAttempt.invoice_id) == Invoice.id, col(PaymentAttempt.state) == AttemptState.PAID),
    ),
)


class NoSuchPayment(NotThere):
    """No payment of that id that this person may see."""


def by_id(db: Session, who: User, attempt_id: UUID) -> Attempt:
    """A payment of a bill that the person may see. Raises NoSuchPayment."""
    found = _attempts(db, who, col(PaymentAttempt.id) == attempt_id)
    if not found:
        raise NoSuchPayment
    return found[0]


def of_invoice(db: Session, who: User, invoice_id: UUID) -> Sequence[Attempt]:
    """The payments of a bill that were begun here, the newest first."""
    return _attempts(db, who, col(PaymentAttempt.invoice_id) == invoice_id)


def told(db: Session, who: User, heads: Sequence[InvoiceHead]) -> Sequence[InvoiceHead]:  # noqa: ARG001 - who saw them
    """Bills that a person was found to see, with what was paid of them here."""
    under_way = lookups.on_the_way(db, [head.id for head in heads if head.open_amount])
    return [replace(head, on_the_way=under_way.get(head.id, head.on_the_way)) for head in heads]


def set_aside(db: Session, who: User) -> Sequence[InvoiceHead]:
    """The bills of which not all that is left is asked for: a part was paid here, is disputed or in collection."""
    return told(db, who, SET_ASIDE.all(db, who))


def next_due(db: Session, who: User) -> InvoiceHead | None:
    """The bill to be paid next; where all that are near have been paid here, the first that is being booked."""
    due = told(db, who, invoices.due(db, who, NEAR))
    return next((head for head in due if head.to_pay), next(iter(due), None))


def _attempts(db: Session, who: User, which: ColumnElement[bool]) -> Sequence[Attempt]:
    newest_first = (col(PaymentAttempt.begun_at).desc(), col(PaymentAttempt.id))
    wanted = select(PaymentAttempt).join(Invoice).where(which, INVOICES.visible_to(who)).order_by(*newest_first)
    return [
        Attempt(
            id=row.id,
            invoice_id=row.invoice_id,
            amount=Money(row.cents),
            state=AttemptState(row.state),
            transaction=row.transaction,
            href=row.href,
            begun_at=row.begun_at,
            paid_at=row.paid_at,
        )
        for row in db.exec(wanted)
    ]

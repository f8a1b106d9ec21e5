"""What was paid here of bills and is not in the utility's books yet, whoever asks."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from portal.invoices.models import Payment
from portal.kit.clock import day_of
from portal.kit.db import table_of
from portal.kit.money import Money, total
from portal.kit.questions import Question, any_of
from portal.payments.kinds import AttemptState
from portal.payments.models import PaymentAttempt
from portal.payments.rules import STUCK_AFTER, Booked, PaidHere, not_yet_booked

T = TypeVar("T")
_ATTEMPT, _PAYMENT = table_of(PaymentAttempt), table_of(Payment)


def _paid(
    invoice_id: UUID, transaction: str, cents: int, begun_at: datetime, booked_before: Sequence[str]
) -> tuple[UUID, PaidHere]:
    return invoice_id, PaidHere(transaction, Money(cents), day_of(begun_at), frozenset(booked_before))


PAID: Final = Question(
    _paid,
    select(*_ATTEMPT.c["invoice_id", "transaction", "cents", "begun_at", "booked_before"])
    .where(any_of(col(PaymentAttempt.invoice_id), "invoices"), _ATTEMPT.c.state == AttemptState.PAID)
    .order_by(_ATTEMPT.c.paid_at),
)
BOOKED: Final = Question(
    lambda invoice_id, number, cents, on: (invoice_id, Booked(number, Money(cents), on)),
    select(*_PAYMENT.c["invoice_id", "number", "cents", "paid_on"])
    .where(any_of(col(Payment.invoice_id), "invoices"))
    .order_by(_PAYMENT.c.paid_on, _PAYMENT.c.number),
)


def on_the_way(db: Session, invoices: Collection[UUID]) -> Mapping[UUID, Money]:
    """What was paid here of some bills and is not booked yet; a bill without any is left out."""
    made = paid(db, invoices) if invoices else {}
    books = booked(db, made) if made else {}
    left = {invoice_id: not_yet_booked(every, books[invoice_id]) for invoice_id, every in made.items()}
    return {invoice_id: total(one.amount for one in every) for invoice_id, every in left.items() if every}


def paid(db: Session, invoices: Collection[UUID]) -> Mapping[UUID, Sequence[PaidHere]]:
    """The payments of some bills that were made here and not sent back, the oldest first."""
    return _by_invoice(PAID.all(db, invoices=invoices))


def booked(db: Session, invoices: Collection[UUID]) -> Mapping[UUID, Sequence[Booked]]:
    """The payments of some bills as the utility's books have them."""
    return _by_invoice(BOOKED.all(db, invoices=invoices))


def _by_invoice(rows: Iterable[tuple[UUID, T]]) -> Mapping[UUID, Sequence[T]]:
    found: dict[UUID, list[T]] = defaultdict(list)
    for invoice_id, one in rows:
        found[invoice_id].append(one)
    return found


def stuck(db: Session, now: datetime) -> Mapping[AttemptState, Sequence[UUID]]:
    """The payments that stand still for so long that the portal does not end it, by where they stand."""
    found: dict[AttemptState, Sequence[UUID]] = {}
    for state, after in STUCK_AFTER.items():
        since = func.coalesce(_ATTEMPT.c.refund_asked_at, _ATTEMPT.c.begun_at)
        asked = select(_ATTEMPT.c.id).where(_ATTEMPT.c.state == state, since <= now - after).order_by(since)
        if ids := db.execute(asked).scalars().all():
            found[state] = ids
    return found

"""What becomes of payments that are made here: each step is kept and audited, and the utility hears of money."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final, Literal
from uuid import UUID

from pydantic import BaseModel
from sqlmodel import Session, col, select

from portal.audit import actions as audit
from portal.auth.people import User
from portal.customers.models import Party
from portal.invoices import queries as invoices
from portal.invoices import rules as bills
from portal.invoices.models import Invoice
from portal.kit.allowance import DayIsFull, free_at
from portal.kit.clock import day_of
from portal.kit.db import one_at_a_time
from portal.kit.errors import Refused
from portal.kit.i18n import text
from portal.kit.money import Money, total
from portal.kit.sight import show
from portal.outbox.actions import Event, announce
from portal.payments import lookups, queries, rules
from portal.payments.kinds import AttemptState
from portal.payments.models import OPEN, PaymentAttempt
from portal.payments.rules import Due, PaidHere, Told
from portal.payments.service import Begun

A_DAY: Final = 30  # payments that one person may begin


class NothingToPay(Refused):
    """Nothing is left to pay of the bill: it was paid, or what was paid here is being booked."""

    says = text("Nothing is left to pay of this invoice.")


class AlreadyBegun(Refused):
    """A payment of the bill is under way; it ends before another begins."""

    says = text("A payment of this invoice has already been begun.")

    def __init__(self, attempt_id: UUID) -> None:
        super().__init__()
        self.attempt_id = attempt_id


class TooManyPayments(DayIsFull):
    """Each one is begun at the payment service as well."""


class Disagrees(Exception):
    """A payment service tells of another payment, amount or currency than was asked of it: nothing is booked."""


class _PaymentFacts(BaseModel):
    payment_id: UUID
    customer_number: str
    party_id: UUID
    invoice_number: str
    reference: str
    amount_cents: int
    currency: Literal["EUR"] = rules.CURRENCY
    service: str
    transaction: str
    at: datetime


class PaymentMade(_PaymentFacts, Event):
    """A bill was paid here: the money is at the payment service, and will be in a payment of the utility's feed.

    That payment's number is the transaction, or its bill and amount are the same.
    """

    kind: ClassVar[str] = "payment.made"


class PaymentRefunded(_PaymentFacts, Event):
    """Money that came for a bill of which nothing was left to pay goes back to its payer."""

    kind: ClassVar[str] = "payment.refunded"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a payment service is asked for: our id of the payment, the reference of the bill, how much."""

    id: UUID
    reference: str
    amount: Money


def begin(db: Session, who: User, invoice_id: UUID, service: str, now: datetime) -> Asked:
    """Begin to pay what is left of a bill; of many at once one does.

    Raises NoSuchInvoice, AlreadyBegun, NothingToPay and TooManyPayments.
    """
    one_at_a_time(db, f"payments of {who.account_id}")
    one_at_a_time(db, f"payments of {invoice_id}")
    invoice = invoices.by_id(db, who, invoice_id)
    begun = next((one for one in queries.of_invoice(db, who, invoice_id) if one.is_open), None)
    if begun is not None:
        raise AlreadyBegun(begun.id)
    [head] = queries.told(db, who, [invoice.head])
    amount = head.to_pay
    if not amount:
        raise NothingToPay
    _leave_room(db, who, now)
    attempt = PaymentAttempt(
        invoice_id=invoice_id,
        party_id=invoice.party_id,
        account_id=who.account_id,
        cents=amount.cents,
        service=service,
        state=AttemptState.BEGUN,
        begun_at=now,
        booked_before=[one.number for one in lookups.booked(db, [invoice_id]).get(invoice_id, ())],
    )
    db.add(attempt)
    db.flush()
    _audit(db, attempt, "begun", who.account_id, now)
    return Asked(attempt.id, invoice.reference, amount)


def sent(db: Session, attempt_id: UUID, begun: Begun) -> None:
    """Keep where a payment is made. It may have been ended meanwhile; money that comes counts all the same."""
    attempt = _locked(db, attempt_id)
    attempt.transaction, attempt.href = begun.transaction, begun.href


def settle(db: Session, attempt_id: UUID, told: Told, now: datetime) -> AttemptState:
    """Take in what a payment service says; said again, it changes nothing.

    Raises NoSuchPayment for a payment that is not ours, and Disagrees.
    """
    show(db, PaymentAttempt.id, attempt_id)
    attempt = _locked(db, attempt_id)
    if not rules.agrees(Due(attempt.transaction, attempt.cents), told):
        raise Disagrees
    before, after = AttemptState(attempt.state), rules.next_state(AttemptState(attempt.state), told.outcome)
    if after is before or (after is AttemptState.UNDER_WAY and _another_is_open(db, attempt)):
        return before
    attempt.transaction = told.transaction
    if after is AttemptState.PAID:
        return _paid(db, attempt, now)
    attempt.state = after
    _audit(db, attempt, after, None, now)
    return after


def end(db: Session, attempt_id: UUID, how: AttemptState, by: UUID | None, now: datetime) -> None:
    """End a payment for which no money has come, as cancelled or as failed.

    One that has ended stays as it is, and so does one that is under way: its money comes, or its service ends it.

    by: the account of whoever pressed, None where nobody did
    """
    attempt = _locked(db, attempt_id)
    if attempt.state == AttemptState.BEGUN:
        attempt.state = how
        _audit(db, attempt, how, by, now)


def asked_back(db: Session, attempt_id: UUID, now: datetime) -> bool:
    """Keep that the service is asked to send the money of a payment back; whether it is for the first time."""
    attempt = _locked(db, attempt_id)
    is_first = attempt.refund_asked_at is None
    attempt.refund_asked_at = attempt.refund_asked_at or now
    return is_first


def paid_back(db: Session, attempt_id: UUID, now: datetime) -> None:
    """Say that the money of a payment has gone back, even if it had been said that it could not."""
    attempt = _locked(db, attempt_id)
    if attempt.state in (AttemptState.REFUNDING, AttemptState.PAID):
        attempt.state = AttemptState.REFUNDED
        _audit(db, attempt, "refunded", None, now)
        announce(db, _event(db, PaymentRefunded, attempt, now), now)


def kept(db: Session, attempt_id: UUID, now: datetime) -> None:
    """Say that the service cannot send the money of a payment back: the utility has it, as it has any overpayment."""
    attempt = _locked(db, attempt_id)
    if attempt.state == AttemptState.REFUNDING:
        attempt.state = AttemptState.PAID
        _audit(db, attempt, "kept", None, now)


def _paid(db: Session, attempt: PaymentAttempt, now: datetime) -> AttemptState:
    """Money came, whatever was known of it before."""
    invoice = db.exec(select(Invoice).where(Invoice.id == attempt.invoice_id)).one()
    this = PaidHere(
        attempt.transaction or "", Money(attempt.cents), day_of(attempt.begun_at), frozenset(attempt.booked_before)
    )
    made = [*lookups.paid(db, [invoice.id])[invoice.id], this]
    open_ones = rules.not_yet_booked(made, lookups.booked(db, [invoice.id])[invoice.id])
    due = bills.left_to_pay(Money(invoice.total_cents), Money(invoice.paid_cents), Money(invoice.credited_cents))
    left = due - total(one.amount for one in open_ones if one is not this)
    attempt.paid_at = now
    is_surplus = rules.goes_back(left, is_booked=this not in open_ones)
    attempt.state = AttemptState.REFUNDING if is_surplus else AttemptState.PAID
    _audit(db, attempt, "made", None, now)
    announce(db, _event(db, PaymentMade, attempt, now), now)
    return AttemptState(attempt.state)


def _another_is_open(db: Session, attempt: PaymentAttempt) -> bool:
    of_bill = select(PaymentAttempt.id).where(PaymentAttempt.invoice_id == attempt.invoice_id, OPEN)
    return db.exec(of_bill.where(PaymentAttempt.id != attempt.id)).first() is not None


def _leave_room(db: Session, who: User, now: datetime) -> None:
    begun_at = select(PaymentAttempt.begun_at).where(PaymentAttempt.account_id == who.account_id)
    if full_until := free_at(db, begun_at.order_by(col(PaymentAttempt.begun_at).desc()), A_DAY, now):
        raise TooManyPayments(full_until)


def _locked(db: Session, attempt_id: UUID) -> PaymentAttempt:
    """A payment, and nobody else at it or at its bill until this transaction ends. Raises NoSuchPayment."""
    of_bill = db.exec(select(PaymentAttempt.invoice_id).where(PaymentAttempt.id == attempt_id)).first()
    if of_bill is None:
        raise queries.NoSuchPayment
    one_at_a_time(db, f"payments of {of_bill}")
    return db.exec(select(PaymentAttempt).where(PaymentAttempt.id == attempt_id).with_for_update()).one()


def _event(
    db: Session, kind: type[PaymentMade] | type[PaymentRefunded], attempt: PaymentAttempt, now: datetime
) -> PaymentMade | PaymentRefunded:
    of_bill = select(Invoice.number, Invoice.reference, Party.customer_number).join(
        Party, col(Party.id) == Invoice.party_id
    )
    number, reference, customer_number = db.exec(of_bill.where(Invoice.id == attempt.invoice_id)).one()
    return kind(
        payment_id=attempt.id,
        customer_number=customer_number,
        party_id=attempt.party_id,
        invoice_number=number,
        reference=reference,
        amount_cents=attempt.cents,
        service=attempt.service,
        transaction=attempt.transaction or "",
        at=now,
    )


def _audit(db: Session, attempt: PaymentAttempt, deed: str, by: UUID | None, now: datetime) -> None:
    """Under the name of whoever pressed, nobody's where the service or the clock did it.

    It stands in the matters of the customer whose bill it is.
    """
    act = audit.Act(
        act=f"payment.{deed}",
        object_kind="payment_attempt",
        object_id=attempt.id,
        account_id=by,
        party_id=attempt.party_id,
    )
    audit.record(db, act, now)

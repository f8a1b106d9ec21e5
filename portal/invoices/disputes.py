"""Parts of bills that customers dispute: what they come to, who says so in which thread, and until when.

A dispute is open from the complaint until the utility answers it or the customer has no more to say; whoever writes on
opens it again. The thread it belongs to lives with the messages, which tell of each of these.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from portal.auth.people import User
from portal.auth.reach import Level, Theme
from portal.invoices.models import Invoice, InvoiceDispute
from portal.invoices.records import Line, WholeInvoice
from portal.invoices.scope import INVOICES
from portal.kit.db import table_of
from portal.kit.money import Money, rounded

_DISPUTE: Final = table_of(InvoiceDispute)


@dataclass(frozen=True, slots=True)
class Disputed:
    """A part of a bill that somebody disputes, with VAT; the place of the line, from one on, None for no line."""

    invoice: WholeInvoice
    place: int | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute that is open: where it is handled, about which line, and how much is disputed with VAT."""

    thread_id: UUID
    line: Line | None
    amount: Money


def open_of(db: Session, who: User, invoice: WholeInvoice) -> Sequence[Dispute]:
    """The open disputes of a bill that the person may see, the oldest first."""
    wanted = select(InvoiceDispute).join(Invoice).where(INVOICES.visible_to(who), Invoice.id == invoice.head.id)
    found = db.exec(wanted.where(_DISPUTE.c.is_open).order_by(col(InvoiceDispute.made_at), col(InvoiceDispute.id)))
    return [Dispute(one.thread_id, line_at(invoice, one.place), Money(one.cents)) for one in found]


def may_complain(who: User) -> bool:
    """Whether a person may dispute parts of bills."""
    return who.reach.covers(Theme.BILLING, Level.MANAGE)


def begin(db: Session, disputed: Disputed, thread_id: UUID, now: datetime) -> None:
    """Keep that a part of a bill is disputed in a thread."""
    kept = InvoiceDispute(
        invoice_id=disputed.invoice.head.id,
        thread_id=thread_id,
        place=disputed.place,
        cents=disputed.amount.cents,
        made_at=now,
    )
    db.add(kept)


def set_open(db: Session, threads: Collection[UUID], *, is_open: bool) -> None:
    """Keep that the disputes of some threads wait for an answer, or no longer."""
    if threads:
        these = col(InvoiceDispute.thread_id).in_(threads)
        db.connection().execute(update(_DISPUTE).where(these).values(is_open=is_open))


def line_at(invoice: WholeInvoice, place: int | None) -> Line | None:
    """The line of a place, counted from one; None for none, and where the bill has no such line."""
    return invoice.lines[place - 1] if place and place <= len(invoice.lines) else None


def with_vat(net: Money, line: Line) -> Money:
    """What an amount of a line comes to with its VAT, to the cent: so much of a bill may be disputed for it."""
    return rounded(net.euros * (100 + line.vat_percent))

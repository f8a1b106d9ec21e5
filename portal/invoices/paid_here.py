"""What the pages of bills ask of payments that are made here, which they know nothing of themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlmodel import Session

from portal.auth.people import User
from portal.invoices.records import InvoiceHead
from portal.kit.labels import Label
from portal.kit.money import Money


class Attempted(Protocol):
    """A payment of a bill that was begun here."""

    @property
    def id(self) -> UUID:
        """What its page is found by."""

    @property
    def amount(self) -> Money:
        """How much."""

    @property
    def begun_at(self) -> datetime:
        """When."""

    @property
    def is_under_way(self) -> bool:
        """Whether its payer has done their part, and nobody has confirmed it yet."""

    @property
    def label(self) -> Label:
        """Where it stands, in words."""


class PaymentsMade(Protocol):
    """The payments that are made here."""

    def told(self, db: Session, who: User, heads: Sequence[InvoiceHead]) -> Sequence[InvoiceHead]:
        """Bills that a person sees, with what was paid of them here and is not booked yet."""

    def set_aside(self, db: Session, who: User) -> Sequence[InvoiceHead]:
        """The bills, so told, of which not all that is left is asked for."""

    def of_invoice(self, db: Session, who: User, invoice_id: UUID) -> Sequence[Attempted]:
        """The payments of a bill that were begun here, the newest first."""

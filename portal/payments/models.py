from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, CheckConstraint, ColumnElement, Index, literal_column
from sqlmodel import Field, SQLModel

from portal.kit.db import Instant
from portal.kit.privacy import internal, told

OPEN: Final[ColumnElement[bool]] = literal_column("state IN ('begun', 'under-way')")


class PaymentAttempt(SQLModel, table=True):
    """A payment of a bill that somebody began here and makes at a payment service. Of a bill at most one is open.

    No account number and no card: these only the service and the bank see.
    """

    __tablename__ = "payment_attempt"
    __table_args__ = (
        CheckConstraint(
            "state IN ('begun', 'under-way', 'paid', 'cancelled', 'failed', 'refunding', 'refunded')", name="state"
        ),
        CheckConstraint("cents > 0", name="cents"),
        CheckConstraint(
            "(paid_at IS NOT NULL) = (state IN ('paid', 'refunding', 'refunded'))", name="paid_at_when_paid"
        ),
        Index("ix_payment_attempt_open", "invoice_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    invoice_id: UUID = Field(foreign_key="invoice.id", index=True)
    party_id: UUID = Field(foreign_key="party.id", index=True)
    account_id: UUID | None = Field(
        default=None, foreign_key="account.id", index=True, description="who pressed; None once their account is gone"
    )
    cents: int = Field(sa_type=BigInteger, sa_column_kwargs=told("Amount"))
    service: str = Field(max_length=40, sa_column_kwargs=told("Payment service"))
    transaction: str | None = Field(
        default=None,
        max_length=80,
        unique=True,
        description="its name at the service, None until the service has answered",
        sa_column_kwargs=told("The payment service's number"),
    )
    href: str | None = Field(default=None, max_length=500, description="where it is paid", sa_column_kwargs=internal())
    state: str = Field(max_length=10, index=True, sa_column_kwargs=told("Status"))
    begun_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Begun"))
    paid_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=told("Paid"))
    booked_before: list[str] = Field(
        default_factory=list,
        sa_type=JSON,
        description="numbers of the payments of its bill that were booked when it began: none of them is this one",
        sa_column_kwargs=internal(),
    )
    refund_asked_at: datetime | None = Field(
        default=None,
        sa_type=Instant,
        description="when its service was first asked to send it back; what it says later may be about that",
        sa_column_kwargs=internal(),
    )


class CalendarLink(SQLModel, table=True):
    """A secret address of a calendar of due dates. The secret has 256 random bits, and here stands only its SHA-256.

    A person has one for their own matters and one for each party that they act for; `party_id` is None for the first.
    """

    __tablename__ = "calendar_link"
    __table_args__ = (Index("ix_calendar_link_account_id_party_id", "account_id", "party_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    secret_hash: bytes = Field(max_length=32, unique=True, sa_column_kwargs=internal())
    account_id: UUID = Field(foreign_key="account.id")
    party_id: UUID | None = Field(default=None, foreign_key="party.id", index=True)
    made_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Made"))

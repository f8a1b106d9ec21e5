from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, Index, LargeBinary, Numeric, literal_column
from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.invoices.kinds import InvoiceKind
from portal.kit.db import Instant
from portal.kit.feed import LINE_DIGEST
from portal.kit.privacy import internal, told

UNPAID: Final[ColumnElement[bool]] = (
    literal_column(  # as `rules.left_to_pay` says it; in the words of `queries`, or no plan finds the index
        "total_cents > paid_cents AND total_cents >= 0 AND (total_cents = 0 OR total_cents > credited_cents)"
    )
)


class Invoice(SQLModel, table=True):
    """A bill as the utility's billing system issued it. Amounts are cents; a credit note's are negative.

    What has come for it and what credit notes take off it the database sums itself (docs/decisions/0020).
    """

    __table_args__ = (
        CheckConstraint("kind IN ('invoice', 'credit', 'reminder')", name="kind"),
        CheckConstraint("read_by IN ('remote', 'customer', 'visit')", name="read_by"),
        CheckConstraint("net_cents + vat_cents = total_cents", name="total"),
        CheckConstraint("period_to >= period_from", name="period"),
        Index(None, "party_id", "period_to", "site_id", "total_cents"),
        Index("ix_invoice_unpaid", "party_id", "due_on", sqlite_where=UNPAID, postgresql_where=UNPAID),
        Index(None, "refers_to", "party_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(max_length=40, unique=True, sa_column_kwargs=told("Invoice number"))
    party_id: UUID = Field(foreign_key="party.id")
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    kind: str = Field(
        default=InvoiceKind.INVOICE, max_length=10, sa_column_kwargs=told("Invoice, credit note or reminder")
    )
    issued_on: date = Field(sa_column_kwargs=told("Date"))
    due_on: date = Field(sa_column_kwargs=told("Due date"))
    period_from: date = Field(sa_column_kwargs=told("First day"))
    period_to: date = Field(sa_column_kwargs=told("Last day"))
    net_cents: int = Field(sa_column_kwargs=told("Amount without VAT"))
    vat_cents: int = Field(sa_column_kwargs=told("VAT"))
    total_cents: int = Field(sa_column_kwargs=told("Total"))
    reference: str = Field(
        max_length=25, description="Finnish reference or RF, without spaces", sa_column_kwargs=told("Reference number")
    )
    iban: str = Field(max_length=34, sa_column_kwargs=told("Account number of the payee"))
    bic: str = Field(max_length=11, sa_column_kwargs=told("Bank of the payee (BIC)"))
    payee: str = Field(max_length=70, sa_column_kwargs=told("Payee"))
    estimated: bool = Field(default=False, sa_column_kwargs=told("Based on an estimate"))
    refers_to: str | None = Field(
        default=None,
        max_length=40,
        description="number of the bill that is credited or reminded of",
        sa_column_kwargs=told("Refers to invoice"),
    )
    read_by: str | None = Field(default=None, max_length=10, sa_column_kwargs=told("How the meters were read"))
    in_collection_since: date | None = Field(
        default=None,
        description="the day on which it went to collection; None: it has not",
        sa_column_kwargs=told("In collection since"),
    )
    collector: str | None = Field(
        default=None,
        max_length=200,
        description="who collects it and how they are reached; None: the utility itself",
        sa_column_kwargs=told("Who collects it"),
    )
    paid_cents: int = Field(
        default=0, sa_type=BigInteger, description="what its payments come to", sa_column_kwargs=told("Amount paid")
    )
    credited_cents: int = Field(
        default=0,
        sa_type=BigInteger,
        description="what its customer's credit notes take off it, not negative",
        sa_column_kwargs=told("Amount credited"),
    )
    line_digest: bytes | None = Field(
        default=None, sa_type=LargeBinary, index=True, description=LINE_DIGEST, sa_column_kwargs=internal()
    )


class InvoiceLine(SQLModel, table=True):
    """One line: one price part, one validity, one VAT rate. The amount is without VAT."""

    __tablename__ = "invoice_line"
    __table_args__ = (
        CheckConstraint("unit IN ('kWh', 'MWh', 'm3', 'kW', 'kvarh', 'month', 'day', 'pcs')", name="unit"),
        CheckConstraint("period_to >= period_from", name="period"),
        UniqueConstraint("invoice_id", "position"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    invoice_id: UUID = Field(foreign_key="invoice.id", index=True)
    position: int = Field(sa_column_kwargs=internal())
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id")
    code: str = Field(
        max_length=40, description="the price part, or electricity-tax", sa_column_kwargs=told("Price part")
    )
    name_fi: str = Field(max_length=100, sa_column_kwargs=told("Name in Finnish"))
    name_sv: str = Field(max_length=100, sa_column_kwargs=told("Name in Swedish"))
    name_en: str = Field(max_length=100, sa_column_kwargs=told("Name in English"))
    period_from: date = Field(sa_column_kwargs=told("First day"))
    period_to: date = Field(sa_column_kwargs=told("Last day"))
    quantity_mwh: int | None = Field(
        default=None,
        sa_type=BigInteger,
        description="milliwatt-hours, for kWh and MWh",
        sa_column_kwargs=told("Energy"),
    )
    quantity: Decimal | None = Field(
        default=None, sa_type=Numeric(14, 6), description="of all other units", sa_column_kwargs=told("Quantity")
    )
    unit: str | None = Field(max_length=10, sa_column_kwargs=told("Unit"))
    unit_price: Decimal | None = Field(
        sa_type=Numeric(14, 6),
        description="without VAT: c/kWh, or EUR for one of any other unit",
        sa_column_kwargs=told("Unit price"),
    )
    vat_percent: Decimal = Field(sa_type=Numeric(5, 2), sa_column_kwargs=told("VAT rate"))
    net_cents: int = Field(sa_column_kwargs=told("Amount without VAT"))
    estimated: bool = Field(default=False, sa_column_kwargs=told("Based on an estimate"))


class InvoiceVat(SQLModel, table=True):
    """The VAT of one rate on a bill: its basis and amount."""

    __tablename__ = "invoice_vat"

    invoice_id: UUID = Field(foreign_key="invoice.id", primary_key=True)
    percent: Decimal = Field(sa_type=Numeric(5, 2), primary_key=True, sa_column_kwargs=told("VAT rate"))
    net_cents: int = Field(sa_column_kwargs=told("Amount without VAT"))
    vat_cents: int = Field(sa_column_kwargs=told("VAT"))


class Payment(SQLModel, table=True):
    """Money that arrived for a bill, under the bank's archive id."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(max_length=40, unique=True, sa_column_kwargs=told("The bank's archive number"))
    invoice_id: UUID = Field(foreign_key="invoice.id", index=True)
    paid_on: date = Field(sa_column_kwargs=told("Paid"))
    cents: int = Field(sa_column_kwargs=told("Amount"))
    line_digest: bytes | None = Field(
        default=None, sa_type=LargeBinary, index=True, description=LINE_DIGEST, sa_column_kwargs=internal()
    )


class InvoiceDispute(SQLModel, table=True):
    """A part of a bill that its customer disputes, in a thread of messages; open until that is answered."""

    __tablename__ = "invoice_dispute"
    __table_args__ = (CheckConstraint("cents > 0", name="cents"), CheckConstraint("place > 0", name="place"))

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    invoice_id: UUID = Field(foreign_key="invoice.id", index=True)
    thread_id: UUID = Field(foreign_key="message_thread.id", unique=True)
    place: int | None = Field(
        default=None, description="of the line, from one on; None: of no line", sa_column_kwargs=told("Line")
    )
    cents: int = Field(sa_type=BigInteger, description="with VAT", sa_column_kwargs=told("Disputed amount"))
    is_open: bool = Field(default=True, sa_column_kwargs=told("Waits for an answer"))
    made_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))

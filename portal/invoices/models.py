from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, Numeric
from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.invoices.kinds import InvoiceKind
from portal.kit.feed import LINE_DIGEST


class Invoice(SQLModel, table=True):
    """A bill as the utility's billing system issued it. Amounts are cents; a credit note's are negative."""

    __table_args__ = (
        CheckConstraint("kind IN ('invoice', 'credit', 'reminder')", name="kind"),
        CheckConstraint("read_by IN ('remote', 'customer', 'visit')", name="read_by"),
        CheckConstraint("net_cents + vat_cents = total_cents", name="total"),
        CheckConstraint("period_to >= period_from", name="period"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(max_length=40, unique=True)
    party_id: UUID = Field(foreign_key="party.id", index=True)
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    kind: str = Field(default=InvoiceKind.INVOICE, max_length=10)
    issued_on: date
    due_on: date = Field(index=True)
    period_from: date
    period_to: date
    net_cents: int
    vat_cents: int
    total_cents: int
    reference: str = Field(max_length=25, description="Finnish reference or RF, without spaces")
    iban: str = Field(max_length=34)
    bic: str = Field(max_length=11)
    payee: str = Field(max_length=70)
    estimated: bool = False
    refers_to: str | None = Field(
        default=None, max_length=40, index=True, description="number of the bill that is credited or reminded of"
    )
    read_by: str | None = Field(default=None, max_length=10)
    line_digest: bytes | None = Field(default=None, sa_type=LargeBinary, index=True, description=LINE_DIGEST)


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
    position: int
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id")
    code: str = Field(max_length=40, description="the price part, or electricity-tax")
    name_fi: str = Field(max_length=100)
    name_sv: str = Field(max_length=100)
    name_en: str = Field(max_length=100)
    period_from: date
    period_to: date
    quantity_mwh: int | None = Field(default=None, sa_type=BigInteger, description="milliwatt-hours, for kWh and MWh")
    quantity: Decimal | None = Field(default=None, sa_type=Numeric(14, 6), description="of all other units")
    unit: str | None = Field(max_length=10)
    unit_price: Decimal | None = Field(
        sa_type=Numeric(14, 6), description="without VAT: c/kWh, or EUR for one of any other unit"
    )
    vat_percent: Decimal = Field(sa_type=Numeric(5, 2))
    net_cents: int
    estimated: bool = False


class InvoiceVat(SQLModel, table=True):
    """The VAT of one rate on a bill: its basis and amount."""

    __tablename__ = "invoice_vat"

    invoice_id: UUID = Field(foreign_key="invoice.id", primary_key=True)
    percent: Decimal = Field(sa_type=Numeric(5, 2), primary_key=True)
    net_cents: int
    vat_cents: int


class Payment(SQLModel, table=True):
    """Money that arrived for a bill, under the bank's archive id."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(max_length=40, unique=True)
    invoice_id: UUID = Field(foreign_key="invoice.id", index=True)
    paid_on: date
    cents: int
    line_digest: bytes | None = Field(default=None, sa_type=LargeBinary, index=True, description=LINE_DIGEST)

from datetime import date, datetime
from decimal import Decimal
from typing import get_args
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, LargeBinary, Numeric, SmallInteger
from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.contracts.kinds import ContractKind, Sold, TariffPeriod
from portal.kit.db import Instant, holds_one_of
from portal.kit.privacy import correctable, told

OF_A_KIND = holds_one_of("kind", ContractKind)


class Product(SQLModel, table=True):
    """Something the utility sells, with a name in each language. Its prices are dated rows of their own.

    It is offered here from `sold_from` to its last day `sold_until`, None while that is not known; without a first day
    it is not offered. `sold_to` is who may choose it, None for anybody.
    """

    __table_args__ = (
        CheckConstraint(OF_A_KIND, name="kind"),
        CheckConstraint("billing_minutes IN (15, 60)", name="billing_minutes"),
        CheckConstraint("sold_to IN ('person', 'company')", name="sold_to"),
        CheckConstraint("sold_until IS NULL OR sold_until >= sold_from", name="sold"),
        CheckConstraint("fixed_months > 0", name="fixed_months"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    code: str = Field(max_length=40, unique=True)
    kind: str = Field(max_length=12)
    name_fi: str = Field(max_length=100)
    name_sv: str = Field(max_length=100)
    name_en: str = Field(max_length=100)
    billing_minutes: int = 15
    origin: str | None = Field(default=None, max_length=200, description="of the energy, by a code or a sentence")
    sold_from: date | None = None
    sold_until: date | None = None
    sold_to: str | None = Field(default=None, max_length=10)
    fixed_months: int | None = Field(default=None, description="of a fixed term; None: until further notice")


class PricePart(SQLModel, table=True):
    """One part of a product's price from one day on, without VAT; `valid_to` is the last day, None while it lasts."""

    __tablename__ = "price_part"
    __table_args__ = (
        CheckConstraint("basis IN ('energy', 'spot', 'month', 'power')", name="basis"),
        CheckConstraint("time_window IN ('all', 'day', 'night', 'winter-day', 'other')", name="time_window"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        UniqueConstraint("product_id", "code", "valid_from"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    product_id: UUID = Field(foreign_key="product.id", index=True)
    code: str = Field(max_length=40)
    position: int = 0
    name_fi: str = Field(max_length=100)
    name_sv: str = Field(max_length=100)
    name_en: str = Field(max_length=100)
    basis: str = Field(max_length=10)
    time_window: str = Field(default=TariffPeriod.ALL, max_length=12)
    price: Decimal = Field(sa_type=Numeric(14, 6), description="c/kWh for energy and spot, EUR for month and power")
    threshold_kw: Decimal | None = Field(default=None, sa_type=Numeric(10, 3))
    valid_from: date
    valid_to: date | None = None


class Tax(SQLModel, table=True):
    """A tax from one day on: VAT per cent for a kind of contract, or the electricity tax of a class."""

    __table_args__ = (
        CheckConstraint("kind IN ('vat', 'electricity-tax')", name="kind"),
        UniqueConstraint("kind", "applies_to", "valid_from"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: str = Field(max_length=20)
    applies_to: str = Field(max_length=12, description="a contract kind for VAT, a tax class I or II for electricity")
    rate: Decimal = Field(sa_type=Numeric(10, 6))
    valid_from: date
    valid_to: date | None = None


class FuelMix(SQLModel, table=True):
    """Where the energy of a year came from, in per cent, and what it emitted: of one product, or of all of a kind."""

    __tablename__ = "fuel_mix"
    __table_args__ = (
        CheckConstraint(holds_one_of("kind", get_args(Sold)), name="kind"),
        UniqueConstraint("kind", "product_code", "year"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: str = Field(max_length=12)
    product_code: str = Field(
        default="", max_length=40, description="empty: of each product of the kind that has no mix of its own"
    )
    year: int = Field(sa_type=SmallInteger)
    renewable: Decimal = Field(sa_type=Numeric(5, 2))
    surplus_heat: Decimal = Field(sa_type=Numeric(5, 2))
    nuclear: Decimal = Field(sa_type=Numeric(5, 2))
    peat: Decimal = Field(sa_type=Numeric(5, 2))
    fossil: Decimal = Field(sa_type=Numeric(5, 2))
    other: Decimal = Field(sa_type=Numeric(5, 2))
    co2_g_per_kwh: Decimal = Field(sa_type=Numeric(8, 2))
    nuclear_waste_mg_per_kwh: Decimal | None = Field(default=None, sa_type=Numeric(8, 3))
    fuel_taxes_eur_per_mwh: Decimal | None = Field(default=None, sa_type=Numeric(8, 2))


class Contract(SQLModel, table=True):
    """A contract between a customer and the utility, under the utility's contract number."""

    __table_args__ = (
        CheckConstraint(OF_A_KIND, name="kind"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint("tax_class IS NULL OR tax_class IN ('I', 'II')", name="tax_class"),
        CheckConstraint("reading_type IS NULL OR reading_type IN ('BN01', 'BN02', 'BN03')", name="reading_type"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(max_length=40, unique=True, sa_column_kwargs=told("Number of the contract"))
    party_id: UUID = Field(foreign_key="party.id", index=True)
    site_id: UUID = Field(foreign_key="site.id", index=True)
    metering_point_id: UUID | None = Field(default=None, foreign_key="metering_point.id", index=True)
    product_id: UUID = Field(foreign_key="product.id")
    kind: str = Field(max_length=12, sa_column_kwargs=told("Kind of contract"))
    signed_on: date | None = Field(default=None, sa_column_kwargs=correctable("Signed"))
    valid_from: date = Field(sa_column_kwargs=correctable("First day"))
    valid_to: date | None = Field(
        default=None, description="last day, once ended or given notice", sa_column_kwargs=correctable("Last day")
    )
    fixed_until: date | None = Field(
        default=None, description="last day of a fixed term", sa_column_kwargs=correctable("Fixed term until")
    )
    notice_days: int = Field(default=14, sa_column_kwargs=correctable("Period of notice, days"))
    tax_class: str | None = Field(default=None, max_length=2, sa_column_kwargs=correctable("Electricity tax class"))
    contracted_kw: Decimal | None = Field(
        default=None, sa_type=Numeric(10, 3), sa_column_kwargs=correctable("Contracted power, kW")
    )
    reading_type: str | None = Field(
        default=None,
        max_length=10,
        description="the series of readings it is billed by; None: by the first that its metering point has",
        sa_column_kwargs=correctable("Billed by"),
    )


class TermNotice(SQLModel, table=True):
    """A letter that told a customer so many days ahead that a fixed term ends."""

    __tablename__ = "term_notice"

    contract_id: UUID = Field(foreign_key="contract.id", primary_key=True)
    fixed_until: date = Field(primary_key=True, sa_column_kwargs=told("Fixed term until"))
    days_ahead: int = Field(primary_key=True, sa_column_kwargs=told("Days ahead"))
    written_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))


class SpotMonth(SQLModel, table=True):
    """The spot prices of one local month, packed (kit/packing.py): each quarter, in 1/100 000 c/kWh without VAT."""

    __tablename__ = "spot_month"

    month: date = Field(primary_key=True)
    prices: bytes = Field(sa_type=LargeBinary)

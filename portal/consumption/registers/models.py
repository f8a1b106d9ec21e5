from datetime import date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Numeric, SmallInteger
from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.kit.db import Instant
from portal.kit.privacy import told


class RegisterReading(SQLModel, table=True):
    """What a register of a meter showed on a day. The meter is told by its serial number: it may be told of no more."""

    __tablename__ = "register_reading"
    __table_args__ = (
        CheckConstraint("counts IN ('total', 'day', 'night', 'winter-day', 'other', 'volume')", name="counts"),
        CheckConstraint("unit IN ('kWh', 'MWh', 'm3')", name="unit"),
        CheckConstraint("read_how IN ('customer', 'utility', 'remote', 'estimate')", name="read_how"),
        CheckConstraint("reading >= 0", name="reading"),
        UniqueConstraint("metering_point_id", "serial", "counts", "read_on"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    metering_point_id: UUID = Field(foreign_key="metering_point.id")
    serial: str = Field(max_length=40, sa_column_kwargs=told("Serial number"))
    counts: str = Field(max_length=10, sa_column_kwargs=told("Register"))
    read_on: date = Field(sa_column_kwargs=told("Day of reading"))
    read_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=told("Time of reading"))
    reading: Decimal = Field(sa_type=Numeric(15, 6), sa_column_kwargs=told("What the register showed"))
    unit: str = Field(max_length=3, sa_column_kwargs=told("Unit"))
    read_how: str = Field(max_length=10, sa_column_kwargs=told("How it was read"))
    digits: int | None = Field(
        default=None,
        sa_type=SmallInteger,
        description="before the point, after which it begins again at zero",
        sa_column_kwargs=told("Digits of the register"),
    )

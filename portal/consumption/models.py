from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, SmallInteger
from sqlmodel import Field, SQLModel

from portal.kit.db import Instant
from portal.kit.privacy import internal, told

FIRST_OF_MONTH = "SUBSTR(CAST(month AS CHAR(10)), 9, 2) = '01'"


class ReadingMonth(SQLModel, table=True):
    """The readings of one metering point in one Helsinki month, packed (kit/packing.py): some 1.2 bytes a reading.

    Slots follow each other without a gap from `first_quarter` to `until_quarter`; inside, a slot that was never
    delivered has the quality 255. Quarters are counted from 1970-01-01T00:00Z. What a page asks for most stands first,
    so that it can be read without the long columns.
    """

    __tablename__ = "reading_month"
    __table_args__ = (
        CheckConstraint(FIRST_OF_MONTH, name="first_of_month"),
        CheckConstraint("until_quarter > first_quarter", name="quarters"),
        CheckConstraint("minutes IN (15, 60)", name="minutes"),
        CheckConstraint("(minutes IS NULL) <> (lengths IS NULL)", name="one_length_or_lengths"),
    )

    metering_point_id: UUID = Field(foreign_key="metering_point.id", primary_key=True)
    month: date = Field(primary_key=True, sa_column_kwargs=told("Month"))
    first_quarter: int = Field(sa_type=BigInteger, sa_column_kwargs=internal())
    until_quarter: int = Field(sa_type=BigInteger, sa_column_kwargs=internal())
    minutes: int | None = Field(
        default=None,
        sa_type=SmallInteger,
        description="of each slot, where all are equal",
        sa_column_kwargs=told("Length of a reading, minutes"),
    )
    loaded_at: datetime = Field(
        sa_type=Instant, description="when the first reading came", sa_column_kwargs=told("First received")
    )
    updated_at: datetime = Field(
        sa_type=Instant, description="when a reading last came or changed", sa_column_kwargs=told("Last changed")
    )
    day_mwh: bytes = Field(
        sa_type=LargeBinary, description="the sum of each day of the month", sa_column_kwargs=internal()
    )
    day_counts: bytes | None = Field(
        default=None,
        sa_type=LargeBinary,
        description="quarter hours of each day that are measured, then estimated, missing, revised; "
        "None where all slots are measured and none revised",
        sa_column_kwargs=internal(),
    )
    mwh: bytes = Field(sa_type=LargeBinary, description="the value of each slot", sa_column_kwargs=told("Readings"))
    lengths: bytes | None = Field(
        default=None,
        sa_type=LargeBinary,
        description="quarter hours of each slot, 1 or 4, where they are mixed",
        sa_column_kwargs=internal(),
    )
    qualities: bytes | None = Field(
        default=None,
        sa_type=LargeBinary,
        description="the quality of each slot, where not all are OK",
        sa_column_kwargs=told("Quality of the readings"),
    )
    revised: bytes | None = Field(
        default=None,
        sa_type=LargeBinary,
        description="1 for each slot whose value was another before, where any was",
        sa_column_kwargs=told("Which readings were corrected"),
    )


class MonthTotal(SQLModel, table=True):
    """The sum and state of a metering point's month, kept in step with its ReadingMonth.

    Counts are quarter hours, an hour being four. Each delivered one is measured, estimated or missing, and may be
    revised besides; what is left of the month was never delivered.
    """

    __tablename__ = "month_total"
    __table_args__ = (
        CheckConstraint(FIRST_OF_MONTH, name="first_of_month"),
        CheckConstraint("until_quarter > first_quarter", name="quarters"),
        CheckConstraint("measured >= 0 AND estimated >= 0 AND missing >= 0 AND revised >= 0", name="counts"),
        CheckConstraint("measured + estimated + missing BETWEEN 1 AND until_quarter - first_quarter", name="delivered"),
        CheckConstraint("revised <= measured + estimated + missing", name="revised"),
    )

    metering_point_id: UUID = Field(foreign_key="metering_point.id", primary_key=True)
    month: date = Field(primary_key=True, sa_column_kwargs=told("Month"))
    first_quarter: int = Field(sa_type=BigInteger, sa_column_kwargs=internal())
    until_quarter: int = Field(sa_type=BigInteger, index=True, sa_column_kwargs=internal())
    mwh: int = Field(sa_type=BigInteger, sa_column_kwargs=told("Energy"))
    measured: int = Field(sa_column_kwargs=told("Measured quarter hours"))
    estimated: int = Field(sa_column_kwargs=told("Estimated quarter hours"))
    missing: int = Field(sa_column_kwargs=told("Missing quarter hours"))
    revised: int = Field(sa_column_kwargs=told("Corrected quarter hours"))

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, SmallInteger
from sqlmodel import Field, Index, SQLModel, UniqueConstraint

from portal.consumption.kinds import Cause
from portal.kit.db import Instant, holds_one_of
from portal.kit.privacy import internal, told
from portal.sites.kinds import ReadingType

FIRST_OF_MONTH = "SUBSTR(CAST(month AS CHAR(10)), 9, 2) = '01'"
READING_TYPES = holds_one_of("reading_type", ReadingType)
CAUSES = "cause IN ({})".format(", ".join(f"'{one}'" for one in Cause))


class Series(SQLModel, table=True):
    """What a metering point tells in one way: its metered energy, its netted energy, its volume; a row as long as any.

    Quarters are counted from 1970-01-01T00:00Z: the first of which there is a reading, and the one after the last that
    has a value; they are None until there is one. Readings of months that have not come are of no account: a meter's
    clock may be wrong.
    """

    __table_args__ = (CheckConstraint(READING_TYPES, name="reading_type"),)

    metering_point_id: UUID = Field(foreign_key="metering_point.id", primary_key=True)
    reading_type: str = Field(max_length=10, primary_key=True, sa_column_kwargs=told("Reading type"))
    first_quarter: int | None = Field(default=None, sa_type=BigInteger, sa_column_kwargs=internal())
    until_quarter: int | None = Field(default=None, sa_type=BigInteger, index=True, sa_column_kwargs=internal())


class ReadingMonth(SQLModel, table=True):
    """The readings of one series in one Helsinki month, packed (kit/packing.py): some 1.2 bytes a reading.

    Slots follow each other without a gap from `first_quarter` to `until_quarter`; inside, a slot that was never
    delivered has the quality 255. Quarters are counted from 1970-01-01T00:00Z, quantities in millionths of the series'
    unit. What a page asks for most stands first, so that it can be read without the long columns.
    """

    __tablename__ = "reading_month"
    __table_args__ = (
        CheckConstraint(READING_TYPES, name="reading_type"),
        CheckConstraint(FIRST_OF_MONTH, name="first_of_month"),
        CheckConstraint("until_quarter > first_quarter", name="quarters"),
        CheckConstraint("minutes IN (15, 60)", name="minutes"),
        CheckConstraint("(minutes IS NULL) <> (lengths IS NULL)", name="one_length_or_lengths"),
    )

    metering_point_id: UUID = Field(foreign_key="metering_point.id", primary_key=True)
    reading_type: str = Field(max_length=10, primary_key=True, sa_column_kwargs=told("Reading type"))
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
    day_quantities: bytes = Field(
        sa_type=LargeBinary,
        description="the sum of each day of the month; of temperatures that of each quarter hour's",
        sa_column_kwargs=internal(),
    )
    day_counts: bytes | None = Field(
        default=None,
        sa_type=LargeBinary,
        description="quarter hours of each day that are measured, then estimated, missing, revised; "
        "None where all slots are measured and none revised",
        sa_column_kwargs=internal(),
    )
    quantities: bytes = Field(
        sa_type=LargeBinary, description="the value of each slot", sa_column_kwargs=told("Readings")
    )
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
    arrivals: bytes | None = Field(
        default=None,
        sa_type=LargeBinary,
        description="up to which quarter readings had come, and when (seconds since 1970), delivery by delivery; "
        "None where all came at once",
        sa_column_kwargs=internal(),
    )


class Revision(SQLModel, table=True):
    """What the readings of some hours of a month were before a delivery changed them; packed as ReadingMonth is.

    A slot that was not known before has the quality 255, one that did not change 254. It only grows: what stood on a
    bill can be told as long as the readings are kept.
    """

    __table_args__ = (
        CheckConstraint(READING_TYPES, name="reading_type"),
        Index("ix_revision_series", "metering_point_id", "reading_type", "month"),
    )

    id: int | None = Field(default=None, primary_key=True)
    metering_point_id: UUID = Field(foreign_key="metering_point.id")
    reading_type: str = Field(max_length=10, sa_column_kwargs=told("Reading type"))
    month: date = Field(sa_column_kwargs=told("Month"))
    revised_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Changed"))
    first_quarter: int = Field(sa_type=BigInteger, sa_column_kwargs=internal())
    minutes: int | None = Field(default=None, sa_type=SmallInteger, sa_column_kwargs=internal())
    quantities: bytes = Field(sa_type=LargeBinary, sa_column_kwargs=told("Former readings"))
    lengths: bytes | None = Field(default=None, sa_type=LargeBinary, sa_column_kwargs=internal())
    qualities: bytes | None = Field(default=None, sa_type=LargeBinary, sa_column_kwargs=internal())
    revised: bytes | None = Field(default=None, sa_type=LargeBinary, sa_column_kwargs=internal())


class RevisionReason(SQLModel, table=True):
    """Why the readings of some days of a series were corrected, as the utility tells it."""

    __tablename__ = "revision_reason"
    __table_args__ = (
        CheckConstraint(READING_TYPES, name="reading_type"),
        CheckConstraint(CAUSES, name="cause"),
        CheckConstraint("last_day >= first_day", name="days"),
        UniqueConstraint("metering_point_id", "reading_type", "first_day", "told_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    metering_point_id: UUID = Field(foreign_key="metering_point.id")
    reading_type: str = Field(max_length=10, sa_column_kwargs=told("Reading type"))
    first_day: date = Field(sa_column_kwargs=told("First day"))
    last_day: date = Field(sa_column_kwargs=told("Last day"))
    told_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Told"))
    cause: str = Field(max_length=20, sa_column_kwargs=told("Reason for the correction"))
    note: str | None = Field(default=None, max_length=300, sa_column_kwargs=told("Explanation"))


class MonthTotal(SQLModel, table=True):
    """The sum and state of a series' month, kept in step with its ReadingMonth.

    Counts are quarter hours, an hour being four. Each delivered one is measured, estimated or missing, and may be
    revised besides; what is left of the month was never delivered.
    """

    __tablename__ = "month_total"
    __table_args__ = (
        CheckConstraint(READING_TYPES, name="reading_type"),
        CheckConstraint(FIRST_OF_MONTH, name="first_of_month"),
        CheckConstraint("until_quarter > first_quarter", name="quarters"),
        CheckConstraint("measured >= 0 AND estimated >= 0 AND missing >= 0 AND revised >= 0", name="counts"),
        CheckConstraint("measured + estimated + missing BETWEEN 1 AND until_quarter - first_quarter", name="delivered"),
        CheckConstraint("revised <= measured + estimated + missing", name="revised"),
    )

    metering_point_id: UUID = Field(foreign_key="metering_point.id", primary_key=True)
    reading_type: str = Field(max_length=10, primary_key=True, sa_column_kwargs=told("Reading type"))
    month: date = Field(primary_key=True, sa_column_kwargs=told("Month"))
    first_quarter: int = Field(sa_type=BigInteger, sa_column_kwargs=internal())
    until_quarter: int = Field(sa_type=BigInteger, sa_column_kwargs=internal())
    quantity: int = Field(sa_type=BigInteger, sa_column_kwargs=told("Quantity"))
    measured: int = Field(sa_column_kwargs=told("Measured quarter hours"))
    estimated: int = Field(sa_column_kwargs=told("Estimated quarter hours"))
    missing: int = Field(sa_column_kwargs=told("Missing quarter hours"))
    revised: int = Field(sa_column_kwargs=told("Corrected quarter hours"))

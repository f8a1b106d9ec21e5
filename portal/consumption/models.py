from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary
from sqlmodel import Field, SQLModel


class ReadingMonth(SQLModel, table=True):
    """The readings of one metering point in one local month."""

    __tablename__ = "reading_month"

    metering_point_id: UUID = Field(foreign_key="metering_point.id", primary_key=True)
    month: date = Field(primary_key=True)

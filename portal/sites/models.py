from datetime import date
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, SmallInteger
from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.kit.db import holds_one_of
from portal.kit.privacy import correctable, told
from portal.sites.commodities import Commodity


class Site(SQLModel, table=True):
    """A delivery site: an address with one or more metering points, under the utility's site number."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(max_length=40, unique=True, sa_column_kwargs=told("Number of the site"))
    name: str | None = Field(default=None, max_length=100, sa_column_kwargs=correctable("Name"))
    street: str = Field(max_length=200, sa_column_kwargs=correctable("Street address"))
    postcode: str = Field(max_length=20, sa_column_kwargs=correctable("Postcode"))
    town: str = Field(max_length=100, sa_column_kwargs=correctable("Town"))
    dwelling: str | None = Field(default=None, max_length=40, sa_column_kwargs=correctable("Kind of dwelling"))
    heated_area_m2: int | None = Field(default=None, sa_column_kwargs=correctable("Heated area, m²"))
    residents: int | None = Field(default=None, sa_column_kwargs=correctable("Residents"))
    heating: str | None = Field(default=None, max_length=40, sa_column_kwargs=correctable("Heating"))
    estimated_kwh_a_year: int | None = Field(default=None, sa_column_kwargs=correctable("Estimated use, kWh a year"))
    ownership: str | None = Field(default=None, max_length=40, sa_column_kwargs=correctable("Ownership"))
    use_timing: str | None = Field(default=None, max_length=40, sa_column_kwargs=correctable("Use over the year"))
    weather_place: str | None = Field(
        default=None,
        max_length=100,
        description="whose weather it has; None: that of its town",
        sa_column_kwargs=told("Place of the weather"),
    )


class Occupancy(SQLModel, table=True):
    """From when until when a customer holds a site; `until` is the last day, None while it lasts.

    It bounds what they may see: the next holder of a site does not see how this one lived.
    """

    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        UniqueConstraint("site_id", "party_id", "since"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    site_id: UUID = Field(foreign_key="site.id", index=True)
    party_id: UUID = Field(foreign_key="party.id", index=True)
    since: date = Field(sa_column_kwargs=correctable("First day"))
    until: date | None = Field(default=None, sa_column_kwargs=correctable("Last day"))


class Rhythm(StrEnum):
    """How often readings of a metering point come: each time those of one such stretch of time (ISO 8601)."""

    SIX_HOURS = "PT6H"
    DAY = "P1D"
    MONTH = "P1M"


class MeteringPoint(SQLModel, table=True):
    """A metering point, under its GSRN. `site_id` is None for a point that an import made and no feed placed yet.

    It exists from `valid_from` to its last day `valid_to`; None where the register knows of no such day. `minutes` and
    `rhythm` are what its readings are meant to be, not what has come; None where the register does not say.
    """

    __tablename__ = "metering_point"
    __table_args__ = (
        CheckConstraint(holds_one_of("energy", Commodity), name="energy"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from", name="dates"),
        CheckConstraint("minutes IN (15, 60)", name="minutes"),
        CheckConstraint("rhythm IN ('PT6H', 'P1D', 'P1M')", name="rhythm"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    gsrn: str = Field(max_length=18, unique=True, sa_column_kwargs=told("Metering point (GSRN)"))
    site_id: UUID | None = Field(default=None, foreign_key="site.id", index=True)
    energy: str = Field(max_length=12, sa_column_kwargs=told("What it measures"))
    main_fuse: str | None = Field(default=None, max_length=20, sa_column_kwargs=correctable("Main fuse"))
    valid_from: date | None = Field(default=None, sa_column_kwargs=told("First day"))
    valid_to: date | None = Field(default=None, sa_column_kwargs=told("Last day"))
    used_for: str | None = Field(default=None, max_length=60, sa_column_kwargs=correctable("Used for"))
    estimated_kwh_a_year: int | None = Field(default=None, sa_column_kwargs=correctable("Estimated use, kWh a year"))
    minutes: int | None = Field(
        default=None, sa_type=SmallInteger, sa_column_kwargs=told("Length of a reading, minutes")
    )
    rhythm: str | None = Field(default=None, max_length=4, sa_column_kwargs=told("How often readings come"))


class Disconnection(SQLModel, table=True):
    """From when until when no energy can flow at a metering point.

    since: the day on which it was cut off, or its meter removed
    until: the day on which it was connected again; None while it is not
    Where the register told of it without its days, they are as near as could be known (`told_now` in rules.py).
    """

    __table_args__ = (
        CheckConstraint("connection IN ('AE02', 'AN04')", name="connection"),
        CheckConstraint("until IS NULL OR until >= since", name="dates"),
        UniqueConstraint("metering_point_id", "since"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    metering_point_id: UUID = Field(foreign_key="metering_point.id")
    connection: str = Field(max_length=4, sa_column_kwargs=told("Connection"))
    since: date = Field(sa_column_kwargs=told("Cut off"))
    until: date | None = Field(default=None, sa_column_kwargs=told("Connected again"))


class MeterKind(StrEnum):
    METER = "meter"
    HEAT_EXCHANGER = "heat_exchanger"


class Meter(SQLModel, table=True):
    """A meter or a heat exchanger at a metering point, for as long as it hung there."""

    __table_args__ = (
        CheckConstraint("kind IN ('meter', 'heat_exchanger')", name="kind"),
        UniqueConstraint("metering_point_id", "serial"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    metering_point_id: UUID = Field(foreign_key="metering_point.id", index=True)
    kind: str = Field(default=MeterKind.METER, max_length=20, sa_column_kwargs=told("Device"))
    serial: str = Field(max_length=40, sa_column_kwargs=correctable("Serial number"))
    model: str | None = Field(default=None, max_length=100, sa_column_kwargs=told("Model"))
    installed_on: date | None = Field(default=None, sa_column_kwargs=told("Installed"))
    removed_on: date | None = Field(default=None, sa_column_kwargs=told("Removed"))

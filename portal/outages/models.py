from datetime import datetime
from typing import Final, get_args
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ColumnElement, Index, SmallInteger, literal_column
from sqlmodel import Field, SQLModel

from portal.kit.db import Instant, holds_one_of
from portal.kit.privacy import internal, told
from portal.outages.kinds import OutageState
from portal.sites.commodities import Flowing

IS_OPEN: Final[ColumnElement[bool]] = literal_column("ended_at IS NULL AND state IN ('announced', 'ongoing')")
IS_NEWS: Final[ColumnElement[bool]] = literal_column("told IS NULL OR told <> says")


class Outage(SQLModel, table=True):
    """A time in which energy does not flow somewhere, as the network's own system tells of it."""

    __table_args__ = (
        CheckConstraint(holds_one_of("energy", get_args(Flowing)), name="energy"),
        CheckConstraint("kind IN ('fault', 'work')", name="kind"),
        CheckConstraint("state IN ('announced', 'ongoing', 'restored', 'cancelled')", name="state"),
        CheckConstraint("(ended_at IS NOT NULL) = (state = 'restored')", name="ended"),
        CheckConstraint("ended_at IS NULL OR ended_at >= starts_at", name="times"),
        Index("ix_outage_open", "starts_at", sqlite_where=IS_OPEN, postgresql_where=IS_OPEN),
        Index(None, "ended_at"),
        Index("ix_outage_news", "starts_at", sqlite_where=IS_NEWS, postgresql_where=IS_NEWS),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(max_length=40, unique=True, sa_column_kwargs=told("Number of the outage"))
    energy: str = Field(max_length=12, sa_column_kwargs=told("What did not flow"))
    kind: str = Field(max_length=5, sa_column_kwargs=told("Fault or planned work"))
    state: str = Field(max_length=10, default=OutageState.ONGOING, sa_column_kwargs=told("Status"))
    starts_at: datetime = Field(
        sa_type=Instant, description="when it began, or is to begin", sa_column_kwargs=told("Began")
    )
    expected_until: datetime | None = Field(
        default=None,
        sa_type=Instant,
        description="None where nobody can say",
        sa_column_kwargs=told("Expected to end"),
    )
    ended_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=told("Ended"))
    cause_fi: str | None = Field(default=None, max_length=100, sa_column_kwargs=told("Cause in Finnish"))
    cause_sv: str | None = Field(default=None, max_length=100, sa_column_kwargs=told("Cause in Swedish"))
    cause_en: str | None = Field(default=None, max_length=100, sa_column_kwargs=told("Cause in English"))
    compensated: bool = Field(
        default=True,
        description="whether a long one gives a right to standard compensation",
        sa_column_kwargs=told("Gives a right to standard compensation"),
    )
    says: str = Field(
        max_length=100,
        description="what of it is told to customers, as `rules.says` has it",
        sa_column_kwargs=internal(),
    )
    told: str | None = Field(
        default=None,
        max_length=100,
        description="the same, when they were last told",
        sa_column_kwargs=internal(),
    )


class OutageArea(SQLModel, table=True):
    """A postcode in which there is an outage."""

    __tablename__ = "outage_area"

    outage_id: UUID = Field(foreign_key="outage.id", primary_key=True)
    postcode: str = Field(max_length=20, primary_key=True, index=True)


class OutageSite(SQLModel, table=True):
    """A delivery site that an outage leaves without energy. An outage without any may touch each site of its areas."""

    __tablename__ = "outage_site"

    outage_id: UUID = Field(foreign_key="outage.id", primary_key=True)
    site_id: UUID = Field(foreign_key="site.id", primary_key=True, index=True)
    is_told: bool = Field(
        default=False, description="whether its holders were told of the outage", sa_column_kwargs=internal()
    )
    percent_told: int = Field(
        default=0,
        sa_type=SmallInteger,
        description="of the annual network fee: what billing was last told",
        sa_column_kwargs=internal(),
    )

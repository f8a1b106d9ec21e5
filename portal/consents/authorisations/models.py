from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from portal.kit.db import Instant
from portal.kit.privacy import told


class ThirdParty(SQLModel, table=True):
    """A company that customers may let read their readings, under its business id, and what it does with them.

    One that is no longer offered gets no new authorisations; those that it has stand until they end.
    """

    __tablename__ = "third_party"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    business_id: str = Field(max_length=9, unique=True)
    name: str = Field(max_length=200)
    purpose_fi: str = Field(max_length=300)
    purpose_sv: str = Field(max_length=300)
    purpose_en: str = Field(max_length=300)
    offered: bool


class Authorisation(SQLModel, table=True):
    """What a customer let a company read, and the very words they read before. It is never changed.

    Its points are AuthorisationPoint rows; an AuthorisationEnd row ends it before its last day.
    """

    __table_args__ = (
        CheckConstraint("resolution IN ('quarter', 'hour', 'day', 'month')", name="resolution"),
        CheckConstraint("valid_to >= valid_from", name="dates"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    party_id: UUID = Field(foreign_key="party.id", index=True)
    third_party_id: UUID = Field(foreign_key="third_party.id", index=True)
    resolution: str = Field(max_length=10, sa_column_kwargs=told("How fine the data is"))
    valid_from: date = Field(sa_column_kwargs=told("First day"))
    valid_to: date = Field(description="the last day", sa_column_kwargs=told("Last day"))
    given_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))
    account_id: UUID | None = Field(default=None, foreign_key="account.id", description="who acted")
    assurance: str = Field(
        default="",
        max_length=200,
        description="the acr of the sign-in that proved them",
        sa_column_kwargs=told("Level of identification"),
    )
    where: str = Field(
        max_length=20, description="portal, phone, letter, feed", sa_column_kwargs=told("Where it was made")
    )
    ground: str = Field(max_length=80, sa_column_kwargs=told("Legal ground"))
    notice_version: str = Field(max_length=20, sa_column_kwargs=told("Version of the text"))
    notice_sha256: str = Field(max_length=64, sa_column_kwargs=told("Fingerprint of the text"))
    notice_text: str = Field(
        description="the words shown; their SHA-256 stands beside", sa_column_kwargs=told("The text that was read")
    )
    language: str = Field(max_length=2, sa_column_kwargs=told("Language"))
    replaces_id: UUID | None = Field(default=None, foreign_key="authorisation.id", index=True)


class AuthorisationPoint(SQLModel, table=True):
    """A metering point that an authorisation is for."""

    __tablename__ = "authorisation_point"

    authorisation_id: UUID = Field(foreign_key="authorisation.id", primary_key=True)
    metering_point_id: UUID = Field(foreign_key="metering_point.id", primary_key=True)


class AuthorisationEnd(SQLModel, table=True):
    """That an authorisation was ended before its last day: once, by whom, and whether another one took its place."""

    __tablename__ = "authorisation_end"
    __table_args__ = (CheckConstraint("how IN ('ended', 'replaced')", name="how"),)

    authorisation_id: UUID = Field(foreign_key="authorisation.id", primary_key=True)
    at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))
    how: str = Field(max_length=10, sa_column_kwargs=told("How it ended"))
    account_id: UUID | None = Field(default=None, foreign_key="account.id", description="who acted")
    assurance: str = Field(
        default="",
        max_length=200,
        description="the acr of the sign-in that proved them",
        sa_column_kwargs=told("Level of identification"),
    )
    where: str = Field(
        max_length=20, description="portal, phone, letter, feed", sa_column_kwargs=told("Where it was made")
    )


class AuthorisationRead(SQLModel, table=True):
    """That the company read: when, and the readings of which days. Told by the interface it reads from."""

    __tablename__ = "authorisation_read"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="days"),)

    authorisation_id: UUID = Field(foreign_key="authorisation.id", primary_key=True)
    at: datetime = Field(sa_type=Instant, primary_key=True, sa_column_kwargs=told("When"))
    first_day: date = Field(sa_column_kwargs=told("First day"))
    last_day: date = Field(sa_column_kwargs=told("Last day"))

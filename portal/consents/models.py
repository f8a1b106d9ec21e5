from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.kit.db import Instant
from portal.kit.privacy import internal, told


class PermissionRecord(SQLModel, table=True):
    """One decision of a customer, after ISO/IEC TS 27560. Nothing is overwritten: the newest record is in force.

    For a consent `given` permits; for an objection `given` prohibits; for a preference `given` chooses the channel.
    """

    __tablename__ = "permission_record"
    __table_args__ = (
        CheckConstraint("kind IN ('consent', 'objection', 'preference')", name="kind"),
        CheckConstraint("action IN ('given', 'withdrawn')", name="action"),
        UniqueConstraint("party_id", "sequence"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    sequence: int = Field(
        description="grows by one within a party: the order of decisions", sa_column_kwargs=internal()
    )
    party_id: UUID = Field(foreign_key="party.id", index=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id", description="who acted; None for a feed")
    assurance: str = Field(
        default="",
        max_length=200,
        description="the acr of the sign-in that proved them",
        sa_column_kwargs=told("Level of identification"),
    )
    kind: str = Field(max_length=12, sa_column_kwargs=told("Kind of decision"))
    purpose: str = Field(max_length=40, sa_column_kwargs=told("Purpose"))
    channel: str = Field(max_length=20, sa_column_kwargs=told("Channel"))
    action: str = Field(max_length=12, sa_column_kwargs=told("Given or withdrawn"))
    at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))
    where: str = Field(
        max_length=20, description="portal, phone, letter, feed", sa_column_kwargs=told("Where it was made")
    )
    ground: str = Field(max_length=80, sa_column_kwargs=told("Legal ground"))
    notice_id: str = Field(max_length=40, sa_column_kwargs=told("The text that was read"))
    notice_version: str = Field(max_length=20, sa_column_kwargs=told("Version of the text"))
    notice_sha256: str = Field(max_length=64, sa_column_kwargs=told("Fingerprint of the text"))
    language: str = Field(max_length=2, sa_column_kwargs=told("Language"))
    replaces_id: UUID | None = Field(default=None, foreign_key="permission_record.id")

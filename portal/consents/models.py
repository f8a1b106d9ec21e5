from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.kit.db import Instant


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
    sequence: int = Field(description="grows by one within a party: the order of decisions")
    party_id: UUID = Field(foreign_key="party.id", index=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id", description="who acted; None for a feed")
    assurance: str = Field(default="", max_length=200, description="the acr of the sign-in that proved them")
    kind: str = Field(max_length=12)
    purpose: str = Field(max_length=40)
    channel: str = Field(max_length=20)
    action: str = Field(max_length=12)
    at: datetime = Field(sa_type=Instant)
    where: str = Field(max_length=20, description="portal, phone, letter, feed")
    ground: str = Field(max_length=80)
    notice_id: str = Field(max_length=40)
    notice_version: str = Field(max_length=20)
    notice_sha256: str = Field(max_length=64)
    language: str = Field(max_length=2)
    replaces_id: UUID | None = Field(default=None, foreign_key="permission_record.id")

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from portal.kit.db import Instant


class AuditEntry(SQLModel, table=True):
    """One act: who did what, to whose what, for whom. Never changed or removed; triggers see to it."""

    __tablename__ = "audit_entry"

    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    account_id: UUID | None = Field(default=None, index=True)
    party_id: UUID | None = Field(default=None, index=True)
    act: str = Field(max_length=60)
    object_kind: str = Field(max_length=40)
    object_id: str = Field(max_length=64)
    details: str = Field(default="{}")
    previous_hash: bytes = Field(max_length=32)
    hash: bytes = Field(max_length=32, unique=True)

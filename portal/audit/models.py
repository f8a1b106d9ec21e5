from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from portal.kit.db import Instant
from portal.kit.privacy import internal, told


class AuditEntry(SQLModel, table=True):
    """One act: who did what, to whose what, for whom. Never changed or removed; triggers see to it."""

    __tablename__ = "audit_entry"

    number: int = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))
    account_id: UUID | None = Field(default=None, index=True, sa_column_kwargs=internal())
    party_id: UUID | None = Field(default=None, index=True, sa_column_kwargs=internal())
    act: str = Field(max_length=60, sa_column_kwargs=told("What happened"))
    object_kind: str = Field(max_length=40, sa_column_kwargs=told("To what"))
    object_id: str = Field(max_length=64, sa_column_kwargs=internal())
    details: str = Field(default="{}", sa_column_kwargs=told("Details"))
    previous_hash: bytes = Field(max_length=32, sa_column_kwargs=internal())
    hash: bytes = Field(max_length=32, unique=True, sa_column_kwargs=internal())

from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field, SQLModel

from portal.kit.db import Instant


class OutboxEvent(SQLModel, table=True):
    """Something the utility's other systems must hear of, written in the transaction that made it true."""

    __tablename__ = "outbox_event"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    kind: str = Field(max_length=60)
    payload: str
    created_at: datetime = Field(sa_type=Instant, index=True)
    delivered_at: datetime | None = Field(default=None, sa_type=Instant)
    attempts: int = 0

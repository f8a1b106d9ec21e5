from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from portal.kit.db import Instant


class OutboxEvent(SQLModel, table=True):
    """Something that must leave the house, written in the transaction that made it true: an event, or a letter."""

    __tablename__ = "outbox_event"
    __table_args__ = (CheckConstraint("delivered_at IS NULL OR given_up_at IS NULL", name="one_end"),)

    number: int | None = Field(default=None, primary_key=True)  # in the order of writing
    id: UUID = Field(default_factory=uuid4, unique=True)  # the same at every attempt: who receives it twice can tell
    kind: str = Field(max_length=60)
    party_id: UUID | None = Field(default=None, index=True)  # the customer whose matter it is
    about: UUID | None = Field(default=None, index=True)  # what a letter asks for: who asked reads whether it left
    payload: str
    created_at: datetime = Field(sa_type=Instant, index=True)
    due_at: datetime = Field(sa_type=Instant, index=True)  # not before; whoever is delivering it has moved it on
    attempts: int = 0
    delivered_at: datetime | None = Field(default=None, sa_type=Instant)
    given_up_at: datetime | None = Field(default=None, sa_type=Instant)

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, insert
from sqlmodel import Field, Session, SQLModel

from portal.kit.db import Instant, table_of
from portal.kit.privacy import internal, told


class OutboxEvent(SQLModel, table=True):
    """Something that must leave the house, written in the transaction that made it true: an event, or a letter."""

    __tablename__ = "outbox_event"
    __table_args__ = (CheckConstraint("delivered_at IS NULL OR given_up_at IS NULL", name="one_end"),)

    number: int | None = Field(default=None, primary_key=True)  # in the order of writing
    id: UUID = Field(
        default_factory=uuid4,
        unique=True,
        description="the same at every attempt: who receives it twice can tell",
        sa_column_kwargs=internal(),
    )
    kind: str = Field(max_length=60, sa_column_kwargs=told("What happened"))
    party_id: UUID | None = Field(
        default=None, index=True, description="the customer whose matter it is", sa_column_kwargs=internal()
    )
    about: UUID | None = Field(
        default=None,
        index=True,
        description="what a letter asks for: who asked reads whether it left",
        sa_column_kwargs=internal(),
    )
    payload: str = Field(sa_column_kwargs=told("What was told"))
    created_at: datetime = Field(sa_type=Instant, index=True, sa_column_kwargs=told("When"))
    due_at: datetime = Field(
        sa_type=Instant,
        index=True,
        description="not before; whoever is delivering it has moved it on",
        sa_column_kwargs=internal(),
    )
    attempts: int = Field(default=0, sa_column_kwargs=internal())
    delivered_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=told("Delivered"))
    given_up_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=internal())


def add(db: Session, row: OutboxEvent) -> None:
    """Add a row, and ask for nothing of it: whose matter it is not, who writes it may not read it."""
    db.connection().execute(insert(table_of(OutboxEvent)).values(row.model_dump(exclude={"number"})).inline())

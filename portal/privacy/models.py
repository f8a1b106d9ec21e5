from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.kit.db import Instant
from portal.kit.privacy import internal, told


class PrivacyCase(SQLModel, table=True):
    """A request by which somebody uses one of their rights. What became of it stands in its steps.

    `party_id` is None for a person who is no customer; `due_on` is the last day to answer, None while the clock stands.
    """

    __tablename__ = "privacy_case"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('access', 'rectification', 'erasure', 'restriction', 'portability', 'objection', 'recordings')",
            name="kind",
        ),
        CheckConstraint("state IN ('received', 'in-work', 'waiting', 'done', 'refused', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'waiting') = (due_on IS NULL)", name="clock"),
        CheckConstraint("party_id IS NOT NULL OR account_id IS NOT NULL", name="whose"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(
        max_length=20,
        unique=True,
        description="year and place in it: 26-0148",
        sa_column_kwargs=told("Number of the request"),
    )
    party_id: UUID | None = Field(default=None, foreign_key="party.id", index=True)
    account_id: UUID | None = Field(
        default=None, foreign_key="account.id", index=True, description="who asked; None by phone or letter"
    )
    kind: str = Field(max_length=20, sa_column_kwargs=told("Which right it is about"))
    field: str | None = Field(
        default=None,
        max_length=80,
        description="what to correct: table and column",
        sa_column_kwargs=told("What to correct"),
    )
    text: str = Field(max_length=4000, sa_column_kwargs=told("What was written"))
    received_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Received"))
    state: str = Field(max_length=12, sa_column_kwargs=told("Status"))
    due_on: date | None = Field(default=None, index=True, sa_column_kwargs=told("To be answered by"))


class PrivacyStep(SQLModel, table=True):
    """What happened to a request, in order. Never changed or removed; triggers see to it."""

    __tablename__ = "privacy_step"
    __table_args__ = (
        CheckConstraint(
            "act IN ('received', 'in-work', 'asked', 'answered', 'extended', 'done', 'refused', 'withdrawn')",
            name="act",
        ),
        CheckConstraint("(act = 'extended') = (answer_by IS NOT NULL)", name="extension"),
        UniqueConstraint("case_id", "sequence"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    case_id: UUID = Field(foreign_key="privacy_case.id", index=True)
    sequence: int = Field(description="grows by one within a case", sa_column_kwargs=internal())
    at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))
    account_id: UUID | None = Field(
        default=None, foreign_key="account.id", description="None: the company, or by phone"
    )
    act: str = Field(max_length=12, sa_column_kwargs=told("What happened"))
    text: str = Field(default="", max_length=4000, sa_column_kwargs=told("Text"))
    ground: str = Field(
        default="",
        max_length=200,
        description="of a refusal: the provision it rests on",
        sa_column_kwargs=told("Legal ground"),
    )
    answer_by: date | None = Field(
        default=None,
        description="of an extension: the last day to answer, as it was told",
        sa_column_kwargs=told("To be answered by"),
    )

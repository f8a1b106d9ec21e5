from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ColumnElement, Index, literal_column
from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.kit.db import Instant
from portal.kit.numbers import case_number
from portal.kit.privacy import internal, sealed, told

IS_OPEN: Final[ColumnElement[bool]] = literal_column(
    "state IN ('draft', 'received', 'in-work', 'accepted')"
)  # as `rules.OPEN` says it


def _new_number() -> str:
    return case_number(uuid4())


class ServiceRequest(SQLModel, table=True):
    """What a customer asks for about a contract, a site or a bill: a draft while it is filled in, then a request.

    Its kind is one of `kinds`, and `answers` are those to its questions: a JSON object of texts. `said` are both in the
    words that the person read. `about_id` is the thing that it is about, or the customer.
    """

    __tablename__ = "service_request"
    __table_args__ = (
        CheckConstraint("theme IN ('billing', 'consumption', 'contracts', 'moves')", name="theme"),
        CheckConstraint(
            "state IN ('draft', 'received', 'in-work', 'accepted', 'done', 'refused', 'withdrawn')", name="state"
        ),
        CheckConstraint("(state = 'draft') = (sent_at IS NULL)", name="sent"),
        CheckConstraint("(sent_at IS NULL) = (answer_by IS NULL)", name="clock"),
        CheckConstraint("state <> 'draft' OR assurance IS NULL", name="proof"),
        CheckConstraint("language IN ('fi', 'sv', 'en')", name="language"),
        Index(
            "uq_service_request_open",
            *("party_id", "kind", "about_id"),
            unique=True,
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str = Field(
        default_factory=_new_number, max_length=20, unique=True, sa_column_kwargs=told("Number of the request")
    )
    party_id: UUID = Field(foreign_key="party.id", index=True)
    account_id: UUID | None = Field(
        default=None, foreign_key="account.id", index=True, description="who sent it, or began it; None by phone"
    )
    kind: str = Field(max_length=20, sa_column_kwargs=told("What was asked for"))
    theme: str = Field(max_length=12, description="the matter of a mandate", sa_column_kwargs=internal())
    about_id: UUID = Field(sa_column_kwargs=internal())
    about: str = Field(max_length=300, sa_column_kwargs=told("What it is about"))
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id", index=True)
    invoice_id: UUID | None = Field(default=None, foreign_key="invoice.id", index=True)
    answers: str = Field(default="{}", max_length=8000, sa_column_kwargs=internal())
    said: str = Field(default="", max_length=8000, sa_column_kwargs=told("What was asked and answered"))
    language: str = Field(max_length=2, sa_column_kwargs=told("Language"))
    state: str = Field(max_length=10, sa_column_kwargs=told("Status"))
    changed_at: datetime = Field(
        sa_type=Instant, index=True, description="by whoever filled it in", sa_column_kwargs=told("Filled in")
    )
    sent_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=told("Sent"))
    assurance: str | None = Field(
        default=None, max_length=100, description="how they had proved who they are", sa_column_kwargs=told("Proof")
    )
    answer_by: date | None = Field(default=None, sa_column_kwargs=told("To be answered by"))


class RequestPhoto(SQLModel, table=True):
    """The photo of a meter that goes with a request: a JPEG made anew, sealed. It goes when its request does."""

    __tablename__ = "request_photo"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    request_id: UUID = Field(foreign_key="service_request.id", ondelete="CASCADE", unique=True)
    added_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Added"))
    sealed: bytes = Field(sa_column_kwargs=sealed("Photo"))


class RequestStep(SQLModel, table=True):
    """What happened to a request that was sent, in order. Never changed or removed; triggers see to it."""

    __tablename__ = "request_step"
    __table_args__ = (
        CheckConstraint("act IN ('received', 'in-work', 'accepted', 'done', 'refused', 'withdrawn')", name="act"),
        UniqueConstraint("request_id", "sequence"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    request_id: UUID = Field(foreign_key="service_request.id", index=True)
    sequence: int = Field(description="grows by one within a request", sa_column_kwargs=internal())
    at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("When"))
    account_id: UUID | None = Field(default=None, foreign_key="account.id", description="None: the company")
    act: str = Field(max_length=10, sa_column_kwargs=told("What happened"))
    text: str = Field(default="", max_length=4000, sa_column_kwargs=told("Text"))
    takes_effect_on: date | None = Field(
        default=None, description="of an acceptance: the day that was agreed", sa_column_kwargs=told("Takes effect")
    )

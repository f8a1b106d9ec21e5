from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.kit.db import Instant
from portal.kit.feed import LINE_DIGEST
from portal.kit.privacy import internal, told


class ThreadStatus(StrEnum):
    """How a question of the customer stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class MessageThread(SQLModel, table=True):
    """One matter: what a customer asked with all that followed, or one thing that the utility told.

    `kind`, `last_at` and `told_at` are those of its messages, kept here for the list and for what is unread.
    """

    __tablename__ = "message_thread"
    __table_args__ = (
        CheckConstraint("status IN ('open', 'answered', 'closed')", name="status"),
        Index("ix_message_thread_latest", "party_id", "last_at"),
        Index("ix_message_thread_told", "party_id", "told_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    number: str | None = Field(
        default=None,
        max_length=40,
        unique=True,
        description="None: it takes no replies",
        sa_column_kwargs=told("Number of the matter"),
    )
    party_id: UUID = Field(foreign_key="party.id")
    topic: str = Field(max_length=20, sa_column_kwargs=told("Topic"))
    subject: str = Field(max_length=200, sa_column_kwargs=told("Subject"))
    status: str | None = Field(
        default=None, max_length=10, description="None where nothing was asked", sa_column_kwargs=told("Status")
    )
    site_id: UUID | None = Field(default=None, foreign_key="site.id")
    contract_id: UUID | None = Field(default=None, foreign_key="contract.id")
    invoice_id: UUID | None = Field(default=None, foreign_key="invoice.id")
    kind: str = Field(
        max_length=10,
        description="of the newest message from the utility, or question",
        sa_column_kwargs=told("Kind of the newest message"),
    )
    last_at: datetime = Field(
        sa_type=Instant, description="when the newest message was sent", sa_column_kwargs=told("Newest message")
    )
    told_at: datetime | None = Field(
        default=None,
        sa_type=Instant,
        description="when the newest one that is to be read by the customer was sent",
        sa_column_kwargs=told("Newest message to the customer"),
    )


class Message(SQLModel, table=True):
    """One message, or a contact that the utility noted: plain text, in the language it was written in.

    `number` is the utility's; a message of a customer has the account that wrote it instead, and the key of the form
    it came by, so that a form sent twice makes one message.
    """

    __table_args__ = (
        CheckConstraint(
            "kind IN ('question', 'bulletin', 'bill', 'answer', 'notice', 'call', 'letter', 'visit', 'offer')",
            name="kind",
        ),
        CheckConstraint("(kind = 'question') = (number IS NULL)", name="number_of_utility"),
        CheckConstraint("(kind = 'question') = (form_key IS NOT NULL)", name="form_of_customer"),
        CheckConstraint("language IN ('fi', 'sv', 'en')", name="language"),
        UniqueConstraint("account_id", "form_key"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    thread_id: UUID = Field(foreign_key="message_thread.id", index=True)
    number: str | None = Field(default=None, max_length=40, unique=True, sa_column_kwargs=told("Number of the message"))
    kind: str = Field(max_length=10, sa_column_kwargs=told("Kind of message"))
    body: str = Field(sa_column_kwargs=told("Text"))
    language: str = Field(max_length=2, sa_column_kwargs=told("Language"))
    sent_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Sent"))
    from_name: str | None = Field(
        default=None, max_length=200, description="who wrote, as they are called", sa_column_kwargs=told("Sender")
    )
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    form_key: UUID | None = Field(default=None, sa_column_kwargs=internal())
    line_digest: bytes | None = Field(
        default=None, sa_type=LargeBinary, index=True, description=LINE_DIGEST, sa_column_kwargs=internal()
    )


class ThreadReading(SQLModel, table=True):
    """That somebody has read a thread, and up to which message: the `told_at` that the thread had then."""

    __tablename__ = "thread_reading"

    thread_id: UUID = Field(foreign_key="message_thread.id", primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", primary_key=True, index=True)
    told_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Read up to the message of"))
    read_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Read"))

from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from portal.kit.db import Instant
from portal.kit.privacy import internal, told

LONGEST_ACTION: Final = 200  # characters of the address of a form that is kept


class Account(SQLModel, table=True):
    """A person who has identified themselves, keyed by the blind index of their identity code."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    identity_index: bytes = Field(max_length=32, unique=True, sa_column_kwargs=internal())
    given_names: str = Field(max_length=200, sa_column_kwargs=told("Given names"))
    family_name: str = Field(max_length=200, sa_column_kwargs=told("Family name"))
    language: str | None = Field(default=None, max_length=2, sa_column_kwargs=told("Language"))
    created_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("First sign-in"))
    signed_in_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=told("Last sign-in"))
    previous_sign_in_at: datetime | None = Field(
        default=None, sa_type=Instant, sa_column_kwargs=told("Sign-in before that")
    )
    welcomed_at: datetime | None = Field(
        default=None,
        sa_type=Instant,
        description="when they took or skipped the first steps",
        sa_column_kwargs=told("First visit finished"),
    )


class SignedSession(SQLModel, table=True):
    """One browser's session. The cookie holds 256 random bits, the row only their SHA-256."""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("way IN ('bank', 'password', 'passkey')", name="way"),
        CheckConstraint("(way = 'bank') = (confirmed_at IS NOT NULL)", name="proof"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_hash: bytes = Field(max_length=32, unique=True, sa_column_kwargs=internal())
    account_id: UUID = Field(foreign_key="account.id", index=True)
    way: str = Field(default="bank", max_length=10, sa_column_kwargs=told("Way in"))
    broker: str = Field(
        max_length=40, description="empty where it was not the bank", sa_column_kwargs=told("Identification broker")
    )
    broker_subject: bytes | None = Field(
        default=None,
        max_length=32,
        index=True,
        description="SHA-256 of whom the broker calls the person: it signs them out by that",
        sa_column_kwargs=internal(),
    )
    broker_session: bytes | None = Field(
        default=None,
        max_length=32,
        index=True,
        description="the same of its own session, where it names it",
        sa_column_kwargs=internal(),
    )
    acr: str = Field(max_length=200, sa_column_kwargs=told("Level of identification"))
    amr: str = Field(default="", max_length=200, sa_column_kwargs=told("Way of identification"))
    confirmed_at: datetime | None = Field(
        default=None, sa_type=Instant, description="by the bank", sa_column_kwargs=told("Identity last proved")
    )
    created_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Begun"))
    seen_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Last used"))
    expires_at: datetime = Field(sa_type=Instant, index=True, sa_column_kwargs=told("Ends at the latest"))
    ended_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=told("Ended"))
    acting_for: UUID | None = Field(
        default=None, description="the party acted for, None in one's own matters", sa_column_kwargs=internal()
    )
    language: str | None = Field(
        default=None,
        max_length=2,
        description="the register's for the person at sign-in",
        sa_column_kwargs=told("Language"),
    )


class KeptForm(SQLModel, table=True):
    """A form whose session had ended before it was sent; the fields are sealed, and open for the same person only."""

    __tablename__ = "kept_form"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    acting_for: UUID | None = Field(
        default=None, description="the party acted for, None in one's own matters", sa_column_kwargs=internal()
    )
    action: str = Field(max_length=LONGEST_ACTION, sa_column_kwargs=told("Form"))
    fields: bytes = Field(sa_column_kwargs=internal())
    kept_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Kept since"))
    expires_at: datetime = Field(sa_type=Instant, index=True, sa_column_kwargs=told("Kept until"))


class LoginStatus(StrEnum):
    PENDING = "pending"
    SPENT = "spent"


class LoginPurpose(StrEnum):
    SIGN_IN = "sign-in"
    CONFIRM = "confirm"


class LoginTransaction(SQLModel, table=True):
    """One journey to the bank and back. State and binding are kept as hashes only."""

    __tablename__ = "login_transaction"
    __table_args__ = (
        CheckConstraint("status IN ('pending', 'spent')", name="status"),
        CheckConstraint("purpose IN ('sign-in', 'confirm')", name="purpose"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    state_hash: bytes = Field(max_length=32, unique=True, sa_column_kwargs=internal())
    binding_hash: bytes = Field(max_length=32, sa_column_kwargs=internal())
    nonce: str = Field(max_length=64, sa_column_kwargs=internal())
    verifier: str = Field(max_length=128, sa_column_kwargs=internal())
    broker: str = Field(max_length=40, sa_column_kwargs=told("Identification broker"))
    profile_mark: bytes | None = Field(
        default=None,
        max_length=32,
        description="by which rules of the broker's profile it began; None: before they were written down",
        sa_column_kwargs=internal(),
    )
    bank: str = Field(max_length=80, sa_column_kwargs=told("Bank"))
    language: str = Field(max_length=2, sa_column_kwargs=told("Language"))
    return_to: str = Field(max_length=2000, sa_column_kwargs=told("The page you came from"))
    purpose: str = Field(max_length=10, sa_column_kwargs=told("Purpose"))
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Begun"))
    expires_at: datetime = Field(sa_type=Instant, index=True, sa_column_kwargs=told("Ends at the latest"))
    status: str = Field(default=LoginStatus.PENDING, max_length=10, sa_column_kwargs=told("Status"))


class SeenToken(SQLModel, table=True):
    """An ID token that has been used, as SHA-256 of (iss, sub, iat, nonce): it is refused a second time."""

    __tablename__ = "seen_token"

    hash: bytes = Field(max_length=32, primary_key=True)
    expires_at: datetime = Field(sa_type=Instant, index=True)


class PackageLease(SQLModel, table=True):
    """That a large file is on its way to a person: their data package, or many invoices as PDFs.

    It goes with the file, or holds no more from `until` on.
    """

    __tablename__ = "package_lease"

    account_id: UUID = Field(foreign_key="account.id", primary_key=True)
    holder: UUID = Field(
        description="which file: it alone renews the lease and gives it back", sa_column_kwargs=internal()
    )
    taken_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Begun"))
    until: datetime = Field(sa_type=Instant, index=True, sa_column_kwargs=told("Kept until"))

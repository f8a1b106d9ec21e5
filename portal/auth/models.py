from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from portal.kit.db import Instant


class Account(SQLModel, table=True):
    """A person who has identified themselves, keyed by the blind index of their identity code."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    identity_index: bytes = Field(max_length=32, unique=True)
    given_names: str = Field(max_length=200)
    family_name: str = Field(max_length=200)
    language: str | None = Field(default=None, max_length=2)
    created_at: datetime = Field(sa_type=Instant)
    signed_in_at: datetime | None = Field(default=None, sa_type=Instant)
    previous_sign_in_at: datetime | None = Field(default=None, sa_type=Instant)
    welcomed_at: datetime | None = Field(default=None, sa_type=Instant)  # when they took or skipped the first steps


class SignedSession(SQLModel, table=True):
    """One browser's session. The cookie holds 256 random bits, the row only their SHA-256."""

    __tablename__ = "session"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_hash: bytes = Field(max_length=32, unique=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    broker: str = Field(max_length=40)
    acr: str = Field(max_length=200)
    amr: str = Field(default="", max_length=200)
    confirmed_at: datetime = Field(sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    seen_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    acting_for: UUID | None = Field(default=None, description="the party acted for, None in one's own matters")
    language: str | None = Field(default=None, max_length=2, description="the register's for the person at sign-in")


class KeptForm(SQLModel, table=True):
    """A form whose session had ended before it was sent; the fields are sealed, and open for the same person only."""

    __tablename__ = "kept_form"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    acting_for: UUID | None = Field(default=None, description="the party acted for, None in one's own matters")
    action: str = Field(max_length=200)
    fields: bytes
    kept_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)


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
    state_hash: bytes = Field(max_length=32, unique=True)
    binding_hash: bytes = Field(max_length=32)
    nonce: str = Field(max_length=64)
    verifier: str = Field(max_length=128)
    broker: str = Field(max_length=40)
    bank: str = Field(max_length=80)
    language: str = Field(max_length=2)
    return_to: str = Field(max_length=2000)
    purpose: str = Field(max_length=10)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    status: str = Field(default=LoginStatus.PENDING, max_length=10)


class SeenToken(SQLModel, table=True):
    """An ID token that has been used, as SHA-256 of (iss, sub, iat, nonce): it is refused a second time."""

    __tablename__ = "seen_token"

    hash: bytes = Field(max_length=32, primary_key=True)
    expires_at: datetime = Field(sa_type=Instant, index=True)

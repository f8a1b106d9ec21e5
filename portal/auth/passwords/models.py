from datetime import datetime
from uuid import UUID, uuid4

from sqlmodel import Field, SQLModel, UniqueConstraint

from portal.kit.db import Instant
from portal.kit.privacy import internal, told


class Password(SQLModel, table=True):
    """A person's password, as its hash, and the e-mail address that is their login name."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", unique=True)
    login_name: str = Field(max_length=254, sa_column_kwargs=told("Login name"))
    login_key: bytes = Field(
        max_length=32,
        unique=True,
        description="HMAC of the name in lower case",
        sa_column_kwargs=internal(),
    )
    encoded: str = Field(max_length=200, sa_column_kwargs=internal())
    pepper: bytes = Field(max_length=4, sa_column_kwargs=internal())
    set_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Set"))


class LoginNameCheck(SQLModel, table=True):
    """An e-mail address that somebody wants for a login name, until the code that was sent there comes back."""

    __tablename__ = "login_name_check"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    email: str = Field(max_length=254, sa_column_kwargs=told("Email address"))
    code_hash: bytes = Field(max_length=32, sa_column_kwargs=internal())
    tries: int = Field(default=0, sa_column_kwargs=internal())
    asked_at: datetime = Field(sa_type=Instant, index=True, sa_column_kwargs=told("Asked"))
    closed_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=internal())


class KnownDevice(SQLModel, table=True):
    """A browser in which a person has signed in by a password: strangers' guesses do not lock it out."""

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("token_hash", "account_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    token_hash: bytes = Field(max_length=32, sa_column_kwargs=internal())
    account_id: UUID = Field(foreign_key="account.id", index=True)
    known_since: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Known since"))
    used_at: datetime = Field(sa_type=Instant, index=True, sa_column_kwargs=told("Last used"))


class GuessBucket(SQLModel, table=True):
    """Tries of a login name, from strange browsers or from one known device; a full bucket needs no row."""

    __tablename__ = "guess_bucket"

    key: bytes = Field(max_length=32, primary_key=True)
    full_at: datetime = Field(sa_type=Instant, index=True)


class BreachedPassword(SQLModel, table=True):
    """A password of a list of stolen ones: the first half of its SHA-1, in which such lists are published."""

    __tablename__ = "breached_password"

    hash: bytes = Field(max_length=10, primary_key=True)

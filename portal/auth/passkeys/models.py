from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from portal.kit.db import Instant
from portal.kit.privacy import internal, told

LONGEST_KEY = 2000
LONGEST_ID = 1023  # Web Authentication Level 3, section 4, credential id


class Passkey(SQLModel, table=True):
    """A person's passkey: its public key, and how often it has been used, where it counts that."""

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    name: str = Field(max_length=60, sa_column_kwargs=told("Name"))
    credential_id: bytes = Field(max_length=LONGEST_ID, unique=True, sa_column_kwargs=internal())
    public_key: bytes = Field(max_length=LONGEST_KEY, sa_column_kwargs=internal())
    sign_count: int = Field(sa_type=BigInteger, sa_column_kwargs=internal())
    added_at: datetime = Field(sa_type=Instant, sa_column_kwargs=told("Added"))
    used_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs=told("Last used"))


class PasskeyChallenge(SQLModel, table=True):
    """A challenge that a passkey has to answer, once; of a person who adds one, or of nobody yet."""

    __tablename__ = "passkey_challenge"

    hash: bytes = Field(max_length=32, primary_key=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id", index=True)
    expires_at: datetime = Field(sa_type=Instant, index=True, sa_column_kwargs=told("Ends at the latest"))

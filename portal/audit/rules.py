"""How audit entries hang together: each holds the hash of the one before it, so that none changes unnoticed."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

BEGINNING = bytes(32)
"""What the first entry holds in place of the hash of one before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainEntry:
    """One entry of the chain, without its own hash."""

    number: int
    at: datetime
    account_id: UUID | None
    party_id: UUID | None
    act: str
    object_kind: str
    object_id: str
    details: str
    previous_hash: bytes


@dataclass(frozen=True, slots=True)
class ChainHead:
    """Where the chain ends, or ended: the number and hash of its newest entry, and the moment that it tells of."""

    number: int
    hash: bytes
    at: datetime


def hash_of(entry: ChainEntry) -> bytes:
    """SHA-256 over the previous entry's hash and this entry as a JSON array in a fixed order; 32 bytes."""
    return hashlib.sha256(entry.previous_hash + _canonical(entry).encode()).digest()


def _canonical(entry: ChainEntry) -> str:
    values = (
        entry.number,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(entry.account_id or ""),
        str(entry.party_id or ""),
        entry.act,
        entry.object_kind,
        entry.object_id,
        entry.details,
    )
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))

"""Writing down who did what to whose what, in the transaction in which they did it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from portal.audit.models import AuditEntry
from portal.audit.rules import BEGINNING, ChainEntry, hash_of
from portal.kit.db import one_at_a_time
from portal.kit.public_views import PublicView

_ENTRY = AuditEntry.__table__.c  # type: ignore[attr-defined] # SQLModel does not type its tables
END: Final = PublicView("audit_end", select(_ENTRY.number, _ENTRY.hash).order_by(_ENTRY.number.desc()).limit(1))
"""The newest entry, on which the next one hangs, whoever's it is: its number and hash tell nothing of it."""


@dataclass(frozen=True, kw_only=True)
class Act:
    """What was done: `act` to an object, by an account, in the matters of a party.

    Objects are named by our own ids and details are codes: names, addresses, identity codes, readings stay out.
    """

    act: str  # "consent.given"
    object_kind: str  # "permission_record"
    object_id: UUID | str
    account_id: UUID | None = None  # None where a program acted
    party_id: UUID | None = None
    details: Mapping[str, str] = field(default_factory=dict)


def record(db: Session, act: Act, now: datetime) -> AuditEntry:
    """Append an act to the chain. Whoever comes at the same time waits, so that the chain has one end."""
    one_at_a_time(db, AuditEntry.__tablename__)
    number, previous_hash = db.execute(select(END.seen(db))).first() or (0, BEGINNING)
    entry = ChainEntry(
        number=number + 1,
        at=now,
        account_id=act.account_id,
        party_id=act.party_id,
        act=act.act,
        object_kind=act.object_kind,
        object_id=str(act.object_id),
        details=json.dumps(dict(act.details), ensure_ascii=False, separators=(",", ":"), sort_keys=True),
        previous_hash=previous_hash,
    )
    written = AuditEntry(**asdict(entry), hash=hash_of(entry))
    db.add(written)
    db.flush()
    return written

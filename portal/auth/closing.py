"""What an operator does for somebody who asks for it by phone: end their sessions, or all ways in but the bank."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col

from portal.audit.actions import Act, record
from portal.auth import actions as sessions
from portal.auth.passkeys.models import Passkey
from portal.auth.passwords.models import KnownDevice, LoginNameCheck, Password

WAYS: Final = (Password, Passkey, KnownDevice, LoginNameCheck)


def end_sessions(db: Session, account_id: UUID, party_id: UUID, now: datetime) -> int:
    """End every session of a person, at once for every process; how many there were. Their customer log tells it."""
    ended = sessions.end_every(db, account_id, now)
    _record(db, "account.sessions-ended", account_id, party_id, now)
    return ended


def close(db: Session, account_id: UUID, party_id: UUID, now: datetime) -> int:
    """The same, and remove the password and the passkeys: by their bank the person comes in as before."""
    ended = sessions.end_every(db, account_id, now)
    for table in WAYS:
        db.connection().execute(delete(table).where(col(table.account_id) == account_id))
    _record(db, "account.closed", account_id, party_id, now)
    return ended


def _record(db: Session, act: str, account_id: UUID, party_id: UUID, now: datetime) -> None:
    """Nobody who is signed in did it; whose account it was stands as what it was done to."""
    record(db, Act(act=act, object_kind="account", object_id=account_id, party_id=party_id), now)

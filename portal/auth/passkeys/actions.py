"""Challenges, and the passkeys that answer them: added, used, named, removed."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal.audit.actions import Act, record
from portal.auth import actions as sessions
from portal.auth.passkeys.models import Passkey, PasskeyChallenge
from portal.auth.people import ConfirmedUser, User
from portal.auth.rules import Way
from portal.kit.db import one_at_a_time
from portal.kit.sight import show

CHALLENGE_LIVES: Final = timedelta(minutes=5)
MOST: Final = 10


@dataclass(frozen=True)
class Credential:
    """What a browser has made: where a passkey is known by, its public key, and how often it says it was used."""

    id: bytes
    public_key: bytes
    sign_count: int


def challenge(db: Session, secret: bytes, account_id: UUID | None, now: datetime) -> None:
    """Remember a challenge, of a person who adds a passkey, or of nobody."""
    show(db, PasskeyChallenge.hash, _hash(secret))
    db.add(PasskeyChallenge(hash=_hash(secret), account_id=account_id, expires_at=now + CHALLENGE_LIVES))


def forget(db: Session, now: datetime) -> int:
    """Forget the challenges that are too old to be answered; how many there were."""
    return db.connection().execute(delete(PasskeyChallenge).where(col(PasskeyChallenge.expires_at) <= now)).rowcount


def take(db: Session, secret: bytes, account_id: UUID | None, now: datetime) -> bool:
    """Use a challenge up. Of many who try at once, one succeeds, if it is of that person, and not too old."""
    show(db, PasskeyChallenge.hash, _hash(secret))
    waits = (
        (col(PasskeyChallenge.hash) == _hash(secret))
        & col(PasskeyChallenge.account_id).is_not_distinct_from(account_id)
        & (col(PasskeyChallenge.expires_at) > now)
    )
    return db.connection().execute(delete(PasskeyChallenge).where(waits)).rowcount == 1


def of_person(db: Session, who: User) -> Sequence[Passkey]:
    """A person's passkeys, the oldest first."""
    mine = select(Passkey).where(Passkey.account_id == who.account_id)
    return db.exec(mine.order_by(col(Passkey.added_at))).all()


def by_credential(db: Session, credential_id: bytes) -> Passkey | None:
    """The passkey of a credential, as it stands now. Who signs in by it holds its account alone (`auth/actions.py`)."""
    show(db, Passkey.credential_id, credential_id)
    wanted = select(Passkey).where(Passkey.credential_id == credential_id)
    return db.exec(wanted.execution_options(populate_existing=True)).first()


def add(db: Session, who: ConfirmedUser, made: Credential, name: str, now: datetime) -> bool:
    """Keep a new passkey; False where it is known already, or there are as many as one may have."""
    one_at_a_time(db, f"passkeys of {who.account_id}")
    if len(of_person(db, who)) >= MOST or by_credential(db, made.id) is not None:
        return False
    passkey = Passkey(
        account_id=who.account_id,
        name=name,
        credential_id=made.id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        added_at=now,
    )
    db.add(passkey)
    _record(db, "passkey.added", who, now)
    return True


def rename(db: Session, who: ConfirmedUser, passkey_id: UUID, name: str) -> None:
    """Call a passkey otherwise; nothing where it is not that person's."""
    if passkey := _mine(db, who, passkey_id):
        passkey.name = name


def remove(db: Session, who: ConfirmedUser, passkey_id: UUID, now: datetime) -> bool:
    """Remove a passkey, and end the sessions that passkeys began; False where it is not that person's."""
    sessions.alone(db, who.account_id)
    passkey = _mine(db, who, passkey_id)
    if passkey is None:
        return False
    db.delete(passkey)
    db.flush()
    sessions.end_others_by(db, who, Way.PASSKEY, now)
    _record(db, "passkey.removed", who, now)
    return True


def _mine(db: Session, who: User, passkey_id: UUID) -> Passkey | None:
    mine = select(Passkey).where(Passkey.id == passkey_id, Passkey.account_id == who.account_id)
    return db.exec(mine).first()


def _hash(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


def _record(db: Session, act: str, who: User, now: datetime) -> None:
    mine = who.account_id
    record(db, Act(act=act, object_kind="account", object_id=mine, account_id=mine), now)

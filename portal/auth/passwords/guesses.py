"""How often a password may be tried: buckets of tries, one for strange browsers and one for each known device.

Who guesses from elsewhere empties the bucket of strangers, and does not lock out the person on their own device. A name
that is nobody's has a bucket like any other, so that it does not tell.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from portal.auth.passwords import rules
from portal.auth.passwords.models import GuessBucket, KnownDevice, Password
from portal.auth.ways.hashing import Hashed
from portal.kit.db import one_at_a_time, table_of, upsert
from portal.kit.sight import show


class NoTryLeft(Exception):
    """So many tries came that the next one has to wait."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True)
class Trial:
    """A try that was taken: with which hash to compare, and whose it is; None where the name is nobody's."""

    bucket: bytes
    hashed: Hashed
    account_id: UUID | None


def begin(db: Session, login_key: bytes, device: str | None, nobodys: Hashed, now: datetime) -> Trial:
    """Take a try for a login name, by its key. Raises NoTryLeft."""
    show(db, Password.login_key, login_key)
    password = db.exec(select(Password).where(Password.login_key == login_key)).first()
    account_id = password.account_id if password else None
    bucket = _bucket(db, login_key, device, account_id)
    one_at_a_time(db, f"guesses {bucket.hex()}")
    full_at = _full_at(db, bucket)
    if wait := rules.wait(full_at, now):
        raise NoTryLeft(wait)
    upsert(db, table_of(GuessBucket), [{"key": bucket, "full_at": rules.after_a_try(full_at, now)}])
    return Trial(bucket, Hashed(password.encoded, password.pepper) if password else nobodys, account_id)


def give_back(db: Session, trial: Trial) -> None:
    """Give a try back that was none: the password was right, or could not be compared."""
    one_at_a_time(db, f"guesses {trial.bucket.hex()}")
    if full_at := _full_at(db, trial.bucket):
        upsert(db, table_of(GuessBucket), [{"key": trial.bucket, "full_at": full_at - rules.ONE_COMES_BACK}])


@dataclass(frozen=True)
class Acquaintance:
    """How a person's device is known: the token for its cookie, None where it has one; whether it was new for them."""

    token: str | None
    is_new: bool


def know(db: Session, account_id: UUID, device: str | None, fresh: str, now: datetime) -> Acquaintance:
    """Note that a person has signed in on a device, which gets a fresh token where it was nobody's yet.

    Who share a device share its token, and each has a bucket of their own there.
    """
    if device and (known := _device(db, device, account_id)):
        known.used_at = now
        return Acquaintance(None, is_new=False)
    is_shared = device is not None and _is_somebodys(db, _hash(device))
    token = device if device and is_shared else fresh
    db.add(KnownDevice(token_hash=_hash(token), account_id=account_id, known_since=now, used_at=now))
    db.flush()
    newest = select(KnownDevice.id).where(KnownDevice.account_id == account_id)
    kept = db.exec(newest.order_by(col(KnownDevice.used_at).desc()).limit(rules.MOST_DEVICES)).all()
    too_many = (col(KnownDevice.account_id) == account_id) & col(KnownDevice.id).not_in(kept)
    db.connection().execute(delete(KnownDevice).where(too_many))
    return Acquaintance(None if is_shared else fresh, is_new=True)


def is_known(db: Session, login_key: bytes, device: str | None) -> bool:
    """Whether a device is one of those of a login name's person."""
    if device is None:
        return False
    show(db, Password.login_key, login_key)
    theirs = select(Password.account_id).where(Password.login_key == login_key)
    account_id = db.exec(theirs).first()
    return account_id is not None and _device(db, device, account_id) is not None


def forget_devices(db: Session, account_id: UUID) -> None:
    """Know none of a person's devices any more."""
    db.connection().execute(delete(KnownDevice).where(col(KnownDevice.account_id) == account_id))


def forget(db: Session, now: datetime) -> None:
    """Remove full buckets, and devices that nobody has used for as long as a browser keeps a cookie."""
    db.connection().execute(delete(GuessBucket).where(col(GuessBucket.full_at) <= now))
    db.connection().execute(delete(KnownDevice).where(col(KnownDevice.used_at) <= now - rules.DEVICE_KNOWN))


def _bucket(db: Session, login_key: bytes, device: str | None, account_id: UUID | None) -> bytes:
    known = _device(db, device, account_id) if device else None
    return login_key if known is None else hashlib.sha256(known.id.bytes + login_key).digest()


def _device(db: Session, device: str, account_id: UUID | None) -> KnownDevice | None:
    known = select(KnownDevice).where(KnownDevice.token_hash == _hash(device), KnownDevice.account_id == account_id)
    return db.exec(known).first()


def _is_somebodys(db: Session, token_hash: bytes) -> bool:
    show(db, KnownDevice.token_hash, token_hash)
    return db.exec(select(KnownDevice.id).where(KnownDevice.token_hash == token_hash)).first() is not None


def _full_at(db: Session, bucket: bytes) -> datetime | None:
    return db.exec(select(GuessBucket.full_at).where(GuessBucket.key == bucket)).first()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()

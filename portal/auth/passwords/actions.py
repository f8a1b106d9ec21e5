"""Setting, changing and removing a password, and the e-mail address that is its login name."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from portal.audit.actions import Act, record
from portal.auth import actions as sessions
from portal.auth.passwords import guesses, rules
from portal.auth.passwords.models import BreachedPassword, LoginNameCheck, Password
from portal.auth.people import ConfirmedUser, User
from portal.auth.rules import Way
from portal.auth.ways.hashing import Hashed
from portal.kit.addresses import NotAnAddress, as_sent
from portal.kit.allowance import DayIsFull, free_at
from portal.kit.db import one_at_a_time
from portal.kit.i18n import text
from portal.kit.sight import see, show


class TooManyCodes(DayIsFull):
    """Letters with codes are limited: nobody's mailbox is to be filled through us."""

    says = text("We have sent you as many codes as we send in one day. Try again tomorrow.")


class Done(StrEnum):
    """What became of a password that somebody wanted to set."""

    SET = "set"
    CHANGED = "changed"
    NO_NAME = "no name"  # there is no login name yet, or a code for another one is on its way and was not typed
    WRONG_CODE = "wrong code"  # or one that has been used, or is too old
    TAKEN = "taken"  # the address is the login name of another person


@dataclass(frozen=True)
class NewPassword:
    """A password to be set: its hash, and the code that proves the address for a new login name, empty for none."""

    hashed: Hashed
    code: str


@dataclass(frozen=True)
class PasswordState:
    """A person's password: its login name and when it was set, and an address to which a code is on its way."""

    login_name: str | None
    set_at: datetime | None
    asked: str | None


def login_key(key: bytes, typed: str) -> bytes:
    """What a login name is found by: one address is one name, in whichever case; what is none is nobody's.

    What is longer than an address can be is not even read: to take it apart would take as long as it is.
    """
    try:
        name = as_sent(_short(typed).strip()).casefold()
    except (NotAnAddress, UnicodeError):
        name = f"no address {typed[: rules.LONGEST_NAME]!r}"
    return hmac.digest(key, b"login name " + name.encode(errors="surrogatepass"), hashlib.sha256)


def _short(typed: str) -> str:
    if len(typed) > rules.LONGEST_NAME:
        raise NotAnAddress("too long")
    return typed


def state(db: Session, who: User, now: datetime) -> PasswordState:
    """How things stand with a person's password."""
    password = db.exec(select(Password).where(Password.account_id == who.account_id)).first()
    asked = _asked(db, who.account_id, now)
    return PasswordState(
        password.login_name if password else None, password.set_at if password else None, asked.email if asked else None
    )


def ask_for_name(db: Session, who: ConfirmedUser, email: str, now: datetime) -> str:
    """The code for a letter to an address that shall be the login name; an earlier code is dead.

    Raises TooManyCodes, and nothing is written then.
    """
    one_at_a_time(db, f"login name of {who.account_id}")
    mine = select(LoginNameCheck.asked_at).where(LoginNameCheck.account_id == who.account_id)
    full_until = free_at(db, mine.order_by(col(LoginNameCheck.asked_at).desc()), rules.LETTERS_A_DAY, now)
    if full_until:
        raise TooManyCodes(full_until)
    if earlier := _asked(db, who.account_id, now):
        earlier.closed_at = now
    code, check_id = f"{secrets.randbelow(10**rules.CODE_DIGITS):0{rules.CODE_DIGITS}}", uuid4()
    check = LoginNameCheck(
        id=check_id, account_id=who.account_id, email=email, code_hash=_code_hash(check_id, code), asked_at=now
    )
    db.add(check)
    return code


def is_breached(db: Session, password: str) -> bool:
    """Whether a password stands in the list of stolen ones that the operator has loaded."""
    digest = hashlib.sha1(password.encode(errors="surrogatepass"), usedforsecurity=False).digest()
    return db.exec(select(BreachedPassword.hash).where(BreachedPassword.hash == digest[:10])).first() is not None


def set_password(db: Session, who: ConfirmedUser, new: NewPassword, key: bytes, now: datetime) -> Done:
    """Set a person's password, or change it; whoever is signed in by the old one elsewhere is signed out.

    key: that of `login_key`
    """
    sessions.alone(db, who.account_id)
    password = _password(db, who)
    check = _asked(db, who.account_id, now)
    if new.code:
        if check is None or not _is_right(check, new.code):
            return Done.WRONG_CODE
        name = check.email
    elif password is not None and check is None:
        name = password.login_name
    else:
        return Done.NO_NAME
    done = Done.CHANGED if password else Done.SET
    if check is not None:
        check.closed_at = now
    found_by = login_key(key, name)
    if _is_anothers(db, found_by, who):
        return Done.TAKEN
    kept = Password(
        id=password.id if password else uuid4(),
        account_id=who.account_id,
        login_name=name,
        login_key=found_by,
        encoded=new.hashed.encoded,
        pepper=new.hashed.pepper,
        set_at=now,
    )
    db.merge(kept)
    _end_what_it_opened(db, who, now)
    _record(db, f"password.{done}", who, now)
    return done


def rehash(db: Session, account_id: UUID, old: Hashed, new: Hashed) -> None:
    """Keep a password by a newer hash, where it is still the one that the old hash was of."""
    mine = (col(Password.account_id) == account_id, col(Password.encoded) == old.encoded)
    newer = update(Password).where(*mine).values(encoded=new.encoded, pepper=new.pepper)
    db.connection().execute(newer)


def is_still(db: Session, account_id: UUID, hashed: Hashed) -> bool:
    """Whether a person's password is still the one of a hash: it may have been changed while it was compared.

    It stays so until the transaction ends.
    """
    sessions.alone(db, account_id)
    mine = (Password.account_id == account_id, Password.encoded == hashed.encoded)
    return db.exec(select(Password.id).where(*mine)).first() is not None


def remove(db: Session, who: ConfirmedUser, now: datetime) -> str | None:
    """Remove a person's password, and what it opened; the login name that it had, None where there was none."""
    sessions.alone(db, who.account_id)
    password = _password(db, who)
    if password is None:
        return None
    db.delete(password)
    _end_what_it_opened(db, who, now)
    _record(db, "password.removed", who, now)
    return password.login_name


def forget(db: Session, now: datetime) -> None:
    """Remove codes a day after they were sent: until then they count among the letters of a day."""
    guesses.forget(db, now)
    past = now - sessions.KEPT_AFTERWARDS
    db.connection().execute(delete(LoginNameCheck).where(col(LoginNameCheck.asked_at) < past))


def _password(db: Session, who: User) -> Password | None:
    """A person's password as it is now, whatever the transaction has read of it before."""
    mine = select(Password).where(Password.account_id == who.account_id)
    return db.exec(mine.execution_options(populate_existing=True)).first()


def _end_what_it_opened(db: Session, who: User, now: datetime) -> None:
    sessions.end_others_by(db, who, Way.PASSWORD, now)
    guesses.forget_devices(db, who.account_id)


def _is_anothers(db: Session, found_by: bytes, who: User) -> bool:
    one_at_a_time(db, f"login name {found_by.hex()}")
    show(db, Password.login_key, found_by)
    taken = (Password.login_key == found_by, Password.account_id != who.account_id)
    is_taken = db.exec(select(Password.id).where(*taken)).first() is not None
    see(db, who.sight)  # and not what the other's key opened
    return is_taken


def _asked(db: Session, account_id: UUID, now: datetime) -> LoginNameCheck | None:
    """The code that can still come back."""
    waits = select(LoginNameCheck).where(
        LoginNameCheck.account_id == account_id,
        col(LoginNameCheck.closed_at).is_(None),
        col(LoginNameCheck.asked_at) > now - rules.CODE_LIVES,
        col(LoginNameCheck.tries) < rules.CODE_TRIES,
    )
    return db.exec(waits.order_by(col(LoginNameCheck.asked_at).desc())).first()


def _is_right(check: LoginNameCheck, code: str) -> bool:
    check.tries += 1
    digits = "".join(character for character in code if character.isdecimal())
    return hmac.compare_digest(check.code_hash, _code_hash(check.id, digits))


def _code_hash(check_id: UUID, code: str) -> bytes:
    return hashlib.sha256(check_id.bytes + code.encode(errors="surrogatepass")).digest()


def _record(db: Session, act: str, who: User, now: datetime) -> None:
    mine = who.account_id
    record(db, Act(act=act, object_kind="account", object_id=mine, account_id=mine), now)

"""The way in by a login name and a password, which a person sets after their bank has proved them.

It proves a person whom the bank proved once, and nothing of today: it opens the everyday pages. There is no reset by
e-mail: whoever has lost their password identifies themselves by their bank and sets another one. Whether a name is
anybody's shows in no answer, nor in its time: the same work is done for each (docs/decisions/0029).
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar
from uuid import UUID

from sqlmodel import Session

from portal.auth import actions as sessions
from portal.auth.actions import SESSION_COOKIE, Entry, Proof
from portal.auth.identification import People
from portal.auth.models import Account
from portal.auth.passwords import actions, guesses, rules
from portal.auth.passwords.guesses import NoTryLeft, Trial
from portal.auth.people import User
from portal.auth.rules import Way
from portal.auth.ways import Offer
from portal.auth.ways.hashing import Hashed, Hashing, HashingBusy
from portal.installation import Installation
from portal.kit.access import Anyone
from portal.kit.companion import CompanionGone
from portal.kit.i18n import Language, text
from portal.kit.rates import Turnstile
from portal.kit.sight import show
from portal.kit.transactions import reading, writing
from portal.kit.web import Cookie, FlowVisit, address_of

ADDRESS: Final = "/sign-in/password"
DEVICE_COOKIE: Final = "__Host-device"
DEVICE_FORM: Final = re.compile(r"[A-Za-z0-9_-]{43}")
PROOF: Final = Proof(Way.PASSWORD, acr="password", amr="pwd")  # RFC 8176, section 2

P = TypeVar("P", bound=Anyone)


TellOfDevice = Callable[[Session, Installation, UUID, Language, datetime], None]
"""Tells the person of an account that somebody has come in as them on a device that was new; `app.py` passes it in."""


@dataclass(frozen=True)
class Passwords:
    """What the way stands on: how people are known, where passwords are hashed, how many may try, who tells of it."""

    people: People
    hashing: Hashing
    turnstile: Turnstile
    name_key: bytes
    now: Callable[[], datetime]
    tell_of_device: TellOfDevice


@dataclass(frozen=True)
class NameAndPassword:
    """What somebody typed in order to come in."""

    name: str
    password: str


class NotRight(Exception):
    """The name, the password, or both; nothing tells which."""


def offer() -> Offer:
    """A link to the form."""
    return Offer(ADDRESS, "key-round", text("Sign in by email address and password"), text("Opens the everyday pages"))


def begin(visit: FlowVisit[P]) -> str | None:
    """The token of a device that a person has signed in on, None for what is none."""
    token = visit.request.cookies.get(DEVICE_COOKIE)
    return token if token is not None and DEVICE_FORM.fullmatch(token) else None


async def finish(passwords: Passwords, visit: FlowVisit[Anyone], typed: NameAndPassword) -> Sequence[Cookie]:
    """The cookies of a new session. Raises NotRight, NoTryLeft, and Busy, with which no try is lost."""
    key, device, hashing = actions.login_key(passwords.name_key, typed.name), begin(visit), passwords.hashing
    wait_s, nobodys = passwords.turnstile.wait_s(address_of(visit.request)), hashing.nobodys
    if wait_s and not await reading(visit, lambda db: guesses.is_known(db, key, device)):
        raise NoTryLeft(timedelta(seconds=wait_s))
    trial = await writing(visit, lambda db: guesses.begin(db, key, device, nobodys, visit.now))
    password = rules.normal(typed.password)
    try:
        fits = await hashing.fits(password, trial.hashed)
        newer = await hashing.hashed(password) if fits and hashing.is_old(trial.hashed) else None
    except (HashingBusy, CompanionGone):
        await writing(visit, lambda db: guesses.give_back(db, trial))
        raise
    cookies = await writing(visit, lambda db: _enter(passwords, visit, db, trial, newer)) if fits else []
    if not cookies:
        raise NotRight
    return cookies


def _enter(
    passwords: Passwords, visit: FlowVisit[Anyone], db: Session, trial: Trial, newer: Hashed | None
) -> Sequence[Cookie]:
    """Begin the session of a person whose password fitted; none where it was changed meanwhile."""
    account_id, now = trial.account_id, passwords.now()
    if account_id is None:
        return []
    show(db, Account.id, account_id)
    if not actions.is_still(db, account_id, trial.hashed):
        return []
    guesses.give_back(db, trial)
    if newer is not None:
        actions.rehash(db, account_id, trial.hashed, newer)
    device = guesses.know(db, account_id, begin(visit), sessions.secret(), now)
    if device.is_new:
        passwords.tell_of_device(db, visit.installation, account_id, visit.language, now)
    old = visit.who.session_id if isinstance(visit.who, User) else None
    people = passwords.people
    cookie = sessions.enter(db, Entry(account_id, PROOF, old, people.first_choice, people.language), now)
    return [Cookie(SESSION_COOKIE, cookie), *device_cookies(device.token)]


def device_cookies(device: str | None) -> Sequence[Cookie]:
    """The cookie by which a browser is known again; none where it has one already."""
    lives_s = int(rules.DEVICE_KNOWN.total_seconds())
    return [Cookie(DEVICE_COOKIE, device, lives_s)] if device else []


def name_key(secret: bytes) -> bytes:
    """The key by which login names are found, of a secret of the installation."""
    return hashlib.sha256(b"portal login names" + secret).digest()

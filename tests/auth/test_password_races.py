"""What happens at once around a password: nothing that its old one opened outlives a change, on either database."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import select

from portal.auth import actions as sessions
from portal.auth.actions import SESSION_COOKIE, Entry, Proof
from portal.auth.models import Account, SignedSession
from portal.auth.passwords import actions as passwords
from portal.auth.passwords.actions import NewPassword
from portal.auth.passwords.models import Password
from portal.auth.people import ConfirmedUser
from portal.auth.reach import Reach
from portal.auth.rules import Way
from portal.auth.ways.hashing import Hashed
from tests import days
from tests.browser import Browser
from tests.people import AINO, user
from tests.running import PATIENCE_S

OLD, NEW, NEWER = (Hashed(encoded, b"pppp") for encoded in ("old", "new", "newer"))
KEY = b"k" * 32


@pytest.fixture
def owner(house):
    """Somebody who has just come from their bank, and has a password."""
    house.cookie(AINO, "Aino Mäkelä")
    with house.database.writing() as db:
        session = db.exec(select(SignedSession)).one()
        name = {"login_name": "aino@login.example", "login_key": passwords.login_key(KEY, "aino@login.example")}
        kept = Password(
            account_id=session.account_id, encoded=OLD.encoded, pepper=OLD.pepper, set_at=days.now(), **name
        )
        db.add(kept)
        return who(session)


def who(session):
    return user(Reach(frozenset()), kind=ConfirmedUser, account_id=session.account_id, session_id=session.id)


def enters(house, owner):
    """The cookie of a session by the old password; None where it is the password no more."""
    with house.database.writing() as db:
        if not passwords.is_still(db, owner.account_id, OLD):
            return None
        entry = Entry(owner.account_id, Proof(Way.PASSWORD, "password"), None, house.first_choice, house.language)
        return sessions.enter(db, entry, days.now())


def change(db, owner):
    passwords.set_password(db, owner, NewPassword(NEW, ""), KEY, days.now())
    db.flush()


def at_once(house, first, second):
    """What a second deed gave that began before the first was committed, and ended or waits for it."""
    with ThreadPoolExecutor(1) as apart:
        with house.database.writing() as db:
            gave = first(db)
            other, until = apart.submit(second), time.monotonic() + PATIENCE_S
            while not (other.done() or waits(house) or time.monotonic() > until):
                time.sleep(0.01)
        return gave, other.result(PATIENCE_S)


def waits(house):
    """Whether somebody waits for another's lock; on SQLite whoever writes waits for the one before."""
    if house.database.engine.dialect.name == "sqlite":
        return True
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with house.database.reading() as db:
        return db.connection().exec_driver_sql(asked).scalar_one() > 0


def test_nobody_enters_by_a_password_while_it_is_changed(house, owner):
    _, cookie = at_once(house, lambda db: change(db, owner), lambda: enters(house, owner))
    assert cookie is None


def test_nobody_enters_by_a_password_while_it_is_removed(house, owner):
    _, cookie = at_once(
        house, lambda db: (passwords.remove(db, owner, days.now()), db.flush()), lambda: enters(house, owner)
    )
    assert cookie is None


@pytest.mark.parametrize("ends", ["changed", "removed"])
def test_a_session_that_goes_on_under_another_id_meanwhile_ends_with_the_others(house, owner, ends):
    cookie = enters(house, owner)
    with house.database.reading() as db:
        thief = who(db.exec(select(SignedSession).where(SignedSession.way == Way.PASSWORD)).one())

    def second():
        with house.database.writing() as db:
            change(db, owner) if ends == "changed" else passwords.remove(db, owner, days.now())

    renewed, _ = at_once(house, lambda db: sessions.renew(db, thief, days.now()), second)
    for one in (cookie, renewed):
        answer = Browser(house.app, cookies={SESSION_COOKIE: one}).get("/overview")
        assert answer.headers["location"].startswith("/sign-in")


def test_a_newer_hash_of_the_old_password_does_not_bring_it_back(house, owner):
    def second():
        with house.database.writing() as db:
            passwords.rehash(db, owner.account_id, OLD, NEWER)

    at_once(house, lambda db: change(db, owner), second)
    with house.database.reading() as db:
        assert db.exec(select(Password.encoded)).one() == NEW.encoded
        assert db.exec(select(Account.id)).one() == owner.account_id

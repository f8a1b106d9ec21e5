"""The audit: one chain, also when many write at once, in which no entry changes unnoticed."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, text
from sqlmodel import select

from portal.audit import chain
from portal.audit.actions import Act, record
from portal.audit.models import AuditEntry
from portal.audit.rules import BEGINNING, ChainEntry, hash_of
from portal.kit.db import Database

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SOMEBODY = UUID(int=1)


def act(number):
    return Act(
        act="invoice.seen",
        object_kind="invoice",
        object_id=UUID(int=number),
        account_id=SOMEBODY,
        details={"was": "unread", "is": "read"},
    )


def write(database, count):
    with database.writing() as db:
        for number in range(1, count + 1):
            record(db, act(number), NOW + timedelta(seconds=number))


def verified(database):
    with database.reading() as db:
        wrong = chain.verify(db).wrong
    return wrong.number if wrong else None


def tamper(database, *statements):
    """What somebody with all rights to the database could do."""
    with database.engine.begin() as connection:
        if database.engine.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER audit_entry_only_grows ON audit_entry"))
        else:
            connection.execute(text("DROP TRIGGER audit_entry_no_update"))
            connection.execute(text("DROP TRIGGER audit_entry_no_delete"))
        for statement in statements:
            connection.execute(text(statement))


def test_nothing_written_is_whole(database):
    assert verified(database) is None


def test_entries_are_numbered_and_whole(database):
    write(database, 3)
    with database.reading() as db:
        entries = db.exec(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert entries[0].previous_hash == BEGINNING
    assert entries[1].previous_hash == entries[0].hash
    assert entries[0].details == '{"is":"read","was":"unread"}'
    assert verified(database) is None


def test_what_is_rolled_back_leaves_no_gap(database):
    write(database, 1)
    with contextlib.suppress(ZeroDivisionError), database.writing() as db:
        record(db, act(2), NOW)
        raise ZeroDivisionError
    write(database, 1)
    assert verified(database) is None


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_entry SET act = 'invoice.paid' WHERE number = 3", 3),
        ("UPDATE audit_entry SET details = '{}' WHERE number = 5", 5),
        ("UPDATE audit_entry SET account_id = NULL WHERE number = 1", 1),
        ("UPDATE audit_entry SET object_id = 'x' WHERE number = 2", 2),
        ("DELETE FROM audit_entry WHERE number = 2", 2),
        ("DELETE FROM audit_entry WHERE number = 1", 1),
        ("UPDATE audit_entry SET number = 6 WHERE number = 4", 4),
        ("UPDATE audit_entry SET previous_hash = hash WHERE number = 4", 4),
    ],
)
def test_a_changed_or_missing_entry_is_found(database, statement, broken):
    write(database, 5)
    tamper(database, statement)
    assert verified(database) == broken


def test_an_entry_with_a_new_hash_of_its_own_breaks_the_next_one(database):
    write(database, 3)
    with database.reading() as db:
        second = db.get_one(AuditEntry, 2)
    values = {name: getattr(second, name) for name in ChainEntry.__slots__} | {"act": "invoice.paid"}
    forged = hash_of(ChainEntry(**values)).hex()
    blob = f"'\\x{forged}'" if database.engine.dialect.name == "postgresql" else f"x'{forged}'"
    tamper(database, f"UPDATE audit_entry SET act = 'invoice.paid', hash = {blob} WHERE number = 2")
    assert verified(database) == 3


def test_many_writers_keep_one_chain(database_url):
    database = Database(database_url)

    def visit(number):
        with database.writing() as db:
            record(db, act(number), NOW)

    with ThreadPoolExecutor(8) as writers:
        list(writers.map(visit, range(40)))
    with database.reading() as db:
        assert db.exec(select(func.count()).select_from(AuditEntry)).one() == 40
        assert chain.verify(db).wrong is None
    database.engine.dispose()


ENTRIES = st.builds(
    ChainEntry,
    number=st.integers(1, 10**9),
    at=st.datetimes(timezones=st.just(UTC)),
    account_id=st.none() | st.uuids(),
    party_id=st.none() | st.uuids(),
    act=st.text(max_size=60),
    object_kind=st.text(max_size=40),
    object_id=st.text(max_size=64),
    details=st.text(),
    previous_hash=st.binary(min_size=32, max_size=32),
)


@given(ENTRIES, ENTRIES)
def test_different_entries_have_different_hashes(one, other):
    assert (hash_of(one) == hash_of(other)) == (one == other)


def test_the_hash_of_an_entry_stays_what_it_is():
    """Chains that stand in databases must verify with every later version of the portal."""
    entry = ChainEntry(
        number=1,
        at=NOW,
        account_id=None,
        party_id=SOMEBODY,
        act="consent.given",
        object_kind="permission_record",
        object_id="ä",
        details="{}",
        previous_hash=BEGINNING,
    )
    assert hash_of(entry).hex() == "d1b29a664980b9fa946a271936098b1b9cbccc1272be3685bdef6ada86880e42"

"""One transaction a request: what it may do, and what of it stays."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DataError, InternalError

from portal.customers.models import Party
from portal.kit.db import Database, table_of

PARTIES = select(func.count()).select_from(table_of(Party))


@pytest.fixture
def postgresql(postgresql_url):
    """A database of PostgreSQL with one connection."""
    found = Database(postgresql_url, pool_size=1)
    yield found
    found.engine.dispose()


def test_who_only_reads_changes_nothing(database):
    row = Party(customer_number="1", kind="person", name="Aino", language="fi")
    with database.reading() as db:
        db.add(row)
    with database.reading() as db:
        assert db.execute(PARTIES).scalar() == 0


def test_postgresql_refuses_a_change_of_who_only_reads(postgresql):
    with pytest.raises(InternalError, match="read-only transaction"), postgresql.reading() as db:
        db.execute(text("DELETE FROM party"))


def test_postgresql_plans_a_question_once_for_many_who_only_read(postgresql):
    for _ in range(8):
        with postgresql.reading() as db:
            db.execute(PARTIES)
    with postgresql.reading() as db:
        prepared = db.execute(text("SELECT statement FROM pg_prepared_statements")).scalars().all()
    assert [one for one in prepared if "FROM party" in one]


def test_a_transaction_that_failed_is_taken_back_and_the_next_one_begins(postgresql):
    for _ in range(2):
        with pytest.raises(DataError), postgresql.reading() as db:
            db.execute(text("SELECT 1 / 0"))
    with postgresql.reading() as db:
        assert db.execute(PARTIES).scalar() == 0

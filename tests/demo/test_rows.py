"""Rows of the demo are inserted as they are, on both databases."""

from datetime import UTC, datetime

from sqlmodel import select

from portal.demo.rows import insert
from portal.feeds.models import ImportRun


def test_a_key_that_the_database_gives_is_left_to_it(database):
    told = {"ended_at": datetime(2026, 11, 21, 2, tzinfo=UTC), "accepted": 0, "unchanged": 0, "refused": 0}
    with database.writing() as db:
        insert(db, [ImportRun(**told, left_out=files) for files in range(2)])
        db.add(ImportRun(**told, left_out=2))
        db.flush()
        assert db.exec(select(ImportRun.number).order_by(ImportRun.left_out)).all() == [1, 2, 3]

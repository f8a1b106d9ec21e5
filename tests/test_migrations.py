"""The schema: one history, the same on both databases, and equal to the models."""

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from portal import migrations
from portal.kit.db import Database


def test_the_newest_schema_is_what_the_models_say(database):
    command.check(migrations.config(database.engine))


def test_a_new_database_is_empty_and_a_migrated_one_current(database, tmp_path):
    assert migrations.state(database.engine) == migrations.SchemaState.CURRENT
    new = Database(f"sqlite:///{tmp_path}/new.db")
    assert migrations.state(new.engine) == migrations.SchemaState.EMPTY
    new.engine.dispose()


@pytest.mark.parametrize("act", ["UPDATE audit_entry SET act = 'other'", "DELETE FROM audit_entry"])
def test_the_audit_only_grows(database, act):
    with Session(database.engine) as db:
        db.execute(
            text(
                "INSERT INTO audit_entry (number, at, act, object_kind, object_id, details, previous_hash, hash) "
                "VALUES (1, '2026-11-21 12:00:00', 'seen', 'invoice', 'x', '{}', :empty, :empty)"
            ),
            {"empty": b"\0" * 32},
        )
        db.commit()
        with pytest.raises(DatabaseError, match="only grows"):
            db.execute(text(act))
        db.rollback()

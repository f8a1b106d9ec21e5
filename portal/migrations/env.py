"""Runs migrations on the engine that `portal.migrations` hands over; `alembic` takes the portal's own URL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from alembic import context
from sqlalchemy import Connection, Engine, TypeDecorator
from sqlmodel import SQLModel

import portal.tables  # noqa: F401 - the tables that autogenerate compares with
from portal.kit.db import Database


def engine() -> Engine:
    """The engine of the portal, or of the person who writes a migration."""
    found = context.config.attributes.get("engine")
    if isinstance(found, Engine):
        return found
    return Database(os.environ.get("PORTAL_DATABASE_URL", "sqlite:///portal.db")).engine


def written(kind: str, thing: object, _autogenerate: object) -> str | Literal[False]:
    """A type as a revision writes it down: what it is in the database, for our own names of types may change."""
    return f"sa.{thing.impl_instance!r}" if kind == "type" and isinstance(thing, TypeDecorator) else False


@contextmanager
def rebuilding(connection: Connection) -> Iterator[None]:
    """SQLite makes a table anew to change its constraints, and would refuse to drop one that others refer to.

    So references are not looked at meanwhile, but all of them at the end (sqlite.org/lang_altertable.html, section 7).
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection
    raw.cursor().execute("PRAGMA foreign_keys=OFF")  # heard between transactions only
    try:
        yield
    finally:
        raw.cursor().execute("PRAGMA foreign_keys=ON")


def sound(connection: Connection) -> None:
    """Nothing refers to what is not there."""
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"the migration leaves references to nothing: {broken[:3]}")


with engine().connect() as connection, rebuilding(connection):
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=written,
    )
    with context.begin_transaction():
        context.run_migrations()
        sound(connection)
    connection.commit()

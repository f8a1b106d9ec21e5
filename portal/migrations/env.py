"""Runs migrations on the engine that `portal.migrations` hands over; `alembic` takes the portal's own URL."""

import os
from typing import Literal

from alembic import context
from sqlalchemy import Engine, TypeDecorator
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


with engine().connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=written,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()

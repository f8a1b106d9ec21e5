"""The demo's database with a small company, seeded once for a whole run of tests, by whichever worker comes first."""

import fcntl
import os
import shutil
from contextlib import contextmanager

import pytest

from portal.demo import seed
from portal.kit.db import Database
from tests.days import UNTIL
from tests.people import House, vault


@pytest.fixture(scope="session")
def seeded_sqlite(empty_sqlite, tmp_path_factory):
    """A SQLite file as the demo begins with; tests copy it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    path = shared / "seeded.db"
    with (shared / "seeded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            unfinished = path.with_suffix(".unfinished")
            shutil.copy(empty_sqlite, unfinished)
            database = Database(f"sqlite:///{unfinished}")
            seed.seed(database, vault(), UNTIL)
            database.engine.dispose()
            unfinished.rename(path)
    return path


@pytest.fixture(scope="module")
def demo(seeded_sqlite):
    """The demo in SQLite; tests only read it."""
    database = Database(f"sqlite:///{seeded_sqlite}")
    yield database
    database.engine.dispose()


@contextmanager
def copied_house(seeded_sqlite, folder):
    """The demo's portal on a copy of its database, which tests may change."""
    path = folder / "portal.db"
    shutil.copy(seeded_sqlite, path)
    database = Database(f"sqlite:///{path}")
    try:
        yield House(database)
    finally:
        database.engine.dispose()

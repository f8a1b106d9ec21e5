import pytest

from portal.kit.db import Database
from tests.home.estate import Estate
from tests.people import House


@pytest.fixture(scope="session")
def estate(empty_sqlite, tmp_path_factory):
    """The company with many sites; tests only look at it."""
    path = tmp_path_factory.mktemp("estate") / "portal.db"
    path.write_bytes(empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    yield Estate(House(database))
    database.engine.dispose()

"""Two households and a company with something in every kind of table, on SQLite."""

import pytest

from portal.kit.db import Database
from tests.people import House


@pytest.fixture
def house(sqlite_url):
    """The portal on SQLite: what these pages do is the same on either database."""
    database = Database(sqlite_url)
    yield House(database)
    database.engine.dispose()

"""A portal and a bank to sign in with."""

import json

import pytest

from portal.kit.db import Database
from tests.bank import FAPI2, PROFILE, Clock, World, own_keys


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def world(sqlite_url, clock):
    """On SQLite: what the bank says does not depend on the database."""
    database = Database(sqlite_url)
    yield World(database, clock, PROFILE, own_keys())
    database.engine.dispose()


@pytest.fixture
def fapi2_world(sqlite_url, clock):
    """The same with a broker that holds to FAPI 2.0."""
    database = Database(sqlite_url)
    yield World(database, clock, FAPI2, own_keys())
    database.engine.dispose()


@pytest.fixture
def either_world(database, clock):
    """On SQLite and on PostgreSQL."""
    return World(database, clock, PROFILE, own_keys())


@pytest.fixture
def visitor(world):
    return world.visitor()


class RequestsLog:
    """The lines that requests left, read as an operator would."""

    def __init__(self, caplog):
        self._caplog = caplog

    def lines(self):
        return [json.loads(one.getMessage()) for one in self._caplog.records if one.name == "portal.requests"]

    def reason(self):
        """The last reason code."""
        return next(line["reason"] for line in reversed(self.lines()) if "reason" in line)

    def number(self):
        """The number of the last request that had a reason."""
        return next(line["request"] for line in reversed(self.lines()) if "reason" in line)


@pytest.fixture
def requests_log(caplog):
    caplog.set_level("INFO", "portal.requests")
    return RequestsLog(caplog)

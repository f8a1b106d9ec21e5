from datetime import timedelta
from functools import partial

import pytest

from tests.asked import asking
from tests.consumption.homes import Home
from tests.consumption.readings import make_point
from tests.contracts.register import Register


@pytest.fixture
def statements(database):
    """`with statements() as asked:` fills the list with each statement that the block sends to the database."""
    return partial(asking, database)


@pytest.fixture
def db(database):
    """A transaction that is kept."""
    with database.writing() as session:
        yield session


@pytest.fixture
def point(db):
    """A metering point without readings."""
    return make_point(db)


@pytest.fixture
def register(house):
    """The utility's register."""
    return Register(house.database)


@pytest.fixture
def home(register, aino):
    """Aino's home, read by the quarter until yesterday."""
    home = Home(register, aino.party)
    home.readings(aino.today - timedelta(days=1))
    home.contracts()
    return home

"""The demo's register with a small company, and the whole cast at its doors."""

import shutil
from dataclasses import dataclass

import pytest

from portal.kit.db import Database
from tests.access import cast
from tests.access.belongings import Register, register
from tests.access.canaries import Canaries
from tests.access.cast import Person
from tests.people import House


@dataclass(frozen=True)
class Town:
    """The portal, everybody who knocks, and whose everything is."""

    house: House
    people: dict[str, Person]
    register: Register
    canaries: dict[str, Canaries]


@pytest.fixture(scope="package")
def town(seeded_sqlite, tmp_path_factory):
    """One seeded database for all proofs of access; whoever changes something in it works on a copy."""
    path = tmp_path_factory.mktemp("access") / "portal.db"
    shutil.copy(seeded_sqlite, path)
    database = Database(f"sqlite:///{path}")
    house = House(database)
    people = cast.enter(house)
    with database.reading() as db:
        everything = register(db)
    yield Town(house, people, everything, {name: Canaries(everything, one) for name, one in people.items()})
    database.engine.dispose()

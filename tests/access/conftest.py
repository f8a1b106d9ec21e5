"""The demo's register with a small company, and the whole cast at its doors."""

from dataclasses import dataclass

import pytest

from tests.access import cast
from tests.access.belongings import Register, register
from tests.access.canaries import Canaries
from tests.access.cast import Person
from tests.people import House
from tests.seeded import copied_house


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
    with copied_house(seeded_sqlite, tmp_path_factory.mktemp("access")) as house:
        people = cast.enter(house)
        with house.database.reading() as db:
            everything = register(db)
        yield Town(house, people, everything, {name: Canaries(everything, one) for name, one in people.items()})

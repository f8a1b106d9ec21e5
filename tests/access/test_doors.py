"""Every door, every kind of person, everybody's things: the answer is what the table says, and tells of nobody else."""

from collections.abc import Iterator

import pytest

from tests.access.belongings import Thing
from tests.access.canaries import ID
from tests.access.cast import Person
from tests.access.conftest import Town
from tests.addresses import Cell, Door, Kind, doors
from tests.portal import routes

pytestmark = pytest.mark.xdist_group("access")

CAST = (
    *(
        "nobody",
        "Aino",
        "Aino, just proved",
        "Aino, by password",
        "Mikko",
        "Karin",
        "Veikko",
        "Juha",
        "Juha for the company",
        "Sanna",
    ),
    *(
        "Sanna for the company",
        "Petri for the company",
        "Minna for the company",
        "Bertta for the company",
        "Maija for the company",
        "Liisa",
        "Liisa for Veikko",
    ),
    *("Olavi, too late", "Oona", "Tuula, who moved out"),
)
OF_EACH = 2  # things that are tried of each kind
NOWHERE = "00000000-0000-4000-8000-000000000000"


def test_every_route_stands_in_the_table():
    known = {(door.method, door.route) for door in doors()}
    served = {(method, route.path) for route in routes() for method in route.methods - {"HEAD"}}
    missing = sorted(f"{method} {path}" for method, path in served - known)
    assert not missing, f"say in tests/addresses.txt who may open: {missing}"
    gone = sorted(f"{method} {path}" for method, path in known - served)
    assert not gone, f"take out of tests/addresses.txt: {gone}"


@pytest.mark.parametrize("name", CAST)
def test_each_door_answers_as_the_table_says_and_tells_of_nobody_else(town, name):
    person = town.people[name]
    wrong = [
        fault
        for door in doors()
        if door.method == "GET"
        for address, cell in knocks(town, person, door)
        for fault in faults(town, person, address, cell)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_whole_cast_plays(town):
    assert set(CAST) == set(town.people)


def knocks(town: Town, person: Person, door: Door) -> Iterator[tuple[str, Cell]]:
    """What a person asks for at a door, and the answer they must get."""
    cell = door.cells[person.kind]
    if door.about is None:
        yield door.address, cell
        return
    mine, others = split(town, person, door.about)
    if cell is not Cell.UNTRIED:
        yield from ((door.to(thing.id), cell) for thing in mine)
    shut = cell if cell in {Cell.SIGN_IN, Cell.PROVE, Cell.CLOSED} else Cell.MISSING
    yield from ((door.to(thing.id), shut) for thing in others)
    yield door.to(NOWHERE), shut


def split(town: Town, person: Person, kind: str) -> tuple[list[Thing], list[Thing]]:
    """Some things of a kind that a person may see, and of each other party some that they may not."""
    mine, others, seen = [], [], {}
    for thing in town.register.things:
        if thing.kind != kind:
            continue
        if thing.id in person.choices if kind == "party" else any(map(person.may_see, thing.owners)):
            mine.append(thing)
            continue
        party = min((owner.party for owner in thing.owners), key=str)
        seen[party] = seen.get(party, 0) + 1
        if seen[party] <= (OF_EACH if party in person.parties else 1):
            others.append(thing)
    return mine[:OF_EACH], others


def faults(town: Town, person: Person, address: str, cell: Cell) -> Iterator[str]:
    """What is wrong with the answer to a person, a sentence each."""
    answer = person.browser.get(address)
    found = met(answer)
    if found is not cell:
        yield f"{person.name}: {address}: {found} ({answer.status_code}), and the table says {cell}"
    if told := town.canaries[person.name].in_(answer) - set(ID.findall(address)):
        yield f"{person.name}: {address}: tells what is not theirs to know: {sorted(told)[:8]}"


def met(answer) -> Cell | str:
    """The word of the table for an answer."""
    to = answer.headers.get("location", "")
    match answer.status_code:
        case 200:
            return Cell.OK
        case 303 if to.startswith("/sign-in?next="):
            return Cell.SIGN_IN
        case 303 if to.startswith("/confirm?next="):
            return Cell.PROVE
        case 303:
            return Cell.GO
        case status:
            return next((cell for cell in Cell if cell == str(status)), str(status))


def test_a_wrong_id_and_a_foreign_one_are_the_same_page(town):
    mikko = town.people["Mikko"]
    for door in doors():
        if door.method == "GET" and door.about and door.cells[Kind.OWN] is Cell.OK:
            foreign, unknown = (
                mikko.browser.get(door.to(one)) for one in (split(town, mikko, door.about)[1][0].id, NOWHERE)
            )
            assert (foreign.status_code, said(foreign)) == (unknown.status_code, said(unknown)), door.address
            for no_id in ("1", "x", "%00"):
                assert mikko.browser.get(door.to(no_id)).status_code == 404, door.to(no_id)


def test_there_is_something_behind_every_door(town):
    """Else the table would hold because there is nothing to give away."""
    parties = {kind: set() for kind in {door.about for door in doors()} - {None}}
    for thing in town.register.things:
        parties[thing.kind] |= thing.owners
    few = {kind: len(owners) for kind, owners in parties.items() if len(owners) < 2}
    assert not few, f"the demo gives too few people one of these: {few}"


def said(answer) -> str:
    """What a page says; around it stands what differs at every rendering."""
    return answer.text.partition("<main")[2].partition("</main>")[0]

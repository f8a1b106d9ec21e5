"""Every address: what it is and who may open it. `addresses.txt` is written by hand and knows nothing of the code.

A line is a door: the method, the address, what it is, and a cell for each kind of person. An address names in braces
what it is about: `/invoices/{invoice}`. A cell says what becomes of somebody who asks for their own; another's is
always 404, unless the door is shut before anybody looks.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

NO_SECRET = "no-such-secret"  # where an address is a secret: one that is nobody's
NO_BROKER = "no-such-broker"  # where it names a broker's profile


class Kind(StrEnum):
    """What somebody is to the party whose things they ask for."""

    NOBODY = "nobody"  # not signed in
    OWN = "own"  # in their own matters
    PROVED = "proved"  # the same, with their bank at hand a minute ago
    PASSWORD = "password"  # in their own matters, without the bank
    STAND_IN = "stand-in"  # a mandate for everything
    BOOKS = "books"  # billing and consumption, to see, at some sites
    USAGE = "usage"  # consumption, to manage, at some sites
    PAPERS = "papers"  # billing and contracts, to manage, at every site
    BILLS = "bills"  # billing, to see, at every site
    MOVES = "moves"  # moves, to see, at every site
    STRANGER = "stranger"  # a person who is no customer and acts for nobody


class Is(StrEnum):
    """What an address is."""

    PAGE = "page"
    FORM = "form"  # what a page sends
    FILE = "file"
    WAY = "way"  # it leads on
    SIGNAL = "signal"  # for programs, browsers or scripts


class Cell(StrEnum):
    """What becomes of a request."""

    OK = "ok"  # 200
    GO = "go"  # 303 to another page of the portal
    SIGN_IN = "in"  # 303 to sign in
    PROVE = "prove"  # 303 to prove with the bank who one is
    CLOSED = "403"
    MISSING = "404"
    BAD = "400"
    GONE = "410"
    MAY = "may"  # a form that is taken: what it says may be right or wrong
    UNTRIED = "-"  # there is no such thing to ask for


@dataclass(frozen=True)
class Door:
    """A line of the table."""

    method: str
    address: str
    is_: Is
    cells: Mapping[Kind, Cell]

    @property
    def about(self) -> str | None:
        """What kind of thing the address names, None where it names none."""
        found = re.search(r"{(\w+)}", self.address)
        return found[1] if found else None

    @property
    def route(self) -> str:
        """The path as the portal's routes have it."""
        return (
            re.sub(r"{\w+}", "{id}", re.split(r"[ ?]", self.address)[0])
            .replace(NO_SECRET, "{secret}")
            .replace(NO_BROKER, "{profile}")
        )

    def to(self, thing: object) -> str:
        """The address of one thing."""
        return re.sub(r"{\w+}", str(thing), self.address)


@cache
def doors() -> tuple[Door, ...]:
    """The whole table."""
    heading, *lines = (
        line.split()
        for line in (Path(__file__).parent / "addresses.txt").read_text().splitlines()
        if line.strip() and not line.startswith("#")
    )
    kinds = [Kind(name) for name in heading[2:]]
    return tuple(
        Door(method, address, Is(is_), dict(zip(kinds, map(Cell, cells), strict=True)))
        for method, address, is_, *cells in lines
    )


def without_ids() -> list[str]:
    """The addresses that name no thing."""
    return list(dict.fromkeys(door.route for door in doors() if "{" not in door.route))

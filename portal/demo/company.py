"""The demo's company: who it is, where its sites are, and the people who act for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from sqlmodel import SQLModel

from portal.customers.change_requests import Channel
from portal.demo.people import JUHA, LANDLORD, MINNA, OLAVI, PETRI, SANNA
from portal.demo.register import Address, billed, company, contact_person, person
from portal.kit.i18n import Language


class Scale(IntEnum):
    """How many sites the company has: all of them, or every tenth, which is enough for most tests."""

    WHOLE = 240
    SAMPLE = 24

    @property
    def sites(self) -> range:
        """Which of the 240 it has, counted from 0, town by town."""
        return range(0, Scale.WHOLE, Scale.WHOLE // self)


@dataclass(frozen=True)
class Town:
    """A town: how many of the company's sites are there, and how many degrees warmer it is than in Tampere."""

    name: str
    postcode: str
    sites: int
    warmer: float


TOWNS: Final = (
    Town("Tampere", "33100", 58, 0.0),
    Town("Espoo", "02600", 49, 1.1),
    Town("Turku", "20100", 41, 1.3),
    Town("Oulu", "90100", 36, -2.6),
    Town("Jyväskylä", "40100", 31, -1.3),
    Town("Kuopio", "70100", 25, -1.8),
)
OFFICE: Final = Address("Kaavakatu 1", "33100", "Tampere")


def register() -> Iterator[SQLModel]:
    """The company, its contact people, and everybody who acts for it or did."""
    yield from company(LANDLORD, OFFICE, Language.FI, "toimisto@kiinteistot.example.fi", "+358405550240")
    for name, role, phone in (
        (JUHA.name, "AL02", "+358405551907"),
        (f"{SANNA.name}, Tilitoimisto Luku Oy", "AL03", "+358405554422"),
        (PETRI.name, "AL05", "+358405556650"),
    ):
        yield contact_person(LANDLORD, name, role, phone)
    yield billed(LANDLORD, Channel.E_INVOICE, reference="Kiinteistöt 4120")
    for member, address, email, phone in (
        (JUHA, Address("Luonnostie 5", "33230", "Tampere"), "juha.lehto@example.fi", "+358405551907"),
        (SANNA, Address("Arviokatu 11 B 7", "20540", "Turku"), "sanna.niemi@example.fi", "+358405554422"),
        (PETRI, Address("Hahmotie 2", "33270", "Tampere"), "petri.aaltonen@example.fi", "+358405556650"),
        (MINNA, Address("Lupauskuja 8", "02620", "Espoo"), "minna.karjalainen@example.fi", "+358405558804"),
        (OLAVI, Address("Entistie 20", "33410", "Tampere"), "olavi.tuominen@example.fi", "+358405556171"),
    ):
        yield from person(member, address, Language.FI, email, phone)
        yield billed(member, Channel.EMAIL)


def site_number(index: int) -> str:
    """The number of one of the company's sites."""
    return f"{710001 + index}"


def town_of(index: int) -> Town:
    """Where a site is."""
    for town in TOWNS:
        if index < town.sites:
            return town
        index -= town.sites
    raise IndexError(f"there are {Scale.WHOLE} sites")

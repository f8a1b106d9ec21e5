"""Who may act for whom in the demo: for a company, or parts of it, and for a relative."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlmodel import SQLModel

from portal.auth.reach import Level, Theme
from portal.customers.models import Mandate, MandateSite
from portal.demo.company import Scale, site_number, town_of
from portal.demo.naming import id_of
from portal.demo.people import JUHA, LANDLORD, LIISA, MINNA, OLAVI, PETRI, SANNA, VEIKKO, Company, Member
from portal.demo.register import party_id

ALL: Final = tuple(Theme)
KEPT_BOOKS: Final = tuple(site_number(index) for index in range(0, Scale.WHOLE, 20))  # twelve, some in every town


@dataclass(frozen=True)
class Entrusted:
    """A mandate: who gave it to whom, for what, how far, and when.

    sites: their numbers, None for every site
    """

    grantor: Member | Company
    grantee: Member
    themes: tuple[Theme, ...]
    level: Level
    first: date
    last: date | None = None
    sites: tuple[str, ...] | None = None

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.first <= day and (self.last is None or day <= self.last)


def given(today: date, scale: Scale) -> Iterator[Entrusted]:
    """The mandates as they stand on a day: some in force, one that ends soon, one that has ended."""
    year = timedelta(days=365)
    yield Entrusted(LANDLORD, JUHA, ALL, Level.MANAGE, date(2021, 3, 1))
    yield Entrusted(LANDLORD, SANNA, (Theme.BILLING, Theme.CONSUMPTION), Level.SEE, date(2024, 1, 1), sites=KEPT_BOOKS)
    yield Entrusted(
        LANDLORD, PETRI, (Theme.CONSUMPTION,), Level.MANAGE, date(2022, 8, 15), sites=_in_town("Tampere", scale)
    )
    yield Entrusted(
        LANDLORD, MINNA, (Theme.BILLING, Theme.CONTRACTS), Level.MANAGE, today - year, today + timedelta(days=19)
    )
    yield Entrusted(LANDLORD, OLAVI, ALL, Level.MANAGE, date(2015, 6, 1), today - year)
    yield Entrusted(VEIKKO, LIISA, ALL, Level.MANAGE, date(2023, 2, 6))


def rows(today: date, scale: Scale) -> Iterator[SQLModel]:
    """The mandates for the register."""
    for entrusted in given(today, scale):
        grantor, grantee = party_id(entrusted.grantor), party_id(entrusted.grantee)
        mandate = Mandate(
            id=id_of("mandate", grantor, grantee, entrusted.first),
            grantor_id=grantor,
            grantee_id=grantee,
            themes=",".join(entrusted.themes),
            every_site=entrusted.sites is None,
            level=entrusted.level,
            valid_from=entrusted.first,
            valid_to=entrusted.last,
        )
        yield mandate
        for number in entrusted.sites or ():
            yield MandateSite(mandate_id=mandate.id, site_id=id_of("site", number))


def _in_town(name: str, scale: Scale) -> tuple[str, ...]:
    return tuple(site_number(index) for index in scale.sites if town_of(index).name == name)

"""The demo's outages: one that is over and is compensated, those that bulletins announce, one that goes on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from sqlmodel import SQLModel

from portal.contracts.kinds import Names
from portal.demo.bulletins import OUTAGE_IN
from portal.demo.company import site_number, town_of
from portal.demo.naming import id_of
from portal.kit.clock import DAY, HELSINKI
from portal.outages.kinds import OutageKind, OutageState
from portal.outages.models import Outage, OutageArea, OutageSite
from portal.outages.rules import says, with_sites
from portal.sites.commodities import Commodity

AINO, MIKKO, KARIN, RIIKKA = "412337", "528411", "619700", "845310"  # the sites that they hold
OF_THE_COMPANY: Final = (0, 10)  # which of its sites, in any scale of the demo


@dataclass(frozen=True, slots=True)
class Happened:
    """An outage, from when to when; `sites` by their numbers."""

    number: str
    kind: OutageKind
    state: OutageState
    starts_at: datetime
    until: datetime | None
    postcode: str
    sites: Sequence[str]
    cause: Names
    commodity: Commodity = Commodity.ELECTRICITY


def rows(until: date) -> Iterator[SQLModel]:
    """The outages as they stand in the morning of a day."""
    for one in _happened(until):
        yield from _rows(one)


def _happened(until: date) -> Iterator[Happened]:
    stormy, soon = until - 6 * DAY, until + OUTAGE_IN  # the storm is why Riikka's readings of that day are estimated
    tree = Names("Puu kaatui linjalle", "Ett träd föll på linjen", "A tree fell on the line")
    yield Happened(
        "K-1041",
        OutageKind.FAULT,
        OutageState.RESTORED,
        _at(stormy, 2, 20),
        _at(stormy, 16, 5),
        "33200",
        [RIIKKA],
        tree,
    )
    station = Names("Kytkin vaihdetaan", "En brytare byts ut", "A switch is replaced")
    line = Names("Verkon huolto", "Service på elnätet", "Maintenance of the network")
    cable = Names("Kaapeli vaihdetaan", "En kabel byts ut", "A cable is replaced")
    for number, (site, postcode, first, last, why) in enumerate(
        ((AINO, "33100", 9, 11, station), (MIKKO, "33820", 12, 14, line), (KARIN, "02230", 9, 11, cable)), start=2201
    ):
        times = _at(soon, first), _at(soon, last)
        yield Happened(f"H-{number}", OutageKind.WORK, OutageState.ANNOUNCED, *times, postcode, [site], why)
    here, company = town_of(OF_THE_COMPANY[0]).postcode, [site_number(index) for index in OF_THE_COMPANY]
    broken = Names("Vika maakaapelissa", "Fel på en jordkabel", "A fault in an underground cable")
    yield Happened("K-1077", OutageKind.FAULT, OutageState.ONGOING, _at(until, 5, 40), None, here, company, broken)


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), HELSINKI)


def _rows(one: Happened) -> Iterator[SQLModel]:
    expected = one.until if one.state is not OutageState.RESTORED else None
    ended = one.until if one.state is OutageState.RESTORED else None
    outage_id = id_of("outage", one.number)
    yield Outage(
        id=outage_id,
        number=one.number,
        energy=one.commodity,
        kind=one.kind,
        state=one.state,
        starts_at=one.starts_at,
        expected_until=expected,
        ended_at=ended,
        cause_fi=one.cause.fi,
        cause_sv=one.cause.sv,
        cause_en=one.cause.en,
        says=with_sites(says(one.state, one.starts_at, expected, ended), one.sites, compensated=True),
    )
    yield OutageArea(outage_id=outage_id, postcode=one.postcode)
    for number in one.sites:
        yield OutageSite(outage_id=outage_id, site_id=id_of("site", number))

"""The demo households: what the register holds of each, what their meters send, and how they are billed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlmodel import SQLModel

from portal.contracts.models import Contract
from portal.customers.models import ContactPerson
from portal.demo import homes, products
from portal.demo.naming import id_of
from portal.demo.people import AINO, KARIN, MIKKO
from portal.demo.readings import Defect, Metering, bought, consumption, sold, warmth
from portal.demo.register import (
    Address,
    Dwelling,
    Hung,
    Stay,
    Terms,
    contract,
    customer,
    point,
    point_id,
    site,
)
from portal.kit.i18n import Language
from portal.kit.intervals import Quality
from portal.sites.models import Commodity, MeterKind

FUSE: Final = "3 x 25 A"
CLASS_I: Final = "I"


@dataclass(frozen=True)
class Account:
    """Contracts that share a bill every month, and how the bills are paid.

    serial: what its bills are numbered by
    issued_days_ago: about how long before today the newest bill was made
    unpaid, late: bills that nobody paid, and days by which others were paid late, both by number, 0 for the newest
    """

    serial: int
    contracts: tuple[Contract, ...]
    issued_days_ago: int
    unpaid: frozenset[int] = frozenset()
    late: Mapping[int, int] = field(default_factory=dict)

    @property
    def party_id(self) -> UUID:
        """Who is billed."""
        return self.contracts[0].party_id

    @property
    def site_id(self) -> UUID:
        """The site that is billed for."""
        return self.contracts[0].site_id


@dataclass(frozen=True)
class Household:
    """A customer of the demo utility with all that hangs on them."""

    stay: Stay
    rows: tuple[SQLModel, ...]
    meterings: Mapping[UUID, Metering]
    accounts: tuple[Account, ...]


def households(today: date) -> Iterator[Household]:
    """The households as they stand on a day, with data until the day before."""
    yield _makela(today)
    yield _korhonen(today)
    yield _lindholm(today)


def _makela(today: date) -> Household:
    """Electricity at a fixed price, its network and district heat."""
    stay = Stay(AINO, Address("Esimerkkikatu 4", "33100", "Tampere"), "412337", date(2019, 6, 1))
    power, heat = "643000000412337410", "643000000412337427"
    sales = (
        contract(stay, "20107342", products.OPEN_ENDED, power, Terms(stay.since, date(2024, 3, 31))),
        contract(
            stay,
            "20361905",
            products.FIXED_12,
            power,
            Terms(date(2024, 4, 1), date(2025, 3, 31), fixed_until=date(2025, 3, 31)),
        ),
        contract(stay, "20418733", products.FIXED_24, power, Terms(date(2025, 4, 1), fixed_until=date(2027, 3, 31))),
    )
    network = contract(stay, "30107343", products.DAY_NIGHT_NETWORK, power, Terms(stay.since, tax_class=CLASS_I))
    connection = contract(stay, "LIT-20114", products.CONNECTION, power, Terms(stay.since))
    warm = contract(stay, "40107344", products.HEAT, heat, Terms(stay.since, contracted_kw=Decimal(12)))
    return Household(
        stay,
        rows=(
            *customer(stay, Language.FI, "aino.makela@example.fi", "+358401234567"),
            ContactPerson(
                id=id_of("contact person", "Eino Mäkelä"),
                party_id=stay.party_id,
                name="Eino Mäkelä",
                role="AL05",
                phone="+358407654321",
            ),
            *site(stay, Dwelling("Koti", "detached house", 142, 4, "district heat", 5200)),
            *point(
                stay,
                power,
                Commodity.ELECTRICITY,
                (
                    Hung("AM550-4471902", "AM550", date(2024, 9, 17)),
                    Hung("E120-0093317", "E120", date(2012, 5, 8), date(2024, 9, 17)),
                ),
                FUSE,
            ),
            *point(
                stay,
                heat,
                Commodity.HEAT,
                (
                    Hung("MC603-7730415", "MULTICAL 603", date(2021, 8, 24)),
                    Hung("LX-118204", "LX 40", date(2014, 10, 2), kind=MeterKind.HEAT_EXCHANGER),
                ),
            ),
            *sales,
            network,
            connection,
            warm,
        ),
        meterings={
            point_id(power): Metering(consumption(homes.MAKELA), defects=_usual_defects(today)),
            point_id(heat): Metering(
                warmth(homes.MAKELA_HEAT),
                quarters_each=4,
                defects=[_days_ago(today, 3, Quality.EST, 1, 7), _days_ago(today, 66, Quality.EST)],
            ),
        },
        accounts=(
            Account(48213, (*sales, network), issued_days_ago=5),
            Account(48214, (warm,), issued_days_ago=22, late={14: 6}),
        ),
    )


def _korhonen(today: date) -> Household:
    """Solar panels, a heat pump, a car, and electricity at the spot price."""
    stay = Stay(MIKKO, Address("Mallitie 12", "33820", "Tampere"), "528411", date(2022, 5, 16))
    power, roof = "643000000528411080", "643000000528411097"
    spot = contract(stay, "20344120", products.SPOT, power, Terms(date(2023, 10, 1)))
    before = contract(stay, "20290771", products.OPEN_ENDED, power, Terms(stay.since, date(2023, 9, 30)))
    network = contract(stay, "30290772", products.SEASONAL_NETWORK, power, Terms(stay.since, tax_class=CLASS_I))
    connection = contract(stay, "LIT-33871", products.CONNECTION, power, Terms(stay.since))
    purchase = contract(stay, "20331508", products.SURPLUS, roof, Terms(date(2023, 6, 1)))
    return Household(
        stay,
        rows=(
            *customer(stay, Language.FI, "mikko.korhonen@example.fi", "+358409876501"),
            *site(stay, Dwelling("Koti", "detached house", 156, 3, "air-source heat pump", 8600)),
            *point(stay, power, Commodity.ELECTRICITY, (Hung("AM550-5120077", "AM550", date(2023, 5, 30)),), FUSE),
            *point(stay, roof, Commodity.PRODUCTION, (Hung("AM550-5120077", "AM550", date(2023, 5, 30)),), FUSE),
            *(before, spot, network, connection, purchase),
        ),
        meterings={
            point_id(power): Metering(
                bought(homes.KORHONEN, homes.KORHONEN_ROOF), defects=[_days_ago(today, 2, Quality.EST, 0, 6)]
            ),
            point_id(roof): Metering(
                sold(homes.KORHONEN, homes.KORHONEN_ROOF), defects=[_days_ago(today, 2, Quality.EST, 0, 6)]
            ),
        },
        accounts=(Account(51720, (spot, network, purchase), issued_days_ago=22),),
    )


def _lindholm(today: date) -> Household:
    """A Swedish-speaking family in a terraced house, a little late with the bills."""
    stay = Stay(KARIN, Address("Exempelgränden 7 B", "02230", "Esbo"), "619700", date(2021, 9, 1))
    power = "643000000619700253"
    sales = contract(stay, "20256613", products.OPEN_ENDED, power, Terms(stay.since))
    network = contract(stay, "30256614", products.GENERAL_NETWORK, power, Terms(stay.since, tax_class=CLASS_I))
    connection = contract(stay, "LIT-29405", products.CONNECTION, power, Terms(stay.since))
    return Household(
        stay,
        rows=(
            *customer(stay, Language.SV, "karin.lindholm@example.fi", "+358405550142"),
            *site(stay, Dwelling("Hemma", "terraced house", 96, 3, "exhaust-air heat pump", 6300)),
            *point(stay, power, Commodity.ELECTRICITY, (Hung("AM550-3308816", "AM550", date(2023, 3, 14)),), FUSE),
            *(sales, network, connection),
        ),
        meterings={point_id(power): Metering(consumption(homes.LINDHOLM), defects=_usual_defects(today))},
        accounts=(Account(37705, (sales, network), issued_days_ago=27, unpaid=frozenset({0}), late={7: 9}),),
    )


def _usual_defects(today: date) -> list[Defect]:
    """A line that was down for some hours, two estimated days, three days corrected later, an older estimate."""
    outage = min(12, max(today.day - 1, 2))  # not in a month that is billed already
    return [
        *(_days_ago(today, days, Quality.EST) for days in (4, 5, 75)),
        *(_days_ago(today, days, Quality.REVISED) for days in (38, 39, 40)),
        _days_ago(today, outage, Quality.MISSING, 9.25, 13.75),
    ]


def _days_ago(today: date, days: int, quality: Quality, from_hour: float = 0, to_hour: float = 24) -> Defect:
    return Defect(quality, today - timedelta(days=days), from_hour, to_hour)

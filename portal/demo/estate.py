"""The company's sites: what each is, what its meters send, and how it is billed; every one a little different."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

import numpy as np
from sqlmodel import SQLModel

from portal.contracts.models import Contract
from portal.demo import buildings, products, register
from portal.demo.buildings import APARTMENTS, CAR_PARK, OFFICE, SCHOOL, SERVER_ROOM, SHOP, Building, Use
from portal.demo.chance import Whole, uniform
from portal.demo.company import Town, site_number, town_of
from portal.demo.holdings import BillingAccount, Holding, days_ago, this_month
from portal.demo.people import LANDLORD
from portal.demo.products import Article
from portal.demo.readings import Defect, Metering, Series, stopped
from portal.demo.register import Address, Dwelling, HeldFrom, Needs, Terms, contract, meter, point, point_id
from portal.kit.intervals import QUARTERS_AN_HOUR, Quality
from portal.sites.commodities import Commodity
from portal.sites.models import MeterKind
from portal.sites.rules import is_gsrn

CLASS_I: Final = "I"
HEAT_STEP_WH: Final = 1000
HOURS_A_YEAR: Final = 8766
DEGREE_HOURS_A_YEAR: Final = 113_000  # of rooms and water together
STREETS: Final = (
    *("Mallikatu", "Koekatu", "Näytekuja", "Kokeilutie", "Tyyppikatu", "Malliraitti", "Näytetie", "Sepitekuja"),
    *("Tarinakatu", "Keksintie", "Hahmokatu", "Mukakuja", "Oletustie", "Viitekatu", "Vertauskuja", "Satukatu"),
    *("Luonnoskatu", "Laskelmatie", "Piirroskatu", "Suunnitelmatie"),
)


@dataclass(frozen=True)
class Trade:
    """A kind of building as it is supplied: its use, sizes from least to most, and what it is sold.

    kw: of electricity; heat_kw: of heat for each degree, None where no building has district heat
    step_wh: what its meter counts by; behind current transformers that is a hundred watt-hours
    """

    use: Use
    kw: tuple[float, float]
    area_m2: int
    main_fuse: str
    sales: Article
    network: Article
    step_wh: int = 100
    heat_kw: tuple[float, float] | None = None


HOUSES: Final = Trade(
    APARTMENTS,
    (4, 15),
    2400,
    "3 x 63 A",
    products.COMPANY_FIXED,
    products.COMPANY_NETWORK,
    step_wh=10,
    heat_kw=(1.4, 3.4),
)
OFFICES: Final = Trade(
    OFFICE,
    (40, 160),
    3800,
    "3 x 250 A",
    products.COMPANY_SPOT,
    products.POWER_NETWORK,
    heat_kw=(1.8, 4.6),
)
SCHOOLS: Final = Trade(
    SCHOOL, (60, 190), 5200, "3 x 315 A", products.COMPANY_FIXED, products.POWER_NETWORK, heat_kw=(2.6, 6.2)
)
SHOPS: Final = Trade(SHOP, (30, 170), 1600, "3 x 200 A", products.COMPANY_SPOT, products.POWER_NETWORK)
CAR_PARKS: Final = Trade(
    CAR_PARK, (6, 22), 4100, "3 x 63 A", products.COMPANY_FIXED, products.COMPANY_NETWORK, step_wh=10
)
SERVER_ROOMS: Final = Trade(SERVER_ROOM, (25, 90), 180, "3 x 200 A", products.COMPANY_SPOT, products.POWER_NETWORK)
MIX: Final = (  # eleven, so that every tenth site is of every kind too
    *(HOUSES, OFFICES, HOUSES, SHOPS, SCHOOLS, HOUSES),
    *(CAR_PARKS, HOUSES, OFFICES, SERVER_ROOMS, SHOPS),
)
HEATED: Final = 0.4225  # how many of the buildings that may have district heat do: sixty
BILLS: Final = 15  # of each site: enough for a year before, and for making up 240 sites in half a minute
SILENT, STUCK = 120, 150  # whose meter sends nothing any more, whose meter shows nothing
SILENT_FOR, STUCK_FOR = 9, 6  # days
UNPAID: Final = {30: frozenset({0}), 90: frozenset({0}), 131: frozenset({0}), 70: frozenset({1})}  # the last is overdue


@dataclass(frozen=True)
class _Supplied:
    """A metering point of a site: its rows in the register, what it measures, and the contracts about it."""

    gsrn: str
    rows: tuple[SQLModel, ...]
    metering: Metering
    contracts: tuple[Contract, ...]


def site(index: int, today: date) -> Holding:
    """One of the company's 240 sites as it stands on a day, with data until the day before."""
    trade, town = MIX[index % len(MIX)], town_of(index)
    stay = HeldFrom(LANDLORD, _address(index, town), site_number(index), date(2012 + index % 10, 1 + index % 12, 1))
    building = Building(
        f"site {index}",
        trade.use,
        kw=_between(trade.kw, "size", index),
        trend=_between((-0.13, 0.05), "trend", index),
        warmer=town.warmer,
    )
    supplied = [_electricity(stay, index, building, today), *_heat(stay, index, building)]
    contracts = tuple(contract for one in supplied for contract in one.contracts)
    return Holding(
        stay,
        rows=(
            *register.site(stay, _dwelling(stay, trade, building, supplied)),
            *(row for one in supplied for row in one.rows),
            *contracts,
        ),
        meterings={point_id(one.gsrn): one.metering for one in supplied},
        accounts=(
            BillingAccount(
                60000 + index,
                contracts,
                issued_days_ago=14,
                unpaid=UNPAID.get(index, frozenset()),
                early=12,
                most=BILLS,
            ),
        ),
    )


def _address(index: int, town: Town) -> Address:
    """Streets repeat from town to town; a number stands once in a street, and all have two digits."""
    round_, street = divmod(index, len(STREETS))
    return Address(f"{STREETS[street]} {11 + 7 * round_}", town.postcode, town.name)


def _dwelling(stay: HeldFrom, trade: Trade, building: Building, supplied: Sequence[_Supplied]) -> Dwelling:
    return Dwelling(
        f"{stay.address.street}, {trade.use.called}",
        trade.use.kind,
        area_m2=int(trade.area_m2 * building.kw / trade.kw[1]) // 10 * 10,
        residents=None,
        heating="district heat" if len(supplied) > 1 else None,
        estimated_kwh=round(building.kw * HOURS_A_YEAR * trade.use.mean / 1000) * 1000,
        use_timing="working hours" if trade.use in {OFFICE, SCHOOL} else "all year",
    )


def _electricity(stay: HeldFrom, index: int, building: Building, today: date) -> _Supplied:
    trade, gsrn = MIX[index % len(MIX)], _gsrn(stay, 1)
    hung = meter(gsrn, f"AM550-71{index:05}", "AM550", date(2022, 1 + index % 12, 10))
    return _Supplied(
        gsrn,
        (point(stay, gsrn, Commodity.ELECTRICITY, trade.main_fuse), hung),
        _metered(index, partial(_drawn, building, trade.step_wh), today),
        (
            contract(stay, f"207{index:05}", trade.sales, gsrn, Terms(stay.since)),
            contract(stay, f"307{index:05}", trade.network, gsrn, Terms(stay.since, tax_class=CLASS_I)),
        ),
    )


def _metered(index: int, drawn: Series, today: date) -> Metering:
    """What its electricity meter sends."""
    if index == STUCK:
        drawn = stopped(drawn, today - timedelta(days=STUCK_FOR))
    ended = today - timedelta(days=SILENT_FOR) if index == SILENT else None
    return Metering(drawn, defects=_defects(index, today), ended=ended)


def _heat(stay: HeldFrom, index: int, building: Building) -> Iterator[_Supplied]:
    """District heat, where the building has it."""
    trade = MIX[index % len(MIX)]
    if trade.heat_kw is None or _luck("heated", index) > HEATED:
        return
    gsrn, kw_per_degree = _gsrn(stay, 2), _between(trade.heat_kw, "heat", index)
    hung = (
        meter(gsrn, f"MC603-71{index:05}", "MULTICAL 603", date(2021, 1 + index % 12, 20)),
        meter(gsrn, f"LX-71{index:05}", "LX 250", date(2010 + index % 9, 6, 1), kind=MeterKind.HEAT_EXCHANGER),
    )
    kwh_a_year = round(kw_per_degree * DEGREE_HOURS_A_YEAR / 1000) * 1000
    terms = Terms(stay.since, contracted_kw=Decimal(120))
    yield _Supplied(
        gsrn,
        (point(stay, gsrn, Commodity.HEAT, needs=Needs("heating and hot water", kwh_a_year)), *hung),
        Metering(partial(_warmed, building, kw_per_degree), quarters_each=QUARTERS_AN_HOUR),
        (contract(stay, f"407{index:05}", products.COMPANY_HEAT, gsrn, terms),),
    )


def _drawn(building: Building, step_wh: int, quarter: Whole) -> Whole:
    return buildings.metered(buildings.demand(building, quarter), 1, step_wh)


def _warmed(building: Building, kw_per_degree: float, hour: Whole) -> Whole:
    return buildings.metered(buildings.heat(building, kw_per_degree, hour), QUARTERS_AN_HOUR, HEAT_STEP_WH)


def _defects(index: int, today: date) -> list[Defect]:
    """Nine sites have gaps in the newest month: hours of a day, or the last days. Others have estimates."""
    if index % 54 == 0:
        return [days_ago(today, days, Quality.MISSING) for days in (1, 2)]
    if index % 27 == 0:
        return [days_ago(today, this_month(today, 5 + index % 7), Quality.MISSING, 6.5, 6.5 + index % 11)]
    if index % 19 == 10:
        return [days_ago(today, days, Quality.EST) for days in (2, 3, 44)]
    if index % 23 == 20:
        return [days_ago(today, days, Quality.REVISED) for days in (33, 34)]
    return []


def _gsrn(stay: HeldFrom, which: int) -> str:
    """A metering point's number, made of the site's: GS1's check digit at the end."""
    stem = f"643000000{stay.site_number}{which:02}"
    return next(gsrn for digit in "0123456789" if is_gsrn(gsrn := stem + digit))


def _between(range_: tuple[float, float], what: str, index: int) -> float:
    least, most = range_
    return least + (most - least) * _luck(what, index)


def _luck(what: str, index: int) -> float:
    """A number in [0, 1) that is a site's own."""
    return float(uniform(f"estate/{what}", np.array([index]))[0])

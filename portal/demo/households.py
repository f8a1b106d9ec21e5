"""The demo households: what the register holds of each, what their meters send, and how they are billed."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from portal.consumption.kinds import Cause
from portal.customers.change_requests import Channel
from portal.demo import homes, products
from portal.demo.holdings import BillingAccount, Holding, Misread, days_ago, this_month
from portal.demo.people import AINO, KARIN, LIISA, MIKKO, RIIKKA, VEIKKO
from portal.demo.readings import (
    Defect,
    Metering,
    bought,
    cold,
    consumption,
    drawn,
    fed,
    flow_temperature,
    return_temperature,
    shared,
    sold,
    volume,
    warmth,
)
from portal.demo.register import (
    Address,
    Dwelling,
    HeldFrom,
    Needs,
    Terms,
    billed,
    contact_person,
    contract,
    cut_off,
    meter,
    person,
    point,
    point_id,
    reason,
    site,
)
from portal.kit.clock import DAY, first_of_month, start_of
from portal.kit.energy import from_kwh
from portal.kit.i18n import Language
from portal.kit.intervals import Quality
from portal.kit.ranges import Range
from portal.sites.commodities import Commodity
from portal.sites.kinds import Connection, ReadingType
from portal.sites.models import MeterKind

WRONG_BILL: Final = 9  # of Riikka's, 0 for the newest: the only one of all that does not follow from its readings
TOO_MUCH: Final = from_kwh(Decimal(100))
FUSE: Final = "3 x 25 A"
CLASS_I: Final = "I"
LATE: Final = "Förbindelsen till mätaren bröts. Värdena hämtades ur mätaren i efterhand."
SILENT, SILENT_FOR = "643000000845310028", 9  # the gas meter that sends nothing, and for how many days
NETTED, COMMUNITY = ReadingType.NETTED, ReadingType.COMMUNITY


def households(today: date) -> Iterator[Holding]:
    """The households as they stand on a day, with data until the day before."""
    yield _makela(today)
    yield _korhonen(today)
    yield _lindholm(today)
    yield _hakala(today)
    yield _rantanen(today)
    yield _salonen(today)


def _makela(today: date) -> Holding:
    """Electricity at a fixed price, its network and district heat."""
    stay = HeldFrom(AINO, Address("Esimerkkikatu 4", "33100", "Tampere"), "412337", date(2019, 6, 1))
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
    return Holding(
        stay,
        rows=(
            *person(AINO, stay.address, Language.FI, "aino.makela@example.fi", "+358401234567"),
            billed(AINO, Channel.E_INVOICE),
            contact_person(AINO, "Eino Mäkelä", "AL05", "+358407654321"),
            *site(stay, Dwelling("Koti", "detached house", 142, 4, "district heat", 5200)),
            point(stay, power, Commodity.ELECTRICITY, FUSE),
            meter(power, "AM550-4471902", "AM550", date(2024, 9, 17)),
            meter(power, "E120-0093317", "E120", date(2012, 5, 8), date(2024, 9, 17)),
            point(stay, heat, Commodity.HEAT, needs=Needs("heating and hot water", 14500)),
            meter(heat, "MC603-7730415", "MULTICAL 603", date(2021, 8, 24)),
            meter(heat, "LX-118204", "LX 40", date(2014, 10, 2), kind=MeterKind.HEAT_EXCHANGER),
            *sales,
            network,
            connection,
            warm,
        ),
        meterings={
            point_id(power): Metering(consumption(homes.MAKELA), defects=_usual_defects(today), by_month=True),
            point_id(heat): Metering(
                warmth(homes.MAKELA_HEAT),
                quarters_each=4,
                defects=[days_ago(today, 3, Quality.EST, 1, 7), days_ago(today, 66, Quality.EST)],
                others={
                    ReadingType.VOLUME: volume(homes.MAKELA_HEAT),
                    ReadingType.FLOW: flow_temperature,
                    ReadingType.RETURN: return_temperature,
                },
            ),
        },
        accounts=(
            BillingAccount(48213, (*sales, network), issued_days_ago=5),
            BillingAccount(48214, (warm,), issued_days_ago=22, late={14: 6}),
        ),
    )


def _korhonen(today: date) -> Holding:
    """Solar panels, a heat pump, a car, and electricity at the spot price."""
    stay = HeldFrom(MIKKO, Address("Mallitie 12", "33820", "Tampere"), "528411", date(2022, 5, 16))
    power, roof = "643000000528411080", "643000000528411097"
    spot = contract(stay, "20344120", products.SPOT, power, Terms(date(2023, 10, 1), reading_type=NETTED))
    before = contract(stay, "20290771", products.OPEN_ENDED, power, Terms(stay.since, date(2023, 9, 30)))
    settled = Terms(stay.since, tax_class=CLASS_I, reading_type=NETTED)
    network = contract(stay, "30290772", products.SEASONAL_NETWORK, power, settled)
    connection = contract(stay, "LIT-33871", products.CONNECTION, power, Terms(stay.since))
    purchase = contract(stay, "20331508", products.SURPLUS, roof, Terms(date(2023, 6, 1), reading_type=NETTED))
    return Holding(
        stay,
        rows=(
            *person(MIKKO, stay.address, Language.FI, "mikko.korhonen@example.fi", "+358409876501"),
            billed(MIKKO, Channel.EMAIL),
            *site(stay, Dwelling("Koti", "detached house", 156, 3, "air-source heat pump", 8600)),
            point(stay, power, Commodity.ELECTRICITY, FUSE),
            meter(power, "AM550-5120077", "AM550", date(2023, 5, 30)),
            point(stay, roof, Commodity.PRODUCTION, FUSE),
            meter(roof, "AM550-5120077", "AM550", date(2023, 5, 30)),
            *(before, spot, network, connection, purchase),
        ),
        meterings={
            point_id(power): Metering(
                drawn(homes.KORHONEN, homes.KORHONEN_ROOF),
                defects=[days_ago(today, 2, Quality.EST, 0, 6)],
                others={NETTED: bought(homes.KORHONEN, homes.KORHONEN_ROOF)},
            ),
            point_id(roof): Metering(
                fed(homes.KORHONEN, homes.KORHONEN_ROOF),
                defects=[days_ago(today, 2, Quality.EST, 0, 6)],
                others={NETTED: sold(homes.KORHONEN, homes.KORHONEN_ROOF)},
            ),
        },
        accounts=(BillingAccount(51720, (spot, network, purchase), issued_days_ago=22),),
    )


def _lindholm(today: date) -> Holding:
    """A Swedish-speaking family in a terraced house, a little late with the bills."""
    stay = HeldFrom(KARIN, Address("Exempelgränden 7 B", "02230", "Esbo", "Espoo"), "619700", date(2021, 9, 1))
    home = Dwelling("Hemma", "terraced house", 96, 3, "exhaust-air heat pump", 6300, "right of occupancy")
    power, bill_days_ago = "643000000619700253", 27
    late = _corrected_after_the_bill(today, bill_days_ago)
    sales = contract(stay, "20256613", products.OPEN_ENDED, power, Terms(stay.since))
    network = contract(stay, "30256614", products.GENERAL_NETWORK, power, Terms(stay.since, tax_class=CLASS_I))
    connection = contract(stay, "LIT-29405", products.CONNECTION, power, Terms(stay.since))
    return Holding(
        stay,
        rows=(
            *person(KARIN, stay.address, Language.SV, "karin.lindholm@example.fi", "+358405550142"),
            billed(KARIN, Channel.PAPER),
            *site(stay, home),
            point(stay, power, Commodity.ELECTRICITY, FUSE),
            meter(power, "AM550-3308816", "AM550", date(2023, 3, 14)),
            *(sales, network, connection),
            reason(power, late.day, start_of(late.corrected or today), Cause.COMMUNICATION_FAULT, LATE),
        ),
        meterings={
            point_id(power): Metering(
                consumption(homes.LINDHOLM),
                defects=[*_usual_defects(today), late],
                by_month=True,
            )
        },
        accounts=(
            BillingAccount(
                37705,
                (sales, network),
                issued_days_ago=bill_days_ago,
                unpaid=frozenset({0}),
                late={7: 20},
                as_known=True,
            ),
        ),
    )


def _hakala(today: date) -> Holding:
    """A flat in a block: the smallest home of all."""
    stay = HeldFrom(LIISA, Address("Harjoituskuja 3 A 14", "33580", "Tampere"), "733052", date(2020, 8, 1))
    power = "643000000733052016"
    sales = contract(stay, "20231188", products.OPEN_ENDED, power, Terms(stay.since, reading_type=COMMUNITY))
    in_community = Terms(stay.since, tax_class=CLASS_I, reading_type=COMMUNITY)
    network = contract(stay, "30231189", products.GENERAL_NETWORK, power, in_community)
    return Holding(
        stay,
        rows=(
            *person(LIISA, stay.address, Language.FI, "liisa.hakala@example.fi", "+358405551983"),
            billed(LIISA, Channel.OMAPOSTI),
            *site(stay, Dwelling("Oma asunto", "flat", 61, 1, "district heat of the building", 1500, "rented")),
            point(stay, power, Commodity.ELECTRICITY, FUSE),
            meter(power, "AM550-6027714", "AM550", date(2024, 3, 6)),
            *(sales, network),
        ),
        meterings={
            point_id(power): Metering(
                consumption(homes.HAKALA),
                defects=_usual_defects(today),
                others={COMMUNITY: shared(homes.HAKALA, homes.HAKALA_ROOF, homes.HAKALA_SHARE)},
                by_month=True,
            )
        },
        accounts=(BillingAccount(44108, (sales, network), issued_days_ago=22),),
    )


def _rantanen(today: date) -> Holding:
    """An old man's house with electricity and district heat, whose bills his niece looks after."""
    stay = HeldFrom(VEIKKO, Address("Muistelmatie 9", "33710", "Tampere"), "340926", date(1979, 10, 1))
    power, heat = "643000000340926014", "643000000340926021"
    since = date(2016, 1, 1)  # older contracts are not in the register
    sales = contract(stay, "20098107", products.OPEN_ENDED, power, Terms(since))
    network = contract(stay, "30098108", products.GENERAL_NETWORK, power, Terms(since, tax_class=CLASS_I))
    warm = contract(stay, "40098109", products.HEAT, heat, Terms(since, contracted_kw=Decimal(12)))
    return Holding(
        stay,
        rows=(
            *person(VEIKKO, stay.address, Language.FI, "veikko.rantanen@example.fi", "+358405550938"),
            billed(VEIKKO, Channel.PAPER),
            contact_person(VEIKKO, LIISA.name, "AL01", "+358405551983"),
            *site(stay, Dwelling("Koti", "detached house", 118, 1, "district heat", 3300)),
            point(stay, power, Commodity.ELECTRICITY, FUSE),
            meter(power, "AM550-2290461", "AM550", date(2022, 11, 3)),
            point(stay, heat, Commodity.HEAT, needs=Needs("heating and hot water", 15800)),
            meter(heat, "MC603-5518230", "MULTICAL 603", date(2020, 6, 15)),
            meter(heat, "LX-090377", "LX 40", date(2009, 9, 21), kind=MeterKind.HEAT_EXCHANGER),
            *(sales, network, warm),
        ),
        meterings={
            point_id(power): Metering(consumption(homes.RANTANEN), defects=[days_ago(today, 9, Quality.EST)]),
            point_id(heat): Metering(warmth(homes.RANTANEN_HEAT), quarters_each=4),
        },
        accounts=(BillingAccount(39550, (sales, network, warm), issued_days_ago=8),),
    )


def _salonen(today: date) -> Holding:
    """A terraced house that gas warms and district cooling cools; another company sells its electricity until soon.

    The place where its car was charged is given up; its cooling was cut off while pipes were renewed. Its gas meter has
    been silent for more than a week; of one old bill the gas was misread, which nobody has noticed.
    """
    stay = HeldFrom(RIIKKA, Address("Näytekatu 8 C", "33200", "Tampere"), "845310", date(2021, 5, 1))
    power, car = "643000000845310011", "643000000845310042"
    gas, cooling = SILENT, "643000000845310035"
    left = first_of_month(today - timedelta(days=400)) - DAY
    autumn = first_of_month(today - timedelta(days=75))
    renovated = Range.of_days(autumn + 7 * DAY, autumn + 17 * DAY)
    network = contract(stay, "30310551", products.GENERAL_NETWORK, power, Terms(stay.since, tax_class=CLASS_I))
    connection = contract(stay, "LIT-40112", products.CONNECTION, power, Terms(stay.since))
    warm = contract(stay, "50310552", products.GAS, gas, Terms(stay.since, contracted_kw=Decimal(15)))
    cool = contract(stay, "60310553", products.COOLING, cooling, Terms(stay.since, contracted_kw=Decimal(6)))
    signed = Terms(first_of_month(today + timedelta(days=62)), signed_on=today - timedelta(days=3))
    coming = contract(stay, "20310556", products.OPEN_ENDED, power, signed)
    charging = (
        contract(stay, "20310554", products.OPEN_ENDED, car, Terms(stay.since, left)),
        contract(stay, "30310555", products.GENERAL_NETWORK, car, Terms(stay.since, left, tax_class=CLASS_I)),
    )
    return Holding(
        stay,
        rows=(
            *person(RIIKKA, stay.address, Language.FI, "riikka.salonen@example.fi", "+358405553310"),
            billed(RIIKKA, Channel.MOBILE),
            *site(stay, Dwelling("Rivitalokoti", "terraced house", 118, 3, "gas", 4300)),
            point(stay, power, Commodity.ELECTRICITY, FUSE),
            meter(power, "AM550-4410093", "AM550", date(2023, 9, 12)),
            point(stay, gas, Commodity.GAS, needs=Needs("heating and hot water", 16500)),
            meter(gas, "BK-G4-220871", "BK-G4", date(2018, 4, 11)),
            point(stay, cooling, Commodity.COOLING, needs=Needs("cooling", 1300)),
            meter(cooling, "MC603-9017742", "MULTICAL 603", date(2021, 4, 26)),
            meter(cooling, "LX-240118", "LX 20", date(2021, 4, 26), kind=MeterKind.HEAT_EXCHANGER),
            point(stay, car, Commodity.ELECTRICITY, FUSE, Needs("car charging", ended=left)),
            meter(car, "E120-0417788", "E120", date(2020, 11, 3), left),
            cut_off(car, Range(left), Connection.METER_REMOVED),
            cut_off(cooling, renovated),
            *(network, connection, warm, cool, coming, *charging),
        ),
        meterings={
            point_id(power): Metering(consumption(homes.SALONEN), defects=[days_ago(today, 6, Quality.EST)]),
            point_id(gas): Metering(
                warmth(homes.SALONEN_GAS), quarters_each=4, ended=today - timedelta(days=SILENT_FOR)
            ),
            point_id(cooling): Metering(cold(homes.SALONEN_COOLING), quarters_each=4, cut_off=renovated),
            point_id(car): Metering(consumption(homes.SALONEN_CAR), ended=left),
        },
        accounts=(
            BillingAccount(
                52806,
                (network, warm, cool, *charging),
                issued_days_ago=12,
                misread={WRONG_BILL: Misread(warm, "energy", TOO_MUCH)},
            ),
        ),
    )


def _corrected_after_the_bill(today: date, issued_days_ago: int) -> Defect:
    """A day of the newest billed month that was estimated, and measured for good the day before yesterday."""
    billed_until = first_of_month(today - timedelta(days=issued_days_ago)) - DAY
    return Defect(Quality.REVISED, billed_until - timedelta(days=6), corrected=today - timedelta(days=2))


def _usual_defects(today: date) -> list[Defect]:
    """A line that was down for some hours, two estimated days, three days corrected later, an older estimate."""
    return [
        *(days_ago(today, days, Quality.EST) for days in (4, 5, 75)),
        *(days_ago(today, days, Quality.REVISED) for days in (38, 39, 40)),
        days_ago(today, this_month(today, 12), Quality.MISSING, 9.25, 13.75),
    ]

"""What the demo utility sells: products in three languages, their dated prices without VAT, and the taxes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlmodel import SQLModel

from portal.contracts.kinds import Basis, ContractKind, Names, TariffPeriod, TaxKind
from portal.contracts.models import PricePart, Product, Tax
from portal.demo.naming import id_of

Prices = tuple[tuple[str, str], ...]
"""First days, and the prices from then on until the next."""


@dataclass(frozen=True)
class Part:
    """One part of a price, with its history."""

    code: str
    names: Names
    basis: Basis
    prices: Prices
    window: TariffPeriod = TariffPeriod.ALL
    threshold_kw: Decimal | None = None


@dataclass(frozen=True)
class Article:
    """A product and the parts of its price, in the order of a bill."""

    code: str
    kind: ContractKind
    names: Names
    parts: tuple[Part, ...] = ()
    origin: str | None = None
    billing_minutes: int = 15


ENERGY: Final = Names("Sähköenergia", "Elenergi", "Electricity")
SALES_FEE: Final = Names("Perusmaksu, myynti", "Grundavgift, försäljning", "Basic charge, sales")
NETWORK_FEE: Final = Names(
    "Perusmaksu, siirto 3 × 25 A", "Grundavgift, överföring 3 × 25 A", "Basic charge, distribution 3 × 25 A"
)

OPEN_ENDED: Final = Article(
    "YLEISSAHKO",
    ContractKind.SALES,
    Names("Yleissähkö", "Allmän el", "Standard electricity"),
    (
        Part(
            "energy",
            ENERGY,
            Basis.ENERGY,
            (("2023-01-01", "9.20"), ("2024-05-15", "8.15"), ("2025-11-01", "7.45"), ("2026-09-15", "7.62")),
        ),
        Part("base", SALES_FEE, Basis.MONTH, (("2023-01-01", "3.60"), ("2025-01-01", "3.90"))),
    ),
    origin="mixed",
)
FIXED_12: Final = Article(
    "VAKAA-12",
    ContractKind.SALES,
    Names("Vakaa 12 kk", "Stabil 12 mån", "Steady 12 months"),
    (
        Part("energy", ENERGY, Basis.ENERGY, (("2024-01-01", "7.20"), ("2026-01-01", "7.13"))),
        Part("base", SALES_FEE, Basis.MONTH, (("2024-01-01", "3.60"), ("2025-01-01", "3.90"))),
    ),
    origin="hydro",
)
FIXED_24: Final = Article(
    "VAKAA-24",
    ContractKind.SALES,
    Names("Vakaa 24 kk", "Stabil 24 mån", "Steady 24 months"),
    (
        Part("energy", ENERGY, Basis.ENERGY, (("2025-04-01", "6.765"),)),
        Part("base", SALES_FEE, Basis.MONTH, (("2025-04-01", "1.90"), ("2025-07-01", "3.90"))),  # a softer start
    ),
    origin="hydro",
)
SPOT: Final = Article(
    "PORSSI",
    ContractKind.SALES,
    Names("Pörssi", "Börs", "Spot"),
    (
        Part(
            "energy",
            Names("Pörssisähkö ja marginaali", "Börsel och marginal", "Spot price and margin"),
            Basis.SPOT,
            (("2023-01-01", "0.42"), ("2025-10-01", "0.36")),
        ),
        Part("base", SALES_FEE, Basis.MONTH, (("2023-01-01", "3.90"),)),
    ),
    origin="wind",
)
# What we buy from a roof: its price is negative, so that the one rule makes a credit of it. A household that sells its
# surplus is not liable to VAT, so there is none on the credit.
SURPLUS: Final = Article(
    "AURINKO-OSTO",
    ContractKind.PURCHASE,
    Names("Aurinkosähkön osto", "Köp av solel", "Purchase of solar electricity"),
    (
        Part(
            "surplus",
            Names("Hyvitys verkkoon myydystä sähköstä", "Gottgörelse för såld el", "Credit for electricity sold"),
            Basis.ENERGY,
            (("2023-01-01", "-3.90"), ("2025-01-01", "-3.60")),
        ),
    ),
)
GENERAL_NETWORK: Final = Article(
    "SIIRTO-YLEIS-25",
    ContractKind.NETWORK,
    Names("Yleissiirto 3 × 25 A", "Allmän överföring 3 × 25 A", "General distribution 3 × 25 A"),
    (
        Part(
            "energy",
            Names("Yleissiirto", "Allmän överföring", "Distribution"),
            Basis.ENERGY,
            (("2023-01-01", "3.38"), ("2025-01-01", "3.51"), ("2027-01-01", "3.60")),
        ),
        Part("base", NETWORK_FEE, Basis.MONTH, (("2023-01-01", "12.40"), ("2025-01-01", "12.90"))),
    ),
)
DAY_NIGHT_NETWORK: Final = Article(
    "SIIRTO-AIKA-25",
    ContractKind.NETWORK,
    Names("Aikasiirto 3 × 25 A", "Tidsöverföring 3 × 25 A", "Time-of-day distribution 3 × 25 A"),
    (
        Part(
            "day",
            Names("Aikasiirto, päivä (7–22)", "Tidsöverföring, dag (7–22)", "Distribution, day (7–22)"),
            Basis.ENERGY,
            (("2023-01-01", "3.72"), ("2025-01-01", "3.904"), ("2027-01-01", "4.016")),
            TariffPeriod.DAY,
        ),
        Part(
            "night",
            Names("Aikasiirto, yö (22–7)", "Tidsöverföring, natt (22–7)", "Distribution, night (22–7)"),
            Basis.ENERGY,
            (("2023-01-01", "2.36"), ("2025-01-01", "2.47")),
            TariffPeriod.NIGHT,
        ),
        Part("base", NETWORK_FEE, Basis.MONTH, (("2023-01-01", "14.20"), ("2025-01-01", "14.82"))),
    ),
)
SEASONAL_NETWORK: Final = Article(
    "SIIRTO-KAUSI-25",
    ContractKind.NETWORK,
    Names("Kausisiirto 3 × 25 A", "Säsongsöverföring 3 × 25 A", "Seasonal distribution 3 × 25 A"),
    (
        Part(
            "winter-day",
            Names("Kausisiirto, talvipäivä", "Säsongsöverföring, vinterdag", "Distribution, winter day"),
            Basis.ENERGY,
            (("2023-01-01", "4.90"), ("2025-01-01", "5.12")),
            TariffPeriod.WINTER_DAY,
        ),
        Part(
            "other",
            Names("Kausisiirto, muu aika", "Säsongsöverföring, övrig tid", "Distribution, other times"),
            Basis.ENERGY,
            (("2023-01-01", "2.28"), ("2025-01-01", "2.40")),
            TariffPeriod.OTHER,
        ),
        Part("base", NETWORK_FEE, Basis.MONTH, (("2023-01-01", "15.60"), ("2025-01-01", "16.30"))),
        Part(
            "power",
            Names("Tehomaksu yli 8 kW", "Effektavgift över 8 kW", "Capacity charge above 8 kW"),
            Basis.POWER,
            (("2026-01-01", "0.95"),),
            threshold_kw=Decimal(8),
        ),
    ),
)
CONNECTION: Final = Article(
    "LIITTYMA-25",
    ContractKind.CONNECTION,
    Names("Sähköliittymä 3 × 25 A", "Elanslutning 3 × 25 A", "Electricity connection 3 × 25 A"),
)
HEAT: Final = Article(
    "LAMPO-KAUSI",
    ContractKind.HEAT,
    Names("Kausihinta", "Säsongpris", "Seasonal price"),
    (
        Part(
            "energy",
            Names("Kaukolämpöenergia", "Fjärrvärmeenergi", "District heat energy"),
            Basis.ENERGY,
            (
                *(("2023-01-01", "6.92"), ("2023-04-01", "4.85"), ("2023-11-01", "7.10")),
                *(("2024-04-01", "4.97"), ("2024-11-01", "7.31")),
                *(("2025-04-01", "5.08"), ("2025-11-01", "7.506")),
                *(("2026-04-01", "5.18"), ("2026-11-01", "7.506"), ("2027-04-01", "5.18"), ("2027-11-01", "7.62")),
                *(("2028-04-01", "5.26"), ("2028-11-01", "7.73"), ("2029-04-01", "5.34"), ("2029-11-01", "7.84")),
            ),
        ),
        Part(
            "base",
            Names("Tehomaksu 12 kW", "Effektavgift 12 kW", "Capacity charge 12 kW"),
            Basis.MONTH,
            (("2023-01-01", "31.40"), ("2025-01-01", "32.60"), ("2026-01-01", "33.25")),
        ),
    ),
    origin="biomass-and-waste-heat",
    billing_minutes=60,
)
GAS: Final = Article(
    "MAAKAASU-KOTI",
    ContractKind.GAS,
    Names("Maakaasu, koti", "Naturgas, hem", "Natural gas, home"),
    (
        Part(
            "energy",
            Names("Maakaasu", "Naturgas", "Natural gas"),
            Basis.ENERGY,
            (("2023-01-01", "9.85"), ("2024-10-01", "8.64"), ("2026-01-01", "8.37")),
        ),
        Part(
            "base",
            Names("Perusmaksu, kaasu", "Grundavgift, gas", "Basic charge, gas"),
            Basis.MONTH,
            (("2023-01-01", "8.90"), ("2025-01-01", "9.40")),
        ),
    ),
    billing_minutes=60,
)
COOLING: Final = Article(
    "JAAHDYTYS-KOTI",
    ContractKind.COOLING,
    Names("Kaukojäähdytys, koti", "Fjärrkyla, hem", "District cooling, home"),
    (
        Part(
            "energy",
            Names("Kaukojäähdytysenergia", "Fjärrkyleenergi", "District cooling energy"),
            Basis.ENERGY,
            (("2023-01-01", "3.95"), ("2025-05-01", "4.12")),
        ),
        Part(
            "base",
            Names("Tehomaksu, jäähdytys", "Effektavgift, kyla", "Capacity charge, cooling"),
            Basis.MONTH,
            (("2023-01-01", "11.20"), ("2026-01-01", "11.60")),
        ),
    ),
    billing_minutes=60,
)
# What companies buy.
COMPANY_FIXED: Final = Article(
    "YRITYS-VAKAA",
    ContractKind.SALES,
    Names("Yritys Vakaa", "Företag Stabil", "Business Steady"),
    (
        Part("energy", ENERGY, Basis.ENERGY, (("2023-01-01", "6.95"), ("2025-01-01", "6.20"), ("2026-07-01", "6.04"))),
        Part("base", SALES_FEE, Basis.MONTH, (("2023-01-01", "4.50"),)),
    ),
    origin="wind",
)
COMPANY_SPOT: Final = Article(
    "YRITYS-PORSSI",
    ContractKind.SALES,
    Names("Yritys Pörssi", "Företag Börs", "Business Spot"),
    (
        Part(
            "energy",
            Names("Pörssisähkö ja marginaali", "Börsel och marginal", "Spot price and margin"),
            Basis.SPOT,
            (("2023-01-01", "0.29"), ("2026-01-01", "0.24")),
        ),
        Part("base", SALES_FEE, Basis.MONTH, (("2023-01-01", "4.50"),)),
    ),
    origin="wind",
)
COMPANY_NETWORK: Final = Article(
    "SIIRTO-YLEIS-63",
    ContractKind.NETWORK,
    Names("Yleissiirto 3 × 63 A", "Allmän överföring 3 × 63 A", "General distribution 3 × 63 A"),
    (
        Part(
            "energy",
            Names("Yleissiirto", "Allmän överföring", "Distribution"),
            Basis.ENERGY,
            (("2023-01-01", "3.38"), ("2025-01-01", "3.51"), ("2027-01-01", "3.60")),
        ),
        Part(
            "base",
            Names("Perusmaksu, siirto 3 × 63 A", "Grundavgift, överföring 3 × 63 A", "Basic charge, distribution"),
            Basis.MONTH,
            (("2023-01-01", "38.20"), ("2025-01-01", "39.60")),
        ),
    ),
)
POWER_NETWORK: Final = Article(
    "SIIRTO-TEHO",
    ContractKind.NETWORK,
    Names("Tehosiirto pienjännite", "Effektöverföring lågspänning", "Low-voltage capacity distribution"),
    (
        Part(
            "winter-day",
            Names("Tehosiirto, talvipäivä", "Effektöverföring, vinterdag", "Distribution, winter day"),
            Basis.ENERGY,
            (("2023-01-01", "2.86"), ("2025-01-01", "2.98")),
            TariffPeriod.WINTER_DAY,
        ),
        Part(
            "other",
            Names("Tehosiirto, muu aika", "Effektöverföring, övrig tid", "Distribution, other times"),
            Basis.ENERGY,
            (("2023-01-01", "1.42"), ("2025-01-01", "1.49")),
            TariffPeriod.OTHER,
        ),
        Part(
            "power",
            Names("Tehomaksu", "Effektavgift", "Capacity charge"),
            Basis.POWER,
            (("2023-01-01", "2.35"), ("2025-01-01", "2.48")),
        ),
        Part(
            "base",
            Names("Perusmaksu, tehosiirto", "Grundavgift, effektöverföring", "Basic charge, distribution"),
            Basis.MONTH,
            (("2023-01-01", "61.00"), ("2025-01-01", "63.50")),
        ),
    ),
)
COMPANY_HEAT: Final = Article(
    "LAMPO-KIINTEISTO",
    ContractKind.HEAT,
    Names("Kiinteistölämpö", "Fastighetsvärme", "Heat for buildings"),
    (
        Part(
            "energy",
            Names("Kaukolämpöenergia", "Fjärrvärmeenergi", "District heat energy"),
            Basis.ENERGY,
            (("2023-01-01", "6.10"), ("2024-11-01", "6.32"), ("2025-11-01", "6.48")),
        ),
        Part(
            "base",
            Names("Tehomaksu 120 kW", "Effektavgift 120 kW", "Capacity charge 120 kW"),
            Basis.MONTH,
            (("2023-01-01", "248.00"), ("2025-01-01", "256.50")),
        ),
    ),
    origin="biomass-and-waste-heat",
    billing_minutes=60,
)
CATALOGUE: Final = (
    *(OPEN_ENDED, FIXED_12, FIXED_24, SPOT, SURPLUS),
    *(GENERAL_NETWORK, DAY_NIGHT_NETWORK, SEASONAL_NETWORK),
    *(CONNECTION, HEAT, GAS, COOLING),
    *(COMPANY_FIXED, COMPANY_SPOT, COMPANY_NETWORK, POWER_NETWORK, COMPANY_HEAT),
)

TOLD_AHEAD: Final = timedelta(days=200)
VAT: Final = (("2013-01-01", "24"), ("2024-09-01", "25.5"))
VAT_ON_SALES: Final = (("2013-01-01", "24"), ("2022-12-01", "10"), ("2023-05-01", "24"), ("2024-09-01", "25.5"))
VAT_ON: Final = {ContractKind.SALES: VAT_ON_SALES, ContractKind.PURCHASE: (("2013-01-01", "0"),)}
ELECTRICITY_TAX: Final = {
    "I": (("2021-01-01", "2.253"), ("2026-04-01", "2.325")),
    "II": (("2021-01-01", "0.063"), ("2026-04-01", "0.135")),
}


def rows(until: date) -> Iterator[SQLModel]:
    """Products, price parts and taxes for the register, as they are told on a day: prices half a year ahead."""
    for article in CATALOGUE:
        yield from _product(article, until + TOLD_AHEAD)
    for kind in ContractKind:
        yield from _taxes(TaxKind.VAT, kind, VAT_ON.get(kind, VAT))
    for tax_class, rates in ELECTRICITY_TAX.items():
        yield from _taxes(TaxKind.ELECTRICITY_TAX, tax_class, rates)


def _product(article: Article, told_until: date) -> Iterator[SQLModel]:
    product_id = id_of("product", article.code)
    yield Product(
        id=product_id,
        code=article.code,
        kind=article.kind,
        name_fi=article.names.fi,
        name_sv=article.names.sv,
        name_en=article.names.en,
        billing_minutes=article.billing_minutes,
        origin=article.origin,
    )
    for position, part in enumerate(article.parts):
        told = tuple((first, price) for first, price in part.prices if date.fromisoformat(first) <= told_until)
        for price, first, last in _periods(told):
            yield PricePart(
                id=id_of("price part", article.code, part.code, first),
                product_id=product_id,
                code=part.code,
                position=position,
                name_fi=part.names.fi,
                name_sv=part.names.sv,
                name_en=part.names.en,
                basis=part.basis,
                time_window=part.window,
                price=price,
                threshold_kw=part.threshold_kw,
                valid_from=first,
                valid_to=last,
            )


def _taxes(kind: TaxKind, applies_to: str, rates: Prices) -> Iterator[Tax]:
    for rate, first, last in _periods(rates):
        yield Tax(
            id=id_of("tax", kind, applies_to, first),
            kind=kind,
            applies_to=applies_to,
            rate=rate,
            valid_from=first,
            valid_to=last,
        )


def _periods(prices: Prices) -> Iterator[tuple[Decimal, date, date | None]]:
    """Each price with its first and last day."""
    starts = [date.fromisoformat(first) for first, _ in prices]
    ends = [start - timedelta(days=1) for start in starts[1:]]
    for (_, price), first, last in zip(prices, starts, [*ends, None], strict=True):
        yield Decimal(price), first, last

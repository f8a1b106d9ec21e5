"""What the demo utility sells: products in three languages, their dated prices without VAT, and the taxes.

All of them stand in products.toml.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter
from sqlmodel import SQLModel

from portal.contracts.kinds import Basis, ContractKind, EnergySource, Names, TariffPeriod, TaxKind
from portal.contracts.models import FuelMix, PricePart, Product, Tax
from portal.demo.naming import id_of
from portal.kit.clock import DAY

Prices = tuple[tuple[date, Decimal], ...]
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
    sold_from: date | None = None
    sold_to: str | None = None
    fixed_months: int | None = None


@dataclass(frozen=True)
class Mix:
    """Where the energy of a product came from, or that of all of a kind: shares in per cent."""

    kind: ContractKind
    shares: Mapping[EnergySource, Decimal]
    co2: Decimal
    product_code: str = ""
    nuclear_waste: Decimal | None = None
    fuel_taxes: Decimal | None = None


_TOLD: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
CATALOGUE: Final[Mapping[str, Article]] = {
    article.code: article for article in TypeAdapter(tuple[Article, ...]).validate_python(_TOLD["products"])
}
OPEN_ENDED: Final = CATALOGUE["YLEISSAHKO"]
FIXED_12: Final = CATALOGUE["VAKAA-12"]
FIXED_24: Final = CATALOGUE["VAKAA-24"]
SPOT: Final = CATALOGUE["PORSSI"]
SURPLUS: Final = CATALOGUE["AURINKO-OSTO"]
GENERAL_NETWORK: Final = CATALOGUE["SIIRTO-YLEIS-25"]
DAY_NIGHT_NETWORK: Final = CATALOGUE["SIIRTO-AIKA-25"]
SEASONAL_NETWORK: Final = CATALOGUE["SIIRTO-KAUSI-25"]
CONNECTION: Final = CATALOGUE["LIITTYMA-25"]
HEAT: Final = CATALOGUE["LAMPO-KAUSI"]
GAS: Final = CATALOGUE["MAAKAASU-KOTI"]
COOLING: Final = CATALOGUE["JAAHDYTYS-KOTI"]
COMPANY_FIXED: Final = CATALOGUE["YRITYS-VAKAA"]
COMPANY_SPOT: Final = CATALOGUE["YRITYS-PORSSI"]
COMPANY_NETWORK: Final = CATALOGUE["SIIRTO-YLEIS-63"]
POWER_NETWORK: Final = CATALOGUE["SIIRTO-TEHO"]
COMPANY_HEAT: Final = CATALOGUE["LAMPO-KIINTEISTO"]

TOLD_AHEAD: Final = timedelta(days=200)
TAXES: Final = TypeAdapter(dict[TaxKind, dict[str, Prices]]).validate_python(_TOLD["taxes"])
"""Of each kind of tax its rates, by the kind of contract or the tax class."""
FUEL_MIXES: Final = TypeAdapter(tuple[Mix, ...]).validate_python(_TOLD["fuel_mixes"])


def rows(until: date) -> Iterator[SQLModel]:
    """Products, price parts and taxes for the register, as they are told on a day: prices half a year ahead."""
    for article in CATALOGUE.values():
        yield from _product(article, until + TOLD_AHEAD)
    yield from _fuel_mixes(until.year - 1)
    for kind, rates in TAXES.items():
        for applies_to, dated in rates.items():
            yield from _taxes(kind, applies_to, dated)


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
        sold_from=article.sold_from,
        sold_to=article.sold_to,
        fixed_months=article.fixed_months,
    )
    for position, part in enumerate(article.parts):
        told = tuple((first, price) for first, price in part.prices if first <= told_until)
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


def _fuel_mixes(last: int) -> Iterator[FuelMix]:
    """The mixes of some years up to the last one, told alike for each."""
    for mix in FUEL_MIXES:
        for year in range(last - 2, last + 1):
            told = {f"{source}": mix.shares.get(source, Decimal(0)) for source in EnergySource}
            yield FuelMix(
                id=id_of("fuel mix", mix.kind, mix.product_code, year),
                kind=mix.kind,
                product_code=mix.product_code,
                year=year,
                co2_g_per_kwh=mix.co2,
                nuclear_waste_mg_per_kwh=mix.nuclear_waste,
                fuel_taxes_eur_per_mwh=mix.fuel_taxes,
                **told,
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
    ends = [first - DAY for first, _ in prices[1:]]
    for (first, price), last in zip(prices, [*ends, None], strict=True):
        yield price, first, last

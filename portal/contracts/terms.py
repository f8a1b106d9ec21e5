"""Loads what pricing needs for a metering point: its contracts with their dated prices and taxes, and spot prices.

It is for the system's own work: billing, checking a bill, what energy cost. Who may see the outcome is for the caller
to decide; what a customer may see of a contract itself stands in queries.py.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from portal.contracts.charges import ELECTRICITY_TAX, Price, Terms, VatRate
from portal.contracts.kinds import Basis, ContractKind, Names, TariffPeriod, TaxKind
from portal.contracts.models import Contract, PricePart, Product, SpotMonth, Tax
from portal.contracts.spot import SpotPrices
from portal.contracts.spot_days import of_month
from portal.contracts.tariff_periods import Days
from portal.kit import clock
from portal.kit.clock import start_of
from portal.kit.db import table_of
from portal.kit.intervals import quarter_of
from portal.kit.questions import Question, any_of, as_row, given
from portal.sites.kinds import ReadingType

EVER: Final = Days(date.min, date.max)
TaxRow = tuple[str, str, Decimal, date, date | None]  # the columns of TAXES


def unpriced(*row: Any) -> Terms:  # noqa: ANN401 - the columns of PRICED
    """A contract whose prices are not looked up yet."""
    contract_id, point_id, product_id, kind, tax_class, first, last, minutes, reading_type = row
    series = ReadingType(reading_type) if reading_type else None
    return Terms(contract_id, point_id, product_id, ContractKind(kind), tax_class, first, last, minutes, series)


def _price(*row: Any) -> tuple[UUID, Price]:  # noqa: ANN401 - the columns of PRICES
    """A product, and one of its prices."""
    product, code, fi, sv, en, basis, window, amount, first, last, threshold_kw = row
    return product, Price(
        code, Names(fi, sv, en), Basis(basis), TariffPeriod(window), amount, first, last, threshold_kw
    )


def _touching(dated: sa.Table, first: Any, last: Any) -> tuple[ColumnElement[bool], ...]:  # noqa: ANN401 - days, or what is given
    """Rows that hold on any of some days."""
    return dated.c.valid_from <= last, or_(dated.c.valid_to.is_(None), dated.c.valid_to >= first)


_CONTRACT, _PRODUCT, _PRICE, _TAX = (table_of(one) for one in (Contract, Product, PricePart, Tax))
PRICED: Final = (
    *_CONTRACT.c["id", "metering_point_id", "product_id", "kind", "tax_class", "valid_from", "valid_to"],
    _PRODUCT.c.billing_minutes,
    _CONTRACT.c.reading_type,
)
PRICES: Final = Question(
    _price,
    sa.select(
        *_PRICE.c["product_id", "code", "name_fi", "name_sv", "name_en", "basis", "time_window", "price"],
        *_PRICE.c["valid_from", "valid_to", "threshold_kw"],
    )
    .where(any_of(_PRICE.c.product_id, "products"), *_touching(_PRICE, given("first"), given("last")))
    .order_by(_PRICE.c.position, _PRICE.c.valid_from),
)
TAXES: Final[Question[TaxRow]] = Question(
    as_row,
    sa.select(*_TAX.c["kind", "applies_to", "rate", "valid_from", "valid_to"])
    .where(*_touching(_TAX, given("first"), given("last")))
    .order_by(_TAX.c.valid_from),
)
RUNNING_ON_DAYS: Final = (
    sa.select(*PRICED)
    .join_from(_CONTRACT, _PRODUCT)
    .where(_CONTRACT.c.metering_point_id.is_not(None), *_touching(_CONTRACT, given("first"), given("last")))
    .order_by(_CONTRACT.c.kind.desc(), _CONTRACT.c.valid_from)
)
OF_POINT: Final = Question(unpriced, RUNNING_ON_DAYS.where(_CONTRACT.c.metering_point_id == given("point")))


def terms_for(db: Session, metering_point_id: UUID, days: Days) -> tuple[Terms, ...]:
    """The contracts of a metering point that run on any of some days, sales before network, with all their prices."""
    contracts = OF_POINT.all(db, point=metering_point_id, first=days.first, last=days.last)
    return tuple(terms_of(db, contracts, days))


def terms_of(db: Session, contracts: Sequence[Terms], days: Days = EVER) -> Sequence[Terms]:
    """Contracts that were unpriced, in their order, with the prices and rates that hold on any of some days."""
    during = {"first": days.first, "last": days.last}
    prices: dict[UUID, list[Price]] = defaultdict(list)
    for product, price in PRICES.all(db, products={contract.product_id for contract in contracts}, **during):
        prices[product].append(price)
    taxes = TAXES.all(db, **during)
    return [
        replace(
            contract,
            prices=(*prices[contract.product_id], *_electricity_tax(contract, taxes)),
            vat=tuple(_vat(contract, taxes)),
        )
        for contract in contracts
    ]


def spot_for(db: Session, days: Days) -> SpotPrices:
    """The spot prices of the months in which some days lie."""
    months = list(clock.months(days.first, days.last))
    told = {row.month: row.prices for row in db.exec(select(SpotMonth).where(col(SpotMonth.month).in_(months)))}
    prices = [of_month(month, told.get(month, b"")) for month in months]
    return SpotPrices(quarter_of(start_of(months[0])), np.concatenate(prices))


def _vat(contract: Terms, taxes: Iterable[TaxRow]) -> Iterator[VatRate]:
    for kind, applies_to, percent, first, last in taxes:
        if kind == TaxKind.VAT and applies_to == contract.kind:
            yield VatRate(percent, first, last)


def _electricity_tax(contract: Terms, taxes: Iterable[TaxRow]) -> Iterator[Price]:
    """Electricity tax stands on the network bill (Act 1260/1996): a price by energy, for a network contract's class."""
    for kind, tax_class, rate, first, last in taxes:
        if kind == TaxKind.ELECTRICITY_TAX and tax_class == contract.tax_class:
            name = Names(
                f"Sähkövero, veroluokka {tax_class}",
                f"Elskatt, skatteklass {tax_class}",
                f"Electricity tax, class {tax_class}",
            )
            yield Price(ELECTRICITY_TAX, name, Basis.ENERGY, TariffPeriod.ALL, rate, first, last)

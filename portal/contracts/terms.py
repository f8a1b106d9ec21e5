"""Loads what pricing needs for a metering point: its contracts with their dated prices and taxes, and spot prices.

It is for the system's own work: billing, checking a bill, what energy cost. Who may see the outcome is for the caller
to decide; what a customer may see of a contract itself stands in queries.py.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import numpy as np
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
from portal.kit.intervals import quarter_of

EVER: Final = Days(date.min, date.max)


def terms_for(db: Session, metering_point_id: UUID, days: Days) -> tuple[Terms, ...]:
    """The contracts of a metering point that run on any of some days, sales before network, with all their prices."""
    return terms_by_point(db, col(Contract.metering_point_id) == metering_point_id, days)[metering_point_id]


def terms_by_point(db: Session, which: ColumnElement[bool], days: Days) -> Mapping[UUID, tuple[Terms, ...]]:
    """The same for each metering point of the contracts that a condition names; nothing for all other points."""
    running = (
        select(Contract, Product)
        .join(Product)
        .where(col(Contract.metering_point_id).is_not(None), *_touching(Contract, days), which)
        .order_by(col(Contract.kind).desc(), col(Contract.valid_from))
    )
    of_point: dict[UUID, tuple[Terms, ...]] = defaultdict(tuple)
    for terms in terms_of(db, db.exec(running).all(), days):
        if terms.metering_point_id is not None:
            of_point[terms.metering_point_id] += (terms,)
    return of_point


def terms_of(db: Session, contracts: Sequence[tuple[Contract, Product]], days: Days = EVER) -> Sequence[Terms]:
    """The terms of contracts for products, in their order, with the prices and rates that hold on any of some days."""
    prices = _prices(db, {product.id for _, product in contracts}, days)
    taxes = db.exec(select(Tax).where(*_touching(Tax, days)).order_by(col(Tax.valid_from))).all()
    return [_terms(contract, product, prices[product.id], taxes) for contract, product in contracts]


def spot_for(db: Session, days: Days) -> SpotPrices:
    """The spot prices of the months in which some days lie."""
    months = list(clock.months(days.first, days.last))
    told = {row.month: row.prices for row in db.exec(select(SpotMonth).where(col(SpotMonth.month).in_(months)))}
    prices = [of_month(month, told.get(month, b"")) for month in months]
    return SpotPrices(quarter_of(start_of(months[0])), np.concatenate(prices))


def _touching(dated: type[Contract | PricePart | Tax], days: Days) -> tuple[ColumnElement[bool], ...]:
    """Rows that hold on any of some days."""
    open_ended = col(dated.valid_to).is_(None)
    return col(dated.valid_from) <= days.last, or_(open_ended, col(dated.valid_to) >= days.first)


def _prices(db: Session, products: Collection[UUID], days: Days) -> Mapping[UUID, Sequence[Price]]:
    wanted = select(PricePart).where(col(PricePart.product_id).in_(products), *_touching(PricePart, days))
    prices: dict[UUID, list[Price]] = defaultdict(list)
    for part in db.exec(wanted.order_by(col(PricePart.position), col(PricePart.valid_from))):
        prices[part.product_id].append(_price(part))
    return prices


def _price(part: PricePart) -> Price:
    return Price(
        code=part.code,
        name=Names(part.name_fi, part.name_sv, part.name_en),
        basis=Basis(part.basis),
        window=TariffPeriod(part.time_window),
        amount=part.price,
        first=part.valid_from,
        last=part.valid_to,
        threshold_kw=part.threshold_kw,
    )


def _terms(contract: Contract, product: Product, prices: Iterable[Price], taxes: Sequence[Tax]) -> Terms:
    return Terms(
        contract_id=contract.id,
        metering_point_id=contract.metering_point_id,
        kind=ContractKind(contract.kind),
        first=contract.valid_from,
        last=contract.valid_to,
        billing_minutes=product.billing_minutes,
        prices=(*prices, *_electricity_tax(contract, taxes)),
        vat=tuple(
            VatRate(tax.rate, tax.valid_from, tax.valid_to)
            for tax in taxes
            if tax.kind == TaxKind.VAT and tax.applies_to == contract.kind
        ),
    )


def _electricity_tax(contract: Contract, taxes: Iterable[Tax]) -> Iterator[Price]:
    """Electricity tax stands on the network bill (Act 1260/1996): a price by energy, for a network contract's class."""
    for tax in taxes:
        if tax.kind == TaxKind.ELECTRICITY_TAX and tax.applies_to == contract.tax_class:
            name = Names(
                f"Sähkövero, veroluokka {tax.applies_to}",
                f"Elskatt, skatteklass {tax.applies_to}",
                f"Electricity tax, class {tax.applies_to}",
            )
            yield Price(ELECTRICITY_TAX, name, Basis.ENERGY, TariffPeriod.ALL, tax.rate, tax.valid_from, tax.valid_to)

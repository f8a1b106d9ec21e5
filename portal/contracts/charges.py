"""What a contract charges on which days: dated prices under dated rates of VAT, cut at the midnights of a change."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Final
from uuid import UUID

from portal.contracts.kinds import Basis, ContractKind, Covers, Names, TariffPeriod
from portal.contracts.tariff_periods import Days
from portal.kit.ranges import Range, overlaps
from portal.sites.kinds import ReadingType

ELECTRICITY_TAX: Final = "electricity-tax"
BY_ENERGY: Final = frozenset({Basis.ENERGY, Basis.SPOT})
METERED: Final = BY_ENERGY | {Basis.POWER}


class NotPriced(Exception):
    """What the register holds does not say what something costs."""


class NoVatRate(NotPriced):
    """A price is billed on a day for which the register knows no rate of VAT."""


class TwoContracts(NotPriced):
    """Two contracts of one kind run at a metering point on a day: their prices must not be added up."""


@dataclass(frozen=True, slots=True)
class Price:
    """One part of a price for as long as it holds, without VAT.

    amount: c/kWh for energy and spot (there a margin: what we keep of each kWh that we buy), EUR a month or a kW for
        the others
    last: the last day, None while it lasts
    threshold_kw: the power above which a power price applies
    """

    code: str
    name: Names
    basis: Basis
    window: TariffPeriod
    amount: Decimal
    first: date
    last: date | None = None
    threshold_kw: Decimal | None = None

    @property
    def held(self) -> Range:
        """The days on which it holds."""
        return Range.of_days(self.first, self.last)


@dataclass(frozen=True, slots=True)
class VatRate:
    """A rate of VAT for as long as it holds."""

    percent: Decimal
    first: date
    last: date | None = None

    @property
    def held(self) -> Range:
        """The days on which it holds."""
        return Range.of_days(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Terms:
    """A contract as pricing sees it: when it runs, and every price and rate of VAT that may touch it.

    Electricity tax is a price of the network contract, under the code `electricity-tax`.
    product_id, kind, tax_class: they tell which prices, VAT and electricity tax are its own
    reading_type: the series it is billed by; None: the first of its metering point
    """

    contract_id: UUID
    metering_point_id: UUID | None
    product_id: UUID
    kind: ContractKind
    tax_class: str | None
    first: date
    last: date | None
    billing_minutes: int
    reading_type: ReadingType | None = None
    prices: tuple[Price, ...] = ()
    vat: tuple[VatRate, ...] = ()

    @property
    def held(self) -> Range:
        """The days on which it runs."""
        return Range.of_days(self.first, self.last)


@dataclass(frozen=True, slots=True)
class Charge:
    """One price of a kind of contract under one rate of VAT, and the days on which both hold."""

    kind: ContractKind
    price: Price
    days: Days
    vat_percent: Decimal

    @property
    def spot_counts(self) -> int:
        """How often the spot price is charged: once; of what we buy it is paid instead."""
        return -1 if self.kind.covers is Covers.PURCHASE else 1


def charges(terms: Terms, days: Days) -> Iterator[Charge]:
    """What a contract charges on some days, price by price, each in the order of its days.

    Raises NoVatRate.
    """
    running = days.within(terms.held)
    for price in terms.prices if running else ():
        held = running.within(price.held) if running else None
        if held:
            yield from _charged(terms, price, held)


def check_one_of_a_kind(terms: Iterable[Terms], days: Days) -> None:
    """See that of each kind of contract one runs on a day, of those of one metering point.

    Raises TwoContracts.
    """
    of_kind = sorted(terms, key=lambda one: one.kind)
    for kind, every in groupby(of_kind, key=lambda one: one.kind):
        for pair in overlaps((one.held, one) for one in every):
            if days.within(pair.shared):
                raise TwoContracts(f"two {kind} contracts run {pair.shared.said}")


def by_rate(held: Range, rates: Iterable[VatRate]) -> Iterator[tuple[Range, Decimal | None]]:
    """Days cut where the rate of VAT changes, with the rate of each part; None where there is none, or not one only."""
    known = [(rate.held, rate.percent) for rate in rates]
    parts = [(part, _rate(part.start, known)) for part in held.cut(of_rate for of_rate, _ in known)]
    for percent, same in groupby(parts, key=itemgetter(1)):
        days = [part for part, _ in same]
        yield Range(days[0].start, days[-1].end), percent


def _rate(day: date, rates: Iterable[tuple[Range, Decimal]]) -> Decimal | None:
    percents = {percent for days, percent in rates if day in days}
    return percents.pop() if len(percents) == 1 else None


def _charged(terms: Terms, price: Price, days: Days) -> Iterator[Charge]:
    for held, percent in by_rate(days.range, terms.vat):
        if percent is None:
            raise NoVatRate(f"{price.code}: no VAT, or two rates of it, {held.said}")
        if mine := days.within(held):
            yield Charge(terms.kind, price, mine, percent)

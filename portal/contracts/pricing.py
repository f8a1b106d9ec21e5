"""The one pricing rule: what energy, power and time cost under dated prices; exact, and rounded once a line.

A line is one price part, one validity and one rate of VAT. Its quantity is the exact sum of its intervals, its amount
the sum of quantity times price at full precision, rounded half-up to the cent. VAT is computed once a rate, on the sum
of a bill's net lines. The demo's bills, the check of a bill and every "what if" follow this rule and no other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from typing import Final, Protocol
from uuid import UUID

import numpy as np

from portal.contracts.charges import BY_ENERGY, METERED, Charge, Terms, charges, check_one_of_a_kind
from portal.contracts.gaps import Missing, filled, missing, with_cut_off
from portal.contracts.kinds import Basis, Names
from portal.contracts.metered import EXACT, Metered, Used, metered, used
from portal.contracts.spot import NO_SPOT, SpotPrices
from portal.contracts.tariff_periods import Days, Whole
from portal.kit.clock import first_of_month, next_month
from portal.kit.energy import Energy
from portal.kit.intervals import NOTHING, Intervals
from portal.kit.money import Money, total
from portal.kit.ranges import Range

CENTS_A_EURO: Final = 100
KEPT: Final = 6  # decimals that a bill keeps of months, kW and average prices


class Unit(StrEnum):
    """What a line counts."""

    KWH = "kWh"
    MONTH = "month"
    KW = "kW"


UNITS: Final = {Basis.ENERGY: Unit.KWH, Basis.SPOT: Unit.KWH, Basis.MONTH: Unit.MONTH, Basis.POWER: Unit.KW}


class NoSpotPrice(Exception):
    """Energy is billed by the spot price at a time for which the register knows none."""


@dataclass(frozen=True, slots=True)
class Supply:
    """The readings of a metering point, the register's estimates for what is missing, and what is billed by them.

    cut_off: the days on which no energy could flow, so that nothing of them is missing
    """

    readings: Intervals
    terms: tuple[Terms, ...]
    estimate: Intervals = NOTHING
    cut_off: tuple[Range, ...] = ()

    def measured(self, days: Days) -> Intervals:
        """What is known of some days without an estimate; of no others where the point was cut off."""
        return with_cut_off(self.readings, self.cut_off, days)

    def used(self, days: Days) -> Intervals:
        """What is billed of some days: estimates, too."""
        return filled(self.measured(days), self.estimate)


class Taxed(Protocol):
    """A line of a bill as VAT looks at it."""

    @property
    def vat_percent(self) -> Decimal:
        """Its rate of VAT."""

    @property
    def net(self) -> Money:
        """Its amount without VAT."""


@dataclass(frozen=True, slots=True)
class CostLine:
    """One line of a bill.

    quantity: kWh to the milliwatt-hour; months and kW rounded to six decimals, for show
    unit_price: without VAT, c/kWh or EUR a month or a kW; of spot prices the average, to six decimals, for show
    """

    contract_id: UUID
    code: str
    name: Names
    days: Days
    quantity: Decimal
    unit: Unit
    unit_price: Decimal
    vat_percent: Decimal
    net: Money
    estimated: bool


@dataclass(frozen=True, slots=True)
class Vat:
    """The VAT of one rate on a bill: its basis and amount."""

    percent: Decimal
    net: Money
    vat: Money


@dataclass(frozen=True, slots=True)
class Costing:
    """What is to be paid, and what was not measured of what is billed, supply by supply."""

    lines: tuple[CostLine, ...]
    vats: tuple[Vat, ...]
    net: Money
    vat: Money
    total: Money
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True, slots=True)
class Costs:
    """What groups of intervals cost: cents with VAT, not rounded; and how many of their intervals have no price."""

    cents: tuple[Decimal, ...]
    unpriced: tuple[int, ...]


def bill(supplies: Iterable[Supply], days: Days, spot: SpotPrices = NO_SPOT) -> Costing:
    """The bill of some days; each contract is billed for those on which it runs.

    Raises NotPriced and NoSpotPrice.
    """
    lines: list[CostLine] = []
    gaps: list[Missing] = []
    for supply in supplies:
        check_one_of_a_kind(supply.terms, days)
        by = used(supply.used(days))
        charged = [(terms, charge) for terms in supply.terms for charge in charges(terms, days)]
        for terms, charge in charged:
            lines += _line(terms, charge, by, spot)
        gaps += _gaps(supply, [charge for _, charge in charged])
    return added_up(lines, gaps)


def added_up(lines: Iterable[CostLine], gaps: Iterable[Missing] = ()) -> Costing:
    """The bill of these lines: VAT once a rate, on the sum of its lines."""
    lines = tuple(lines)
    vats = vat_of(lines)
    net, vat = total(rate.net for rate in vats), total(rate.vat for rate in vats)
    return Costing(lines, vats, net, vat, net + vat, tuple(gaps))


def vat_of(lines: Sequence[Taxed]) -> tuple[Vat, ...]:
    """The VAT of each rate on the sum of its lines, the lowest rate first."""
    return tuple(_vat_sum(percent, lines) for percent in sorted({line.vat_percent for line in lines}))


def cost_of(
    readings: Intervals, group: Whole, groups: int, terms: Iterable[Terms], spot: SpotPrices = NO_SPOT
) -> Costs:
    """What the energy of groups of intervals costs with VAT; basic and power charges are left out.

    group: the number of each interval's group, from 0 to groups - 1
    Raises NotPriced.
    """
    by = used(readings)
    cents = [Decimal(0)] * groups
    unpriced, untold = by.known.copy(), np.zeros(len(readings), np.bool_)
    for contract, charge in _energy_charges(terms, by):
        mine = metered(charge, contract.billing_minutes, by, spot)
        net = mine.cents(charge, group[mine.places], groups)
        with localcontext(EXACT):
            with_vat = 1 + charge.vat_percent / 100
            cents = [one + more * with_vat for one, more in zip(cents, net, strict=True)]
        unpriced[mine.places] = False
        untold[mine.unpriced] = True
    without = np.bincount(group[unpriced | untold], minlength=groups)
    return Costs(tuple(cents), tuple(without.tolist()))


def _line(terms: Terms, charge: Charge, by: Used, spot: SpotPrices) -> Iterator[CostLine]:
    """The line of a charge; none where its days and window hold no reading, such as winter days in a summer month."""
    mine = metered(charge, terms.billing_minutes, by, spot) if charge.price.basis in METERED else None
    if mine is not None and not len(mine.places):
        return
    quantity, unit_price, cents = _measured(charge, mine)
    yield CostLine(
        contract_id=terms.contract_id,
        code=charge.price.code,
        name=charge.price.name,
        days=charge.days,
        quantity=quantity,
        unit=UNITS[charge.price.basis],
        unit_price=unit_price,
        vat_percent=charge.vat_percent,
        net=Money(_half_up(cents)),
        estimated=mine is not None and mine.estimated,
    )


def _measured(charge: Charge, mine: Metered | None) -> tuple[Decimal, Decimal, Fraction]:
    """How much a charge counts, the price of each, and exactly how many cents that comes to."""
    if mine is None:
        return _over(charge, sum((share for _, share in _months(charge.days)), Fraction(0)))
    return _over(charge, _excess(charge, mine)) if charge.price.basis is Basis.POWER else _energy(charge, mine)


def _energy(charge: Charge, mine: Metered) -> tuple[Decimal, Decimal, Fraction]:
    if len(mine.unpriced):
        raise NoSpotPrice(f"{len(mine.unpriced)} intervals without a spot price on {charge.days}")
    cents = Fraction(*mine.cents(charge, np.zeros(len(mine.places), np.int64), 1))
    energy, price = Energy(mine.milliwatt_hours()), charge.price.amount
    if charge.price.basis is Basis.SPOT and energy:
        price = _shown(cents / Fraction(energy.kwh))
    return energy.kwh, price, cents


def _excess(charge: Charge, mine: Metered) -> Fraction:
    """The highest power of each month above the charge's threshold, in kW, by the part of the month that is charged."""
    threshold = Fraction(charge.price.threshold_kw or 0)
    return sum(
        (share * max(Fraction(0), mine.peak_kw(days) - threshold) for days, share in _months(charge.days)), Fraction(0)
    )


def _over(charge: Charge, quantity: Fraction) -> tuple[Decimal, Decimal, Fraction]:
    price = charge.price.amount
    return _shown(quantity), price, quantity * Fraction(price) * CENTS_A_EURO


def _months(days: Days) -> Iterator[tuple[Days, Fraction]]:
    """Some days month by month: those of each month, and what part of the month they are."""
    month = first_of_month(days.first)
    while month <= days.last:
        following = next_month(month)
        if mine := days.within(Range(month, following)):
            yield mine, Fraction(len(mine), (following - month).days)
        month = following


def _energy_charges(terms: Iterable[Terms], by: Used) -> Iterator[tuple[Terms, Charge]]:
    """What contracts charge for energy on the days of some readings."""
    if days := by.clock.days():
        every = tuple(terms)
        check_one_of_a_kind(every, days)
        for contract in every:
            for charge in charges(contract, days):
                if charge.price.basis in BY_ENERGY:
                    yield contract, charge


def _gaps(supply: Supply, charged: Iterable[Charge]) -> Iterator[Missing]:
    """What is missing on the days on which something is billed by the meter."""
    by_meter = [charge.days for charge in charged if charge.price.basis in METERED]
    if by_meter:
        days = Days(min(days.first for days in by_meter), max(days.last for days in by_meter))
        if found := missing(supply.measured(days), supply.estimate, days):
            yield found


def _vat_sum(percent: Decimal, lines: Iterable[Taxed]) -> Vat:
    net = total(line.net for line in lines if line.vat_percent == percent)
    return Vat(percent, net, Money(_half_up(net.cents * Fraction(percent) / 100)))


def _half_up(exact: Fraction) -> int:
    """The nearest whole number, away from zero at the half."""
    size = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return size if exact >= 0 else -size


def _shown(exact: Fraction) -> Decimal:
    return Decimal(_half_up(exact * 10**KEPT)).scaleb(-KEPT)

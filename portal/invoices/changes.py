"""Why a bill differs from an earlier one, as arithmetic: the causes add up to the difference, to the cent.

Each cause tells what is left when those before it are taken away, contract by contract, in this order:
1. days: as many days as now, at the former use of a day
2. weather: of heat, the former use in the weather of now, as Motiva normalises it (portal/weather/rules.py)
3. usage: what was really used; these three at the former average price, electricity tax included
4. prices: the energy of now at its own average price, that of sale and of distribution apart; then electricity tax. An
   average price is also another one where more was used at night, or in hours in which the exchange was dear
5. basic charges, power, what we buy from the customer, and whatever else was billed
6. VAT: on all of these at the former average rate; then what other rates make of it
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from portal.contracts.charges import ELECTRICITY_TAX
from portal.contracts.kinds import ContractKind
from portal.invoices.kinds import Cause, LineUnit
from portal.invoices.priced_energy import counted_once
from portal.invoices.records import Line, WholeInvoice, by_contract
from portal.invoices.rules import is_a_year_later
from portal.kit.clock import DAY, months
from portal.kit.energy import Energy
from portal.kit.money import Money, total
from portal.weather.rules import SUMMER, normalised

BASIC_UNITS: Final = frozenset({LineUnit.MONTH, LineUnit.DAY})
POWER_UNITS: Final = frozenset({LineUnit.KW, LineUnit.KVARH})
Thing = tuple[str | None, ContractKind]
"""What a line is for: a metering point by its number, and the kind of contract."""


BY_ENERGY: Final = tuple(Cause)[: tuple(Cause).index(Cause.BASIC)]


@dataclass(frozen=True, slots=True)
class Heating:
    """The weather of the days of two bills of heat.

    had, wanted: the degree days of the former days and of those of now
    water_a_day: what of the heat of a day warms water, in milliwatt-hours
    """

    had: Decimal
    wanted: Decimal
    water_a_day: Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a bill is higher than an earlier one, cause by cause; causes that come to nothing are left out."""

    parts: Mapping[Cause, Money]

    @property
    def total(self) -> Money:
        """All of it."""
        return total(self.parts.values())

    @property
    def most(self) -> Cause | None:
        """The cause of the largest part that goes the way of the whole; None where nothing has changed."""
        rises = self.total.cents >= 0
        along = [cause for cause, part in self.parts.items() if (part.cents > 0) is rises]
        return max(along, key=lambda cause: abs(self.parts[cause].cents), default=None)


@dataclass(frozen=True, slots=True)
class _Billed:
    """What one contract bills by energy: milliwatt-hours, days, and cents without and of electricity tax."""

    used: int = 0
    days: int = 0
    net: int = 0
    tax: int = 0


NOT_BILLED: Final = _Billed()


def why(now: WholeInvoice, before: WholeInvoice, heating: Heating | None = None) -> Change:
    """The parts of the difference."""
    parts = dict(_by_energy(now.lines, before.lines, heating))
    for cause, units in ((Cause.BASIC, BASIC_UNITS), (Cause.POWER, POWER_UNITS)):
        parts[cause] = _by_unit(now.lines, units) - _by_unit(before.lines, units)
    parts[Cause.BOUGHT] = _bought(now.lines) - _bought(before.lines)
    parts[Cause.OTHERS] = now.net - before.net - total(parts.values())
    parts |= _vat(now, before)
    return Change({cause: parts[cause] for cause in Cause if parts.get(cause)})


def is_year_before(now: WholeInvoice, before: WholeInvoice) -> bool:
    """Whether a bill is of the same days as another, a year earlier."""
    return is_a_year_later(now.head.first, now.head.last, before.head.first, before.head.last)


def is_comparable(now: WholeInvoice, before: WholeInvoice) -> bool:
    """Whether both are for the same kinds of contracts at the same metering points; what we buy aside."""
    things = _things(now.lines)
    return bool(things) and things == _things(before.lines)


def is_of_same_point(now: WholeInvoice, before: WholeInvoice) -> bool:
    """Whether any metering point is on both."""
    points, earlier = ({gsrn for gsrn, _ in _things(one.lines)} for one in (now, before))
    return bool(points & earlier)


def touches_summer(first: date, last: date) -> bool:
    """Whether any of some days lies in the months of which degree days say little (portal/weather/rules.py)."""
    return any(month.month in SUMMER for month in months(first, last))


def _by_energy(now: Iterable[Line], before: Iterable[Line], heating: Heating | None) -> Iterator[tuple[Cause, Money]]:
    """The causes of what is billed by energy, rounded so that they come to its difference: each running total is."""
    exact: defaultdict[Cause, Fraction] = defaultdict(Fraction)
    billed, former = _of_contracts(now), _of_contracts(before)
    for thing in dict.fromkeys([*former, *billed]):
        _, kind = thing
        there, here = former.get(thing, NOT_BILLED), billed.get(thing, NOT_BILLED)
        weather = heating if kind is ContractKind.HEAT else None
        for cause, cents in _causes(there, here, kind, weather):
            exact[cause] += cents
    running = [Money(round(cents)) for cents in accumulate((exact[one] for one in BY_ENERGY), initial=Fraction(0))]
    for cause, (until, since) in zip(BY_ENERGY, pairwise(running), strict=True):
        yield cause, since - until


def _causes(
    before: _Billed, now: _Billed, kind: ContractKind, heating: Heating | None
) -> Iterator[tuple[Cause, Fraction]]:
    """Exactly, in cents. Where nothing was used before there is no former price: all is due to use."""
    cost = before.net + before.tax
    if before.used <= 0:
        yield Cause.USAGE, Fraction(now.net + now.tax - cost)
        return
    each, share = Fraction(cost, before.used), Fraction(now.used, before.used)
    same_days = Fraction(before.used * now.days, before.days)
    same_weather = _in_weather(before, now.days, heating) if heating else same_days
    yield Cause.DAYS, each * (same_days - before.used)
    yield Cause.WEATHER, each * (same_weather - same_days)
    yield Cause.USAGE, each * (now.used - same_weather)
    price = Cause.DISTRIBUTION_PRICE if kind is ContractKind.NETWORK else Cause.ENERGY_PRICE
    yield price, now.net - before.net * share
    yield Cause.TAX, now.tax - before.tax * share


def _in_weather(before: _Billed, days: int, heating: Heating) -> Fraction:
    """The former heat, on other days in another weather; as much a day as before where nothing warmed rooms."""
    water = Energy(round(heating.water_a_day * before.days))
    if water.milliwatt_hours >= before.used or not heating.had:
        return Fraction(before.used * days, before.days)
    heat = normalised(Energy(before.used), water, heating.had, heating.wanted) - water
    return heat.milliwatt_hours + Fraction(heating.water_a_day) * days


def _vat(now: WholeInvoice, before: WholeInvoice) -> Mapping[Cause, Money]:
    difference = now.vat - before.vat
    if not before.net or {rate.percent for rate in now.vats} == {rate.percent for rate in before.vats}:
        return {Cause.VAT: difference}
    at_former_rate = Money(round(Fraction(before.vat.cents * now.net.cents, before.net.cents)))
    return {Cause.VAT: at_former_rate - before.vat, Cause.VAT_RATE: now.vat - at_former_rate}


def _of_contracts(lines: Iterable[Line]) -> Mapping[Thing, _Billed]:
    """What is billed by energy, thing by thing."""
    found: defaultdict[Thing, list[Line]] = defaultdict(list)
    for line in lines:
        if line.energy is not None and line.source and not _is_bought(line):
            found[line.source.gsrn, line.source.kind].append(line)
    return {thing: _billed(those) for thing, those in found.items()}


def _billed(lines: Sequence[Line]) -> _Billed:
    """Energy counted once, though a margin or the tax bills it again beside its price, on days that one may split."""
    taxes = [line for line in lines if line.code == ELECTRICITY_TAX]
    supply = [line for line in lines if line.code != ELECTRICITY_TAX]
    first, last = min(line.first for line in lines), max(line.last for line in lines)
    return _Billed(
        used=sum(_counted_once(group.lines) for group in by_contract(supply or taxes)),
        days=(last - first) // DAY + 1,
        net=total(line.net for line in supply).cents,
        tax=total(line.net for line in taxes).cents,
    )


def _counted_once(lines: Iterable[Line]) -> int:
    return counted_once(one for line in lines for one in line.priced).milliwatt_hours


def _by_unit(lines: Iterable[Line], units: frozenset[LineUnit]) -> Money:
    return total(line.net for line in lines if line.unit in units and not _is_bought(line))


def _bought(lines: Iterable[Line]) -> Money:
    return total(line.net for line in lines if _is_bought(line))


def _is_bought(line: Line) -> bool:
    return line.source is not None and line.source.kind is ContractKind.PURCHASE


def _things(lines: Iterable[Line]) -> frozenset[Thing]:
    return frozenset(
        (line.source.gsrn, line.source.kind)
        for line in lines
        if line.source and line.source.gsrn and not _is_bought(line)
    )

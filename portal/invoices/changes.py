"""Why a bill differs from the one a year before, as arithmetic: usage, prices, fixed charges and VAT add up to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.invoices.bills import Bill, Line, consumption
from portal.invoices.rules import is_a_year_later
from portal.kit.energy import Energy
from portal.kit.money import Money, rounded, total

NO_ENERGY = Energy(0)


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a bill is higher than another, and how much of it is due to what; all in cents.

    usage: other energy at the former average price
    prices: today's energy at other average prices
    fixed: charges by month and by power
    vat: VAT on all of these
    """

    usage: Money
    prices: Money
    fixed: Money
    vat: Money

    @property
    def total(self) -> Money:
        """All of it."""
        return total((self.usage, self.prices, self.fixed, self.vat))


def why(now: Bill, before: Bill) -> Change:
    """The parts of the difference; they add up to it, to the cent."""
    usage = total(_usage(now, before).values())
    by_energy = _net_of_energy(now.lines) - _net_of_energy(before.lines)
    fixed = (now.net - _net_of_energy(now.lines)) - (before.net - _net_of_energy(before.lines))
    return Change(usage, by_energy - usage, fixed, now.vat - before.vat)


def is_comparable(now: Bill, before: Bill) -> bool:
    """Whether a bill is about the same metering points and the same days as another, a year later."""
    same_days = is_a_year_later(now.head.first, now.head.last, before.head.first, before.head.last)
    return same_days and _points(now.lines) == _points(before.lines)


def _usage(now: Bill, before: Bill) -> Mapping[str, Money]:
    """What the other amount of each energy costs, at the average price that it had before."""
    used, used_before = consumption(now.lines), consumption(before.lines)
    found = {}
    for energy, former in used_before.items():
        more = used.get(energy, NO_ENERGY) - former
        cost = sum(line.net.cents for line in before.lines if _is_of(line, energy))
        found[energy] = rounded(Decimal(cost) * more.mwh / former.mwh) if former else Money(0)
    return found


def _net_of_energy(lines: Iterable[Line]) -> Money:
    return total(line.net for line in lines if line.energy is not None)


def _is_of(line: Line, energy: str) -> bool:
    return line.energy is not None and line.source is not None and line.source.energy == energy


def _points(lines: Iterable[Line]) -> frozenset[str | None]:
    return frozenset(line.source.gsrn for line in lines if line.source)

"""Why a bill differs from the one a year before, as arithmetic: usage, prices, fixed charges and VAT add up to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from portal.invoices.kinds import LineUnit
from portal.invoices.records import NO_ENERGY, Line, WholeInvoice, consumption
from portal.invoices.rules import is_a_year_later
from portal.kit.i18n import Text, text
from portal.kit.money import Money, rounded, total
from portal.sites.kinds import Commodity

FIXED: Final = frozenset({LineUnit.MONTH, LineUnit.DAY, LineUnit.KW, LineUnit.KVARH})


@dataclass(frozen=True, slots=True)
class Change:
    """By how much a bill is higher than another, and how much of it is due to what; all in cents.

    usage: other energy at the former average price
    prices: today's energy at other average prices
    fixed: charges by time and by power
    others: whatever else was billed: jobs, fees, water
    vat: VAT on all of these
    """

    usage: Money
    prices: Money
    fixed: Money
    others: Money
    vat: Money

    @property
    def total(self) -> Money:
        """All of it."""
        return total((self.usage, self.prices, self.fixed, self.others, self.vat))

    @property
    def reasons(self) -> Sequence[tuple[Text, Money]]:
        """What it is made of in words, naught left out."""
        parts = (
            (text("Other consumption, at the prices of a year ago"), self.usage),
            (text("Other prices of energy, distribution and taxes"), self.prices),
            (text("Basic and capacity charges"), self.fixed),
            (text("Other charges"), self.others),
            (text("VAT"), self.vat),
        )
        return [(words, amount) for words, amount in parts if amount]


def why(now: WholeInvoice, before: WholeInvoice) -> Change:
    """The parts of the difference; they add up to it, to the cent."""
    usage = total(_usage(now, before).values())
    by_energy = _net_of_energy(now.lines) - _net_of_energy(before.lines)
    fixed = _fixed(now.lines) - _fixed(before.lines)
    others = (now.net - before.net) - by_energy - fixed
    return Change(usage, by_energy - usage, fixed, others, now.vat - before.vat)


def is_comparable(now: WholeInvoice, before: WholeInvoice) -> bool:
    """Whether a bill is about the same metering points and the same days as another, a year later."""
    same_days = is_a_year_later(now.head.first, now.head.last, before.head.first, before.head.last)
    points = _points(now.lines)
    return same_days and bool(points) and points == _points(before.lines)


def _usage(now: WholeInvoice, before: WholeInvoice) -> Mapping[Commodity, Money]:
    """What the other amount of each energy costs, at the average price that it had before."""
    used, used_before = consumption(now.lines), consumption(before.lines)
    found = {}
    for commodity, former in used_before.items():
        more = used.get(commodity, NO_ENERGY) - former
        cost = sum(line.net.cents for line in before.lines if _is_of(line, commodity))
        found[commodity] = (
            rounded(Decimal(cost) * more.milliwatt_hours / former.milliwatt_hours) if former else Money(0)
        )
    return found


def _net_of_energy(lines: Iterable[Line]) -> Money:
    return total(line.net for line in lines if line.energy is not None)


def _fixed(lines: Iterable[Line]) -> Money:
    return total(line.net for line in lines if line.unit in FIXED)


def _is_of(line: Line, commodity: Commodity) -> bool:
    return line.energy is not None and line.source is not None and line.source.commodity == commodity


def _points(lines: Iterable[Line]) -> frozenset[str | None]:
    return frozenset(line.source.gsrn for line in lines if line.source)

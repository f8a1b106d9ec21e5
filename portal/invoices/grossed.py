"""The lines of a bill with VAT, as a person reads them: they come to what is to be paid, to the cent.

VAT is worked out once for each rate, on the sum of its lines (contracts/pricing.py); here it is shared out among them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from portal.invoices.records import Group, Line, Source, WholeInvoice
from portal.kit.money import Money, total


@dataclass(frozen=True, slots=True)
class GrossLine:
    """A line, and what it comes to with VAT."""

    line: Line
    amount: Money


@dataclass(frozen=True, slots=True)
class GrossGroup:
    """The lines of one contract, or those of none, with VAT."""

    source: Source | None
    lines: Sequence[GrossLine]

    @property
    def amount(self) -> Money:
        """What they come to with VAT."""
        return total(one.amount for one in self.lines)


def with_vat(invoice: WholeInvoice) -> Sequence[GrossGroup]:
    """The lines contract by contract, each with its share of the VAT of its rate."""
    groups = invoice.by_contract
    amounts = dict(_amounts(invoice, groups))
    return [
        GrossGroup(group.source, [GrossLine(line, amounts[at, place]) for place, line in enumerate(group.lines)])
        for at, group in enumerate(groups)
    ]


def line_by_line(invoice: WholeInvoice) -> Sequence[GrossLine]:
    """The same lines in the order of the invoice, in which a complaint counts them."""
    by_contract = {_contract_id(group.source): iter(group.lines) for group in with_vat(invoice)}
    return [next(by_contract[_contract_id(line.source)]) for line in invoice.lines]


def _contract_id(source: Source | None) -> UUID | None:
    return source.contract_id if source else None


def _amounts(invoice: WholeInvoice, groups: Sequence[Group]) -> Iterator[tuple[tuple[int, int], Money]]:
    """Each line with VAT by its place; rate by rate the running sum is rounded, so that all come to what the bill says.

    What a rate's lines do not bear, as where they come to nothing, is with the last of them.
    """
    told = {rate.percent: rate.vat for rate in invoice.vats}
    every = [((at, place), line) for at, group in enumerate(groups) for place, line in enumerate(group.lines)]
    for percent in dict.fromkeys(line.vat_percent for _, line in every):
        lines = [(where, line.net) for where, line in every if line.vat_percent == percent]
        vat, net = told.get(percent, Money(0)), total(amount for _, amount in lines)
        share = Fraction(vat.cents, net.cents) if net else Fraction(0)
        so_far, given = 0, Money(0)
        for number, (where, amount) in enumerate(lines, 1):
            so_far += amount.cents
            until = vat if number == len(lines) else Money(round(share * so_far))
            yield where, amount + until - given
            given = until

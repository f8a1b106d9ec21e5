"""What an invoice is made of: energy, its distribution, taxes, as Annex I of Directive (EU) 2019/944 wants it shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from portal.contracts.charges import ELECTRICITY_TAX
from portal.contracts.kinds import Covers
from portal.invoices.kinds import BillPart
from portal.invoices.records import Line, WholeInvoice
from portal.kit.i18n import Text, text
from portal.kit.money import Money, total

OF_CONTRACTS: Final[Mapping[Covers, BillPart]] = {
    Covers.ENERGY: BillPart.ENERGY,
    Covers.BOTH: BillPart.ENERGY,
    Covers.DELIVERY: BillPart.NETWORK,
    Covers.PURCHASE: BillPart.BOUGHT,
}
WORDS: Final[Mapping[BillPart, Text]] = {
    BillPart.ENERGY: text("Energy"),
    BillPart.NETWORK: text("Electricity distribution"),
    BillPart.OTHERS: text("Other charges"),
    BillPart.BOUGHT: text("Energy that we bought from you"),
    BillPart.TAXES: text("Taxes"),
}


@dataclass(frozen=True, slots=True)
class PartOfBill:
    """A part of an invoice, and where it lies on a bar that is 100 wide; what is taken off has no width."""

    part: BillPart
    amount: Money
    x: float
    width: float

    @property
    def words(self) -> Text:
        """What it is."""
        return WORDS[self.part]


def parts(invoice: WholeInvoice) -> Sequence[PartOfBill]:
    """What an invoice comes to, part by part; they add up to its total. Taxes are VAT and the tax on electricity."""
    amounts = {part: total(line.net for line in invoice.lines if _part(line) is part) for part in BillPart}
    amounts[BillPart.TAXES] += invoice.vat
    amounts[BillPart.OTHERS] += invoice.head.total - total(amounts.values())
    whole = sum(max(0, amount.cents) for amount in amounts.values())
    found, x = [], 0.0
    for part in BillPart:
        if amount := amounts[part]:
            width = 100 * max(0, amount.cents) / whole if whole else 0.0
            found.append(PartOfBill(part, amount, x, width))
            x += width
    return found


def _part(line: Line) -> BillPart:
    if line.code == ELECTRICITY_TAX:
        return BillPart.TAXES
    return OF_CONTRACTS[line.source.kind.covers] if line.source else BillPart.OTHERS

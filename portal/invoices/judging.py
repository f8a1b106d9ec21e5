"""Whether a bill that is told can be true: what contradicts itself, and what only may be wrong.

Amounts follow the one pricing rule (contracts/pricing.py): quantity times price, rounded once a line, and VAT once a
rate. Other systems round in other places, so a cent a line is let through; a bill that is off by more is not the bill
that it says it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from portal.contracts.charges import VatRate
from portal.contracts.kinds import ContractKind
from portal.contracts.tariff_periods import Days
from portal.invoices.kinds import InvoiceKind, LineUnit
from portal.invoices.rules import years_before

if TYPE_CHECKING:
    from portal.invoices.importing import InvoiceEntry, LineEntry, VatSumEntry

CENTS_A_EURO: Final = 100
HIDDEN: Final = Decimal("0.0000005")  # what the sixth decimal of an average price may hide
LATE: Final = 3  # years after which a correction comes late
NOT_SUPPLIED: Final = frozenset({LineUnit.PIECE, None})  # jobs and fees: their VAT is not that of the contract's kind


@dataclass(frozen=True)
class Taxed:
    """How supplies are taxed: the kind of each contract by its number, and the dated rates of VAT of each kind."""

    kinds: Mapping[str, ContractKind]
    rates: Mapping[ContractKind, Sequence[VatRate]]


def contradictions(bill: "InvoiceEntry", taxed: Taxed) -> Iterator[str]:
    """What a bill says against itself, or against the taxes of its days, in sentences."""
    if bill.due_on < bill.issued_on:
        yield "due_on is before issued_on"
    for place, line in enumerate(bill.lines):
        if line.net_cents and _off(line, bill.kind) > 1:
            yield f"lines.{place}: net_cents is not quantity times unit_price"
        if _taxed_days(line, taxed) == 0:
            yield f"lines.{place}: vat_percent was not the rate of VAT on any of its days"
    for rate in bill.vat:
        if abs(_too_much(rate)) > sum(line.vat_percent == rate.percent for line in bill.lines):
            yield f"vat_cents of {rate.percent} % is not that rate of its net_cents"


def doubts(bill: "InvoiceEntry", taxed: Taxed) -> Iterator[str]:
    """What of a bill may be wrong, in sentences; of one that contradicts nothing."""
    for place, line in enumerate(bill.lines):
        if not line.net_cents and _off(line, bill.kind) > 1:
            yield f"lines.{place}: nothing is charged, though quantity times unit_price is something"
        if line.period_to < years_before(bill.issued_on, LATE):
            yield f"lines.{place}: ended more than three years before issued_on"
        if 0 < _taxed_days(line, taxed) < len(_days(line)):
            yield f"lines.{place}: vat_percent was the rate of VAT on some of its days only"
        if _is_taxed_strangely(line, taxed):
            yield f"lines.{place}: vat_percent was no rate of VAT that the register knows of its days"
    for rate in bill.vat:
        if off := abs(_too_much(rate)):
            yield f"vat_cents of {rate.percent} % is off by {off} {'cent' if off == 1 else 'cents'}"


def _off(line: "LineEntry", kind: InvoiceKind) -> Decimal:
    """By how many cents an amount differs from quantity times price, beyond what their last decimals hide.

    A credit note may tell what it gives back without signs, and only the amounts below zero.
    """
    if line.quantity is None or line.unit_price is None:
        return Decimal(0)
    scale = 1 if line.unit is LineUnit.KWH else CENTS_A_EURO
    hidden = (abs(line.quantity) + abs(line.unit_price)) * HIDDEN * scale
    product, told = line.quantity * line.unit_price * scale, Decimal(line.net_cents)
    if kind is InvoiceKind.CREDIT:
        product, told = abs(product), abs(told)
    return max(Decimal(0), abs(product - told) - hidden)


def _too_much(rate: "VatSumEntry") -> int:
    """By how many cents the VAT of a rate is more than the rate says."""
    return rate.vat_cents - int((rate.net_cents * rate.percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def _taxed_days(line: "LineEntry", taxed: Taxed) -> int:
    """On how many of a line's days its rate of VAT held; on all where the register cannot tell.

    What a customer sells is taxed by who they are, so purchases are not judged.
    """
    kind = taxed.kinds.get(line.contract_number or "")
    days = _days(line)
    if kind in {None, ContractKind.PURCHASE} or line.unit in NOT_SUPPLIED:
        return len(days)
    known = [(rate, held) for rate in taxed.rates.get(kind, ()) if (held := days.within(rate.held))]
    by_this = sum(len(held) for rate, held in known if rate.percent == line.vat_percent)
    by_others = sum(len(held) for rate, held in known if rate.percent != line.vat_percent)
    return min(len(days), max(by_this, len(days) - by_others))


def _is_taxed_strangely(line: "LineEntry", taxed: Taxed) -> bool:
    """Whether a supply about no contract is taxed as no kind was on any of its days. Without VAT it may be."""
    if line.contract_number or line.unit in NOT_SUPPLIED or not line.vat_percent:
        return False
    known = {rate.percent for rates in taxed.rates.values() for rate in rates if _days(line).within(rate.held)}
    return bool(known) and line.vat_percent not in known


def _days(line: "LineEntry") -> Days:
    return Days(line.period_from, line.period_to)

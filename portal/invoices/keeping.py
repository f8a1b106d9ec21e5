"""Keeps bills and payments as the billing system says they are, where they can be true."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col

from portal.contracts.keeping import contracts_of, vat_rates
from portal.contracts.kinds import ContractKind
from portal.contracts.models import Contract
from portal.customers.keeping import party_ids
from portal.invoices.feed import InvoiceEntry, LineEntry, PaymentEntry
from portal.invoices.judging import Taxed, contradictions, doubts
from portal.invoices.kinds import OF_ENERGY, LineUnit
from portal.invoices.models import Invoice, InvoiceLine, InvoiceVat, Payment
from portal.kit.energy import KWH_A_MEGAWATT_HOUR, Energy, from_kwh
from portal.kit.feed import OF_THE_FEED, Digests, Refusal, Verdict, doubted, unknown
from portal.kit.mirror import Columns, Kept, Parts, Wanted, ids, mirror
from portal.sites.keeping import site_ids

INVOICES = Kept(Invoice, ("number",), noted=OF_THE_FEED)
LINES = Parts(InvoiceLine, ("position",), owner="invoice_id")
VAT = Parts(InvoiceVat, ("percent",), owner="invoice_id")
PAYMENTS = Kept(Payment, ("number",), noted=OF_THE_FEED)


@dataclass(frozen=True)
class _Known:
    """What the register knows of the numbers that bills refer to, and of the taxes of what they bill."""

    parties: Mapping[str, UUID]
    sites: Mapping[str, UUID]
    contracts: Mapping[str, Contract]
    taxed: Taxed

    def lacks(self, row: InvoiceEntry) -> Refusal | None:
        if row.customer_number not in self.parties:
            return unknown("customer", row.customer_number)
        if row.site_number is not None and row.site_number not in self.sites:
            return unknown("site", row.site_number)
        for line in row.lines:
            if line.contract_number is None:
                continue
            if line.contract_number not in self.contracts:
                return unknown("contract", line.contract_number)
            if self.contracts[line.contract_number].party_id != self.parties[row.customer_number]:
                return Refusal(f"contract {line.contract_number} is not one of customer {row.customer_number}")
        wrong = "; ".join(contradictions(row, self.taxed))
        return Refusal(wrong) if wrong else None


def keep_invoices(db: Session, rows: Sequence[InvoiceEntry], digests: Digests) -> list[Verdict]:
    """Keep bills with their lines and VAT. The line of a doubtful one is not remembered: it is told each time."""
    known = _known(db, rows)
    doubtful = [list(doubts(row, known.taxed)) for row in rows]
    told_by = [None if doubt else digests.get(row.invoice_number) for row, doubt in zip(rows, doubtful, strict=True)]
    wanted = [_invoice(row, known, digest) for row, digest in zip(rows, told_by, strict=True)]
    verdicts = mirror(db, INVOICES, wanted, (LINES, VAT))
    return [doubted(verdict, doubt) for verdict, doubt in zip(verdicts, doubtful, strict=True)]


def keep_payments(db: Session, rows: Sequence[PaymentEntry], digests: Digests) -> list[Verdict]:
    """Keep the money that came for bills."""
    bills = ids(db, col(Invoice.number), col(Invoice.id), (row.invoice_number for row in rows))
    return mirror(db, PAYMENTS, [_payment(row, bills, digests.get(row.payment_number)) for row in rows])


def _known(db: Session, rows: Sequence[InvoiceEntry]) -> _Known:
    contracts = contracts_of(db, (line.contract_number for row in rows for line in row.lines if line.contract_number))
    return _Known(
        party_ids(db, (row.customer_number for row in rows)),
        site_ids(db, (row.site_number for row in rows if row.site_number)),
        contracts,
        Taxed({number: ContractKind(contract.kind) for number, contract in contracts.items()}, vat_rates(db)),
    )


def _invoice(row: InvoiceEntry, known: _Known, digest: bytes | None) -> Wanted | Refusal:
    if lacking := known.lacks(row):
        return lacking
    invoice = {
        "number": row.invoice_number,
        "party_id": known.parties[row.customer_number],
        "site_id": known.sites[row.site_number] if row.site_number else None,
        "line_digest": digest,
        **row.model_dump(exclude={"invoice_number", "customer_number", "site_number", "lines", "vat"}),
    }
    return Wanted(invoice, lambda _: {LINES: _lines(row, known), VAT: [rate.model_dump() for rate in row.vat]})


def _lines(row: InvoiceEntry, known: _Known) -> Iterator[Columns]:
    for position, line in enumerate(row.lines):
        energy = _energy(line)
        yield {
            "position": position,
            "contract_id": known.contracts[line.contract_number].id if line.contract_number else None,
            "name_fi": line.name.fi,
            "name_sv": line.name.sv,
            "name_en": line.name.en,
            **line.model_dump(exclude={"contract_number", "name"}),
            "quantity_mwh": energy.milliwatt_hours if energy else None,
            "quantity": None if energy else line.quantity,
        }


def _energy(line: LineEntry) -> Energy | None:
    """How much energy a line counts; None where it counts something else."""
    if line.quantity is None or line.unit not in OF_ENERGY:
        return None
    return from_kwh(line.quantity * KWH_A_MEGAWATT_HOUR if line.unit is LineUnit.MWH else line.quantity)


def _payment(row: PaymentEntry, bills: Mapping[str, UUID], digest: bytes | None) -> Wanted | Refusal:
    if row.invoice_number not in bills:
        return unknown("bill", row.invoice_number)
    return Wanted(
        {
            "number": row.payment_number,
            "invoice_id": bills[row.invoice_number],
            "paid_on": row.paid_on,
            "cents": row.cents,
            "line_digest": digest,
        }
    )

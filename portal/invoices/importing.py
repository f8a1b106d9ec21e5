"""How the billing system tells of bills and payments, and how they are kept where they can be true."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Session, col

from portal.contracts.importing import ContractNumber, contracts_of, vat_rates
from portal.contracts.kinds import ContractKind
from portal.contracts.models import Contract
from portal.customers.importing import CustomerNumber, party_ids
from portal.invoices.judging import Taxed, contradictions, doubts
from portal.invoices.kinds import OF_ENERGY, InvoiceKind, LineUnit, ReadBy
from portal.invoices.models import Invoice, InvoiceLine, InvoiceVat, Payment
from portal.invoices.payment import is_iban, is_reference, is_rf_reference
from portal.kit.energy import KWH_A_MEGAWATT_HOUR, Energy, from_kwh
from portal.kit.feed import (
    OF_THE_FEED,
    Cents,
    Day,
    FeedRow,
    ImportContext,
    Names,
    Price,
    Refusal,
    Verdict,
    Written,
    checked,
    decimal,
    doubted,
    unknown,
    words,
)
from portal.kit.mirror import Columns, Kept, Parts, Wanted, ids, mirror
from portal.sites.importing import SiteNumber, site_ids

InvoiceNumber = Annotated[str, words(40), Field(description="The utility's number of the bill.", examples=["900001"])]
Percent = Annotated[Decimal, decimal(3, 2)]


def _reference(text: str) -> str:
    """A reference as banks know it; a Finnish one may come filled up with zeros.

    Raises ValueError.
    """
    bare = text.lstrip("0")
    if not is_reference(bare) and not is_rf_reference(bare):
        raise ValueError
    return bare


class LineEntry(FeedRow):
    """One line: one price part, one validity, one rate of VAT."""

    contract_number: ContractNumber | None = Field(description="The contract it is for, or null.", examples=["700001"])
    code: Annotated[str, words(40)] = Field(
        description="The product's price part, or electricity-tax.", examples=["energy"]
    )
    name: Names = Field(description="What the bill calls it.")
    period_from: Day = Field(description="First day.", examples=["2026-10-01"])
    period_to: Day = Field(description="Last day.", examples=["2026-10-31"])
    quantity: Price | None = Field(
        description="How much of the unit; null, as unit and unit_price, where nothing is counted.", examples=["412.35"]
    )
    unit: LineUnit | None = Field(description="The unit of the quantity.", examples=["kWh"])
    unit_price: Price | None = Field(
        description="Without VAT: c/kWh, or EUR for one of any other unit.", examples=["8.49"]
    )
    vat_percent: Percent = Field(description="Rate of VAT.", examples=["25.5"])
    net_cents: Cents = Field(description="Amount without VAT, in cents.", examples=[3501])
    estimated: bool = Field(description="Whether it rests on an estimate.", examples=[False])

    @model_validator(mode="after")
    def ends_later(self) -> "LineEntry":
        """The last day is not before the first."""
        if self.period_to < self.period_from:
            raise ValueError("period_to is before period_from")
        return self

    @model_validator(mode="after")
    def counts(self) -> "LineEntry":
        """Quantity, unit and price are told together, or none of them is."""
        if len({self.quantity is None, self.unit is None, self.unit_price is None}) > 1:
            raise ValueError("quantity, unit and unit_price are told together, or all are null")
        return self


class VatSumEntry(FeedRow):
    """The VAT of one rate on a bill."""

    percent: Percent = Field(description="The rate.", examples=["25.5"])
    net_cents: Cents = Field(description="Sum of the lines of this rate without VAT, in cents.", examples=[3501])
    vat_cents: Cents = Field(description="VAT on that sum, in cents.", examples=[893])


class InvoiceEntry(FeedRow):
    """A bill, a credit note or a reminder with all its lines. The total of a credit note is 0 or less, else 0 or more.

    A reminder is a bill of its own: its lines are the fee and the interest, never what the late bill itself asks for.
    """

    invoice_number: InvoiceNumber
    customer_number: CustomerNumber
    site_number: SiteNumber | None = Field(description="The site it is about; null for several.", examples=["500001"])
    kind: InvoiceKind = Field(
        description="A bill, a credit note, or a reminder with what it costs.", examples=["invoice"]
    )
    issued_on: Day = Field(description="Day of issue.", examples=["2026-11-05"])
    due_on: Day = Field(description="Due date; that of a credit note is not shown.", examples=["2026-11-26"])
    period_from: Day = Field(description="First day that is billed.", examples=["2026-10-01"])
    period_to: Day = Field(description="Last day that is billed.", examples=["2026-10-31"])
    net_cents: Cents = Field(description="Sum of the lines without VAT, in cents.", examples=[3501])
    vat_cents: Cents = Field(description="VAT, in cents.", examples=[893])
    total_cents: Cents = Field(description="To be paid, in cents: net and VAT.", examples=[4394])
    reference: Annotated[
        str,
        Written(
            r"[0-9]{4,20}|RF[0-9]{2}[0-9A-Z]{1,21}",
            "must be a Finnish reference or an RF reference without spaces, its check digits right",
            _reference,
            longest=25,
        ),
    ] = Field(
        description="Payment reference, Finnish or RF, without spaces; zeros that fill up a Finnish one are dropped.",
        examples=["1234561"],
    )
    iban: Annotated[
        str,
        Written(
            r"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}",
            "must be an IBAN without spaces, its check digits right",
            checked(is_iban),
            longest=34,
        ),
    ] = Field(description="The payee's account.", examples=["FI3715903000000776"])
    bic: Annotated[
        str,
        Written(r"[A-Z]{6}[0-9A-Z]{2}([0-9A-Z]{3})?", "must be a BIC", longest=11),
    ] = Field(description="The payee's bank.", examples=["ITELFIHH"])
    payee: Annotated[str, words(70)] = Field(description="Whom to pay.", examples=["Esimerkki Energia Oy"])
    estimated: bool = Field(description="Whether any of it rests on an estimate.", examples=[False])
    lines: tuple[LineEntry, ...] = Field(max_length=5000, description="The lines, in the order of the bill.")
    vat: tuple[VatSumEntry, ...] = Field(max_length=10, description="The VAT of each rate on the bill.")
    refers_to: InvoiceNumber | None = Field(
        default=None,
        description="The bill of the same customer that is credited or reminded of; null where none is told.",
        examples=[None],
    )
    read_by: ReadBy | None = Field(
        default=None, description="How its meters were read; null where it is not known.", examples=["remote"]
    )

    in_collection_since: Day | None = Field(
        default=None,
        description="The day on which it went to collection: from then on it is not paid here. Null while it has not.",
        examples=[None],
    )
    collector: Annotated[str, words(200)] | None = Field(
        default=None,
        description="Who collects it and how they are reached, as its customer reads it; null: you do so yourselves.",
        examples=[None],
    )

    @model_validator(mode="after")
    def adds_up(self) -> "InvoiceEntry":
        """Lines, rates and totals agree to the cent."""
        if self.period_to < self.period_from:
            raise ValueError("period_to is before period_from")
        if self.net_cents + self.vat_cents != self.total_cents:
            raise ValueError("net_cents and vat_cents do not add up to total_cents")
        if sum(line.net_cents for line in self.lines) != self.net_cents:
            raise ValueError("the lines do not add up to net_cents")
        if sum(rate.vat_cents for rate in self.vat) != self.vat_cents:
            raise ValueError("the rates of vat do not add up to vat_cents")
        if sorted(_net_by_rate(self.lines)) != sorted((rate.percent, rate.net_cents) for rate in self.vat):
            raise ValueError("vat does not hold the sum of the lines of each rate once")
        return self

    @model_validator(mode="after")
    def is_of_its_kind(self) -> "InvoiceEntry":
        """A bill asks for money, a credit note gives it back."""
        if self.kind is not InvoiceKind.CREDIT and self.total_cents < 0:
            raise ValueError(f"total_cents of an {self.kind} is below 0; one that gives money back is a credit note")
        if self.kind is InvoiceKind.CREDIT and self.total_cents > 0:
            raise ValueError("total_cents of a credit note is above 0")
        if self.refers_to == self.invoice_number:
            raise ValueError("refers_to is the bill itself")
        return self

    @model_validator(mode="after")
    def is_collected(self) -> "InvoiceEntry":
        """What asks for money is collected once its due date is over."""
        if self.in_collection_since is None:
            if self.collector is not None:
                raise ValueError("collector is told, but not in_collection_since")
            return self
        if self.kind is InvoiceKind.CREDIT:
            raise ValueError("in_collection_since is told of a credit note")
        if self.in_collection_since <= self.due_on:
            raise ValueError("in_collection_since is not after due_on")
        return self


class PaymentEntry(FeedRow):
    """Money that came for a bill; money that went back is negative."""

    payment_number: Annotated[str, words(40)] = Field(
        description="The bank's archive id, or the utility's own number of the payment.",
        examples=["20261126593619001234"],
    )
    invoice_number: InvoiceNumber
    paid_on: Day = Field(description="The day the money came.", examples=["2026-11-26"])
    cents: Cents = Field(description="How much, in cents.", examples=[4394])


def _net_by_rate(lines: tuple[LineEntry, ...]) -> Iterator[tuple[Decimal, int]]:
    for rate in {line.vat_percent for line in lines}:
        yield rate, sum(line.net_cents for line in lines if line.vat_percent == rate)


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


def keep_invoices(db: Session, rows: Sequence[InvoiceEntry], context: ImportContext) -> list[Verdict]:
    """Keep bills with their lines and VAT. The line of a doubtful one is not remembered: it is told each time."""
    known = _known(db, rows)
    doubtful = [list(doubts(row, known.taxed)) for row in rows]
    told_by = [
        None if doubt else context.digests.get(row.invoice_number) for row, doubt in zip(rows, doubtful, strict=True)
    ]
    wanted = [_invoice(row, known, digest) for row, digest in zip(rows, told_by, strict=True)]
    verdicts = mirror(db, INVOICES, wanted, (LINES, VAT))
    return [doubted(verdict, doubt) for verdict, doubt in zip(verdicts, doubtful, strict=True)]


def keep_payments(db: Session, rows: Sequence[PaymentEntry], context: ImportContext) -> list[Verdict]:
    """Keep the money that came for bills."""
    bills = ids(db, col(Invoice.number), col(Invoice.id), (row.invoice_number for row in rows))
    return mirror(db, PAYMENTS, [_payment(row, bills, context.digests.get(row.payment_number)) for row in rows])


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

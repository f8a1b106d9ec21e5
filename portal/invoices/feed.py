"""How the utility's own systems tell of bills and of the money that came for them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field, model_validator

from portal.contracts.feed import ContractNumber
from portal.customers.feed import CustomerNumber
from portal.invoices.kinds import InvoiceKind, LineUnit, ReadBy
from portal.invoices.payment import is_iban, is_reference, is_rf_reference
from portal.kit.feed import Cents, Day, FeedRow, Names, Price, Written, checked, decimal, words
from portal.sites.feed import SiteNumber

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

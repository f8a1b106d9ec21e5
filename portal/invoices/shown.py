"""How bills are put before a customer: their periods and states, payment details, lines, and why they changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from portal.contracts.kinds import ContractKind
from portal.contracts.shown import BY_MWH, CENTS_A_KWH_TO_EUROS_A_MWH
from portal.contracts.shown import KINDS as CONTRACTS
from portal.invoices import bills, drawings
from portal.invoices.bills import Bill, InvoiceHead, Line, Source
from portal.invoices.changes import Change
from portal.invoices.corrections import Correction
from portal.invoices.drawings import Drawing
from portal.invoices.kinds import InvoiceKind, LineUnit, ReadBy
from portal.invoices.payment import Payable, epc_text, shown_reference, virtual_barcode
from portal.invoices.rules import Status, is_late, left_to_pay, status, too_much
from portal.kit import formats
from portal.kit.clock import DAY, first_of_month, next_month
from portal.kit.energy import KWH_A_MEGAWATT_HOUR, Energy
from portal.kit.formats import DASH, NBSP
from portal.kit.i18n import Language, Text, text
from portal.kit.labels import Label
from portal.kit.money import Money
from portal.sites.labels import COMMODITIES
from portal.sites.models import Commodity

STATUSES: Final[Mapping[Status, Label]] = {
    Status.OPEN: Label(text("Unpaid"), icon="clock", tone="brand"),
    Status.DUE_SOON: Label(text("Due soon"), icon="clock", tone="warn"),
    Status.LATE: Label(text("Overdue"), icon="circle-alert", tone="bad"),
    Status.PARTLY_PAID: Label(text("Partly paid"), icon="hourglass", tone="warn"),
    Status.PAID: Label(text("Paid"), icon="check", tone="ok"),
    Status.OVERPAID: Label(text("Overpaid"), icon="info", tone="warn"),
    Status.NOTHING: Label(text("Nothing to pay"), icon="check", tone="ok"),
    Status.CREDIT: Label(text("Credit note"), icon="undo-2"),
    Status.CREDITED: Label(text("Credited"), icon="check", tone="ok"),
}

SOLD_BY_MWH: Final = frozenset({"heat", "cooling", "gas"})
SIGNS: Final = {LineUnit.M3: "m³"}  # of units that are written otherwise than they are told


METERED: Final = frozenset({LineUnit.KWH, LineUnit.MWH, LineUnit.M3, LineUnit.KW, LineUnit.KVARH})
READ: Final[Mapping[ReadBy, Text]] = {
    ReadBy.REMOTE: text("read remotely"),
    ReadBy.CUSTOMER: text("read by the customer"),
    ReadBy.VISIT: text("read on site"),
}
KINDS: Final[Mapping[InvoiceKind, Text]] = {
    InvoiceKind.CREDIT: text("Credit note"),
    InvoiceKind.REMINDER: text("Payment reminder"),
}


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A bill in a list.

    title: what it is, for which time and what: `Lasku, lokakuu 2026, kaukolämpö`
    about: the same where it is clear that it is a bill: `lokakuu 2026, kaukolämpö`
    due_on, days_left: None for a credit note; the days count to the due date, and are negative after it
    too_much: what was paid beyond the total
    """

    id: UUID
    title: Text
    about: str
    period: str
    year: int
    street: str | None
    due_on: date | None
    days_left: int | None
    status: Status
    label: Label
    total: Money
    paid: Money
    left: Money
    too_much: Money


@dataclass(frozen=True, slots=True)
class Payment:
    """What to type or scan to pay; a code is None where the details do not fit it."""

    payee: str
    iban: str
    bic: str
    reference: str
    reference_shown: str
    digits: str | None
    barcode: Drawing | None
    qr: Drawing | None


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line: quantity times price is net, where something is counted; the days are None where they are the bill's."""

    name: str
    days: str | None
    quantity: Text | str | None
    price: Text | str | None
    vat: str
    net: Money
    estimated: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one contract; title, kind and id are None for lines that belong to none."""

    title: str | None
    kind: Text | None
    contract_id: UUID | None
    rows: Sequence[LineRow]
    net: Money


@dataclass(frozen=True, slots=True)
class Corrected:
    """An energy of which a bill was made by one amount, and which comes to another now."""

    energy: Text
    billed: str
    now: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A part of the difference between two bills."""

    words: Text
    amount: Money


def row(head: InvoiceHead, today: date, language: Language) -> InvoiceRow:
    """A bill as lists show it."""
    stands = status(head.total, head.paid, head.credited, head.due_on, today)
    is_due = head.kind is not InvoiceKind.CREDIT
    return InvoiceRow(
        id=head.id,
        title=_title(head, language),
        about=about(head, language),
        period=period(head.first, head.last, language),
        year=head.last.year,
        street=head.street,
        due_on=head.due_on if is_due else None,
        days_left=(head.due_on - today).days if is_due else None,
        status=stands,
        label=STATUSES[stands],
        total=head.total,
        paid=head.paid,
        left=left_to_pay(head.total, head.paid, head.credited),
        too_much=too_much(head.total, head.paid),
    )


def about(head: InvoiceHead, language: Language) -> str:
    """Which bill it is among those of a customer: `lokakuu 2026, kaukolämpö`, `lokakuu 2026, hyvityslasku, sähkö`."""
    kind = KINDS.get(head.kind)
    parts = (period(head.first, head.last, language), kind and _inside(kind.said(language)), _subject(head, language))
    return ", ".join(part for part in parts if part)


def period(first: date, last: date, language: Language) -> str:
    """`lokakuu 2026`, `heinä–syyskuu 2026`, or the days where they make no whole months."""
    whole = first == first_of_month(first) and last + DAY == next_month(last)
    if not whole or first.year != last.year:
        return formats.date_range(first, last, language)
    until = formats.month_year(last, language)
    if first.month == last.month:
        return until
    begins = formats.month_short if language is Language.FI else formats.month_name  # heinä–syyskuu
    return f"{begins(first, language)}{DASH}{until}"


def _title(head: InvoiceHead, language: Language) -> Text:
    of = ", ".join(filter(None, (period(head.first, head.last, language), _subject(head, language))))
    match head.kind:
        case InvoiceKind.INVOICE:
            return text("Invoice, %(period)s", period=of)
        case InvoiceKind.CREDIT:
            return text("Credit note, %(period)s", period=of)
        case InvoiceKind.REMINDER:
            return text("Payment reminder, %(period)s", period=of)


def _subject(head: InvoiceHead, language: Language) -> str:
    """What a bill is for, as it stands inside a sentence: `sähkö`, `sähkönsiirto`, `kaukolämpö, vesi`."""
    kinds = head.subject.kinds
    if not kinds:
        name = head.subject.line if head.kind is not InvoiceKind.REMINDER else None
        return _inside(name.said(language)) if name else ""
    of_both = {ContractKind.SALES, ContractKind.NETWORK}
    words = [COMMODITIES[Commodity.ELECTRICITY].words] if of_both <= kinds else []
    rest = kinds - of_both - {ContractKind.CONNECTION} if words else kinds
    words += [CONTRACTS[kind].words for kind in ContractKind if kind in rest]
    return ", ".join(_inside(one.said(language)) for one in words)


def _inside(words: str) -> str:
    """Words as they stand inside a sentence; an abbreviation keeps its capitals."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]


def payment(bill: Bill, today: date) -> Payment | None:
    """How to pay what is left of a bill; None where nothing is.

    A due date that is over is left out of the codes: banks would not take it.
    """
    left = left_to_pay(bill.head.total, bill.head.paid, bill.head.credited)
    if not left:
        return None
    due_on = None if is_late(bill.head.due_on, today) else bill.head.due_on
    paid = Payable(bill.payee, bill.iban, bill.bic, bill.reference, left, due_on)
    digits, scanned = virtual_barcode(paid), epc_text(paid)
    return Payment(
        payee=bill.payee,
        iban=bill.iban,
        bic=bill.bic,
        reference=bill.reference,
        reference_shown=shown_reference(bill.reference),
        digits=digits,
        barcode=drawings.barcode(digits) if digits else None,
        qr=drawings.qr(scanned) if scanned else None,
    )


def groups(bill: Bill, language: Language) -> Sequence[Group]:
    """The lines contract by contract."""
    return [_group(group, bill.head, language) for group in bills.by_contract(bill.lines)]


def reasons(change: Change) -> Iterator[Reason]:
    """What a difference is made of, naught left out."""
    parts = (
        Reason(text("Other consumption, at the prices of a year ago"), change.usage),
        Reason(text("Other prices of energy, distribution and taxes"), change.prices),
        Reason(text("Basic and capacity charges"), change.fixed),
        Reason(text("Other charges"), change.others),
        Reason(text("VAT"), change.vat),
    )
    return (part for part in parts if part.amount)


def used(lines: Iterable[Line]) -> Sequence[tuple[Text, str]]:
    """What was used of each energy, rounded, in the unit of its trade."""
    return [
        (COMMODITIES[Commodity(energy)].words, _rounded(energy, amount))
        for energy, amount in bills.consumption(lines).items()
    ]


def average_price(bill: Bill) -> str | None:
    """What energy cost with everything, in the unit of its trade; None for a bill that is not all of its price."""
    amounts = list(bills.consumption(bill.lines).values())
    if len(amounts) != 1 or amounts[0].milliwatt_hours <= 0 or not bills.is_whole(bill.lines):
        return None
    price = Decimal(bill.head.total.cents) / amounts[0].kwh
    if bill.head.subject.kinds & BY_MWH:
        return formats.number(price * CENTS_A_KWH_TO_EUROS_A_MWH, 2) + NBSP + "€/MWh"
    return formats.number(price, 2) + NBSP + "c/kWh"


def metering(bill: Bill) -> Text | None:
    """How its meters were read; None for a bill without a meter, or where it is not known."""
    if not any(line.unit in METERED for line in bill.lines):
        return None
    if bill.estimated:
        return text("partly estimated")
    return READ[bill.read_by] if bill.read_by else None


def corrected(one: Correction) -> Corrected:
    """What a bill was made by, and what the readings say by now, both exactly."""
    return Corrected(
        COMMODITIES[Commodity(one.source.energy or "")].words,
        _energy(one.source, one.billed),
        _energy(one.source, one.now),
    )


def how_to_pay(payment: Payment) -> Text:
    """What to do with the payment details that there are."""
    match payment.qr, payment.digits:
        case None, None:
            return text("Copy the account number, the reference number and the amount into your online bank.")
        case None, _:
            return text("Copy the virtual barcode into your online bank.")
        case _, None:
            return text("Scan the QR code with your bank's app, or copy the payment details into your online bank.")
        case _:
            return text("Scan the QR code with your bank's app, or copy the virtual barcode into your online bank.")


def _group(group: bills.Group, head: InvoiceHead, language: Language) -> Group:
    source = group.source
    return Group(
        title=source.product.said(language) if source else None,
        kind=CONTRACTS[source.kind].words if source else None,
        contract_id=source.contract_id if source else None,
        rows=[_line(line, head, language) for line in group.lines],
        net=group.net,
    )


def _line(line: Line, head: InvoiceHead, language: Language) -> LineRow:
    whole = (line.first, line.last) == (head.first, head.last)
    counted = _counted(line)
    return LineRow(
        name=line.name.said(language),
        days=None if whole else formats.date_range(line.first, line.last, language),
        quantity=_quantity(counted) if counted else None,
        price=_unit_price(counted) if counted else None,
        vat=formats.percent(line.vat_percent),
        net=line.net,
        estimated=line.estimated,
    )


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a line counts, in the unit in which it is shown."""

    quantity: Decimal
    unit: LineUnit
    price: Decimal


def _counted(line: Line) -> _Counted | None:
    """What a line counts: heat, cooling and gas by the megawatt-hour, as they are sold, however they were told."""
    if line.quantity is None or line.unit is None or line.unit_price is None:
        return None
    if line.unit is LineUnit.KWH and line.source and line.source.kind in BY_MWH:
        price = line.unit_price * CENTS_A_KWH_TO_EUROS_A_MWH
        return _Counted(line.quantity / KWH_A_MEGAWATT_HOUR, LineUnit.MWH, price)
    return _Counted(line.quantity, line.unit, line.unit_price)


def _commodity(energy: str) -> Text:
    return COMMODITIES[Commodity(energy)].words


def _rounded(energy: str, amount: Energy) -> str:
    if energy in SOLD_BY_MWH:
        return formats.number(amount.kwh / KWH_A_MEGAWATT_HOUR, 3) + NBSP + LineUnit.MWH
    return formats.kwh(amount)


def _energy(source: Source, energy: Energy) -> str:
    """An amount of energy exactly, in the unit of its trade."""
    if source.kind in BY_MWH:
        return formats.exact(energy.kwh / KWH_A_MEGAWATT_HOUR, 0) + NBSP + LineUnit.MWH
    return formats.exact(energy.kwh, 0) + NBSP + LineUnit.KWH


def _quantity(counted: _Counted) -> Text | str:
    figure, one = formats.exact(counted.quantity, 0), counted.quantity == 1
    match counted.unit:
        case LineUnit.MONTH:
            return text("1 month") if one else text("%(figure)s months", figure=figure)
        case LineUnit.DAY:
            return text("1 day") if one else text("%(figure)s days", figure=figure)
        case LineUnit.PIECE:
            return text("1 pc") if one else text("%(figure)s pcs", figure=figure)
        case unit:
            return f"{figure}{NBSP}{SIGNS.get(unit, unit)}"


def _unit_price(counted: _Counted) -> Text | str:
    figure = formats.exact(counted.price)
    match counted.unit:
        case LineUnit.KWH:
            return f"{figure}{NBSP}c/kWh"
        case LineUnit.MONTH:
            return text("%(figure)s €/month", figure=figure)
        case LineUnit.DAY:
            return text("%(figure)s €/day", figure=figure)
        case LineUnit.PIECE:
            return f"{figure}{NBSP}€"
        case unit:
            return f"{figure}{NBSP}€/{SIGNS.get(unit, unit)}"

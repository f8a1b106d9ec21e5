"""An invoice on paper: what its PDF shows, and the e-invoice that goes with it.

It says what the page of the invoice says, to whoever reads that page: of its contracts and metering points what they
may see of these.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from portal.brand import Brand
from portal.invoices import finvoice, labels
from portal.invoices.advice import if_wrong, who_helps
from portal.invoices.codes import PaymentCodes, payment_codes
from portal.invoices.drawings import Drawing
from portal.invoices.origins import BilledOrigin
from portal.invoices.parts import parts
from portal.invoices.records import Buyer, Group, InvoiceHead, Line, Source, WholeInvoice
from portal.invoices.rules import Status
from portal.kit import formats
from portal.kit.documents import Attachment, Document, Relationship, file_name
from portal.kit.formats import DASH
from portal.kit.i18n import Language, Text, counted, text
from portal.kit.papers import Fact, Words

FILENAMES: Final = {Language.FI: "lasku", Language.SV: "faktura", Language.EN: "invoice"}


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of the breakdown."""

    name: str
    about: Sequence[Words]
    quantity: Words
    price: Words
    vat: str
    net: str


@dataclass(frozen=True, slots=True)
class PrintedGroup:
    """The lines of one contract, and what is told of it."""

    heading: Words
    facts: Sequence[Words]
    net: str
    lines: Sequence[PrintedLine]


@dataclass(frozen=True, slots=True)
class PrintedOrigin:
    """Where energy came from, and what it emitted."""

    heading: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Slip:
    """What is typed or scanned to pay; codes are SVG, None where the details do not fit them."""

    iban: str
    bic: str
    payee: str
    payer: Sequence[str]
    reference: str
    due_on: str
    amount: str
    digits: str | None
    barcode: str | None
    qr: str | None


@dataclass(frozen=True, slots=True)
class PrintedInvoice:
    """What the template `invoice` shows, each text as it stands on paper.

    asked: what is to be paid, or the total where nothing is
    parts: what it is made of
    """

    heading: Words
    about: str
    buyer: Sequence[str]
    facts: Sequence[Fact]
    asked: Fact
    due: Fact | None
    note: Words | None
    parts: Sequence[Fact]
    details: Sequence[Fact]
    groups: Sequence[PrintedGroup]
    totals: Sequence[Fact]
    total: Fact
    origins: Sequence[PrintedOrigin]
    warnings: Sequence[Text]
    advice: Sequence[Text]
    slip: Slip | None


@dataclass(frozen=True, slots=True)
class Printing:
    """An invoice, as it is told to its reader, with all that is needed to print it."""

    invoice: WholeInvoice
    buyer: Buyer
    origins: Sequence[BilledOrigin]


def document(printing: Printing, seller: Brand, today: date, language: Language) -> Document:
    """The invoice as it stands on a day, dated as it was issued."""
    head = printing.invoice.head
    return Document(
        template="invoice",
        title=f"{head.title.said(language)}, {head.number}",
        language=language,
        dated=head.issued_on,
        content=_content(printing, seller, today, language),
        attachments=[_e_invoice(printing, seller, language)],
    )


def filename(head: InvoiceHead, language: Language) -> str:
    """What the file is called: `lasku-261148213.pdf`."""
    return file_name(FILENAMES[language], head.number, "pdf")


def _e_invoice(printing: Printing, seller: Brand, language: Language) -> Attachment:
    return Attachment(
        name=finvoice.filename(printing.invoice.head),
        content_type="application/xml",
        description=text("The same invoice as a Finvoice file").said(language),
        relationship=Relationship.ALTERNATIVE,
        body=finvoice.written(printing.invoice, printing.buyer, seller).decode(),
    )


def _content(printing: Printing, seller: Brand, today: date, language: Language) -> PrintedInvoice:
    invoice, buyer = printing.invoice, printing.buyer
    head, codes = invoice.head, payment_codes(invoice, today)
    due = Fact(text("Due date"), formats.full_date(head.due_on, language))
    return PrintedInvoice(
        heading=labels.KINDS.get(head.kind, text("Invoice")),
        about=_about(head, language),
        buyer=_address(buyer),
        facts=[*_facts(invoice, buyer, language)],
        asked=Fact(text("To be paid"), formats.money(head.to_pay)) if codes else _total(head),
        due=due if codes else None,
        note=_note(invoice, seller, today, language),
        parts=[Fact(one.words, formats.money(one.amount)) for one in parts(invoice)],
        details=[*_details(invoice)],
        groups=[_group(group, head, today, language) for group in invoice.by_contract],
        totals=[*_totals(invoice)],
        total=_total(head),
        origins=[PrintedOrigin(one.origin.heading.said(language), [*_origin(one)]) for one in printing.origins],
        warnings=[ESTIMATED] if invoice.estimated else [],
        advice=[if_wrong(head, today), *who_helps(invoice)],
        slip=_slip(invoice, buyer, codes, language) if codes else None,
    )


ESTIMATED: Final = text(
    "Some readings were not available when the invoice was made. "
    "We correct the invoice when we receive the measured values."
)


def _about(head: InvoiceHead, language: Language) -> str:
    about = formats.capital(head.about.said(language))
    return f"{about} · {head.street}" if head.street else about


def _address(buyer: Buyer) -> Sequence[str]:
    town = f"{buyer.postcode or ''} {buyer.town or ''}".strip()
    abroad = buyer.country if buyer.country != "FI" else None
    return [line for line in (buyer.name, buyer.street, town, abroad) if line]


def _facts(invoice: WholeInvoice, buyer: Buyer, language: Language) -> Iterator[Fact]:
    head = invoice.head
    yield Fact(text("Invoice number"), head.number)
    yield Fact(text("Date of the invoice"), formats.full_date(head.issued_on, language))
    yield Fact(text("Billed period"), formats.date_range(head.first, head.last, language))
    yield Fact(text("Customer number"), buyer.customer_number)
    if buyer.business_id:
        yield Fact(text("Business ID"), buyer.business_id)
    if invoice.refers_to:
        of = text("Credits the invoice") if head.is_credit_note else text("About the invoice")
        yield Fact(of, invoice.refers_to)


def _total(head: InvoiceHead) -> Fact:
    return Fact(text("Total"), formats.money(head.total))


def _note(invoice: WholeInvoice, seller: Brand, today: date, language: Language) -> Text | None:
    """What became of the invoice, or of a part of it, as its page says it."""
    head = invoice.head
    more, credit = formats.money(head.overpaid), formats.money(-head.total)
    credited = text("Nothing is left to pay: the invoice has been credited.")
    paid_back = text("The credit of %(amount)s has been paid to you or set off against another invoice.", amount=credit)
    on_the_way = formats.money(head.on_the_way)
    disputed = text(
        "You dispute %(amount)s of this invoice. You need not pay that while we handle your complaint.",
        amount=formats.money(head.disputed),
    )
    booking = text(
        "You have paid %(amount)s here, and we are booking the payment. You do not need to do anything.",
        amount=on_the_way,
    )
    notes = {
        Status.BOOKING: booking,
        Status.DISPUTED: disputed,
        Status.PAID: text("The invoice has been paid. Thank you."),
        Status.OVERPAID: text(
            "The invoice has been paid, and %(amount)s more than was due. We take the extra off your next invoice, or "
            "pay it to your account if you tell us which one.",
            amount=more,
        ),
        Status.NOTHING: text("There is nothing to pay. You do not need to do anything."),
        Status.CREDIT: text("We credit you with %(amount)s. You do not need to do anything.", amount=credit),
        Status.CREDITED: paid_back if head.is_credit_note else credited,
    }
    paid, whole = formats.money(head.paid), formats.money(head.total)
    partly = text("%(paid)s of %(total)s has been paid", paid=paid, total=whole) if head.paid else None
    if head.status(today) is Status.COLLECTION and head.in_collection_since:
        return _in_collection(invoice, head.in_collection_since, seller, language)
    return notes.get(head.status(today), disputed if head.disputed and head.to_pay else partly)


def _in_collection(invoice: WholeInvoice, since: date, seller: Brand, language: Language) -> Text:
    """Since when, and whom to ask."""
    return text(
        "%(amount)s of this invoice has been in collection since %(date)s. Do not pay it by the details of the "
        "invoice: ask how much it is now and how it is paid. %(collector)s",
        amount=formats.money(invoice.head.shares.collected),
        date=formats.full_date(since, language),
        collector=invoice.collector or f"{seller.called(language)}, {seller.phone}",
    )


def _details(invoice: WholeInvoice) -> Iterator[Fact]:
    for energy, amount in invoice.used:
        yield Fact(energy, amount)
    if invoice.average_price:
        yield Fact(text("Average price of this invoice, incl. VAT"), invoice.average_price)
    if invoice.metering:
        yield Fact(text("Metering"), invoice.metering)


def _group(group: Group, head: InvoiceHead, today: date, language: Language) -> PrintedGroup:
    source = group.source
    heading: Words = text("Other charges")
    if source:
        heading = f"{source.words.said(language)}: {source.product.said(language)}"
    return PrintedGroup(
        heading=heading,
        facts=[*_of_contract(source, today, language)] if source else [],
        net=formats.money(group.net),
        lines=[_line(line, head, language) for line in group.lines],
    )


def _of_contract(contract: Source, today: date, language: Language) -> Iterator[Text]:
    """Where it is delivered, which contract it is, and how long it runs: what its reader may know of that."""
    if contract.gsrn:
        yield text("Metering point %(gsrn)s", gsrn=contract.gsrn)
    if contract.number:
        yield text("Contract %(number)s", number=contract.number)
    term = contract.validity
    if term is None:
        return
    since = formats.full_date(term.first, language)
    if term.last:
        yield text("%(first)s to %(last)s", first=since, last=formats.full_date(term.last, language))
    elif term.fixed_until and term.fixed_until >= today:
        until = formats.full_date(term.fixed_until, language)
        yield text("since %(first)s, fixed until %(last)s", first=since, last=until)
    else:
        yield text("since %(first)s until further notice", first=since)
    if not term.last and term.notice_days:
        yield counted("your notice: %(n)s day", "your notice: %(n)s days", term.notice_days)


def _line(line: Line, head: InvoiceHead, language: Language) -> PrintedLine:
    about: list[Words] = []
    if (line.first, line.last) != (head.first, head.last):
        about.append(formats.date_range(line.first, line.last, language))
    if line.estimated:
        about.append(text("Estimated consumption"))
    of = line.counted
    return PrintedLine(
        name=line.name.said(language),
        about=about,
        quantity=of.quantity if of else DASH,
        price=of.price if of else DASH,
        vat=formats.percent(line.vat_percent),
        net=formats.money(line.net),
    )


def _origin(billed: BilledOrigin) -> Iterator[Fact]:
    for words, figure in billed.origin.facts:
        yield Fact(words, figure)
    if billed.emitted:
        yield Fact(text("Carbon dioxide of this invoice"), billed.emitted)


def _totals(invoice: WholeInvoice) -> Iterator[Fact]:
    yield Fact(text("Total without VAT"), formats.money(invoice.net))
    for rate in invoice.vats:
        percent, net = formats.percent(rate.percent), formats.money(rate.net)
        yield Fact(text("VAT %(percent)s on %(net)s", percent=percent, net=net), formats.money(rate.vat))


def _slip(invoice: WholeInvoice, buyer: Buyer, codes: PaymentCodes, language: Language) -> Slip:
    return Slip(
        iban=formats.grouped(invoice.iban),
        bic=invoice.bic,
        payee=invoice.payee,
        payer=_address(buyer),
        reference=codes.reference,
        due_on=formats.full_date(invoice.head.due_on, language),
        amount=formats.money(invoice.head.to_pay),
        digits=codes.digits,
        barcode=_svg(codes.barcode) if codes.barcode else None,
        qr=_svg(codes.qr) if codes.qr else None,
    )


def _svg(drawing: Drawing) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.width} {drawing.height}">'
        f'<path d="{drawing.path}"/></svg>'
    )

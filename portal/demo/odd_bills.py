"""The demo's bills that no meter makes.

A job and its credit note, one that was credited as a whole, one in collection, a reminder of a bill paid late, one
paid twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, select

from portal.contracts.kinds import Names
from portal.demo.bills import BIC, IBAN, PAYEE, TERM
from portal.demo.naming import id_of
from portal.demo.people import AINO, KARIN, LIISA, RIIKKA, Member
from portal.demo.register import party_id
from portal.demo.rows import Row
from portal.invoices.banking_days import on_or_after
from portal.invoices.kinds import InvoiceKind, LineUnit
from portal.invoices.models import Invoice, InvoiceLine, InvoiceVat, Payment
from portal.invoices.payment import reference
from portal.kit.clock import DAY
from portal.kit.money import Money, rounded, total

VISITED: Final = timedelta(days=100)  # before today
CHECKED: Final = timedelta(days=160)  # before today
GONE_TO_COLLECTION: Final = timedelta(days=45)  # after the due date: two reminders went before
CREDITED: Final = timedelta(days=16)  # after the bill
REMINDED: Final = timedelta(days=15)  # after the due date; a fee may be asked from the 14th day on
STANDARD: Final = Decimal("25.5")
NONE: Final = Decimal(0)


@dataclass(frozen=True)
class Charge:
    """A line without a contract: so many of a unit at a price in euros, or an amount where nothing is counted."""

    code: str
    name: Names
    price: Decimal
    quantity: Decimal | None = Decimal(1)
    unit: LineUnit | None = LineUnit.PIECE

    @property
    def net(self) -> Money:
        """What it comes to."""
        return rounded(self.price * (1 if self.quantity is None else self.quantity) * 100)


@dataclass(frozen=True)
class Paper:
    """What is written on a bill, but for its lines."""

    number: str
    kind: InvoiceKind
    issued: date
    days: tuple[date, date]
    refers_to: str | None = None
    site_id: UUID | None = None


@dataclass(frozen=True)
class Collected:
    """Since when a bill is in collection, and who collects it."""

    since: date
    by: str


VISIT: Final = (
    Charge(
        "job",
        Names("Lämmönsiirtimen huoltokäynti", "Servicebesök, värmeväxlare", "Service visit, heat exchanger"),
        Decimal("96.00"),
    ),
    Charge("part", Names("Tiiviste", "Tätning", "Seal"), Decimal("7.20"), Decimal(2)),
    Charge(
        "water",
        Names("Täyttövesi", "Påfyllningsvatten", "Filling water"),
        Decimal("12.50"),
        Decimal("0.8"),
        LineUnit.M3,
    ),
)
BACK: Final = (Charge("part", Names("Tiiviste", "Tätning", "Seal"), Decimal("7.20"), Decimal(-2)),)
CALL_OUT: Final = (
    Charge("job", Names("Päivystyskäynti, kaasu", "Jourbesök, gas", "Call-out, gas"), Decimal("118.00")),
)
APPLIANCES: Final = (
    Charge(
        "job", Names("Kaasulaitteiden tarkastus", "Kontroll av gasapparater", "Check of gas appliances"), Decimal(64)
    ),
)
CALL_OUT_BACK: Final = tuple(replace(charge, quantity=Decimal(-1)) for charge in CALL_OUT)
REMINDER: Final = (
    Charge("reminder", Names("Maksumuistutus", "Betalningspåminnelse", "Payment reminder"), Decimal("5.00")),
    Charge("interest", Names("Viivästyskorko", "Dröjsmålsränta", "Late interest"), Decimal("0.61"), None, None),
)


def rows(db: Session, today: date) -> Iterator[Row]:
    """Every odd bill, its lines, VAT and payments, as they stand in the morning of a day."""
    yield from _visit(today)
    yield from _call_out(today)
    yield from _collected(today)
    yield from _reminders(db, today)
    yield from _paid_twice(db)


def _visit(today: date) -> Iterator[Row]:
    """A job at Aino's, of which two parts were not used; the money for them has gone back."""
    on = today - VISITED
    site_id = id_of("site", "412337")
    job = Paper("H20417", InvoiceKind.INVOICE, on + 5 * DAY, (on, on), site_id=site_id)
    yield from _issued(AINO, job, VISIT, STANDARD, paid_on=on_or_after(job.issued + TERM))
    credit = Paper("H20418", InvoiceKind.CREDIT, job.issued + CREDITED, (on, on), job.number, site_id)
    yield from _issued(AINO, credit, BACK, STANDARD, paid_on=on_or_after(credit.issued + TERM))


def _call_out(today: date) -> Iterator[Row]:
    """A visit that Riikka was billed for by mistake; the credit note takes off all of it, and nothing was paid."""
    on = today - VISITED
    site_id = id_of("site", "845310")
    bill = Paper("H20427", InvoiceKind.INVOICE, on + 5 * DAY, (on, on), site_id=site_id)
    yield from _issued(RIIKKA, bill, CALL_OUT, STANDARD, paid_on=None)
    credit = Paper("H20428", InvoiceKind.CREDIT, on + 8 * DAY, (on, on), bill.number, site_id)
    yield from _issued(RIIKKA, credit, CALL_OUT_BACK, STANDARD, paid_on=None)


def _collected(today: date) -> Iterator[Row]:
    """A check of Riikka's gas appliances that she has not paid: an agency collects it."""
    on = today - CHECKED
    bill = Paper("H20437", InvoiceKind.INVOICE, on + 5 * DAY, (on, on), site_id=id_of("site", "845310"))
    collected = Collected(bill.issued + TERM + GONE_TO_COLLECTION, "Esimerkki Perintä Oy, 010 000 0000")
    yield from _issued(RIIKKA, bill, APPLIANCES, STANDARD, paid_on=None, collected=collected)


def _reminders(db: Session, today: date) -> Iterator[Row]:
    """What it cost Karin to pay late."""
    late = (
        select(Invoice, Payment)
        .join(Payment)
        .where(Invoice.party_id == party_id(KARIN), col(Payment.paid_on) > col(Invoice.due_on))
    )
    for place, (bill, payment) in enumerate(db.exec(late.order_by(col(Invoice.due_on))).all()):
        issued = bill.due_on + REMINDED
        if issued < payment.paid_on < today:
            paper = Paper(
                f"M{40031 + place}",
                InvoiceKind.REMINDER,
                issued,
                (bill.period_from, bill.period_to),
                bill.number,
                bill.site_id,
            )
            yield from _issued(KARIN, paper, REMINDER, NONE, paid_on=payment.paid_on)


def _paid_twice(db: Session) -> Iterator[Row]:
    """Liisa's newest payment came once more on the same day."""
    newest = select(Payment).join(Invoice).where(Invoice.party_id == party_id(LIISA))
    for payment in db.exec(newest.order_by(col(Payment.paid_on).desc(), col(Payment.number)).limit(1)).all():
        yield _paid(f"{payment.number}-2", payment.invoice_id, payment.paid_on, Money(payment.cents))


def _issued(
    member: Member,
    paper: Paper,
    charges: Sequence[Charge],
    vat_percent: Decimal,
    *,
    paid_on: date | None,
    collected: Collected | None = None,
) -> Iterator[Row]:
    """A bill of one rate of VAT, with its payment if there was one."""
    invoice_id = id_of("invoice", paper.number)
    net = total(charge.net for charge in charges)
    vat = rounded(net.cents * vat_percent / 100)
    yield Row.of(
        Invoice,
        id=invoice_id,
        number=paper.number,
        party_id=party_id(member),
        site_id=paper.site_id,
        kind=paper.kind,
        issued_on=paper.issued,
        due_on=on_or_after(paper.issued + TERM),
        period_from=paper.days[0],
        period_to=paper.days[1],
        net_cents=net.cents,
        vat_cents=vat.cents,
        total_cents=(net + vat).cents,
        reference=reference(f"30{paper.number[1:]}"),
        iban=IBAN,
        bic=BIC,
        payee=PAYEE,
        estimated=False,
        refers_to=paper.refers_to,
        in_collection_since=collected.since if collected else None,
        collector=collected.by if collected else None,
    )
    for position, charge in enumerate(charges):
        yield _line(invoice_id, position, charge, paper, vat_percent)
    yield Row.of(InvoiceVat, invoice_id=invoice_id, percent=vat_percent, net_cents=net.cents, vat_cents=vat.cents)
    if paid_on is not None:
        yield _paid(f"{paid_on:%Y%m%d}{paper.number}", invoice_id, paid_on, net + vat)


def _line(invoice_id: UUID, position: int, charge: Charge, paper: Paper, vat_percent: Decimal) -> Row:
    return Row.of(
        InvoiceLine,
        id=id_of("invoice line", invoice_id, position),
        invoice_id=invoice_id,
        position=position,
        contract_id=None,
        code=charge.code,
        name_fi=charge.name.fi,
        name_sv=charge.name.sv,
        name_en=charge.name.en,
        period_from=paper.days[0],
        period_to=paper.days[1],
        quantity_mwh=None,
        quantity=charge.quantity,
        unit=charge.unit,
        unit_price=None if charge.unit is None else charge.price,
        vat_percent=vat_percent,
        net_cents=charge.net.cents,
        estimated=False,
    )


def _paid(number: str, invoice_id: UUID, on: date, amount: Money) -> Row:
    return Row.of(
        Payment, id=id_of("payment", number), number=number, invoice_id=invoice_id, paid_on=on, cents=amount.cents
    )

"""The invoice pages: what is to be paid and every one, and one with its lines, payment details and history."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from sqlmodel import Session
from starlette.routing import Route

from portal.auth import leases
from portal.auth.leases import Lease
from portal.auth.people import User, sees
from portal.auth.reach import Theme
from portal.invoices import (
    advice,
    archive,
    banking_days,
    disputes,
    download,
    finding,
    finvoice,
    printed,
    queries,
    rules,
)
from portal.invoices.archive import MOST, Printer, printings
from portal.invoices.codes import PaymentCodes, payment_codes
from portal.invoices.comparisons import Comparisons, comparisons
from portal.invoices.corrections import Correction, Reread, corrections
from portal.invoices.disputes import Dispute
from portal.invoices.download import CONTENT_TYPES, Format
from portal.invoices.filters import PAGE, InvoiceFilter
from portal.invoices.finding import Found
from portal.invoices.grossed import GrossGroup, with_vat
from portal.invoices.origins import BilledOrigin, origins
from portal.invoices.paid_here import Attempted, PaymentsMade
from portal.invoices.parts import PartOfBill, parts
from portal.invoices.queries import Related
from portal.invoices.records import InvoiceHead, WholeInvoice
from portal.invoices.rules import Shares
from portal.invoices.scope import as_told
from portal.invoices.sums import InvoiceSums, Sum
from portal.invoices.uses import TwoYears, two_years
from portal.kit import papers, spark
from portal.kit.archives import zipped
from portal.kit.clock import day_of, first_of_month
from portal.kit.db import Database
from portal.kit.forms import one_of
from portal.kit.html import Page
from portal.kit.i18n import Text, text
from portal.kit.money import Money, rounded, total
from portal.kit.pagination import Pagination, paginate
from portal.kit.streams import Pieces, Pool
from portal.kit.visits import platform_of
from portal.kit.web import Download, FlowVisit, Visit, flow, in_thread, page
from portal.sites.commodities import Commodity

INVOICES_A_PAGE: Final = 20
DUE: Final = 3  # that are told of above the list
YEAR: Final = 12


@dataclass(frozen=True)
class InvoiceSection:
    """The invoices of a page that are unpaid, settled and of one year, or found; sums are of all such invoices.

    left: what is still to be paid of them, shared out by who asks for it
    """

    title: Text | str
    invoices: Sequence[InvoiceHead]
    count: int
    total: Money
    left: Shares


@dataclass(frozen=True)
class Trend:
    """The invoices of twelve months, and by how many per cent they differ from the twelve before.

    The average of a month is None for who has not been billed for so long.
    """

    first: date
    last: date
    total: Money
    average: Money | None
    percent: int | None
    bars: Sequence[spark.Bar]


@dataclass(frozen=True)
class InvoiceList(Page):
    """What is to be paid, what has been overdue longest, and every invoice, some at a time.

    is_long: whether there are so many that a search and an order help
    """

    template = "invoices/index.html"
    today: date
    due: InvoiceHead | None
    overdue: Sequence[InvoiceHead]
    trend: Trend | None
    sections: Sequence[InvoiceSection]
    filters: InvoiceFilter
    years: Sequence[int]
    energies: Sequence[tuple[Commodity, Text]]
    is_long: bool
    pagination: Pagination
    count: int
    total: Money


@dataclass(frozen=True)
class InvoicePdfs(Page):
    """How many invoices the filter lets through, and the first and the last of each file, counted from one."""

    template = "invoices/pdfs.html"
    filters: InvoiceFilter
    count: int
    files: Sequence[range]


@dataclass(frozen=True)
class InvoicePage(Page):
    """One invoice with all it says, the one that it credits or reminds of, and those that refer to it.

    pay_by: the last day on which a payment is in time; the due date where that is a banking day
    made: the payments of it that were begun here
    pays_at: the origins of the payment service, none where it cannot be paid here
    with_vat: the lines as a person reads them; none for a company, which reads them without
    to_do, who_helps: what is said to whoever doubts it
    disputes: what is disputed of it, and not answered yet
    may_complain: whether the person may write to us about it
    """

    template = "invoices/show.html"
    today: date
    invoice: WholeInvoice
    related: Related
    codes: PaymentCodes | None
    pay_by: date
    corrected: Sequence[Correction]
    comparisons: Comparisons | None
    parts: Sequence[PartOfBill]
    two_years_of_use: Sequence[TwoYears]
    origins: Sequence[BilledOrigin]
    with_vat: Sequence[GrossGroup]
    to_do: Text
    who_helps: Sequence[Text]
    disputes: Sequence[Dispute]
    may_complain: bool
    made: Sequence[Attempted]
    pays_at: Sequence[str]

    @property
    def leads_to(self) -> tuple[str, ...]:
        """Where the form to pay leads, hop by hop."""
        return tuple(self.pays_at)


def index(payments: PaymentsMade, visit: Visit[User]) -> InvoiceList:
    """The invoice to be paid next, and every one that the filter lets through."""
    filters = InvoiceFilter.read(visit.query)
    asked = _asked(visit.db, visit.who, filters, visit.today)
    at = paginate(visit.query.get("page"), asked.count, INVOICES_A_PAGE, PAGE, filters.query)
    heads = asked.heads(visit.db, visit.who, visit.today, (at.number - 1) * INVOICES_A_PAGE, INVOICES_A_PAGE)
    due = queries.due(visit.db, visit.who, DUE)
    on_the_way = {head.id: head for head in payments.told(visit.db, visit.who, [*heads, *due])}
    heads, due = ([on_the_way[head.id] for head in some] for some in (heads, due))
    aside = _set_aside(payments, visit, filters)
    return InvoiceList(
        today=visit.today,
        due=next((head for head in due if head.to_pay), next(iter(due), None)),
        overdue=[head for head in due if head.to_pay and head.is_late(visit.today)],
        trend=_trend(asked.sums, visit.today),
        sections=_sections(heads, asked.sums.by_year, aside)
        if asked.found is None
        else _found(heads, asked.found, aside),
        filters=filters,
        years=asked.sums.years,
        energies=[(one, one.label.words) for one in finding.energies(visit.db, visit.who)],
        is_long=sum(day.count for day in asked.sums.every) > INVOICES_A_PAGE,
        pagination=at,
        count=asked.count,
        total=asked.sums.total if asked.found is None else asked.found.total,
    )


def save(payments: PaymentsMade, visit: Visit[User]) -> Download:
    """Every invoice that the filter lets through, as a file."""
    asked = _asked(visit.db, visit.who, InvoiceFilter.read(visit.query), visit.today)
    heads = payments.told(visit.db, visit.who, asked.heads(visit.db, visit.who, visit.today, 0, asked.count))
    kind = one_of(Format, visit.query.get("format"), Format.CSV)
    body = download.written(heads, kind, visit.today, visit.language)
    return Download(f"invoices-{visit.today}.{kind}", CONTENT_TYPES[kind], body)


def offer_pdfs(visit: Visit[User]) -> InvoicePdfs:
    """Every invoice that the filter lets through, as files of PDFs."""
    filters = InvoiceFilter.read(visit.query)
    count = _asked(visit.db, visit.who, filters, visit.today).count
    files = [range(first + 1, min(first + MOST, count) + 1) for first in range(0, count, MOST)]
    return InvoicePdfs(filters, count, files)


async def save_pdfs(payments: PaymentsMade, visit: FlowVisit[User]) -> Download:
    """A file of them, made while it is sent."""
    platform, here = platform_of(visit.request), visit.installation
    part, today = _part(visit.form.get("part")), day_of(visit.now)
    lease, ids = await in_thread(platform, _begun, visit, part)
    printer = Printer(visit.who, payments, here.brand, here.typesetter, visit.language, today)

    def made(database: Database) -> Pieces:
        return leases.kept(zipped(archive.files(database, ids, printer)), lease, database, platform.now)

    name = archive.filename(visit.language, today, part)
    return Download(name, "application/zip", made, Pool.DOCUMENTS, partial(leases.give_back, visit.database, lease))


def _part(asked: object) -> int:
    """Which of the files; the first where that makes no sense."""
    return int(asked) if isinstance(asked, str) and re.fullmatch("[1-9][0-9]{0,5}", asked) else 1


def _begun(visit: FlowVisit[User], part: int) -> tuple[Lease, Sequence[UUID]]:
    """The right to be the only file on its way to the person, and the invoices of it, as they stand in the list."""
    filters, today = InvoiceFilter.read(visit.query), day_of(visit.now)
    with visit.database.writing() as db:
        asked = _asked(db, visit.who, filters, today)
        heads = asked.heads(db, visit.who, today, (part - 1) * MOST, MOST)
        return archive.begin(db, visit.who, heads, visit.now), [head.id for head in heads]


def show(reread: Reread, payments: PaymentsMade, visit: Visit[User]) -> InvoicePage:
    """One invoice."""
    invoice = queries.by_id(visit.db, visit.who, visit.id("id"))
    [head] = payments.told(visit.db, visit.who, [invoice.head])
    invoice = replace(invoice, head=head)
    told = as_told(visit.who, invoice)
    return InvoicePage(
        today=visit.today,
        invoice=told,
        related=queries.related(visit.db, visit.who, invoice),
        codes=payment_codes(invoice, visit.today),
        pay_by=banking_days.on_or_after(invoice.head.due_on),
        corrected=list(corrections(visit.db, visit.who, invoice, reread)),
        comparisons=comparisons(visit.db, visit.who, invoice),
        made=payments.of_invoice(visit.db, visit.who, head.id),
        pays_at=visit.installation.pays_at if head.to_pay else (),
        parts=parts(invoice),
        two_years_of_use=two_years(visit.db, visit.who, invoice),
        origins=origins(visit.db, invoice),
        with_vat=() if invoice.is_a_companys else with_vat(told),
        to_do=advice.if_wrong(head, visit.today),
        who_helps=list(advice.who_helps(invoice)),
        disputes=disputes.open_of(visit.db, visit.who, invoice),
        may_complain=disputes.may_complain(visit.who),
    )


def save_one(visit: Visit[User]) -> Download:
    """One invoice, as a Finvoice file."""
    invoice = as_told(visit.who, queries.by_id(visit.db, visit.who, visit.id("id")))
    buyer = queries.buyer(visit.db, visit.who, invoice)
    body = finvoice.written(invoice, buyer, visit.installation.brand)
    return Download(finvoice.filename(invoice.head), "application/xml", body)


def print_one(payments: PaymentsMade, visit: Visit[User]) -> Download:
    """One invoice, as a PDF."""
    [printing] = printings(visit.db, visit.who, [queries.by_id(visit.db, visit.who, visit.id("id"))], payments)
    here, language = visit.installation, visit.language
    document = printed.document(printing, here.brand, visit.today, language)
    return papers.pdf(here.typesetter, document, printed.filename(printing.invoice.head, language))


@dataclass(frozen=True)
class _Asked:
    """The list that a filter asks for: a part of that of all bills, or what is found, where more is asked for."""

    filters: InvoiceFilter
    sums: InvoiceSums
    found: Found | None

    @property
    def count(self) -> int:
        return self.sums.count if self.found is None else self.found.count

    def heads(self, db: Session, who: User, today: date, skip: int, limit: int) -> Sequence[InvoiceHead]:
        if self.found is not None:
            return finding.some(db, self.found, self.filters.sort, skip, limit)
        return queries.latest(db, who, self.filters, self.sums.stretches(skip, limit), today)


def _asked(db: Session, who: User, filters: InvoiceFilter, today: date) -> _Asked:
    if filters.is_by_day:
        return _Asked(filters, queries.sums(db, who, filters, today), None)
    sums = queries.sums(db, who, InvoiceFilter(), today)
    return _Asked(filters, sums, finding.found(db, who, filters, today))


def _set_aside(payments: PaymentsMade, visit: Visit[User], filters: InvoiceFilter) -> Sequence[Shares]:
    """How what is left is shared out of each bill that a filter lets through, where not all of it is asked for."""
    heads = payments.set_aside(visit.db, visit.who)
    among = finding.among(visit.db, visit.who, filters, visit.today, [head.id for head in heads])
    return [head.shares for head in heads if head.id in among]


def _found(heads: Sequence[InvoiceHead], which: Found, aside: Sequence[Shares]) -> Sequence[InvoiceSection]:
    """What is found, under one heading."""
    left = rules.shared_out_together(which.left, aside)
    section = InvoiceSection(text("Invoices found"), heads, which.count, which.total, left)
    return [section] if heads else []


def _sections(heads: Sequence[InvoiceHead], sums: Sequence[Sum], aside: Sequence[Shares]) -> Sequence[InvoiceSection]:
    """The invoices under their headings: unpaid ones together, settled ones year by year."""
    unpaid = [one for one in sums if one.unpaid]
    found = [_section(text("Unpaid invoices"), [head for head in heads if head.open_amount], unpaid, aside)]
    for one in sums:
        if not one.unpaid:
            mine = [head for head in heads if not head.open_amount and head.last.year == one.year]
            found.append(_section(str(one.year), mine, [one], ()))
    return [section for section in found if section.invoices]


def _section(
    title: Text | str, heads: Sequence[InvoiceHead], sums: Sequence[Sum], aside: Sequence[Shares]
) -> InvoiceSection:
    return InvoiceSection(
        title=title,
        invoices=heads,
        count=sum(one.count for one in sums),
        total=total(one.total for one in sums),
        left=rules.shared_out_together(total(one.left for one in sums), aside),
    )


def _trend(sums: InvoiceSums, today: date) -> Trend | None:
    """The twelve months up to that of the newest bill."""
    months = sums.by_month(first_of_month(today - timedelta(days=3 * 366)))
    if not months:
        return None
    newest = _months_up_to(max(months), 2 * YEAR)
    before, now = newest[:YEAR], newest[YEAR:]
    sum_now = total(months.get(month, Money(0)) for month in now)
    sum_before = total(months[month] for month in before) if all(month in months for month in before) else None
    return Trend(
        first=now[0],
        last=now[-1],
        total=sum_now,
        average=rounded(Decimal(sum_now.cents) / YEAR) if min(months) <= now[0] else None,
        percent=_percent(sum_now, sum_before) if sum_before else None,
        bars=spark.bars([(month, months.get(month, Money(0)).cents) for month in now]),
    )


def _months_up_to(last: date, count: int) -> Sequence[date]:
    months = [last]
    while len(months) < count:
        months.insert(0, first_of_month(months[0] - timedelta(days=1)))
    return months


def _percent(now: Money, before: Money) -> int:
    return int((Decimal(now.cents - before.cents) * 100 / before.cents).quantize(Decimal(1)))


def routes(reread: Reread, payments: PaymentsMade) -> list[Route]:
    """Every address of these pages.

    reread: says what readings come to that were corrected after a bill
    payments: those that are made here
    """
    return [
        page(
            PAGE,
            partial(index, payments),
            who=sees(Theme.BILLING),
            viewed=text("Looked at the list of invoices"),
        ),
        page(
            "/invoices/download",
            partial(save, payments),
            who=sees(Theme.BILLING),
            viewed=text("Downloaded the list of invoices"),
        ),
        page("/invoices/pdfs", offer_pdfs, who=sees(Theme.BILLING), viewed=text("Looked at the list of invoices")),
        flow("/invoices/pdfs", partial(save_pdfs, payments), who=sees(Theme.BILLING), method="POST"),
        page(
            "/invoices/{id}",
            partial(show, reread, payments),
            who=sees(Theme.BILLING),
            viewed=text("Looked at an invoice"),
        ),
        page(
            "/invoices/{id}/finvoice",
            save_one,
            who=sees(Theme.BILLING),
            viewed=text("Downloaded an invoice as Finvoice"),
        ),
        page(
            "/invoices/{id}/pdf",
            partial(print_one, payments),
            who=sees(Theme.BILLING),
            viewed=text("Downloaded an invoice as a PDF"),
        ),
    ]

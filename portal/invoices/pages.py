"""The invoice pages: what is to be paid and every bill, and one with its lines, payment details and history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from starlette.routing import Route

from portal.auth.people import User, sees
from portal.auth.reach import Theme
from portal.invoices import banking_days, queries, shown
from portal.invoices.bills import Bill
from portal.invoices.changes import why
from portal.invoices.corrections import Reread, corrections
from portal.invoices.queries import InvoiceFilter, InvoicesShown, Sum
from portal.invoices.shown import Corrected, Group, InvoiceRow, Payment, Reason
from portal.kit import spark
from portal.kit.clock import first_of_month
from portal.kit.html import Page
from portal.kit.i18n import Text
from portal.kit.money import Money, rounded, total
from portal.kit.pagination import Pagination, paginate
from portal.kit.web import Visit, page

BILLS_A_PAGE: Final = 20
YEAR: Final = 12


@dataclass(frozen=True)
class InvoiceSection:
    """The bills of a page that are unpaid (no year), or settled and of one year; sums are of all such bills."""

    year: int | None
    rows: Sequence[InvoiceRow]
    count: int
    total: Money
    left: Money


@dataclass(frozen=True)
class Trend:
    """The bills of twelve months, and by how many per cent they differ from the twelve before.

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
    """What is to be paid, what is overdue, and every bill, some at a time."""

    template = "invoices/index.html"
    due: InvoiceRow | None
    overdue: Sequence[InvoiceRow]
    trend: Trend | None
    sections: Sequence[InvoiceSection]
    filters: InvoiceFilter
    years: Sequence[int]
    pagination: Pagination
    count: int
    total: Money


@dataclass(frozen=True)
class Comparison:
    """The bill of the same days a year before, and why this one differs."""

    id: UUID
    period: str
    total: Money
    difference: Money
    reasons: Sequence[Reason]
    used: Sequence[tuple[Text, str]]


@dataclass(frozen=True)
class InvoicePage(Page):
    """One bill with all it says, the bill that it credits or reminds of, and those that refer to it."""

    template = "invoices/show.html"
    row: InvoiceRow
    bill: Bill
    referred: InvoiceRow | None
    referring: Sequence[InvoiceRow]
    payment: Payment | None
    how_to_pay: Text | None
    pay_by: date
    metering: Text | None
    corrected: Sequence[Corrected]
    used: Sequence[tuple[Text, str]]
    average_price: str | None
    groups: Sequence[Group]
    comparison: Comparison | None


def index(visit: Visit[User]) -> InvoiceList:
    """The bill to be paid next, and every bill that the filter lets through."""
    filters = _filters(visit.query)
    sums = queries.sums(visit.db, visit.who, filters, visit.today)
    count = sum(one.count for one in sums)
    at = paginate(visit.query.get("page"), count, BILLS_A_PAGE, "/invoices", _query(filters))
    heads = queries.latest(visit.db, visit.who, filters, visit.today, (at.number - 1) * BILLS_A_PAGE, BILLS_A_PAGE)
    due = queries.next_due(visit.db, visit.who)
    late = queries.overdue(visit.db, visit.who, visit.today)
    return InvoiceList(
        due=shown.row(due, visit.today, visit.language) if due else None,
        overdue=[shown.row(head, visit.today, visit.language) for head in late],
        trend=_trend(visit),
        sections=_sections([shown.row(head, visit.today, visit.language) for head in heads], sums),
        filters=filters,
        years=queries.years(visit.db, visit.who),
        pagination=at,
        count=count,
        total=total(one.total for one in sums),
    )


def show(reread: Reread, visit: Visit[User]) -> InvoicePage:
    """One bill."""
    bill = queries.by_id(visit.db, visit.who, visit.id("id"))
    related = queries.related(visit.db, visit.who, bill)
    payment = shown.payment(bill, visit.today)
    return InvoicePage(
        row=shown.row(bill.head, visit.today, visit.language),
        bill=bill,
        referred=shown.row(related.referred, visit.today, visit.language) if related.referred else None,
        referring=[shown.row(head, visit.today, visit.language) for head in related.referring],
        payment=payment,
        how_to_pay=shown.how_to_pay(payment) if payment else None,
        metering=shown.metering(bill),
        corrected=[shown.corrected(one) for one in corrections(visit.db, bill, reread)],
        pay_by=banking_days.on_or_after(bill.head.due_on),
        used=shown.used(bill.lines),
        average_price=shown.average_price(bill),
        groups=shown.groups(bill, visit.language),
        comparison=_comparison(visit, bill),
    )


def _filters(query: Mapping[str, str]) -> InvoiceFilter:
    """What the address asks for; what makes no sense asks for nothing."""
    asked, year = query.get("show"), query.get("year", "")
    is_year = len(year) == 4 and year.isascii() and year.isdigit() and int(year) > 0
    return InvoiceFilter(
        InvoicesShown(asked) if asked in set(InvoicesShown) else InvoicesShown.ALL, int(year) if is_year else None
    )


def _query(filters: InvoiceFilter) -> Mapping[str, str]:
    asked = {
        "show": filters.show.value if filters.show is not InvoicesShown.ALL else "",
        "year": str(filters.year or ""),
    }
    return {name: value for name, value in asked.items() if value}


def _sections(rows: Sequence[InvoiceRow], sums: Sequence[Sum]) -> Sequence[InvoiceSection]:
    """The rows under their headings: unpaid ones together, settled ones year by year."""
    unpaid = [one for one in sums if one.unpaid]
    found = [_section(None, [row for row in rows if row.left], unpaid)]
    for one in sums:
        if not one.unpaid:
            mine = [row for row in rows if not row.left and row.year == one.year]
            found.append(_section(one.year, mine, [one]))
    return [section for section in found if section.rows]


def _section(year: int | None, rows: Sequence[InvoiceRow], sums: Sequence[Sum]) -> InvoiceSection:
    return InvoiceSection(
        year=year,
        rows=rows,
        count=sum(one.count for one in sums),
        total=total(one.total for one in sums),
        left=total(one.left for one in sums),
    )


def _trend(visit: Visit[User]) -> Trend | None:
    """The twelve months up to that of the newest bill."""
    since = first_of_month(visit.today - timedelta(days=3 * 366))
    months = queries.by_month(visit.db, visit.who, since)
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


def _comparison(visit: Visit[User], bill: Bill) -> Comparison | None:
    earlier = queries.year_earlier(visit.db, visit.who, bill)
    if earlier is None:
        return None
    return Comparison(
        id=earlier.head.id,
        period=shown.period(earlier.head.first, earlier.head.last, visit.language),
        total=earlier.head.total,
        difference=bill.head.total - earlier.head.total,
        reasons=list(shown.reasons(why(bill, earlier))),
        used=shown.used(earlier.lines),
    )


def routes(reread: Reread) -> list[Route]:
    """Every address of these pages; `reread` says what readings come to that were corrected after a bill."""
    return [
        page("/invoices", index, who=sees(Theme.BILLING)),
        page("/invoices/{id}", partial(show, reread), who=sees(Theme.BILLING)),
    ]

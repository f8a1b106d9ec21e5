"""Which bills somebody sees, in which order, and what they come to, on both databases."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from portal.invoices import finding, queries
from portal.invoices.codes import payment_codes
from portal.invoices.filters import InvoiceFilter, InvoicesShown, SortBy
from portal.invoices.queries import NoSuchInvoice
from portal.invoices.rules import Status
from portal.invoices.sums import InvoiceSums, Sum
from portal.kit.energy import Energy
from portal.kit.money import Money, total
from tests.contracts.register import line, somebody

TODAY = date(2026, 11, 21)
OCTOBER, SEPTEMBER = date(2026, 10, 31), date(2026, 9, 30)
ALL = InvoiceFilter()
UNPAID = frozenset({Status.OPEN, Status.DUE_SOON, Status.LATE, Status.PARTLY_PAID})
SHOWN = {
    InvoicesShown.OPEN: UNPAID,
    InvoicesShown.LATE: {Status.LATE},
    InvoicesShown.PAID: {Status.PAID, Status.OVERPAID, Status.NOTHING},
    InvoicesShown.CREDIT: {Status.CREDIT, Status.CREDITED},
    InvoicesShown.OVERPAID: {Status.OVERPAID},
    InvoicesShown.DUE: UNPAID - {Status.LATE},
}


@pytest.fixture
def books(register):
    """A customer with an unpaid, an overdue, a half-paid, two paid bills and a credit note."""
    return Books(register)


class Books:
    def __init__(self, register):
        self.party = register.party()
        self.who = somebody(self.party)
        self.site = register.site()
        self.unpaid = register.bill(self.party, self.site, OCTOBER, cents=9499, due_on=date(2026, 12, 4))
        self.late = register.bill(self.party, self.site, SEPTEMBER, cents=8640, due_on=date(2026, 11, 16))
        self.half = register.bill(self.party, self.site, date(2026, 8, 31), cents=10415, due_on=date(2026, 12, 16))
        register.payment(self.half, 4000, date(2026, 11, 1))
        register.payment(self.half, 2000, date(2026, 11, 2))
        self.paid = register.bill(self.party, self.site, date(2026, 7, 31), cents=7000)
        register.payment(self.paid, 7000, date(2026, 8, 20))
        self.old = register.bill(self.party, self.site, date(2025, 10, 31), cents=9000)
        register.payment(self.old, 9000, date(2025, 11, 20))
        self.credit = register.bill(self.party, self.site, date(2026, 2, 28), cents=-4157)


def first_due(db, who):
    return next(iter(queries.due(db, who, 1)), None)


def listed(db, who, filters, skip, limit):
    """A page of the list of bills."""
    if not filters.is_by_day:
        return finding.some(db, finding.found(db, who, filters, TODAY), filters.sort, skip, limit)
    parts = queries.sums(db, who, filters, TODAY).stretches(skip, limit)
    return queries.latest(db, who, filters, parts, TODAY)


def ids(heads):
    return [head.id for head in heads]


def test_unpaid_bills_come_first_as_they_fall_due_then_the_latest_period(database, books):
    with database.reading() as db:
        found = listed(db, books.who, ALL, 0, 20)
    assert ids(found) == [books.late, books.unpaid, books.half, books.paid, books.credit, books.old]
    assert [head.paid for head in found] == [Money(cents) for cents in (0, 0, 6000, 7000, 0, 9000)]


def test_a_page_at_a_time(database, books):
    with database.reading() as db:
        assert ids(listed(db, books.who, ALL, 2, 2)) == [books.half, books.paid]
        assert listed(db, books.who, ALL, 6, 2) == []


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (InvoiceFilter(InvoicesShown.OPEN), ["late", "unpaid", "half"]),
        (InvoiceFilter(InvoicesShown.LATE), ["late"]),
        (InvoiceFilter(InvoicesShown.PAID), ["paid", "old"]),
        (InvoiceFilter(InvoicesShown.CREDIT), ["credit"]),
        (InvoiceFilter(year=2025), ["old"]),
        (InvoiceFilter(InvoicesShown.PAID, 2026), ["paid"]),
        (InvoiceFilter(InvoicesShown.OPEN, 2025), []),
    ],
)
def test_only_what_is_wished_for(database, books, filters, names):
    with database.reading() as db:
        found = listed(db, books.who, filters, 0, 20)
        sums = queries.sums(db, books.who, filters, TODAY)
    assert ids(found) == [getattr(books, name) for name in names]
    assert sums.count == sum(one.count for one in sums.by_year) == len(names)
    assert sums.total == total(head.total for head in found)


def test_sums_by_year_unpaid_ones_apart(database, books):
    with database.reading() as db:
        assert queries.sums(db, books.who, ALL, TODAY).by_year == [
            Sum(unpaid=True, year=2026, count=3, total=Money(28554), left=Money(22554)),
            Sum(unpaid=False, year=2026, count=2, total=Money(2843), left=Money(0)),
            Sum(unpaid=False, year=2025, count=1, total=Money(9000), left=Money(0)),
        ]


def test_years_and_months_with_bills(database, books):
    with database.reading() as db:
        assert (sums := queries.sums(db, books.who, ALL, TODAY)).years == [2026, 2025]
        assert sums.by_month(date(2026, 2, 1)) == {
            date(2026, 2, 1): Money(-4157),
            date(2026, 7, 1): Money(7000),
            date(2026, 8, 1): Money(10415),
            date(2026, 9, 1): Money(8640),
            date(2026, 10, 1): Money(9499),
        }


def test_the_overdue_bill_is_to_be_paid_next(database, books):
    with database.reading() as db:
        assert first_due(db, books.who).id == books.late
        assert ids(queries.due(db, books.who, 9)) == [books.late, books.unpaid, books.half]
        assert queries.unpaid(db, books.who)[-1].left == Money(10415 - 6000)


def test_who_has_paid_everything_owes_nothing(database, register, books):
    register.payment(books.unpaid, 9499, TODAY)
    register.payment(books.late, 8640, TODAY)
    register.payment(books.half, 4415, TODAY)
    with database.reading() as db:
        assert first_due(db, books.who) is None


def test_a_credit_note_is_never_to_be_paid_even_when_too_much_was_paid_back(database, register):
    party = register.party()
    credit = register.bill(party, register.site(), OCTOBER, cents=-5000)
    register.payment(credit, -6000, TODAY)
    who = somebody(party)
    with database.reading() as db:
        assert first_due(db, who) is None
        assert listed(db, who, InvoiceFilter(InvoicesShown.OPEN), 0, 20) == []
        assert [one.unpaid for one in queries.sums(db, who, ALL, TODAY).by_year] == [False]
        assert payment_codes(queries.by_id(db, who, credit), TODAY) is None


def test_every_list_and_filter_says_where_a_bill_stands_as_its_own_page_does(database, register):
    party, site = register.party(), register.site()
    asked = [
        (cents, paid, credited)
        for cents in (-500, 0, 500)
        for paid in (-500, 0, 200, 500, 700)
        for credited in ((0, 200, 500, 600) if cents > 0 else (0,))
    ]
    for place, (cents, paid, credited) in enumerate(asked):
        number = f"B{place}"
        bill = register.bill(party, site, OCTOBER, cents=cents, number=number, due_on=date(2026, 11, 16))
        register.payment(bill, paid, TODAY)
        for part in (credited // 2, credited - credited // 2):
            if part:
                register.bill(party, site, OCTOBER, cents=-part, refers_to=number)
        register.bill(register.party(), site, OCTOBER, cents=-500, refers_to=number)  # another customer's
        register.bill(party, site, OCTOBER, cents=500, refers_to=number, kind="reminder")
    who = somebody(party)
    with database.reading() as db:
        every = listed(db, who, ALL, 0, 500)
        for one in every:
            assert queries.by_id(db, who, one.id).head == one
        for show, states in SHOWN.items():
            found = listed(db, who, InvoiceFilter(show), 0, 500)
            assert {head.id for head in found} == {one.id for one in every if one.status(TODAY) in states}
            again = finding.found(db, who, InvoiceFilter(show), TODAY)
            assert {head.id for head in finding.some(db, again, SortBy.PERIOD, 0, 500)} == {one.id for one in found}
            assert (again.count, again.total) == (len(found), total(one.total for one in found))
            assert again.left == total(one.open_amount for one in found)
        unpaid = [one for one in queries.sums(db, who, ALL, TODAY).by_year if one.unpaid]
        assert total(one.left for one in unpaid) == total(one.open_amount for one in every)
        assert sum(one.count for one in unpaid) == sum(one.open_amount > Money(0) for one in every)


def test_a_bill_with_all_it_says(database, register):
    party, site = register.party(), register.site()
    point = register.point(site)
    contract = register.contract(party, site, point, register.product())
    lines = [line(contract, 4623, kwh="462.318123"), line(contract, 390, code="base", price="3.90"), line(None, 100)]
    bill = register.bill(party, site, OCTOBER, cents=6416, lines=lines)
    register.payment(bill, 6416, date(2026, 11, 20))
    with database.reading() as db:
        found = queries.by_id(db, somebody(party), bill)
    assert [one.source.contract_id if one.source else None for one in found.lines] == [contract, contract, None]
    assert (found.lines[0].energy, found.lines[0].quantity) == (Energy(462_318_123), Decimal("462.318123"))
    assert found.lines[1].energy is None
    assert (found.head.street, found.head.paid, found.received[0].amount) == (
        "Esimerkkikatu 4",
        Money(6416),
        Money(6416),
    )
    assert [(rate.percent, rate.net, rate.vat) for rate in found.vats] == [(Decimal("25.5"), Money(5112), Money(1304))]


def test_a_stranger_finds_no_bill(database, register, books):
    stranger = somebody(register.party())
    with database.reading() as db:
        for who, bill in ((stranger, books.unpaid), (somebody(), books.unpaid), (books.who, uuid4())):
            with pytest.raises(NoSuchInvoice):
                queries.by_id(db, who, bill)
        assert listed(db, stranger, ALL, 0, 20) == []
        assert queries.sums(db, stranger, ALL, TODAY) == InvoiceSums([], [], [])
        assert first_due(db, stranger) is None
        assert queries.unpaid(db, stranger) == []


def test_the_bills_of_the_same_site_a_year_before_and_just_before(database, register):
    party, site, elsewhere = register.party(), register.site(), register.site()
    contract = register.contract(party, site, register.point(site), register.product())
    mine = {"lines": [line(contract, 1, kwh="1")]}
    now = register.bill(party, site, OCTOBER, **mine)
    year_before = register.bill(party, site, date(2025, 10, 31), **mine)
    previous = register.bill(party, site, date(2026, 9, 30), **mine)
    register.bill(party, site, date(2026, 8, 31), **mine)
    register.bill(party, elsewhere, date(2025, 10, 31), **mine)
    register.bill(party, site, date(2025, 10, 31), cents=-100, **mine)
    who = somebody(party)
    with database.reading() as db:
        found = queries.earlier(db, who, queries.by_id(db, who, now))
        assert {bill.head.id for bill in found} == {year_before, previous}
        assert not queries.earlier(db, who, queries.by_id(db, who, year_before))


@pytest.mark.sqlite
def test_a_bill_that_was_credited_and_billed_anew_counts_once(database, register):
    party, site = register.party(), register.site()
    contract = register.contract(party, site, register.point(site, "heat"), register.product("heat"), "heat")
    lines = {"lines": [line(contract, 1, kwh="900")]}
    a_year_before = date(2025, 10, 31)
    wrong = register.bill(party, site, a_year_before, cents=100_000, number="wrong", **lines)
    credit = register.bill(party, site, a_year_before, cents=-100_000, refers_to="wrong", **lines)
    anew = register.bill(party, site, a_year_before, cents=10_000, lines=[line(contract, 1, kwh="90")])
    now = register.bill(party, site, OCTOBER, **lines)
    who = somebody(party)
    with database.reading() as db:
        bill = queries.by_id(db, who, now)
        assert [one.head.id for one in queries.earlier(db, who, bill)] == [anew]
        assert ids(queries.of_days(db, who, a_year_before, a_year_before, 9)) == [anew]
        used = queries.energy_by_month(db, who, bill, {bill.lines[0].source}, date(2025, 10, 1))
        of_year = queries.of_year(db, who, 2025, 0, 9)
    assert used[date(2025, 10, 1)] == Energy(90_000_000)
    assert {one.head.id for one in of_year} == {wrong, credit, anew}  # all of them can be checked


def test_energy_of_whole_months_is_counted_once(database, register):
    party, site = register.party(), register.site()
    heat = register.contract(party, site, register.point(site, "heat"), register.product("heat"), "heat")
    lines = [line(heat, 1, kwh="900"), line(heat, 1, kwh="900", code="margin")]
    july = register.bill(party, site, date(2026, 7, 31), lines=lines)
    register.bill(party, site, date(2026, 8, 15), lines=[line(heat, 1, kwh="100")])
    with database.reading() as db:
        bill = queries.by_id(db, somebody(party), july)
        asked = bill, {bill.lines[0].source}, date(2025, 1, 1)
        assert queries.energy_by_month(db, somebody(party), *asked) == {date(2026, 7, 1): Energy(900_000_000)}
        assert not queries.energy_by_month(db, somebody(register.party()), *asked)

"""Where a bill stands, which days banks work, and what was used."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contracts.kinds import ContractKind, Names
from portal.invoices import banking_days
from portal.invoices.codes import payment_codes
from portal.invoices.kinds import InvoiceKind, LineUnit, ReadBy
from portal.invoices.labels import period
from portal.invoices.records import (
    InvoiceHead,
    InvoiceSubject,
    Line,
    Source,
    WholeInvoice,
    by_contract,
    consumption,
    subject,
)
from portal.invoices.rules import (
    Status,
    is_a_year_later,
    is_late,
    last_late_day,
    left_to_pay,
    status,
    year_before,
)
from portal.kit.energy import Energy
from portal.kit.i18n import Language
from portal.kit.money import Money
from portal.sites.commodities import Commodity

TODAY = date(2026, 11, 21)  # a Saturday
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("total", "paid", "due_on", "stands"),
    [
        (9499, 0, date(2026, 12, 4), Status.OPEN),
        (9499, 0, date(2026, 11, 28), Status.DUE_SOON),
        (9499, 0, date(2026, 11, 29), Status.OPEN),
        (9499, 0, date(2026, 11, 21), Status.DUE_SOON),  # a Saturday: Monday will do
        (9499, 0, date(2026, 11, 20), Status.LATE),
        (9499, 5000, date(2026, 12, 4), Status.PARTLY_PAID),
        (9499, 5000, date(2026, 11, 20), Status.LATE),
        (9499, 9499, date(2026, 11, 20), Status.PAID),
        (9499, 9500, date(2026, 11, 20), Status.OVERPAID),
        (0, 0, date(2026, 11, 20), Status.NOTHING),
        (0, 500, date(2026, 11, 20), Status.OVERPAID),
        (-4157, 0, date(2026, 11, 20), Status.CREDIT),
        (-4157, -4156, date(2026, 11, 20), Status.CREDIT),
        (-4157, -4157, date(2026, 11, 20), Status.CREDITED),
    ],
)
def test_where_a_bill_stands(total, paid, due_on, stands):
    assert status(Money(total), Money(paid), Money(0), due_on, TODAY) is stands


@pytest.mark.parametrize(
    ("paid", "credited", "stands", "left"),
    [
        (0, 9499, Status.CREDITED, 0),  # never asked for again, however late
        (5000, 9499, Status.CREDITED, 0),
        (9499, 9499, Status.CREDITED, 0),
        (9499, 12000, Status.CREDITED, 0),
        (9500, 9499, Status.OVERPAID, 0),
        (0, 9498, Status.LATE, 9499),
        (9499, 9498, Status.PAID, 0),
    ],
)
def test_a_bill_that_was_credited_as_a_whole_is_neither_paid_nor_to_be_paid(paid, credited, stands, left):
    amounts = Money(9499), Money(paid), Money(credited)
    assert status(*amounts, date(2026, 11, 1), TODAY) is stands
    assert left_to_pay(*amounts) == Money(left)


@pytest.mark.parametrize(
    ("due_on", "in_time_until"),
    [
        (date(2026, 12, 4), date(2026, 12, 4)),
        (date(2026, 12, 6), date(2026, 12, 7)),  # Independence Day, a Sunday
        (date(2026, 12, 24), date(2026, 12, 28)),  # Christmas Eve to Boxing Day, then a Sunday
        (date(2026, 6, 19), date(2026, 6, 22)),  # Midsummer Eve
        (date(2026, 1, 6), date(2026, 1, 7)),  # Epiphany
        (date(2026, 5, 14), date(2026, 5, 15)),  # Ascension Day
        (date(2026, 4, 3), date(2026, 4, 7)),  # Good Friday to Easter Monday
        (date(2026, 5, 1), date(2026, 5, 4)),  # May Day
    ],
)
def test_what_falls_due_on_no_banking_day_may_be_paid_on_the_next(due_on, in_time_until):
    assert banking_days.on_or_after(due_on) == in_time_until
    assert not is_late(due_on, in_time_until)
    assert is_late(due_on, in_time_until + timedelta(days=1))


def test_two_banking_days_later_over_a_weekend():
    assert banking_days.after(date(2026, 11, 19), 2) == date(2026, 11, 23)


@given(DAYS, DAYS)
def test_late_bills_are_those_due_up_to_the_last_late_day(due_on, today):
    assert is_late(due_on, today) == (today > banking_days.on_or_after(due_on)) == (due_on <= last_late_day(today))


@given(DAYS)
def test_banking_days_stand_around_every_day(day):
    before, after = banking_days.on_or_before(day), banking_days.on_or_after(day)
    assert before <= day <= after
    assert banking_days.is_banking_day(before)
    assert banking_days.is_banking_day(after)
    assert banking_days.is_banking_day(day) == (before == after)


def test_nothing_is_left_of_a_bill_that_was_paid_too_much():
    assert left_to_pay(Money(100), Money(120), Money(0)) == Money(0)
    assert left_to_pay(Money(100), Money(30), Money(0)) == Money(70)


@pytest.mark.parametrize("paid", [0, -50, -60])
def test_nothing_is_ever_left_of_a_credit_note(paid):
    assert left_to_pay(Money(-50), Money(paid), Money(0)) == Money(0)


def test_a_year_before_a_leap_day():
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert is_a_year_later(date(2024, 2, 1), date(2024, 2, 29), date(2023, 2, 1), date(2023, 2, 28))
    assert not is_a_year_later(date(2024, 2, 1), date(2024, 2, 29), date(2023, 1, 1), date(2023, 1, 31))


@pytest.mark.parametrize(
    ("first", "last", "language", "said"),
    [
        (date(2026, 10, 1), date(2026, 10, 31), Language.FI, "lokakuu 2026"),
        (date(2026, 7, 1), date(2026, 9, 30), Language.FI, "heinä–syyskuu 2026"),
        (date(2026, 7, 1), date(2026, 9, 30), Language.SV, "juli–september 2026"),
        (date(2026, 7, 1), date(2026, 9, 30), Language.EN, "July–September 2026"),
        (date(2026, 10, 1), date(2026, 10, 30), Language.FI, "1.–30.10.2026"),
        (date(2025, 12, 1), date(2026, 1, 31), Language.FI, "1.12.2025–31.1.2026"),
    ],
)
def test_what_a_period_is_called(first, last, language, said):
    assert period(first, last, language) == said


NAMED = Names("fi", "sv", "en")
HEAD = InvoiceHead(
    id=UUID(int=1),
    number="1",
    kind=InvoiceKind.INVOICE,
    subject=InvoiceSubject(),
    street=None,
    issued_on=date(2026, 11, 5),
    due_on=date(2026, 12, 4),
    first=date(2026, 10, 1),
    last=date(2026, 10, 31),
    total=Money(0),
    paid=Money(0),
    credited=Money(0),
)


def source(kind, number, gsrn="643", commodity=Commodity.ELECTRICITY):
    return Source(UUID(int=number), kind, NAMED, commodity, gsrn, UUID(int=int(gsrn)), UUID(int=9))


SALES, NETWORK = source(ContractKind.SALES, 1), source(ContractKind.NETWORK, 2)
HEAT = source(ContractKind.HEAT, 3, "644", "heat")


def line(of, cents, kwh=None, code="energy"):
    return Line(
        source=of,
        code=code,
        name=NAMED,
        first=HEAD.first,
        last=HEAD.last,
        quantity=Decimal(kwh or 1),
        energy=None if kwh is None else Energy(kwh * 1_000_000),
        unit=LineUnit.MONTH if kwh is None else LineUnit.KWH,
        unit_price=Decimal(1),
        vat_percent=Decimal("25.5"),
        net=Money(cents),
        estimated=False,
    )


def bill(*lines, **changes):
    net = sum(one.net.cents for one in lines)
    vat = round(net * 0.255)
    whole = WholeInvoice(
        head=replace(HEAD, total=Money(net + vat), subject=subject(lines)),
        party_id=UUID(int=9),
        net=Money(net),
        vat=Money(vat),
        reference="11112",
        iban="FI3715903000000776",
        bic="ITELFIHH",
        payee="Esimerkki Energia Oy",
        estimated=False,
        read_by=None,
        refers_to=None,
        lines=lines,
        vats=(),
        received=(),
    )
    return replace(whole, **changes)


def test_energy_that_several_lines_bill_is_counted_once():
    lines = [
        line(SALES, 3000, 462),
        line(NETWORK, 1300, 268, "day"),
        line(NETWORK, 600, 194, "night"),
        line(NETWORK, 1000, 462, "electricity-tax"),
        line(NETWORK, 1482, code="base"),
        line(HEAT, 5000, 900),
    ]
    assert consumption(lines) == {"electricity": Energy(462_000_000), "heat": Energy(900_000_000)}


def test_a_change_of_contract_within_a_period_adds_up():
    first, second = source(ContractKind.SALES, 1), source(ContractKind.SALES, 4)
    lines = [line(first, 1000, 200), line(second, 1100, 262), line(NETWORK, 1900, 462)]
    assert consumption(lines) == {"electricity": Energy(462_000_000)}


def test_lines_without_a_contract_count_for_no_energy():
    assert consumption([line(None, 100, 5)]) == {}
    assert [group.source for group in by_contract([line(None, 100, 5), line(SALES, 1, 1)])] == [None, SALES]


def test_an_average_price_is_of_all_that_one_energy_costs():
    assert bill(line(SALES, 3000, 100), line(NETWORK, 1000, 100)).average_price == "50,20\u00a0c/kWh"
    assert bill(line(HEAT, 10000, 1000)).average_price == "125,50\u00a0€/MWh"


@pytest.mark.parametrize(
    "lines",
    [
        [line(SALES, 3000, 100), line(HEAT, 1, 1)],
        [line(SALES, 3000, 100)],  # its distribution is on another bill
        [line(NETWORK, 3000, 100)],
        [line(SALES, 3000, 100), line(NETWORK, 1000, 60)],
        [line(SALES, 3000, 100), line(NETWORK, 1000, 100), line(None, 500)],  # a fee
        [line(SALES, 390, code="base")],
    ],
)
def test_a_part_of_what_energy_costs_has_no_average_price(lines):
    assert bill(*lines).average_price is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, None),
        ({"read_by": ReadBy.REMOTE}, "etäluettu"),
        ({"read_by": ReadBy.REMOTE, "estimated": True}, "osin arvioitu"),
    ],
)
def test_how_a_bill_was_metered_is_said_where_it_is_known(changes, said):
    told = bill(line(SALES, 3000, 100), **changes).metering
    assert (told and told.said(Language.FI)) == said
    assert bill(line(SALES, 390), read_by=ReadBy.REMOTE).metering is None


@pytest.mark.parametrize(
    ("lines", "changes", "called"),
    [
        ([line(SALES, 1, 1), line(NETWORK, 1, 1)], {}, "lokakuu 2026, sähkö"),
        ([line(SALES, 1, 1)], {}, "lokakuu 2026, sähkönmyynti"),
        ([line(NETWORK, 1, 1)], {}, "lokakuu 2026, sähkönsiirto"),
        ([line(HEAT, 1, 1)], {}, "lokakuu 2026, kaukolämpö"),
        ([line(SALES, 1, 1), line(NETWORK, 1, 1), line(HEAT, 1, 1)], {}, "lokakuu 2026, sähkö, kaukolämpö"),
        ([replace(line(None, 1), name=Names("Vesivirta", "", ""))], {}, "lokakuu 2026, vesivirta"),
        ([replace(line(None, 1), name=Names("KVV-työ", "", ""))], {}, "lokakuu 2026, KVV-työ"),
        ([line(HEAT, -1, 1)], {"kind": InvoiceKind.CREDIT}, "lokakuu 2026, hyvityslasku, kaukolämpö"),
        ([line(None, 500)], {"kind": InvoiceKind.REMINDER}, "lokakuu 2026, maksumuistutus"),
        ([], {}, "lokakuu 2026"),
    ],
)
def test_bills_of_one_month_are_told_apart(lines, changes, called):
    assert replace(bill(*lines).head, **changes).about.said(Language.FI) == called


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Lue QR-koodi pankkisi sovelluksella tai kopioi virtuaaliviivakoodi verkkopankkiin."),
        (
            {"iban": "DE89370400440532013000"},
            "Lue QR-koodi pankkisi sovelluksella tai kopioi maksun tiedot verkkopankkiin.",
        ),
        ({"reference": "RF47ABC123"}, "Lue QR-koodi pankkisi sovelluksella tai kopioi maksun tiedot verkkopankkiin."),
        ({"iban": "DE00"}, "Kopioi tilinumero, viitenumero ja summa verkkopankkiin."),
    ],
)
def test_how_to_pay_speaks_of_the_codes_that_there_are(changes, said):
    told = payment_codes(bill(line(SALES, 10000, 100), **changes), TODAY)
    assert told.how_to_pay.said(Language.FI) == said


def test_an_overdue_bill_is_paid_at_once():
    owed = bill(line(SALES, 10000, 100))
    in_time, late = payment_codes(owed, TODAY), payment_codes(owed, date(2027, 1, 1))
    assert in_time.digits.endswith("261204")
    assert late.digits.endswith("000000")


def test_a_bill_that_was_paid_needs_no_payment():
    paid = bill(line(SALES, 10000, 100))
    assert payment_codes(replace(paid, head=replace(paid.head, paid=paid.head.total)), TODAY) is None

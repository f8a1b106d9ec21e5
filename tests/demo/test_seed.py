"""The demo in a database: complete, consistent, the same everywhere, and every bill follows from what is stored."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func
from sqlmodel import SQLModel, col, select

from portal.consumption import history, store
from portal.consumption.kinds import RegisterUnit
from portal.consumption.models import MonthTotal
from portal.consumption.registers.models import RegisterReading
from portal.consumption.registers.rules import RegisterValue, in_order, used
from portal.consumption.store import PointDays
from portal.contracts.kinds import ContractKind
from portal.contracts.models import Contract, Product, SpotMonth, Tax
from portal.contracts.once import CONTRACT_ONCE, TAX_ONCE
from portal.contracts.pricing import Supply, bill
from portal.contracts.records import dated_prices
from portal.contracts.rules import with_vat
from portal.contracts.tariff_periods import Days
from portal.contracts.terms import PRICED, spot_for, terms_for, terms_of, unpriced
from portal.customers.models import IdentityCode, Mandate, MandateSite, Party
from portal.demo import bills, estate, households, mandates, seed, workshop
from portal.demo.company import TOWNS, Scale
from portal.demo.estate import BILLS
from portal.demo.people import AINO, CAST, KARIN, LANDLORD, LIISA, MIKKO, REGISTERED, RIIKKA, SANNA, VEIKKO
from portal.demo.rows import stored
from portal.invoices.banking_days import is_banking_day
from portal.invoices.models import Invoice, InvoiceLine, InvoiceVat, Payment
from portal.invoices.payment import is_iban, is_reference
from portal.kit.clock import DAY, start_of
from portal.kit.db import Database, table_of
from portal.kit.intervals import quarter_of
from portal.kit.once import contradictions
from portal.kit.packing import unpack
from portal.kit.ranges import Range
from portal.sites.kinds import ReadingType
from portal.sites.models import Disconnection, Meter, MeteringPoint, Occupancy, Site
from portal.weather.hours import joined, key_of
from portal.weather.models import WeatherMonth
from portal.weather.rules import day_means, degree_days
from tests.people import vault

TODAY = date(2026, 11, 21)
FIRST = date(2023, 11, 1)
WRONG = "260252806"  # Riikka's, of January 2026
SILENT = dict.fromkeys((households.SILENT, "643000000710121018"), timedelta(households.SILENT_FOR - 1))
"""The metering points that have sent nothing for some days."""
TODAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@pytest.fixture
def db(demo):
    with demo.reading() as db:
        yield db


def invoices_of(db, member):
    """Their bills of contracts, month by month."""
    return [bill for bill in every_invoice_of(db, member) if bill.read_by]


def odd_invoices_of(db, member):
    """Their bills that no meter makes."""
    return [bill for bill in every_invoice_of(db, member) if not bill.read_by]


def every_invoice_of(db, member):
    of_member = select(Invoice).join(Party).where(Party.customer_number == member.customer_number)
    return db.exec(of_member.order_by(col(Invoice.issued_on))).all()


@pytest.fixture
def checked(db):
    """The households' bills, and those of four of the company's sites: of spot and fixed prices, power and heat."""
    serials = [f"{60000 + index:05}" for index in (0, 10, 40, 100)]
    of_company = [invoice for invoice in invoices_of(db, LANDLORD) if invoice.number[4:] in serials]
    assert len(of_company) == 4 * BILLS
    of_people = [invoice for member in REGISTERED for invoice in invoices_of(db, member)]
    return [*of_people, *of_company[::3]]


def paid(db, invoice):
    return db.exec(select(func.sum(Payment.cents)).where(Payment.invoice_id == invoice.id)).one()


# Bills


def cut_off(db, point):
    """The days on which no energy could flow at a metering point."""
    found = select(Disconnection).where(Disconnection.metering_point_id == point).order_by(col(Disconnection.since))
    return [Range.of_days(one.since, one.until) for one in db.exec(found)]


def of_rule(db, invoice):
    """The bill of an invoice's days, made anew: from what was known of readings when it was made, prices and taxes."""
    days = Days(invoice.period_from, invoice.period_to)
    contract_ids = select(InvoiceLine.contract_id).where(InvoiceLine.invoice_id == invoice.id)
    contracts = db.exec(select(Contract).where(col(Contract.id).in_(contract_ids))).all()
    points = dict.fromkeys(contract.metering_point_id for contract in sorted(contracts, key=lambda one: one.number))
    mine = {one.id for one in contracts}
    supplies = []
    for point in points:
        terms = [one for one in terms_for(db, point, days) if one.contract_id in mine]
        for kind in {one.reading_type for one in terms}:
            wanted = PointDays(point, days.first, days.last, reading_type=kind or ReadingType.METERED)
            known = history.as_known(db, wanted, start_of(invoice.issued_on)).intervals
            readings = known if len(known) else store.read_all(db, [wanted])[0].intervals
            of_kind = tuple(one for one in terms if one.reading_type is kind)
            supplies.append(Supply(readings, of_kind, cut_off=tuple(cut_off(db, point))))
    return bill(supplies, days, spot_for(db, days))


def test_a_bill_whose_readings_were_corrected_later_still_says_what_was_known(db):
    newest = max(invoices_of(db, KARIN), key=lambda one: one.issued_on)
    lines = select(InvoiceLine).where(InvoiceLine.invoice_id == newest.id, InvoiceLine.code == "energy")
    billed = sum(line.quantity_mwh for line in db.exec(lines) if line.name_sv == "Elenergi")
    (point,) = db.exec(select(MeteringPoint.id).where(MeteringPoint.gsrn == "643000000619700253"))
    days = PointDays(point, newest.period_from, newest.period_to)
    now = store.read_all(db, [days])[0].intervals.milliwatt_hours.sum()
    late = [hours for hours in history.revised(db, [days]) if hours.at > start_of(newest.issued_on)]
    assert billed != now
    assert billed == now + sum((hours.was - hours.is_now).milliwatt_hours for hours in late)


def test_registers_show_what_the_meters_sent(db):
    """Through the change of a meter, and in cubic metres of gas as somebody reads them by hand."""
    for gsrn, each, finest in (("643000000412337410", 1, "0.11"), ("643000000845310028", Decimal("11.42"), "1")):
        (point,) = db.exec(select(MeteringPoint).where(MeteringPoint.gsrn == gsrn))
        read = db.exec(select(RegisterReading).where(RegisterReading.metering_point_id == point.id)).all()
        hung = {one.serial: one for one in db.exec(select(Meter).where(Meter.metering_point_id == point.id))}
        for one in read:
            assert hung[one.serial].installed_on <= one.read_on <= (hung[one.serial].removed_on or TODAY)
        values = [
            RegisterValue(one.serial, one.counts, one.read_on, one.reading, RegisterUnit(one.unit)) for one in read
        ]
        first, last = min(one.read_on for one in read), max(one.read_on for one in read)
        sent = Decimal(int(store.read(db, point.id, first, last - DAY).milliwatt_hours.sum())) / 1_000_000
        assert abs(used(in_order(values)) - sent / each) <= Decimal(finest)
        assert len(read) >= 4


def of_line(line):
    return (
        *(line.contract_id, line.code, line.name.fi, line.name.sv, line.name.en),
        *(line.days.first, line.days.last, line.quantity, line.unit, line.unit_price, line.vat_percent),
        *(line.net.cents, line.estimated),
    )


def of_row(row):
    quantity = row.quantity if row.quantity_mwh is None else Decimal(row.quantity_mwh) / 1_000_000
    return (
        *(row.contract_id, row.code, row.name_fi, row.name_sv, row.name_en),
        *(row.period_from, row.period_to, quantity, row.unit, row.unit_price, row.vat_percent),
        *(row.net_cents, row.estimated),
    )


def test_every_bill_follows_from_stored_readings_prices_and_taxes(db, checked):
    for invoice in checked:
        rows = select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id).order_by(col(InvoiceLine.position))
        made = of_rule(db, invoice)
        assert not made.missing
        if invoice.number == WRONG:
            continue
        assert Counter(map(of_row, db.exec(rows))) == Counter(map(of_line, made.lines))
        assert (invoice.net_cents, invoice.vat_cents) == (made.net.cents, made.vat.cents)


def test_one_line_of_one_bill_charges_a_hundred_kilowatt_hours_too_much(db):
    """Gas at 8,37 c/kWh: 8,37 euros too much without VAT, as README.md says."""
    (wrong,) = [invoice for invoice in invoices_of(db, RIIKKA) if invoice.number == WRONG]
    rows = db.exec(select(InvoiceLine).where(InvoiceLine.invoice_id == wrong.id)).all()
    made = of_rule(db, wrong)
    (billed,) = Counter(map(of_row, rows)) - Counter(map(of_line, made.lines))
    (right,) = Counter(map(of_line, made.lines)) - Counter(map(of_row, rows))
    assert (billed[1], billed[4]) == ("energy", "Natural gas")
    assert billed[7] - right[7] == 100
    assert billed[11] - right[11] == wrong.net_cents - made.net.cents == 837
    assert wrong.total_cents == sum(row.net_cents for row in rows) + wrong.vat_cents


def test_lines_vat_and_total_of_every_bill_agree(db, checked):
    for invoice in checked:
        lines = db.exec(select(InvoiceLine).where(InvoiceLine.invoice_id == invoice.id)).all()
        vats = db.exec(select(InvoiceVat).where(InvoiceVat.invoice_id == invoice.id)).all()
        assert sum(line.net_cents for line in lines) == sum(vat.net_cents for vat in vats) == invoice.net_cents
        assert sum(vat.vat_cents for vat in vats) == invoice.vat_cents
        assert invoice.total_cents == invoice.net_cents + invoice.vat_cents > 0
        assert invoice.estimated == any(line.estimated for line in lines)


def test_prices_taxes_and_contracts_that_change_show_on_bills(db):
    assert set(db.exec(select(InvoiceVat.percent))) == {Decimal(0), Decimal(24), Decimal("25.5")}
    taxed = select(InvoiceLine.unit_price).where(InvoiceLine.code == "electricity-tax").distinct()
    assert set(db.exec(taxed)) == {Decimal("2.253"), Decimal("2.325")}
    (september,) = [bill for bill in invoices_of(db, KARIN) if bill.period_from == date(2026, 9, 1)]
    energy = select(InvoiceLine).where(InvoiceLine.invoice_id == september.id, InvoiceLine.code == "energy")
    sales = [line for line in db.exec(energy) if line.name_sv == "Elenergi"]
    assert [(line.period_from.day, line.period_to.day) for line in sales] == [(1, 14), (15, 30)]


def test_surplus_from_the_roof_is_a_credit(db):
    credited = db.exec(select(InvoiceLine).where(InvoiceLine.code == "surplus")).all()
    assert min(line.net_cents for line in credited) < -1000
    assert max(line.net_cents for line in credited) <= 0


def test_references_and_accounts_have_right_check_digits_and_banks_are_open_when_bills_fall_due(db):
    due = {invoice.due_on for invoice in db.exec(select(Invoice))}
    assert all(is_banking_day(day) for day in due)
    for invoice in db.exec(select(Invoice)):
        assert is_reference(invoice.reference)
        assert is_iban(invoice.iban)


# How the customers stand


def test_aino_owes_one_bill_that_is_due_in_two_weeks(db):
    unpaid = [invoice for invoice in invoices_of(db, AINO) if not paid(db, invoice)]
    assert [invoice.due_on for invoice in unpaid] == [date(2026, 12, 4)]


def test_a_job_is_credited_in_part_and_a_late_payment_costs_a_reminder(db):
    job, credit = odd_invoices_of(db, AINO)
    assert (job.kind, credit.kind, credit.refers_to) == ("invoice", "credit", job.number)
    assert (job.total_cents, credit.total_cents) == (15110, -1807)
    assert [paid(db, one) for one in (job, credit)] == [15110, -1807]
    (reminder,) = odd_invoices_of(db, KARIN)
    (reminded,) = [bill for bill in invoices_of(db, KARIN) if bill.number == reminder.refers_to]
    assert (reminder.kind, reminder.total_cents, reminder.vat_cents) == ("reminder", 561, 0)
    assert (reminder.issued_on - reminded.due_on).days > 14


def test_liisa_paid_her_newest_bill_twice(db):
    *earlier, newest = invoices_of(db, LIISA)
    assert paid(db, newest) == 2 * newest.total_cents
    assert all(paid(db, invoice) == invoice.total_cents for invoice in earlier)


def test_odd_bills_add_up(db):
    for odd in (*odd_invoices_of(db, AINO), *odd_invoices_of(db, KARIN), *odd_invoices_of(db, RIIKKA)):
        lines = db.exec(select(InvoiceLine).where(InvoiceLine.invoice_id == odd.id)).all()
        for line in lines:
            assert line.quantity is None or line.quantity * line.unit_price * 100 == line.net_cents
        assert sum(line.net_cents for line in lines) == odd.net_cents == odd.total_cents - odd.vat_cents


def test_riikka_was_billed_by_mistake_and_credited_for_all_of_it(db):
    collected, bill, credit = odd_invoices_of(db, RIIKKA)
    assert (credit.refers_to, credit.total_cents) == (bill.number, -bill.total_cents)
    assert paid(db, bill) is paid(db, collected) is None
    assert collected.due_on < collected.in_collection_since < TODAY


def test_mikko_owes_nothing(db):
    assert all(paid(db, invoice) == invoice.total_cents for invoice in invoices_of(db, MIKKO))


def test_karin_is_late_with_her_newest_bill_and_was_late_before(db):
    *earlier, newest = invoices_of(db, KARIN)
    assert newest.due_on < TODAY
    assert paid(db, newest) is None
    assert all(paid(db, invoice) == invoice.total_cents for invoice in earlier)
    payments = {payment.invoice_id: payment.paid_on for payment in db.exec(select(Payment))}
    assert [invoice.period_from for invoice in earlier if payments[invoice.id] > invoice.due_on] == [date(2026, 2, 1)]


def test_the_company_pays_at_once_but_for_a_few_bills(db):
    unpaid = {invoice.number[4:]: invoice for invoice in invoices_of(db, LANDLORD) if not paid(db, invoice)}
    assert set(unpaid) == {"60030", "60070", "60090"}
    assert [number for number, invoice in unpaid.items() if invoice.due_on < TODAY] == ["60070"]


def test_liisa_and_the_one_she_acts_for_are_billed_apart(db):
    assert (len(invoices_of(db, LIISA)), len(invoices_of(db, VEIKKO))) == (35, 36)
    assert all(paid(db, invoice) >= invoice.total_cents for invoice in invoices_of(db, LIISA))


def newest(today, serial):
    holdings = [*households.households(today), *(estate.site(index, today) for index in (0, 30))]
    accounts = [account for holding in holdings for account in holding.accounts]
    (account,) = [account for account in accounts if account.serial == serial]
    return next(bills.cycles(account, FIRST, today))


@settings(deadline=None)
@given(TODAYS)
def test_on_any_day_aino_has_a_bill_to_pay_and_karin_is_late(today):
    aino, karin = newest(today, 48213), newest(today, 37705)
    assert aino.issued < today
    assert timedelta(days=5) < aino.due - today < timedelta(days=19)
    assert timedelta(days=1) < today - karin.due < timedelta(days=15)


@settings(deadline=None, max_examples=40)
@given(TODAYS)
def test_on_any_day_the_company_has_paid_its_newest_bills_but_for_some(today):
    usual, open_ = (newest(today, serial) for serial in (60000, 60030))
    account = estate.site(0, today).accounts[0]
    assert bills.paid_on(account, usual) < today <= open_.due
    _, overdue, *_ = bills.cycles(account, FIRST, today)
    assert overdue.due < today


@settings(deadline=None)
@given(TODAYS)
def test_no_missing_reading_lies_in_a_billed_month(today):
    gaps = [estate.site(index, today) for index in (0, 27, 189)]
    for holding in [*households.households(today), *gaps]:
        billed_until = max(next(bills.cycles(account, FIRST, today)).days.last for account in holding.accounts)
        defects = [defect for metering in holding.meterings.values() for defect in metering.defects]
        assert all(defect.day > billed_until for defect in defects if defect.quality.name == "MISSING")


# The company


def test_the_company_holds_a_tenth_of_its_sites_in_six_towns(db):
    held = select(Site).join(Occupancy).join(Party).where(Party.customer_number == LANDLORD.customer_number)
    sites = db.exec(held).all()
    assert [Counter(site.town for site in sites)[town.name] for town in TOWNS] == [6, 5, 4, 4, 3, 2]
    assert len({site.dwelling for site in sites}) == 6
    assert len({site.name for site in sites}) == Scale.SAMPLE


def test_mandates_reach_as_far_as_they_say(db):
    given = {one.grantee.name: one for one in mandates.given(TODAY, Scale.SAMPLE)}
    for row in db.exec(select(Mandate).where(col(Mandate.grantee_id).is_not(None))):
        grantee = db.get(Party, row.grantee_id)
        numbers = select(Site.number).join(MandateSite).where(MandateSite.mandate_id == row.id)
        assert row.every_site == (given[grantee.name].sites is None)
        assert set(db.exec(numbers)) == set(given[grantee.name].sites or ())
    assert len(given[SANNA.name].sites) == 12


def told(row):
    """What a row says, but for what the database sums up in it when payments and credit notes come."""
    return frozenset(
        (name, value) for name, value in row.columns.items() if name not in {"paid_cents", "credited_cents"}
    )


def test_a_process_of_its_own_makes_the_same_of_a_site(db):
    made = workshop.readings_and_bills(100, TODAY)
    for model in {row.model for row in made}:
        of_site = {told(row) for row in made if row.model is model}
        assert of_site <= {told(row) for row in stored(db, model)}
    assert Counter(row.model for row in made)[Invoice] == BILLS


# Readings and prices


def test_every_month_is_there_and_the_last_day_until_midnight(db):
    for point in db.exec(select(MeteringPoint)).all():
        readings = store.read(db, point.id, FIRST, TODAY)
        assert int(readings.quarter[0]) == quarter_of(start_of(FIRST))
        until = point.valid_to + timedelta(1) if point.valid_to else TODAY - SILENT.get(point.gsrn, timedelta(0))
        assert int(readings.quarter[-1] + readings.length[-1]) == quarter_of(start_of(until))
        ends, begins = (readings.quarter + readings.length)[:-1], readings.quarter[1:]
        gaps = [(end, begin) for end, begin in zip(ends.tolist(), begins.tolist(), strict=True) if end != begin]
        for (end, begin), days in zip(gaps, (one for one in cut_off(db, point.id) if one.end), strict=True):
            assert quarter_of(start_of(days.start)) <= end < begin <= quarter_of(start_of(days.end))


def test_recent_months_show_estimates_a_gap_and_corrections(db):
    (point,) = db.exec(select(MeteringPoint.id).where(MeteringPoint.gsrn == "643000000412337410"))
    totals = {total.month: total for total in db.exec(select(MonthTotal).where(MonthTotal.metering_point_id == point))}
    november, october = totals[date(2026, 11, 1)], totals[date(2026, 10, 1)]
    assert (november.estimated, november.missing) == (2 * 96, 18)
    assert october.revised > 3 * 80


def test_spot_prices_are_known_until_the_end_of_today(db):
    month = db.get(SpotMonth, date(2026, 11, 1))
    assert len(unpack(month.prices)) == 21 * 96


def test_every_town_has_the_weather_of_every_hour(db):
    kept = db.exec(select(WeatherMonth)).all()
    for town in TOWNS:
        of_town = joined({one.month: one.temperatures for one in kept if one.place == town.name.casefold()})
        days = day_means(of_town, FIRST, TODAY - timedelta(1))
        assert None not in days
        assert 2.5 < sum(days) / len(days) < 7.5
        assert 3000 < degree_days(of_town, date(2025, 1, 1), date(2025, 12, 31)) < 5500
    places = {key_of(site.weather_place or site.town) for site in db.exec(select(Site))}
    assert places <= {town.name.casefold() for town in TOWNS}


# People


@pytest.mark.parametrize("member", CAST, ids=lambda member: member.name)
def test_a_persona_is_found_by_their_identity_code(db, member):
    index = vault().blind_index(member.persona.identity_code)
    found = db.exec(select(Party).join(IdentityCode).where(IdentityCode.blind_index == index)).all()
    assert [party.name for party in found] == ([member.name] if member.customer_number else [])


# Always the same


def everything(database):
    """All rows of all tables, as text; what is sealed anew each time is left out."""
    with database.reading() as db:
        return {
            table.name: sorted(
                repr([value for column, value in zip(table.columns, row, strict=True) if column.name != "encrypted"])
                for row in db.connection().execute(table.select())
            )
            for table in SQLModel.metadata.sorted_tables
        }


def test_both_databases_get_the_same(demo, postgresql_url):
    other = Database(postgresql_url)
    assert seed.is_empty(other)
    seed.seed(other, vault(), TODAY)
    assert everything(other) == everything(demo)
    assert not seed.is_empty(other)
    other.engine.dispose()


def test_every_price_that_a_contract_page_shows_has_the_vat_of_each_of_its_days(db):
    """Worked out anew from the taxes as they stand: on the first and last day of a row, and wherever a rate changes."""
    rates = db.exec(select(Tax).where(Tax.kind == "vat")).all()
    changes = {
        day for rate in rates for day in (rate.valid_from, rate.valid_to and rate.valid_to + timedelta(1)) if day
    }
    contracts = db.exec(select(Contract).join(Product).order_by(Contract.number)).all()
    priced = sa.select(*PRICED).join_from(table_of(Contract), table_of(Product)).order_by(table_of(Contract).c.number)
    every = terms_of(db, [unpriced(*row) for row in db.connection().execute(priced)])
    rows = 0
    for contract, terms in zip(contracts, every, strict=True):
        for row in dated_prices(terms):
            rows += 1
            last = row.last or max(TODAY, row.first)
            days = {row.first, last, *(day for day in changes if row.first < day <= last)}
            percents = {
                rate.rate
                for rate in rates
                for day in days
                if rate.applies_to == contract.kind and rate.valid_from <= day <= (rate.valid_to or day)
            }
            assert percents == {row.vat_percent}, (contract.number, row)
            assert row.gross == with_vat(row.net, row.vat_percent)
    assert rows > len(contracts)


def test_nothing_that_holds_once_a_day_stands_twice_in_the_demo(db):
    gsrns = dict(db.exec(select(MeteringPoint.gsrn, MeteringPoint.id)).all())
    sellers = {(gsrn, kind) for gsrn in gsrns for kind in ContractKind}
    taxes = {(tax.kind, tax.applies_to) for tax in db.exec(select(Tax))}
    for once, keys in ((CONTRACT_ONCE, sellers), (TAX_ONCE, taxes)):
        standing = list(once.standing(db, keys))
        assert standing
        assert contradictions(standing) == {}

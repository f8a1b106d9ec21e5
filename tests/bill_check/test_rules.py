"""What the check of a bill finds: held against a clerk who reads one interval after the other, and reason by reason."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.bill_check.labels import summary
from portal.bill_check.rules import BilledReadings, Evidence, Outcome, Why, as_billed, check
from portal.consumption.revisions import UNKNOWN, Known, as_new
from portal.contracts.kinds import ContractKind, Names, TariffPeriod
from portal.contracts.pricing import vat_of
from portal.contracts.tariff_periods import Days
from portal.invoices.kinds import InvoiceKind, LineUnit
from portal.invoices.records import InvoiceHead, InvoiceSubject, Line, Source, WholeInvoice
from portal.kit.clock import HELSINKI
from portal.kit.energy import Energy
from portal.kit.i18n import Language
from portal.kit.intervals import Quality
from portal.kit.money import Money, total
from portal.sites.commodities import Commodity
from portal.sites.kinds import ReadingType
from tests.contracts.values import VAT, contract, days, energy, margin, measured, monthly, power, quarters, spot

KWH = 1_000_000
NOVEMBER = days("2026-11-01", "2026-11-30")
NAMED = Names("fi", "sv", "en")
CONTRACT, POINT, SITE = UUID(int=1), UUID(int=2), UUID(int=9)
SOURCE = Source(CONTRACT, ContractKind.SALES, NAMED, Commodity.ELECTRICITY, "643000000000000011", POINT, SITE)


def line(code, quantity, price, cents, **more):
    """A line of a bill; the quantity is in kWh, or months or kW where a `unit` is told."""
    told = {"unit": LineUnit.KWH, "period": NOVEMBER, "vat": "25.5", "source": SOURCE} | more
    unit, period, vat, source = told.values()
    kwh = unit is LineUnit.KWH and quantity is not None
    return Line(
        source=source,
        code=code,
        name=NAMED,
        first=period.first,
        last=period.last,
        quantity=None if quantity is None else Decimal(quantity),
        energy=Energy(int(Decimal(quantity) * KWH)) if kwh else None,
        unit=unit,
        unit_price=None if price is None else Decimal(price),
        vat_percent=Decimal(vat),
        net=Money(cents),
        estimated=False,
    )


def invoice(*lines, period=NOVEMBER, kind=InvoiceKind.INVOICE, refers_to=None, total_cents=None):
    """A bill of these lines that adds up, unless its total is told."""
    vats = vat_of(lines)
    net, vat = total(one.net for one in lines), total(one.vat for one in vats)
    head = InvoiceHead(
        id=UUID(int=5),
        number="1",
        kind=kind,
        subject=InvoiceSubject(),
        street=None,
        issued_on=period.last,
        due_on=period.last,
        first=period.first,
        last=period.last,
        total=net + vat if total_cents is None else Money(total_cents),
        paid=Money(0),
        credited=Money(0),
    )
    return WholeInvoice(head, UUID(int=6), net, vat, "1", "", "", "", False, None, refers_to, lines, vats, ())


def readings_of(intervals, period=NOVEMBER, now=None):
    """Readings as they were known then, and as they are now."""
    then = as_new(intervals)
    return BilledReadings(SOURCE, ReadingType.METERED, period, then, then if now is None else now, was_known=True)


def evidence(terms, intervals=None, period=NOVEMBER, now=None):
    """What the register holds of one contract: a kilowatt-hour in each hour unless other readings are told."""
    by_hour = measured(quarters(period)[::4], KWH, length=4)
    return {CONTRACT: Evidence(terms, readings_of(by_hour if intervals is None else intervals, period, now))}


def found(outcome):
    return [(one.outcome, one.why) for one in outcome.lines]


HOURS = measured(quarters(NOVEMBER)[::4], KWH, length=4)
ENERGY = line("energy", 720, "5", 3600)
BASE = line("base", 1, "4.90", 490, unit=LineUnit.MONTH)
TERMS = contract(energy("5"), monthly("4.90"))


def test_a_right_bill_agrees_in_every_line():
    outcome = check(invoice(ENERGY, BASE), evidence(TERMS))
    assert found(outcome) == [(Outcome.AGREES, None)] * 2
    assert (outcome.difference, outcome.absent, outcome.total_now) == (Money(0), (), None)
    assert outcome.is_added_up


@pytest.mark.parametrize(
    ("wrong", "cents"),
    [
        (line("energy", 730, "5", 3650), 50),  # more than was used
        (line("energy", 720, "6", 4320), 720),  # another price
        (line("energy", 720, "5", 3601), 1),  # wrongly multiplied
        (line("energy", 700, "5", 3500), -100),
        (line("energy", 720, "5", 3600, vat="24"), 0),  # another rate of VAT
        (line("energy", 720, "5", 3600, period=days("2026-11-01", "2026-11-29")), 120),  # of too many hours
    ],
)
def test_a_wrong_line_differs_to_the_cent(wrong, cents):
    outcome = check(invoice(wrong, BASE), evidence(TERMS))
    assert found(outcome) == [(Outcome.DIFFERS, None), (Outcome.AGREES, None)]
    assert outcome.lines[0].difference == Money(cents)
    assert outcome.lines[0].href.startswith("/consumption?from=2026-11-01&to=2026-11-")


def test_a_line_in_megawatt_hours_is_the_same_energy():
    of_heat = replace(ENERGY, quantity=Decimal("0.72"), unit=LineUnit.MWH, unit_price=Decimal(50))
    assert found(check(invoice(of_heat), evidence(contract(energy("5"))))) == [(Outcome.AGREES, None)]


def test_a_bill_that_is_cut_by_weeks_agrees_week_by_week():
    parts = [
        line("energy", 14 * 24, "5", 1680, period=days("2026-11-01", "2026-11-14")),
        line("energy", 16 * 24, "5", 1920, period=days("2026-11-15", "2026-11-30")),
    ]
    assert found(check(invoice(*parts), evidence(contract(energy("5"))))) == [(Outcome.AGREES, None)] * 2


def test_a_contract_that_ended_is_not_billed_until_the_end_of_the_month():
    ended = contract(energy("5"), last=date(2026, 11, 14))
    outcome = check(invoice(ENERGY), evidence(ended))
    assert found(outcome) == [(Outcome.DIFFERS, None)]
    (right,) = outcome.lines[0].anew
    assert (right.last, right.net) == (date(2026, 11, 14), Money(1680))


TWO = contract(energy("5"), first=date(2026, 11, 30))
GAP = measured(quarters(NOVEMBER)[4::4], KWH, length=4)


@pytest.mark.parametrize(
    ("of", "given_", "why"),
    [
        (replace(ENERGY, source=None), evidence(TERMS), Why.NO_CONTRACT),
        (replace(ENERGY, source=replace(SOURCE, point_id=None)), evidence(TERMS), Why.NO_POINT),
        (line("volume", 720, "5", 360000, unit=LineUnit.M3), evidence(TERMS), Why.OTHER_UNIT),
        (ENERGY, {}, Why.NOT_OPEN),
        (ENERGY, evidence(contract(energy("5"), last=date(2026, 10, 31))), Why.NOT_RUNNING),
        (ENERGY, evidence(TERMS) | {UUID(int=7): Evidence(TWO, readings_of(GAP))}, Why.TWO_CONTRACTS),
        (ENERGY, evidence(contract(monthly("4.90"))), Why.NO_PRICE),
        (ENERGY, evidence(contract(energy("5", last=date(2026, 11, 20)))), Why.NO_PRICE),
        (ENERGY, evidence(contract(energy("5"), vat=())), Why.NO_VAT),
        (line("spot", 720, "5", 3600), evidence(contract(margin("0.4"))), Why.NO_SPOT),
        (ENERGY, evidence(TERMS, GAP[:0]), Why.NO_READINGS),
        (ENERGY, evidence(TERMS, GAP), Why.GAPS),
    ],
    ids=lambda value: str(value) if isinstance(value, Why) else "",
)
def test_what_cannot_be_worked_out_says_why(of, given_, why):
    outcome = check(invoice(of), given_)
    assert found(outcome) == [(Outcome.UNCHECKED, why)]
    assert (outcome.lines[0].anew, outcome.difference, outcome.lines[0].href) == ((), Money(0), None)
    miscounted = check(invoice(replace(of, net=of.net + Money(1))), given_)
    assert found(miscounted) == [(Outcome.DIFFERS, why)]
    assert miscounted.lines[0].difference == Money(1)


def test_readings_that_are_missing_do_no_harm_where_the_amount_is_right():
    right = line("energy", 719, "5", 3595)
    assert found(check(invoice(right), evidence(TERMS, GAP))) == [(Outcome.AGREES, None)]


def test_a_line_that_counts_nothing_is_taken_as_it_is():
    interest = line("interest", None, None, 61, unit=None, source=None)
    assert found(check(invoice(interest), {})) == [(Outcome.UNCHECKED, Why.NO_CONTRACT)]


@pytest.mark.parametrize(
    ("kind", "refers_to"), [(InvoiceKind.CREDIT, "7"), (InvoiceKind.REMINDER, None), (InvoiceKind.INVOICE, "7")]
)
def test_of_what_concerns_another_bill_only_its_sums_are_checked(kind, refers_to):
    outcome = check(invoice(ENERGY, kind=kind, refers_to=refers_to), evidence(TERMS))
    assert found(outcome) == [(Outcome.UNCHECKED, Why.ANOTHER_INVOICE)]
    assert not outcome.readings


def test_a_bill_that_pays_for_what_was_fed_in_is_no_note_about_another_one():
    fed_in = line("energy", 720, "-5", -3600)
    outcome = check(invoice(fed_in, kind=InvoiceKind.CREDIT), evidence(contract(energy("-5"))))
    assert found(outcome) == [(Outcome.AGREES, None)]


def test_what_a_contract_charges_and_the_bill_lacks_is_told_apart():
    outcome = check(invoice(ENERGY), evidence(contract(energy("5"), monthly("4.90"), monthly("0", "free"))))
    assert [(one.code, one.net) for one in outcome.absent] == [("base", Money(490))]
    assert not outcome.difference


def test_sums_that_are_not_those_of_the_lines_are_seen():
    outcome = check(invoice(ENERGY, BASE, total_cents=9999), evidence(TERMS))
    assert not outcome.is_added_up
    assert outcome.difference == Money(9999 - 5133)
    assert "51,33" in summary(outcome).words.said(Language.EN).replace("\u00a0", " ")


def test_a_power_line_and_spot_prices_are_worked_out_as_well():
    terms = contract(margin("0.4"), power("0.95", "0"))
    lines = [line("spot", 720, "5.4", 3888), line("power", 1, "0.95", 95, unit=LineUnit.KW)]
    assert found(check(invoice(*lines), evidence(terms), spot(NOVEMBER, 5))) == [(Outcome.AGREES, None)] * 2


def test_readings_that_changed_since_are_told_day_by_day_with_what_they_come_to():
    hours = measured(quarters(NOVEMBER)[::4], KWH, length=4)
    quality = hours.quality.copy()
    quality[24:30] = Quality.EST
    energies, revised = hours.milliwatt_hours.copy(), np.zeros(len(hours), np.bool_)
    energies[24:30], revised[24:30] = 2 * KWH, True
    now = Known(replace(hours, milliwatt_hours=energies), revised)
    outcome = check(invoice(ENERGY), evidence(contract(energy("5")), replace(hours, quality=quality), now=now))
    assert found(outcome) == [(Outcome.AGREES, None)]
    ((day,),) = [one.marked_days for one in outcome.readings]
    assert (day.day, day.estimated_hours, day.is_revised) == (date(2026, 11, 2), Decimal(6), True)
    assert (day.then.kwh, day.now.kwh) == (24, 30)
    assert (outcome.change_since, outcome.total_now) == (Money(38), Money(4518 + 38))  # 6 kWh at 5 c and VAT


def test_what_was_not_known_then_is_taken_as_it_is_now_and_has_not_changed():
    readings = as_billed(SOURCE, ReadingType.METERED, NOVEMBER, UNKNOWN, as_new(HOURS))
    assert (readings.was_known, readings.has_changed, readings.late_hours) == (False, False, 720)
    assert readings.then.intervals.milliwatt_hours.sum() == 720 * KWH


def test_hours_that_came_later_or_were_told_to_be_missing_are_taken_as_they_are_now():
    quality = HOURS.quality.copy()
    quality[3] = Quality.MISSING
    then = replace(HOURS, milliwatt_hours=np.where(quality == Quality.MISSING, 0, 2 * KWH), quality=quality)
    readings = as_billed(SOURCE, ReadingType.METERED, NOVEMBER, as_new(then[:700]), as_new(HOURS))
    assert (readings.was_known, readings.late_hours) == (True, 21)
    assert readings.then.intervals.milliwatt_hours.sum() == (2 * 699 + 21) * KWH
    assert (np.diff(readings.then.intervals.quarter) == 4).all()
    still_missing = as_billed(SOURCE, ReadingType.METERED, NOVEMBER, as_new(then[:5]), as_new(then))
    assert still_missing.late_hours == 715


# Whatever the prices and the readings: a bill that a patient clerk has written agrees, and one cent more does not.

PERIOD = days("2024-08-20", "2024-11-10")  # VAT changes on 1 September, the clocks on 27 October
AT = quarters(PERIOD)
midnights = st.integers(1, len(PERIOD) - 1).map(lambda n: PERIOD.first + timedelta(days=n))
prices = st.decimals("-50", "50", places=4)


def written_by_a_clerk(readings, terms):
    """The lines of a bill, one interval after the other, with clocks, fractions and nothing of the portal's rule."""
    sums = {}
    for quarter, value, quality in zip(
        readings.quarter.tolist(), readings.milliwatt_hours.tolist(), readings.quality.tolist(), strict=True
    ):
        local = datetime.fromtimestamp(quarter * 900, UTC).astimezone(HELSINKI)
        day, window = local.date(), TariffPeriod.DAY if 7 <= local.hour < 22 else TariffPeriod.NIGHT
        if quality == Quality.MISSING:
            continue
        (price,) = [one for one in terms.prices if one.window == window and holds(one, day)]
        (rate,) = [one for one in VAT if holds(one, day)]
        milliwatt_hours, cents = sums.get((price, rate), (0, Fraction(0)))
        sums[price, rate] = milliwatt_hours + value, cents + Fraction(value, KWH) * Fraction(price.amount)
    for (price, rate), (milliwatt_hours, cents) in sums.items():
        last = min(one.last or PERIOD.last for one in (price, rate, PERIOD))
        cut = Days(max(one.first for one in (price, rate, PERIOD)), last)
        kwh = Decimal(milliwatt_hours) / KWH
        size = int(abs(cents) + Fraction(1, 2))
        yield line(price.code, kwh, price.amount, size if cents >= 0 else -size, period=cut, vat=str(rate.percent))


def holds(dated, day):
    return dated.first <= day <= (dated.last or date.max)


@st.composite
def metered(draw):
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return measured(AT, dice.integers(-(10**6), 10**7, len(AT)))


@st.composite
def priced(draw):
    change = draw(midnights)
    return contract(
        energy(draw(prices), "day", TariffPeriod.DAY, last=change - timedelta(days=1)),
        energy(draw(prices), "day", TariffPeriod.DAY, first=change),
        energy(draw(prices), "night", TariffPeriod.NIGHT),
    )


@settings(max_examples=20, deadline=None)
@given(metered(), priced(), st.integers(0, 99), st.sampled_from([-1, 1]))
def test_a_bill_that_a_clerk_has_written_agrees_and_one_cent_more_is_found(readings, terms, which, cent):
    lines = list(written_by_a_clerk(readings, terms))
    right = check(invoice(*lines, period=PERIOD), evidence(terms, readings, PERIOD))
    assert {one.outcome for one in right.lines} == {Outcome.AGREES}
    assert (right.difference, right.absent) == (Money(0), ())
    at = which % len(lines)
    lines[at] = replace(lines[at], net=lines[at].net + Money(cent))
    wrong = check(invoice(*lines, period=PERIOD), evidence(terms, readings, PERIOD))
    assert [one.difference.cents for one in wrong.lines] == [cent if place == at else 0 for place in range(len(lines))]
    assert [one.line for one in wrong.differing] == [lines[at]]

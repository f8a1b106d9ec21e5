"""The one pricing rule: what is multiplied by what, where lines are cut, and when cents are rounded."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.contracts.charges import NoVatRate, TwoContracts, VatRate
from portal.contracts.kinds import Basis, ContractKind, TariffPeriod
from portal.contracts.pricing import NoSpotPrice, Supply, Unit, added_up, bill, cost_of
from portal.contracts.spot import SpotPrices
from portal.contracts.spot_days import UNTOLD
from portal.contracts.tariff_periods import Days
from portal.kit.clock import HELSINKI
from portal.kit.intervals import NOTHING, Quality, instant_of
from portal.kit.money import Money
from portal.kit.ranges import Range
from tests.contracts.values import (
    contract,
    days,
    energy,
    margin,
    measured,
    monthly,
    power,
    quarters,
    spot,
)

KWH = 1_000_000
NOVEMBER = days("2026-11-01", "2026-11-30")


def lines_of(found):
    return [(line.code, line.quantity, line.net.cents) for line in found.lines]


def test_a_line_is_quantity_times_price_rounded_once():
    readings = measured(quarters(NOVEMBER)[:3], [KWH // 3, KWH // 3, KWH // 3 + 1])
    found = bill([Supply(readings, (contract(energy("8.4950")),))], NOVEMBER)
    assert lines_of(found) == [("energy", Decimal(1), 8)]
    half = bill([Supply(readings, (contract(energy("8.5")),))], NOVEMBER)
    assert lines_of(half) == [("energy", Decimal(1), 9)]


def test_a_credit_is_rounded_away_from_zero_too():
    readings = measured(quarters(NOVEMBER)[:1], [-KWH])
    found = bill([Supply(readings, (contract(energy("8.5")),))], NOVEMBER)
    assert lines_of(found) == [("energy", Decimal(-1), -9)]


def test_vat_is_computed_once_a_rate_on_the_sum_of_net_lines():
    readings = measured(quarters(NOVEMBER)[:1], [KWH])
    terms = contract(energy("1", "a"), energy("1", "b"), energy("1", "c"), energy("1", "d"))
    found = bill([Supply(readings, (terms,))], NOVEMBER)
    assert [line.net for line in found.lines] == [Money(1)] * 4
    assert (found.net, found.vat, found.total) == (Money(4), Money(1), Money(5))  # a quarter of a cent each would be 0


@pytest.mark.parametrize(
    ("period", "cents", "months"),
    [
        (NOVEMBER, 490, "1.000000"),
        (days("2026-11-01", "2026-11-15"), 245, "0.500000"),
        (days("2026-10-17", "2026-11-15"), 482, "0.983871"),  # 15/31 + 15/30 of a month
        (days("2024-02-01", "2024-02-29"), 490, "1.000000"),
        (days("2024-02-29", "2024-02-29"), 17, "0.034483"),
        (days("2026-01-01", "2026-12-31"), 5880, "12.000000"),
    ],
)
def test_a_basic_charge_goes_by_the_days_of_each_month(period, cents, months):
    found = bill([Supply(NOTHING, (contract(monthly("4.90")),))], period)
    assert lines_of(found) == [("base", Decimal(months), cents)]
    assert found.missing == ()


def test_a_third_of_a_month_is_not_cut_off_before_it_is_rounded():
    terms = contract(monthly("0.015"))
    found = bill([Supply(NOTHING, (terms,))], days("2026-11-01", "2026-11-10"))
    assert lines_of(found) == [("base", Decimal("0.333333"), 1)]  # half a cent, to the last decimal


def test_a_power_charge_takes_each_months_highest_quarter_above_the_threshold():
    october_and_november = days("2026-10-01", "2026-11-30")
    at = quarters(october_and_november)
    use = np.full(len(at), KWH // 10)
    use[100], use[-1] = 5 * KWH // 2, 3 * KWH  # 10 kW in October, 12 kW in November
    found = bill([Supply(measured(at, use), (contract(power("0.95", "8")),))], october_and_november)
    assert lines_of(found) == [("power", Decimal(6), 570)]
    assert found.lines[0].unit is Unit.KW


def test_a_power_charge_below_the_threshold_costs_nothing():
    readings = measured(quarters(NOVEMBER), KWH)
    found = bill([Supply(readings, (contract(power("0.95", "8")),))], NOVEMBER)
    assert lines_of(found) == [("power", Decimal(0), 0)]


def test_an_hours_mean_power_is_its_energy():
    readings = measured(quarters(NOVEMBER)[::4], 9 * KWH, length=4)
    found = bill([Supply(readings, (contract(power("1", "8")),))], NOVEMBER)
    assert lines_of(found) == [("power", Decimal(1), 100)]


def test_a_change_of_price_cuts_the_line_at_local_midnight():
    at = quarters(NOVEMBER)
    before = energy("7", last=date(2026, 11, 14))
    after = energy("8", first=date(2026, 11, 15))
    found = bill([Supply(measured(at, KWH), (contract(before, after),))], NOVEMBER)
    assert [(line.days, line.quantity) for line in found.lines] == [
        (days("2026-11-01", "2026-11-14"), Decimal(14 * 96)),
        (days("2026-11-15", "2026-11-30"), Decimal(16 * 96)),
    ]


def test_a_change_of_vat_cuts_the_line_and_makes_two_rates():
    period = days("2024-08-01", "2024-09-30")
    found = bill([Supply(measured(quarters(period), KWH), (contract(energy("5")),))], period)
    assert [(line.vat_percent, line.days) for line in found.lines] == [
        (Decimal(24), days("2024-08-01", "2024-08-31")),
        (Decimal("25.5"), days("2024-09-01", "2024-09-30")),
    ]
    assert [(rate.percent, rate.net.cents, rate.vat.cents) for rate in found.vats] == [
        (Decimal(24), 14880, 3571),
        (Decimal("25.5"), 14400, 3672),
    ]


def test_a_contract_is_billed_only_while_it_runs():
    at = quarters(NOVEMBER)
    terms = contract(energy("5"), monthly("3"), first=date(2026, 11, 11), last=date(2026, 11, 20))
    found = bill([Supply(measured(at, KWH), (terms,))], NOVEMBER)
    assert lines_of(found) == [("energy", Decimal(960), 4800), ("base", Decimal("0.333333"), 100)]


def test_a_contract_outside_the_days_makes_no_lines():
    terms = contract(energy("5"), last=date(2026, 10, 31))
    found = bill([Supply(measured(quarters(NOVEMBER), KWH), (terms,))], NOVEMBER)
    assert (found.lines, found.total, found.missing) == ((), Money(0), ())


def test_days_without_a_rate_of_vat_are_not_billed_in_silence():
    terms = contract(energy("5"), vat=(VatRate(Decimal(24), date(2026, 11, 2)),))
    with pytest.raises(NoVatRate):
        bill([Supply(measured(quarters(NOVEMBER), KWH), (terms,))], NOVEMBER)


def test_two_sellers_on_one_day_are_not_added_up():
    """4 kWh at 10 and at 5 c/kWh with VAT of 25.5 %: 0.50 before the second one came, then nobody knows."""
    old, new = contract(energy("10")), contract(energy("5"), first=date(2026, 3, 15))
    before, both = days("2026-03-01", "2026-03-14"), days("2026-03-14", "2026-03-15")
    readings = measured(quarters(both)[:1], 4_000_000)
    assert cost_of(readings, np.zeros(1, np.int64), 1, [old, new]).cents == (Decimal("50.2"),)
    assert bill([Supply(readings, (old, new))], before).lines
    with pytest.raises(TwoContracts):
        bill([Supply(readings, (old, new))], both)
    of_network = contract(energy("5"), kind=ContractKind.NETWORK)
    assert len(bill([Supply(measured(quarters(both), 1), (old, of_network))], both).lines) == 2


@pytest.mark.parametrize(
    ("day", "by_day", "by_night"),
    [("2026-11-21", 60, 36), ("2026-03-29", 60, 32), ("2026-10-25", 60, 40)],
)
def test_day_and_night_follow_the_clock_on_the_wall(day, by_day, by_night):
    period = days(day, day)
    terms = contract(energy("5", "day", TariffPeriod.DAY), energy("2", "night", TariffPeriod.NIGHT))
    found = bill([Supply(measured(quarters(period), KWH), (terms,))], period)
    assert [line.quantity for line in found.lines] == [by_day, by_night]


@pytest.mark.parametrize(
    ("day", "winter_days"),
    [
        ("2026-10-31", 0),
        ("2026-11-02", 60),
        ("2026-11-21", 60),  # a Saturday
        ("2026-11-22", 0),  # a Sunday
        ("2027-03-31", 60),
        ("2027-04-01", 0),
    ],
)
def test_a_winter_day_is_by_day_on_workdays_and_saturdays_from_november_to_march(day, winter_days):
    period = days(day, day)
    terms = contract(energy("5", "winter-day", TariffPeriod.WINTER_DAY), energy("2", "other", TariffPeriod.OTHER))
    found = bill([Supply(measured(quarters(period), KWH), (terms,))], period)
    expected = {"winter-day": winter_days, "other": 96 - winter_days}
    assert {line.code: line.quantity for line in found.lines} == {code: kwh for code, kwh in expected.items() if kwh}


def test_no_consumption_is_a_line_and_no_reading_is_none():
    readings = measured(quarters(NOVEMBER)[:4], 0)
    terms = contract(energy("5", "day", TariffPeriod.DAY), energy("5", "night", TariffPeriod.NIGHT), power("1", "0"))
    assert lines_of(bill([Supply(readings, (terms,))], NOVEMBER)) == [("night", 0, 0), ("power", 0, 0)]
    assert bill([Supply(NOTHING, (terms,))], NOVEMBER).lines == ()


def test_of_days_on_which_no_energy_could_flow_nothing_is_missing_and_nothing_is_estimated():
    """What was measured on them is billed all the same, such as until noon of the first."""
    at = quarters(NOVEMBER)
    known, cut_off = measured(at[: 3 * 96 + 48], KWH), (Range.of_days(date(2026, 11, 4), date(2026, 11, 20)),)
    supply = Supply(known, (contract(energy("5")),), measured(at, KWH), cut_off)
    whole = bill([supply], NOVEMBER)
    assert [line.quantity for line in whole.lines] == [3 * 96 + 48 + 10 * 96]
    (missing,) = whole.missing
    assert (missing.quarters, missing.estimated, missing.first) == (10 * 96, 10 * 96, instant_of(int(at[20 * 96])))
    assert bill([supply], days("2026-11-01", "2026-11-20")).missing == ()


def test_a_spot_price_is_taken_interval_by_interval():
    day = days("2026-11-21", "2026-11-21")
    prices = np.arange(96) / 10
    use = measured(quarters(day), np.arange(96) * 1000)
    found = bill([Supply(use, (contract(margin("0.4")),))], day, spot(day, prices))
    exact = sum(Decimal(n) / 1000 * (Decimal(n) / 10 + Decimal("0.4")) for n in range(96))
    assert found.lines[0].net.cents == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
    average = exact / found.lines[0].quantity
    assert found.lines[0].unit_price == average.quantize(Decimal("0.000001"), ROUND_HALF_UP)


def test_a_product_that_bills_by_the_hour_takes_the_mean_of_its_quarters():
    day = days("2026-11-21", "2026-11-21")
    use = measured(quarters(day)[:4], [4 * KWH, 0, 0, 0])
    prices = spot(day, [1, 2, 3, 5] + [0] * 92)
    by_quarters = bill([Supply(use, (contract(margin("0")),))], day, prices)
    by_hour = bill([Supply(use, (contract(margin("0"), minutes=60),))], day, prices)
    assert (by_quarters.net, by_hour.net) == (Money(4), Money(11))


def test_an_hours_reading_takes_its_hours_price_even_where_quarters_are_billed():
    day = days("2026-11-21", "2026-11-21")
    use = measured(quarters(day)[::4], 4 * KWH, length=4)
    found = bill([Supply(use, (contract(margin("0")),))], day, spot(day, [1, 2, 3, 5] * 24))
    assert found.net == Money(24 * 11)


def test_what_is_bought_at_the_spot_price_is_paid_for_less_a_margin():
    day = days("2026-11-21", "2026-11-21")
    use, bought = measured(quarters(day), KWH), contract(margin("0.3"), kind=ContractKind.PURCHASE)
    (line,) = bill([Supply(use, (bought,))], day, spot(day, 5)).lines
    assert (line.unit_price, line.net) == (Decimal("-4.7"), Money(-451))  # 96 kWh


def test_energy_without_a_spot_price_is_not_billed():
    day = days("2026-11-21", "2026-11-21")
    prices = spot(day, 5)
    prices.prices[17] = UNTOLD
    with pytest.raises(NoSpotPrice):
        bill([Supply(measured(quarters(day), KWH), (contract(margin("0")),))], day, prices)
    with pytest.raises(NoSpotPrice):
        bill([Supply(measured(quarters(day), KWH), (contract(margin("0")),))], day)


def test_prices_and_energies_of_any_size_add_up_exactly():
    day = days("2026-11-21", "2026-11-21")
    prices = SpotPrices(int(quarters(day)[0]), np.full(96, 2**40, np.int64))
    found = bill([Supply(measured(quarters(day), 2**40), (contract(margin("0")),))], day, prices)
    exact = Fraction(96 * 2**80, 100_000 * KWH)
    assert found.net.cents == int(exact + Fraction(1, 2))


def test_what_is_missing_is_named_and_not_zero():
    at = quarters(NOVEMBER)
    quality = np.full(len(at), Quality.OK)
    quality[10:14] = Quality.MISSING
    readings = measured(at, np.where(quality == Quality.MISSING, 0, KWH), quality=quality)[np.arange(len(at)) != 2000]
    found = bill([Supply(readings, (contract(energy("5")),))], NOVEMBER)
    (gap,) = found.missing
    assert (gap.quarters, gap.estimated) == (5, 0)
    assert (gap.first, gap.last) == (instant_of(int(at[10])), instant_of(int(at[2000])))
    assert found.lines[0].quantity == len(at) - 5


def test_what_is_missing_is_billed_by_the_registers_estimate_and_marked():
    at = quarters(NOVEMBER)
    estimate = measured(at[:8], 2 * KWH)
    found = bill([Supply(measured(at[4:], KWH), (contract(energy("5"), monthly("3")),), estimate)], NOVEMBER)
    assert found.lines[0].quantity == len(at) - 4 + 8
    assert [line.estimated for line in found.lines] == [True, False]
    (gap,) = found.missing
    assert (gap.quarters, gap.estimated) == (4, 4)


def test_an_estimate_never_takes_the_place_of_a_reading():
    day = days("2026-11-21", "2026-11-21")
    at = quarters(day)
    hours = measured(at[::4], 100 * KWH, length=4)
    found = bill([Supply(measured(at[2:], KWH), (contract(energy("5")),), hours)], day)
    assert found.lines[0].quantity == 94  # the first hour is half measured, so its estimate is of no use
    assert found.missing[0].estimated == 0


@pytest.mark.parametrize("quality", [Quality.EST, Quality.E21, Quality.E56])
def test_a_line_on_estimated_readings_says_so(quality):
    day = days("2026-11-21", "2026-11-21")
    found = bill([Supply(measured(quarters(day), KWH, quality=quality), (contract(energy("5")),))], day)
    assert found.lines[0].estimated


def test_contracts_without_a_meter_miss_nothing():
    found = bill([Supply(NOTHING, (contract(monthly("4.90")),))], NOVEMBER)
    assert found.missing == ()


def test_costs_are_those_of_energy_with_vat():
    day = days("2026-11-21", "2026-11-21")
    readings = measured(quarters(day), KWH // 10)
    sales, network = (
        contract(energy("7"), monthly("5")),
        contract(energy("3"), power("1", "0"), kind=ContractKind.NETWORK),
    )
    costs = cost_of(readings, np.arange(96) // 4, 24, [sales, network])
    assert costs.cents == (Decimal("5.02"),) * 24
    assert costs.unpriced == (0,) * 24


def test_energy_without_a_price_is_counted():
    day = days("2026-11-21", "2026-11-21")
    prices = spot(day, 5)
    prices.prices[5] = UNTOLD
    readings = measured(quarters(day), KWH)
    group = np.arange(96) // 48
    network = contract(energy("3"), kind=ContractKind.NETWORK)
    assert cost_of(readings, group, 2, [contract(margin("0")), network], prices).unpriced == (1, 0)
    assert cost_of(readings, group, 2, [contract(energy("3"), last=date(2026, 11, 20))], prices).unpriced == (48, 48)
    assert cost_of(NOTHING, group[:0], 2, [network]).cents == (0, 0)


def test_an_empty_bill_is_nothing():
    found = added_up([])
    assert (found.vats, found.total) == ((), Money(0))


# Whatever the prices, the readings and the days:

PERIOD = days("2024-08-20", "2024-11-10")  # VAT changes on 1 September, the clocks on 27 October
AT = quarters(PERIOD)
midnights = st.integers(1, len(PERIOD) - 1).map(lambda n: PERIOD.first + timedelta(days=n))
prices = st.decimals("-50", "50", places=4)


@st.composite
def readings_of(draw):
    seed = draw(st.integers(0, 2**32 - 1))
    dice = np.random.default_rng(seed)
    quality = dice.choice(
        [Quality.OK, Quality.EST, Quality.REVISED, Quality.MISSING], len(AT), p=[0.9, 0.04, 0.03, 0.03]
    )
    milliwatt_hours = np.where(quality == Quality.MISSING, 0, dice.integers(-(10**6), 10**7, len(AT)))
    return measured(AT, milliwatt_hours, quality=quality)


@st.composite
def terms_of(draw):
    change = draw(midnights)
    return contract(
        energy(draw(prices), "day", TariffPeriod.DAY, last=change - timedelta(days=1)),
        energy(draw(prices), "day", TariffPeriod.DAY, first=change),
        energy(draw(prices), "night", TariffPeriod.NIGHT),
        margin(draw(prices)),
        monthly(draw(prices)),
        minutes=draw(st.sampled_from([15, 60])),
        kind=draw(st.sampled_from([ContractKind.SALES, ContractKind.PURCHASE])),
    )


def market(seed):
    return SpotPrices(int(AT[0]), np.random.default_rng(seed).integers(-5_000_00, 40_000_00, len(AT)))


@settings(max_examples=25, deadline=None)
@given(readings_of(), terms_of(), midnights, st.integers(0, 99))
def test_cutting_the_days_at_any_midnight_leaves_every_quantity_whole(readings, terms, cut, seed):
    parts = (Days(PERIOD.first, cut - timedelta(days=1)), Days(cut, PERIOD.last))
    whole = bill([Supply(readings, (terms,))], PERIOD, market(seed))
    halves = [bill([Supply(readings, (terms,))], part, market(seed)) for part in parts]
    for code in ("day", "night", "spot"):
        together = sum(line.quantity for half in halves for line in half.lines if line.code == code)
        assert together == sum(line.quantity for line in whole.lines if line.code == code)
    cents = sum(half.net.cents for half in halves)
    assert abs(cents - whole.net.cents) <= len(whole.lines) + sum(len(half.lines) for half in halves)
    assert sum(gap.quarters for half in halves for gap in half.missing) == sum(gap.quarters for gap in whole.missing)


@settings(max_examples=25, deadline=None)
@given(readings_of(), terms_of(), st.integers(0, 99))
def test_lines_rates_and_totals_agree(readings, terms, seed):
    found = bill([Supply(readings, (terms,))], PERIOD, market(seed))
    assert found.net.cents == sum(line.net.cents for line in found.lines) == sum(rate.net.cents for rate in found.vats)
    assert found.vat.cents == sum(rate.vat.cents for rate in found.vats)
    assert found.total == found.net + found.vat
    for rate in found.vats:
        exact = Decimal(rate.net.cents) * rate.percent / 100
        assert rate.vat.cents == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@settings(max_examples=10, deadline=None)
@given(readings_of(), terms_of(), st.integers(0, 99))
def test_every_line_is_what_a_patient_clerk_would_work_out(readings, terms, seed):
    found = bill([Supply(readings, (terms,))], PERIOD, market(seed))
    energies = [price for price in terms.prices if price.basis is not Basis.MONTH]
    for line in found.lines:
        if line.unit is Unit.MONTH:
            continue
        (price,) = [one for one in energies if one.code == line.code and line.days.within(one.held) == line.days]
        milliwatt_hours, cents = clerk(readings, line.days, price, terms, market(seed))
        assert line.quantity == Decimal(milliwatt_hours) / KWH
        assert line.net.cents == int((abs(cents) + Fraction(1, 2)) // 1) * (1 if cents >= 0 else -1)


def clerk(readings, period, price, terms, market):
    """One interval after the other, with whole numbers and fractions."""
    milliwatt_hours, cents = 0, Fraction(0)
    for quarter, value, quality in zip(
        readings.quarter.tolist(), readings.milliwatt_hours.tolist(), readings.quality.tolist(), strict=True
    ):
        local = datetime.fromtimestamp(quarter * 900, UTC).astimezone(HELSINKI)
        by_day = 7 <= local.hour < 22
        applies = {TariffPeriod.ALL: True, TariffPeriod.DAY: by_day, TariffPeriod.NIGHT: not by_day}[price.window]
        if quality == Quality.MISSING or not applies or not period.first <= local.date() <= period.last:
            continue
        on_spot = Fraction(0)
        if price.basis is Basis.SPOT:
            asked = range(quarter // 4 * 4, quarter // 4 * 4 + 4) if terms.billing_minutes == 60 else [quarter]
            told = [int(market.prices[one - market.first]) for one in asked]
            on_spot = Fraction(sum(told), len(told) * 100_000)
            on_spot = -on_spot if terms.kind is ContractKind.PURCHASE else on_spot
        milliwatt_hours += value
        cents += Fraction(value, KWH) * (Fraction(price.amount) + on_spot)
    return milliwatt_hours, cents


@settings(max_examples=25, deadline=None)
@given(readings_of(), prices, st.integers(0, 99))
def test_hours_of_equal_quarters_cost_the_same_by_quarter_and_by_hour(readings, price, seed):
    flat = SpotPrices(int(AT[0]), np.repeat(market(seed).prices[::4], 4))
    by_quarter = bill([Supply(readings, (contract(margin(price)),))], PERIOD, flat)
    by_hour = bill([Supply(readings, (contract(margin(price), minutes=60),))], PERIOD, flat)
    assert by_quarter == by_hour


@settings(max_examples=25, deadline=None)
@given(readings_of(), terms_of(), st.integers(0, 99), st.integers(1, 40))
def test_groups_cost_together_what_everything_costs(readings, terms, seed, groups):
    group = np.arange(len(readings)) % groups
    apart = cost_of(readings, group, groups, [terms], market(seed))
    together = cost_of(readings, np.zeros(len(readings), np.int64), 1, [terms], market(seed))
    assert sum(apart.cents) == together.cents[0]


@settings(max_examples=25, deadline=None)
@given(readings_of(), terms_of(), st.integers(0, 99))
def test_a_bill_is_what_its_energy_costs_but_for_cents_and_basic_charges(readings, terms, seed):
    costs = cost_of(readings, np.zeros(len(readings), np.int64), 1, [terms], market(seed))
    found = bill([Supply(readings, (terms,))], PERIOD, market(seed))
    energies = added_up(line for line in found.lines if line.unit is Unit.KWH)
    assert abs(energies.total.cents - costs.cents[0]) <= len(found.lines) + len(found.vats)

"""Why a bill differs from an earlier one: the reasons by hand, and that they always come to the difference."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.contracts.kinds import ContractKind, Names
from portal.contracts.pricing import vat_of
from portal.invoices.changes import Heating, is_comparable, is_of_same_point, is_year_before, touches_summer, why
from portal.invoices.kinds import Cause, InvoiceKind, LineUnit
from portal.invoices.records import InvoiceHead, InvoiceSubject, Line, Source, WholeInvoice
from portal.kit.energy import Energy
from portal.kit.money import Money, total
from portal.sites.commodities import Commodity

KWH = 1_000_000
NAMED = Names("fi", "sv", "en")
OCTOBER, YEAR_BEFORE = (date(2026, 10, 1), date(2026, 10, 31)), (date(2025, 10, 1), date(2025, 10, 31))
SEPTEMBER = date(2026, 9, 1), date(2026, 9, 30)


CENTS = st.integers(-(10**5), 10**6)


def source(kind, number, gsrn="643", commodity=Commodity.ELECTRICITY):
    return Source(UUID(int=number), kind, NAMED, commodity, gsrn, UUID(int=int(gsrn)), UUID(int=9))


SALES, NETWORK = source(ContractKind.SALES, 1), source(ContractKind.NETWORK, 2)
HEAT = source(ContractKind.HEAT, 3, "644", Commodity.HEAT)
BOUGHT = source(ContractKind.PURCHASE, 4, "645")


def line(of, cents, kwh=None, code="energy", unit=LineUnit.MONTH, vat="25.5"):
    """A line of a bill; of energy where kilowatt-hours are told, else of one of a unit."""
    return Line(
        source=of,
        code=code,
        name=NAMED,
        first=date.min,
        last=date.min,
        quantity=Decimal(1 if kwh is None else kwh),
        energy=None if kwh is None else Energy(int(kwh * KWH)),
        unit=unit if kwh is None else LineUnit.KWH,
        unit_price=Decimal(1),
        vat_percent=Decimal(vat),
        net=Money(cents),
        estimated=False,
    )


def bill(*lines, days=OCTOBER, **facts):
    """A bill of some days that adds up."""
    first, last = days
    lines = tuple(replace(one, first=first, last=last) for one in lines)
    vats = vat_of(lines)
    net, vat = total(one.net for one in lines), total(rate.vat for rate in vats)
    money = net + vat, Money(0), Money(0)
    head = InvoiceHead(UUID(int=5), "1", InvoiceKind.INVOICE, InvoiceSubject(), None, last, last, first, last, *money)
    return WholeInvoice(head, UUID(int=6), net, vat, "1", "", "", "", False, None, None, lines, vats, (), **facts)


def parts(now, before, heating=None):
    return {reason: part.cents for reason, part in why(now, before, heating).parts.items()}


def test_use_at_the_former_price_then_the_price_on_what_is_used_now():
    before = bill(line(SALES, 4000, 400), line(NETWORK, 1000, code="base"))
    now = bill(line(SALES, 6000, 500), line(NETWORK, 1100, code="base"))
    assert parts(now, before) == {Cause.USAGE: 1000, Cause.ENERGY_PRICE: 1000, Cause.BASIC: 100, Cause.VAT: 536}


def test_one_more_day_at_the_use_of_a_day_comes_first():
    before, now = bill(line(SALES, 3000, 300), days=SEPTEMBER), bill(line(SALES, 3200, 320))
    assert parts(now, before) == {Cause.DAYS: 100, Cause.USAGE: 100, Cause.VAT: 51}


def test_the_weather_makes_what_it_makes_of_the_heat_that_warms_rooms():
    heating = Heating(had=Decimal(300), wanted=Decimal(400), water_a_day=Decimal(10 * KWH))
    before = bill(line(HEAT, 9300, 930), days=YEAR_BEFORE)  # 310 kWh of it water
    now = bill(line(HEAT, 12000, 1200))
    cold = round(620 / 3 * 10)  # cents: a third more of 620 kWh
    assert parts(now, before, heating) == {Cause.WEATHER: cold, Cause.USAGE: 2700 - cold, Cause.VAT: 688}


@pytest.mark.parametrize(
    "heating",
    [
        Heating(had=Decimal(300), wanted=Decimal(400), water_a_day=Decimal(30 * KWH)),  # all of it is water
        Heating(had=Decimal(0), wanted=Decimal(400), water_a_day=Decimal(10 * KWH)),
    ],
)
def test_no_weather_is_told_where_nothing_warmed_rooms(heating):
    before, now = bill(line(HEAT, 9300, 930), days=YEAR_BEFORE), bill(line(HEAT, 12000, 1200))
    assert parts(now, before, heating) == {Cause.USAGE: 2700, Cause.VAT: 688}


def test_the_weather_is_of_no_account_for_electricity():
    heating = Heating(had=Decimal(300), wanted=Decimal(400), water_a_day=Decimal(1))
    assert Cause.WEATHER not in parts(bill(line(SALES, 5000, 500)), bill(line(SALES, 4000, 400)), heating)


def test_sale_distribution_and_tax_have_prices_of_their_own():
    before = bill(line(SALES, 4000, 400), line(NETWORK, 2000, 400), line(NETWORK, 900, 400, "electricity-tax"))
    now = bill(line(SALES, 4100, 400), line(NETWORK, 2300, 400), line(NETWORK, 850, 400, "electricity-tax"))
    found = parts(now, before)
    assert found == {Cause.ENERGY_PRICE: 100, Cause.DISTRIBUTION_PRICE: 300, Cause.TAX: -50, Cause.VAT: 89}


def test_a_margin_beside_the_price_is_no_second_use():
    before = bill(line(SALES, 4000, 400), line(SALES, 100, 400, "margin"))
    now = bill(line(SALES, 6150, 600), line(SALES, 0, 600, "margin"))
    assert parts(now, before) == {Cause.USAGE: 2050, Cause.VAT: 522}


def test_a_price_that_changed_inside_the_days_of_a_margin_is_no_second_use():
    before = bill(line(SALES, 4000, 400), line(SALES, 0, 400, "margin"))
    whole = bill(line(SALES, 2000, 200), line(SALES, 4000, 400), line(SALES, 0, 600, "margin"))
    early, late, margin = whole.lines
    split = replace(early, last=date(2026, 10, 10)), replace(late, first=date(2026, 10, 11)), margin
    assert parts(replace(whole, lines=split), before) == {Cause.USAGE: 2000, Cause.VAT: 510}


def test_a_margin_that_begins_inside_the_days_of_a_price_is_no_second_use():
    before = bill(line(SALES, 4000, 400))
    whole = bill(line(SALES, 6000, 600), line(SALES, 200, 350, "margin"))
    price, margin = whole.lines
    now = replace(whole, lines=(price, replace(margin, first=date(2026, 10, 15))))
    assert parts(now, before) == {Cause.USAGE: 2000, Cause.ENERGY_PRICE: 200, Cause.VAT: 561}


@given(st.lists(st.integers(1, 10**4), min_size=31, max_size=31), st.integers(0, 30), st.integers(0, 30), CENTS, CENTS)
def test_whatever_days_a_margin_has_its_energy_counts_once_and_the_causes_come_to_the_cent(kwh, one, two, cents, more):
    first, last = sorted((one, two))
    before = bill(line(SALES, 10**4, 100))
    days = {"first": date(2026, 10, 1 + first), "last": date(2026, 10, 1 + last)}
    whole = bill(line(SALES, cents, sum(kwh)), line(SALES, more, sum(kwh[first : last + 1]), "margin"))
    price, margin = whole.lines
    change = why(replace(whole, lines=(price, replace(margin, **days))), before)
    assert change.total == whole.head.total - before.head.total
    assert change.parts.get(Cause.USAGE, Money(0)) == Money(100 * (sum(kwh) - 100)), "at the former price, once"


def test_day_and_night_under_one_margin_are_no_second_use():
    before = bill(line(SALES, 3000, 300, "day"), line(SALES, 1000, 100, "night"), line(SALES, 0, 400, "margin"))
    now = bill(line(SALES, 4000, 400, "day"), line(SALES, 2000, 200, "night"), line(SALES, 0, 600, "margin"))
    assert parts(now, before) == {Cause.USAGE: 2000, Cause.VAT: 510}


def test_fees_power_and_what_we_buy_stand_apart():
    before = bill(line(SALES, 4000, 400), line(NETWORK, 1000, unit=LineUnit.KW), line(BOUGHT, -500, 50, vat="0"))
    job = line(NETWORK, 5000, unit=LineUnit.PIECE)
    later = bill(line(SALES, 4000, 400), line(NETWORK, 900, unit=LineUnit.KW), line(BOUGHT, -700, 70, vat="0"), job)
    assert parts(later, before) == {Cause.POWER: -100, Cause.BOUGHT: -200, Cause.OTHERS: 5000, Cause.VAT: 1250}


def test_another_rate_of_vat_is_told_apart():
    before, now = bill(line(SALES, 10000, 400, vat="24")), bill(line(SALES, 20000, 800, vat="25.5"))
    assert parts(now, before) == {Cause.USAGE: 10000, Cause.VAT: 2400, Cause.VAT_RATE: 300}


def test_where_nothing_was_used_before_all_is_due_to_use():
    assert parts(bill(line(SALES, 4000, 400)), bill(line(SALES, 0, 0))) == {Cause.USAGE: 4000, Cause.VAT: 1020}


def test_no_change_has_no_reasons():
    same = bill(line(SALES, 1, 1))
    assert parts(same, same) == {}
    assert why(same, same).most is None


def test_what_made_most_goes_the_way_of_the_whole():
    before = bill(line(SALES, 4000, 400), line(NETWORK, 1000, code="base"))
    now = bill(line(SALES, 1000, 100), line(NETWORK, 6000, code="base"))
    assert why(now, before).most is Cause.BASIC


LINES = st.lists(
    st.builds(
        line,
        st.sampled_from([SALES, NETWORK, HEAT, BOUGHT, None]),
        CENTS,
        st.none() | st.decimals(0, 10**4, places=6),
        st.sampled_from(["energy", "margin", "electricity-tax"]),
        st.sampled_from(LineUnit),
        st.sampled_from(["0", "24", "25.5"]),
    ),
    max_size=6,
)
WEATHER = st.builds(
    Heating, st.decimals(0, 900, places=2), st.decimals(0, 900, places=2), st.decimals(0, 10**8, places=2)
)


@given(LINES, LINES, st.none() | WEATHER, st.sampled_from([SEPTEMBER, OCTOBER]), st.sampled_from([SEPTEMBER, OCTOBER]))
def test_the_reasons_always_come_to_the_difference(now, before, heating, days, former_days):
    later, earlier = bill(*now, days=days), bill(*before, days=former_days)
    change = why(later, earlier, heating)
    assert change.total == later.head.total - earlier.head.total
    assert all(change.parts.values())


def test_bills_of_the_same_points_and_contracts_can_be_compared():
    earlier = bill(line(SALES, 1, 1), days=YEAR_BEFORE)
    assert is_year_before(bill(line(SALES, 2, 2)), earlier)
    assert not is_year_before(bill(line(SALES, 2, 2)), bill(line(SALES, 1, 1), days=SEPTEMBER))
    assert is_comparable(bill(line(SALES, 2, 2)), earlier)
    assert is_comparable(bill(line(SALES, 2, 2), line(BOUGHT, -1, 1)), earlier)
    both = bill(line(SALES, 2, 2), line(NETWORK, 2, 2))
    assert not is_comparable(both, earlier)
    assert is_of_same_point(both, earlier)
    assert not is_of_same_point(bill(line(HEAT, 2, 2)), earlier)


def test_bills_of_no_meter_are_not_compared():
    assert not is_comparable(bill(line(None, 2)), bill(line(None, 1)))


def test_days_of_summer():
    assert touches_summer(date(2026, 5, 1), date(2026, 6, 1))
    assert not touches_summer(date(2026, 9, 1), date(2027, 5, 31))

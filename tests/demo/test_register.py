"""What the demo's register says holds together by itself, before anything is billed."""

from collections import Counter
from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.auth.rules import TEST_PEOPLE, identity_code
from portal.contracts.kinds import ContractKind, TaxKind
from portal.contracts.models import Contract, PricePart, Product, Tax
from portal.customers.models import BillingDetails, Party
from portal.customers.rules import is_business_id
from portal.demo import company, estate, households, mandates, permissions, products
from portal.demo.company import TOWNS, Scale
from portal.demo.people import CAST, LANDLORD, LIISA, OLAVI, REGISTERED, SANNA, VEIKKO
from portal.kit.clock import start_of
from portal.kit.ranges import Range, overlaps
from portal.sites.models import Disconnection, Meter, MeteringPoint, Site
from portal.sites.rules import is_gsrn

TODAY = date(2026, 11, 21)


def of_kind(rows, kind):
    return [row for row in rows if isinstance(row, kind)]


@pytest.fixture(scope="module")
def everybody():
    return [*households.households(TODAY), *(estate.site(index, TODAY) for index in Scale.WHOLE.sites)]


@pytest.fixture(scope="module")
def catalogue():
    return list(products.rows(TODAY))


@pytest.mark.parametrize("member", dict.fromkeys((*CAST, *REGISTERED)), ids=lambda member: member.name)
def test_identity_codes_are_temporary_and_have_their_right_check_character(member):
    code = member.persona.identity_code
    assert identity_code(code, TEST_PEOPLE).text == code
    assert 900 <= int(code[7:10]) <= 999


def test_everyone_in_the_cast_is_somebody_else():
    assert len({member.persona.identity_code for member in CAST}) == len(CAST)
    numbers = [LANDLORD.customer_number, *(member.customer_number for member in REGISTERED)]
    assert len(set(numbers)) == len(numbers)


def test_the_company_s_business_id_is_one_that_nobody_has():
    assert is_business_id(LANDLORD.business_id)
    assert LANDLORD.business_id > "4"  # the trade register is at its fourth million


def test_the_company_has_240_different_sites_in_six_towns(everybody):
    sites = [site for holding in everybody for site in of_kind(holding.rows, Site)][-Scale.WHOLE :]
    assert Counter(site.town for site in sites) == {town.name: town.sites for town in TOWNS}
    assert len({(site.street, site.name, site.number) for site in sites}) == len({site.street for site in sites}) == 240
    heat = [row for holding in everybody for row in of_kind(holding.rows, MeteringPoint) if row.energy == "heat"]
    assert len(heat) == 60 + 2


@pytest.mark.parametrize("scale", Scale)
def test_the_accountant_sees_twelve_sites_that_are_there_and_the_relative_everything(scale):
    given = {one.grantee: one for one in mandates.given(TODAY, scale)}
    numbers = {estate.site(index, TODAY).stay.site_number for index in scale.sites}
    assert len(given[SANNA].sites) == 12
    assert all(set(one.sites or ()) <= numbers for one in given.values())
    assert (given[LIISA].grantor, given[LIISA].sites) == (VEIKKO, None)
    assert [member for member, one in given.items() if not one.holds_on(TODAY)] == [OLAVI]


def test_metering_points_have_valid_numbers_and_something_that_measures(everybody):
    for household in everybody:
        for point in of_kind(household.rows, MeteringPoint):
            assert is_gsrn(point.gsrn)
            assert point.id in household.meterings
            assert any(meter.metering_point_id == point.id for meter in of_kind(household.rows, Meter))


def test_contracts_are_for_products_of_their_kind(everybody, catalogue):
    by_id = {product.id: product for product in of_kind(catalogue, Product)}
    contracts = [row for household in everybody for row in of_kind(household.rows, Contract)]
    assert all(by_id[contract.product_id].kind == contract.kind for contract in contracts)
    assert {contract.kind for contract in contracts} == set(ContractKind)


def test_everything_billed_stands_in_the_register(everybody):
    for household in everybody:
        for account in household.accounts:
            assert {contract.id for contract in account.contracts} <= {row.id for row in household.rows}


def test_whoever_is_billed_has_chosen_how(everybody):
    rows = [row for holding in everybody for row in holding.rows] + list(company.register())
    chosen = {row.party_id for row in of_kind(rows, BillingDetails)}
    assert {account.party_id for holding in everybody for account in holding.accounts} <= chosen
    assert len(chosen) == len(of_kind(rows, BillingDetails))
    assert {row.id for row in of_kind(rows, Party)} == chosen


def test_every_site_tells_how_it_is_held_and_what_gas_heat_and_cooling_of_homes_are_for():
    homes = [row for household in households.households(TODAY) for row in household.rows]
    assert all(site.ownership and site.use_timing and site.estimated_kwh_a_year for site in of_kind(homes, Site))
    warm_or_cool = [point for point in of_kind(homes, MeteringPoint) if point.energy in {"heat", "gas", "cooling"}]
    assert {point.energy for point in warm_or_cool} == {"heat", "gas", "cooling"}
    assert all(point.used_for and point.estimated_kwh_a_year for point in warm_or_cool)


def test_the_heat_that_is_expected_of_a_building_is_about_what_it_uses():
    building = estate.site(0, TODAY)
    (point,) = [point for point in of_kind(building.rows, MeteringPoint) if point.energy == "heat"]
    sent, _ = building.meterings[point.id].deliveries(date(2025, 1, 1), date(2025, 12, 31))
    assert 0.8 < sent.milliwatt_hours.sum() / 1e6 / point.estimated_kwh_a_year < 1.2


@settings(deadline=None)
@given(st.dates(date(2025, 1, 1), date(2028, 12, 31)))
def test_a_metering_point_that_ended_lost_its_meter_and_contracts_on_its_last_day(today):
    rows = [row for household in households.households(today) for row in household.rows]
    (ended,) = [point for point in of_kind(rows, MeteringPoint) if point.valid_to]
    about = [one for one in of_kind(rows, Contract) if one.metering_point_id == ended.id]
    hung = [one for one in of_kind(rows, Meter) if one.metering_point_id == ended.id]
    assert {one.valid_to for one in about} == {one.removed_on for one in hung} == {ended.valid_to}
    assert timedelta(365) < today - ended.valid_to < timedelta(2 * 365)
    (cut_off,) = [one for one in of_kind(rows, Disconnection) if one.metering_point_id == ended.id]
    assert (cut_off.connection, cut_off.since, cut_off.until) == ("AN04", ended.valid_to, None)


def test_prices_are_told_half_a_year_ahead_and_heat_costs_more_in_every_winter():
    heat = products.HEAT.code
    for until in (TODAY, date(2028, 2, 29), date(2029, 12, 1)):
        rows = list(products.rows(until))
        assert max(part.valid_from for part in of_kind(rows, PricePart)) <= until + timedelta(days=200)
        (product,) = [one for one in of_kind(rows, Product) if one.code == heat]
        energy = [one for one in of_kind(rows, PricePart) if one.product_id == product.id and one.code == "energy"]
        winters = {one.valid_from.year: one.price for one in energy if one.valid_from.month == 11}
        summers = {one.valid_from.year: one.price for one in energy if one.valid_from.month == 4}
        assert all(winters[year] > summers[year] for year in winters)
        assert set(range(2024, until.year + (until.month > 10))) <= set(winters)


def test_a_price_part_has_one_price_on_a_day(catalogue):
    parts = sorted(of_kind(catalogue, PricePart), key=lambda part: (str(part.product_id), part.code))
    for _, same in groupby(parts, key=lambda part: (part.product_id, part.code)):
        assert not list(overlaps((Range.of_days(part.valid_from, part.valid_to), part.price) for part in same))


@pytest.mark.parametrize(
    ("day", "applies_to", "rate"),
    [
        (date(2023, 4, 30), "sales", "10"),
        (date(2023, 5, 1), "sales", "24"),
        (date(2024, 8, 31), "heat", "24"),
        (date(2024, 9, 1), "network", "25.5"),
        (date(2026, 3, 31), "I", "2.253"),
        (date(2026, 4, 1), "I", "2.325"),
        (date(2026, 3, 31), "II", "0.063"),
        (date(2026, 4, 1), "II", "0.135"),
    ],
)
def test_taxes_have_the_rate_of_the_day(catalogue, day, applies_to, rate):
    in_force = [
        tax.rate
        for tax in of_kind(catalogue, Tax)
        if tax.applies_to == applies_to and tax.valid_from <= day <= (tax.valid_to or date.max)
    ]
    assert [f"{one}" for one in in_force] == [rate]
    assert TaxKind.VAT in {tax.kind for tax in of_kind(catalogue, Tax)}


@settings(deadline=None)
@given(st.dates(date(2025, 1, 1), date(2028, 12, 31)))
def test_no_defect_lies_in_the_future(today):
    for household in households.households(today):
        for metering in household.meterings.values():
            assert all(defect.day < today for defect in metering.defects)


def test_decisions_follow_each_other_without_a_gap():
    made = list(permissions.records(start_of(TODAY)))
    for _, of_party in groupby(made, key=lambda record: record.party_id):
        records = list(of_party)
        assert [record.sequence for record in records] == list(range(1, len(records) + 1))
        assert [record.at for record in records] == sorted(record.at for record in records)
    replaced = [record.replaces_id for record in made if record.replaces_id]
    assert len(replaced) == 2
    assert set(replaced) <= {record.id for record in made}


def test_decisions_after_the_demo_s_day_are_not_known_yet():
    assert list(permissions.records(start_of(date(2022, 5, 9)))) == []
    assert len(list(permissions.records(start_of(date(2022, 5, 9) + timedelta(days=1))))) == 3

"""What sites use, for lists of many: the same sums as the consumption page shows of each site alone."""

from dataclasses import replace
from datetime import date

import pytest

from portal.auth.reach import Grant, Level, Reach, Theme
from portal.consumption import queries
from portal.consumption.by_site import together
from portal.consumption.periods import Month, Year
from portal.consumption.rules import total
from portal.consumption.selection import ViewRequest
from portal.kit.intervals import Quality
from portal.sites.commodities import Commodity
from tests.consumption.readings import every
from tests.consumption.test_queries import TODAY, Register, compared, person, value

pytestmark = pytest.mark.sqlite


@pytest.fixture
def register(db):
    register = Register(db)
    register.record(register.power, every(date(2025, 1, 10), date(2026, 11, 8), milliwatt_hours=value))
    register.record(register.power, every(date(2026, 11, 10), date(2026, 11, 20), milliwatt_hours=value))
    estimated = every(date(2026, 11, 16), date(2026, 11, 16))
    estimated.quality[:] = Quality.EST
    register.record(register.power, estimated)
    register.record(
        register.cottage_power, every(date(2025, 9, 10), date(2026, 11, 19), length=4, milliwatt_hours=value)
    )
    return register


@pytest.fixture
def aino(register):
    return person(register.aino)


@pytest.fixture
def eino(register):
    return person(register.eino)


@pytest.fixture(params=["aino", "eino"])
def somebody(request):
    return request.getfixturevalue(request.param)


def at(db, who, sites):
    """The metering points of some sites, as far as somebody may see them."""
    return [point for point in queries.points(db, who, TODAY) if point.site_id in sites]


def alone(db, who, site, energy, period):
    """The steps that the consumption page shows of one site."""
    shown = queries.selection(db, who, ViewRequest(period, energy, site), TODAY)
    return queries.steps(db, who, shown, TODAY)


def test_each_month_is_what_the_page_of_the_site_shows(db, register, somebody):
    held = {point.site_id for point in queries.points(db, somebody, TODAY)}
    uses = queries.by_site(db, somebody, at(db, somebody, held), Commodity.ELECTRICITY, TODAY)
    assert uses.by_site
    for site, use in uses.by_site.items():
        for year in {month.year for month in uses.months}:
            steps = {step.period.first: step.now for step in alone(db, somebody, site, uses.commodity, Year(year))}
            found = {month: energy for month, energy in zip(uses.months, use.months, strict=True) if month.year == year}
            assert found == {month: steps[month].energy for month in found}


def test_the_newest_month_is_as_complete_and_compares_as_on_its_own_page(db, register, aino):
    uses = queries.by_site(db, aino, at(db, aino, {register.home, register.cottage}), Commodity.ELECTRICITY, TODAY)
    assert (uses.months[0], uses.months[-1], uses.last) == (date(2025, 1, 1), date(2026, 11, 1), date(2026, 11, 20))
    for site in (register.home, register.cottage):
        steps = alone(db, aino, site, uses.commodity, Month(2026, 11))
        assert uses.by_site[site].newest == total(step.now for step in steps)
        shown = queries.selection(db, aino, ViewRequest(Month(2026, 11), uses.commodity, site), TODAY)
        assert uses.by_site[site].compared == compared(db, aino, shown)


def test_a_former_holders_sums_end_with_their_time(db, register, eino):
    uses = queries.by_site(db, eino, at(db, eino, {register.home}), None, TODAY)
    assert uses.months[-1] == date(2025, 3, 1)
    assert uses.last == date(2025, 3, 14)


def test_several_sites_are_the_sum_of_each(db, register, aino):
    uses = queries.by_site(db, aino, at(db, aino, {register.home, register.cottage}), Commodity.ELECTRICITY, TODAY)
    home, cottage = uses.by_site[register.home], uses.by_site[register.cottage]
    both = together([home, cottage])
    assert both.months == tuple(one + other for one, other in zip(home.months, cottage.months, strict=True))
    assert both.newest == total([home.newest, cottage.newest])
    everything = queries.selection(db, aino, ViewRequest(Month(2026, 11), uses.commodity), TODAY)
    assert both.compared == compared(db, aino, everything)


def test_what_is_not_asked_for_or_not_open_is_left_out(db, register, aino):
    assert queries.by_site(db, aino, at(db, aino, set()), None, TODAY) is None
    elsewhere = replace(aino, reach=replace(aino.reach, parties=frozenset()))
    assert queries.by_site(db, elsewhere, at(db, elsewhere, {register.home}), None, TODAY) is None


def test_points_that_a_mandate_does_not_open_are_left_out_whoever_names_them(db, register, aino):
    everything = at(db, aino, {register.home, register.cottage})
    grant = Grant(frozenset({Theme.CONSUMPTION}), frozenset({register.cottage}), Level.SEE)
    helper = replace(aino, reach=Reach(aino.parties, (grant,), register.aino))
    uses = queries.by_site(db, helper, everything, Commodity.ELECTRICITY, TODAY)
    assert set(uses.by_site) == {register.cottage}
    papers = replace(
        helper, reach=Reach(aino.parties, (replace(grant, themes=frozenset({Theme.BILLING})),), register.aino)
    )
    assert queries.by_site(db, papers, everything, None, TODAY) is None


def test_the_number_of_questions_does_not_grow_with_the_sites(db, register, aino, statements):
    asked = []
    for sites in ({register.home}, {register.home, register.cottage}):
        with statements() as these:
            queries.by_site(db, aino, at(db, aino, sites), Commodity.ELECTRICITY, TODAY)
        asked.append(len(these))
    assert max(asked) <= 5

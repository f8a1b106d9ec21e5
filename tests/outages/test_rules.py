"""Standard compensation by the law's steps, and when an outage is news."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.money import Money
from portal.outages.kinds import OutageState
from portal.outages.rules import CAP, Lasting, compensations, percent, said_of, says, with_sites

HOUR = timedelta(hours=1)
BEGAN = datetime(2026, 3, 2, 4, tzinfo=UTC)
FEE = Money(30_000)


def lasting(hours, *, began=BEGAN, fee=FEE):
    return Lasting(began, began + hours * HOUR, fee)


@pytest.mark.parametrize(
    ("hours", "since_2024", "before"),
    [
        *((0, 0, 0), (11.99, 0, 0), (12, 10, 10), (23.99, 10, 10), (24, 25, 25), (47.99, 25, 25), (48, 50, 25)),
        *((71.99, 50, 25), (72, 100, 50), (119.99, 100, 50), (120, 150, 100), (191.99, 150, 100), (192, 150, 150)),
        *((287.99, 150, 150), (288, 200, 200), (2000, 200, 200)),
    ],
)
def test_the_steps_are_those_of_the_law_on_the_day_on_which_it_ended(hours, since_2024, before):
    assert percent(hours * HOUR, date(2024, 1, 1)) == since_2024
    assert percent(hours * HOUR, date(2023, 12, 31)) == before
    assert percent(hours * HOUR, date(2013, 8, 31)) == 0


def test_an_outage_costs_its_share_of_the_annual_fee():
    assert compensations([lasting(13)]) == [Money(3_000)]
    assert compensations([lasting(13, fee=Money(12_345))]) == [Money(1_235)]  # half a cent goes up
    assert compensations([lasting(11)]) == [Money(0)]


def test_a_year_gives_twice_the_annual_fee_and_two_thousand_euros_at_most():
    again = BEGAN + timedelta(days=60)
    assert compensations([lasting(130), lasting(130, began=again)]) == [Money(45_000), Money(15_000)]
    assert compensations([lasting(300, fee=Money(900_000))]) == [CAP]
    next_year = BEGAN + timedelta(days=365)
    assert compensations([lasting(300), lasting(300, began=next_year)]) == [Money(60_000), Money(60_000)]


def test_what_lasts_over_new_year_counts_in_each_year_by_its_share():
    new_year = datetime(2026, 12, 31, 22, tzinfo=UTC)  # midnight in Helsinki
    over = lasting(300, began=new_year - 150 * HOUR)
    assert [round(share, 6) for _, share in over.by_year()] == [0.5, 0.5]
    before = lasting(130)  # has taken 450 of the 600 euros of 2026
    assert compensations([before, over]) == [Money(45_000), Money(15_000 + 30_000)]


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 400), st.integers(0, 3_000_000)), max_size=8),
)
def test_no_year_gives_more_than_the_law_lets_it(told):
    at, outages = datetime(2024, 1, 1, tzinfo=UTC), []
    for pause, hours, cents in told:
        at += pause * HOUR
        outages.append(lasting(hours, began=at, fee=Money(cents)))
        at += hours * HOUR
    found = compensations(outages)
    for outage, money in zip(outages, found, strict=True):
        assert Money(0) <= money <= Money(min(2 * outage.year_fee.cents, 2 * CAP.cents))
    years = {year for outage in outages for year, _ in outage.by_year()}
    assert sum(money.cents for money in found) <= len(years) * CAP.cents + len(outages)  # a cent each for rounding


def test_what_else_makes_it_news_stands_behind_what_is_said():
    said = says(OutageState.ANNOUNCED, BEGAN, BEGAN + HOUR, None)
    whole = with_sites(said, ["2", "1"], compensated=True)
    assert whole == with_sites(said, ["1", "2"], compensated=True)
    assert len({whole, with_sites(said, ["1"], compensated=True), with_sites(said, ["1", "2"], compensated=False)}) == 3
    assert said_of(whole) == said
    assert len(whole) <= 100

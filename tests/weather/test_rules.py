from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.energy import Energy
from portal.weather.hours import Temperatures, start_hour
from portal.weather.rules import (
    HeatedMonth,
    day_means,
    degree_days,
    degree_days_of,
    in_the_weather_of,
    means,
    normalised,
    water_a_day,
)
from tests.weather.builders import constant, daily, without

DAY = timedelta(days=1)
KWH = 1_000_000


def kwh(amount):
    return Energy(round(amount * KWH))


@pytest.mark.parametrize(
    ("day", "mean", "expected"),
    [
        (date(2026, 1, 15), "-20", "37"),
        (date(2026, 4, 30), "10", "7"),
        (date(2026, 4, 30), "10.01", "0"),
        (date(2026, 6, 30), "11.9", "0"),
        (date(2026, 7, 1), "11.9", "5.1"),
        (date(2026, 9, 30), "12", "5"),
        (date(2026, 9, 30), "12.01", "0"),
        (date(2026, 12, 31), "0", "17"),
        (date(2026, 7, 20), "24", "0"),
    ],
)
def test_degree_days_of_a_day_end_above_ten_in_spring_and_above_twelve_in_autumn(day, mean, expected):
    assert degree_days_of(day, Decimal(mean)) == Decimal(expected)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 11, 20), 24)]
)
def test_the_mean_of_a_day_is_that_of_its_hours_however_many_they_are(day, hours):
    begins = start_hour(day)
    assert start_hour(day + DAY) - begins == hours
    told = Temperatures(begins - 1, np.array([4_400, *range(hours), 4_400]))  # what lies beside it is not its
    (mean,) = day_means(told, day, day)
    assert mean == Decimal(hours - 1) / 200


@pytest.mark.parametrize(
    ("day", "missing", "is_known"),
    [
        (date(2026, 11, 20), 6, True),
        (date(2026, 11, 20), 7, False),
        (date(2026, 3, 29), 5, True),
        (date(2026, 3, 29), 6, False),
        (date(2026, 10, 25), 6, True),
        (date(2026, 10, 25), 7, False),
    ],
)
def test_a_day_is_known_with_three_of_four_hours(day, missing, is_known):
    told = without(constant(day, day, -3), *range(missing))
    assert day_means(told, day, day) == [Decimal(-3) if is_known else None]


def test_a_month_has_degree_days_when_all_its_days_are_known():
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    assert degree_days(constant(first, last, 2), first, last) == 15 * 30
    assert degree_days(constant(first, last - DAY, 2), first, last) is None
    assert degree_days(constant(first + DAY, last, 2), first, last) is None
    assert degree_days(daily(first, 17, 12, 11.5, -3, None), first, first + 3 * DAY) == Decimal("30.5")
    assert degree_days(daily(first, 17, 12, 11.5, -3, None), first, first + 4 * DAY) is None


def test_a_stretch_that_is_not_over_is_judged_by_what_is_over():
    day = date(2026, 11, 20)
    edges = np.array([start_hour(day), start_hour(day + 2 * DAY), start_hour(day + 3 * DAY)])
    told = constant(day, day, 4)
    assert means(told, edges, start_hour(day + DAY)) == [Decimal(4), None]
    assert means(told, edges, int(edges[-1])) == [None, None]
    assert means(told, edges, int(edges[0])) == [None, None]


@given(st.lists(st.one_of(st.none(), st.integers(-60, 45)), min_size=1, max_size=40))
def test_degree_days_are_those_of_the_days_together(degrees):
    first = date(2026, 3, 20)
    last = first + (len(degrees) - 1) * DAY
    found = degree_days(daily(first, *degrees), first, last)
    if None in degrees:
        assert found is None
    else:
        each = [degree_days_of(first + number * DAY, Decimal(one)) for number, one in enumerate(degrees)]
        assert found == sum(each)
        assert all(one == 0 or one >= 5 for one in each)


@pytest.mark.parametrize(
    ("heat", "water", "had", "wanted", "expected"),
    [
        (400, 120, 4357, 4392, "402.249254"),  # a district-heating company's example, to the kilowatt-hour: 402
        (400, 400, 500, 900, "400"),  # all of it was water
        (300, 400, 500, 900, "300"),
        (400, 100, 0, 900, "400"),  # nothing had to be heated
        (400, 100, 600, 0, "100"),
        (400, 0, 500, 250, "200"),
    ],
)
def test_heat_in_another_weather(heat, water, had, wanted, expected):
    found = normalised(kwh(heat), kwh(water), Decimal(had), Decimal(wanted))
    assert found.kwh.quantize(Decimal("0.000001")) == Decimal(expected)


AMOUNTS = st.integers(0, 10**12).map(Energy)
DEGREE_DAYS = st.decimals(Decimal("0.01"), 1200, places=2)


@given(AMOUNTS, AMOUNTS, DEGREE_DAYS)
def test_in_the_same_weather_heat_is_as_it_was(heat, water, had):
    assert normalised(heat, water, had, had) == heat


@given(AMOUNTS, AMOUNTS, DEGREE_DAYS, DEGREE_DAYS)
def test_colder_weather_never_takes_less_and_water_stays(heat, water, had, wanted):
    found = normalised(heat, water, had, wanted)
    assert found >= min(heat, water)
    assert (found > heat) <= (wanted > had)
    assert (found < heat) <= (wanted < had)


def months(year, heat, degrees):
    return [HeatedMonth(date(year, month, 1), kwh(heat(month)), Decimal(degrees(month))) for month in range(1, 13)]


def demand(degrees):
    """A house that takes 100 kWh of water a month of 30 days, and 2 kWh for each degree day."""
    return lambda month: 100 * DAYS[month] / 30 + 2 * degrees(month)


DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


def cold(month):
    return 0 if month in {6, 7, 8} else 600


def mild(month):
    return 0 if month in {6, 7, 8} else 400


def test_of_a_house_that_does_not_change_every_year_takes_the_same_in_the_same_weather():
    every = [*months(2026, demand(mild), mild), *months(2025, demand(cold), cold), *months(2023, demand(cold), cold)]
    rows = in_the_weather_of(2026, every)
    assert [row.now.month.month for row in rows] == list(range(1, 13))
    for row in rows:
        assert row.before[2024] is None
        for year in (2025, 2023):
            assert abs(row.before[year] - row.heat) <= Energy(1)
        assert abs(row.mean_before - row.heat) <= Energy(1)


def test_water_is_what_the_summer_takes():
    every = months(2026, demand(mild), mild)
    assert round(water_a_day(every) * 30 / KWH) == 100
    winter = [month for month in every if month.month.month not in {6, 7, 8}]
    assert water_a_day(winter) is None
    assert in_the_weather_of(2026, winter) == []


def test_a_house_that_takes_nothing_in_summer_warms_no_water():
    def rooms_alone(degrees):
        return lambda month: 2 * degrees(month)

    every = [*months(2026, rooms_alone(mild), mild), *months(2025, rooms_alone(cold), cold)]
    assert water_a_day(every) == 0
    for row in in_the_weather_of(2026, every):
        assert row.before[2025] == row.heat


def test_a_month_without_heat_or_weather_is_left_out():
    every = months(2026, demand(mild), mild)
    every[0] = HeatedMonth(date(2026, 1, 1), None, Decimal(600))
    every[1] = HeatedMonth(date(2026, 2, 1), kwh(800), None)
    rows = in_the_weather_of(2026, every)
    assert rows[0].now.month == date(2026, 3, 1)
    assert rows[0].mean_before is None


def test_summer_heat_is_compared_as_it_was():
    then = HeatedMonth(date(2025, 6, 1), kwh(150), Decimal(3))
    now = HeatedMonth(date(2026, 6, 1), kwh(120), Decimal(60))
    (row,) = in_the_weather_of(2026, [then, now])
    assert row.before[2025] == kwh(150)

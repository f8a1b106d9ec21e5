"""The invented weather, habits and prices behave like those of a Finnish town, and the same every time."""

import hashlib
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.demo import buildings, estate, homes, profiles, readings, spot, wall_clock, weather
from portal.demo.buildings import Building
from portal.demo.chance import normal, uniform, wave
from portal.demo.readings import Defect, Metering
from portal.kit.clock import HELSINKI, quarters_in
from portal.kit.intervals import Quality

FIRST, LAST = date(2023, 11, 1), date(2026, 11, 20)
DAYS = st.dates(date(2023, 11, 1), date(2026, 11, 20))


@pytest.fixture(scope="module")
def three_years():
    return wall_clock.quarters(FIRST, LAST)


@pytest.fixture(scope="module")
def clock(three_years):
    return wall_clock.shown_at(three_years)


def mean_of_month(values, clock, month):
    return values[clock.month_and_day // 100 == month].mean()


# Chance


def test_luck_depends_on_name_and_number_alone():
    numbers = np.arange(1000)
    assert (uniform("sauna", numbers)[500:] == uniform("sauna", np.arange(500, 1000))).all()
    assert (uniform("sauna", numbers) != uniform("stove", numbers)).all()


def test_luck_is_spread_evenly_and_normally():
    numbers = np.arange(-50_000, 50_000)
    assert np.histogram(uniform("dice", numbers), 10, (0, 1))[0] == pytest.approx(10_000, rel=0.05)
    assert normal("height", numbers).mean() == pytest.approx(0, abs=0.02)
    assert normal("height", numbers).std() == pytest.approx(1, abs=0.02)


def test_a_wave_is_smooth_and_the_same_wherever_one_begins_to_look():
    long = wave("fronts", 96, np.arange(10_000))
    assert np.abs(np.diff(long)).max() < 0.1
    assert wave("fronts", 96, np.arange(7_000, 10_000)) == pytest.approx(long[7_000:])


# The clock on the wall


@given(DAYS)
def test_a_day_has_the_quarters_that_helsinki_gives_it(day):
    assert len(wall_clock.quarters(day, day)) == quarters_in(day)


@settings(deadline=None)  # the first call loads the calendar of holidays
@given(DAYS, st.integers(0, 91))
def test_the_wall_clock_shows_what_the_time_zone_database_says(day, index):
    quarter = wall_clock.quarters(day, day)
    shown = wall_clock.shown_at(quarter)
    local = datetime.fromtimestamp(int(quarter[index]) * 900, HELSINKI)
    assert shown.day[index] == wall_clock.number_of(local.date())
    assert shown.hour[index] == local.hour + local.minute / 60


@pytest.mark.parametrize(
    ("day", "quarters", "at_three"),
    [(date(2026, 3, 29), 92, 0), (date(2026, 10, 25), 100, 8), (date(2026, 7, 1), 96, 4)],
)
def test_the_hour_from_three_is_skipped_in_spring_and_comes_twice_in_autumn(day, quarters, at_three):
    shown = wall_clock.shown_at(wall_clock.quarters(day, day))
    assert len(shown.hour) == quarters
    assert np.count_nonzero(shown.hour // 1 == 3) == at_three


def test_public_holidays_are_lived_as_sundays():
    independence_day = date(2024, 12, 6)
    assert independence_day.weekday() == 4
    assert set(wall_clock.shown_at(wall_clock.quarters(independence_day, independence_day)).weekday) == {6}


# Weather


def test_january_is_colder_than_july_and_night_than_afternoon(three_years, clock):
    degrees = weather.temperature(three_years)
    assert -12 < mean_of_month(degrees, clock, 1) < -1
    assert 14 < mean_of_month(degrees, clock, 7) < 20
    assert degrees[clock.hour == 15].mean() > degrees[clock.hour == 4].mean() + 2


def test_the_sun_stays_up_long_at_midsummer_and_briefly_at_christmas():
    def hours_of_light(day):
        return np.count_nonzero(weather.sun_height(wall_clock.quarters(day, day)) > 0) / 4

    assert 18.5 < hours_of_light(date(2026, 6, 21)) < 20
    assert 4.5 < hours_of_light(date(2026, 12, 24)) < 6


# Homes


@pytest.mark.parametrize(
    ("series", "least", "most"),
    [
        (readings.consumption(homes.MAKELA), 5_000, 6_500),
        (readings.bought(homes.KORHONEN, homes.KORHONEN_ROOF), 6_500, 9_000),
        (readings.sold(homes.KORHONEN, homes.KORHONEN_ROOF), 2_500, 4_500),
        (readings.consumption(homes.LINDHOLM), 5_500, 7_500),
        (readings.consumption(homes.SALONEN), 3_500, 5_500),
        (readings.consumption(homes.SALONEN_CAR), 800, 2_000),
    ],
)
def test_a_home_uses_or_gives_what_such_homes_do_in_a_year(series, least, most):
    for year in (2024, 2025):
        of_year = series(wall_clock.quarters(date(year, 1, 1), date(year, 12, 31)))
        assert least < of_year.sum() / 1e6 < most


def test_heating_follows_the_season(three_years, clock):
    hourly = readings.warmth(homes.MAKELA_HEAT)(three_years[::4])
    kwh_a_year = hourly.sum() / 1e6 / len(hourly) * 8766
    assert 14_000 < kwh_a_year < 20_000
    month = clock.month_and_day[::4] // 100
    assert hourly[month == 1].mean() > 4 * hourly[month == 7].mean()


def test_cooling_is_of_summer(three_years, clock):
    hourly = readings.cold(homes.SALONEN_COOLING)(three_years[::4])
    kwh_a_year = hourly.sum() / 1e6 / len(hourly) * 8766
    assert 900 < kwh_a_year < 2_000
    month = clock.month_and_day[::4] // 100
    assert hourly[(month < 4) | (month > 10)].sum() == 0
    assert readings.cold(homes.SALONEN)(three_years[:8:4]).tolist() == [0, 0]


def test_evenings_saturdays_and_holidays_show(three_years, clock):
    kw = profiles.demand(homes.MAKELA, three_years)
    assert kw[clock.hour // 1 == 18].mean() > 2 * kw[clock.hour // 1 == 3].mean()
    evening = (clock.hour >= 18) & (clock.hour < 20)
    assert kw[evening & (clock.weekday == 5)].mean() > 2 * kw[evening & (clock.weekday == 1)].mean()
    away = (clock.month_and_day >= 706) & (clock.month_and_day <= 724)
    assert kw[away].mean() < 0.5 * kw[(clock.month_and_day // 100 == 6)].mean()


def test_panels_give_nothing_at_night_and_most_in_summer(three_years, clock):
    kw = profiles.sunshine(homes.KORHONEN_ROOF, three_years)
    assert kw[weather.sun_height(three_years) < 0].max() == 0
    assert mean_of_month(kw, clock, 6) > 20 * mean_of_month(kw, clock, 12)
    assert kw.max() < homes.KORHONEN_ROOF.kw_peak * 1.1


def test_no_quarter_is_both_bought_and_sold(three_years):
    buys = readings.bought(homes.KORHONEN, homes.KORHONEN_ROOF)(three_years)
    sells = readings.sold(homes.KORHONEN, homes.KORHONEN_ROOF)(three_years)
    assert not ((buys > 0) & (sells > 0)).any()


def test_meters_show_whole_watt_hours(three_years):
    assert not (readings.consumption(homes.LINDHOLM)(three_years) % 1000).any()


# Buildings


def building(use, *, warmer=0.0):
    return buildings.demand(
        Building("test", use, 10, 0, warmer), wall_clock.quarters(date(2025, 1, 1), date(2025, 12, 31))
    )


USES = [
    buildings.APARTMENTS,
    buildings.OFFICE,
    buildings.SCHOOL,
    buildings.SHOP,
    buildings.CAR_PARK,
    buildings.SERVER_ROOM,
]


@pytest.mark.parametrize("use", USES, ids=lambda use: use.kind)
def test_a_building_uses_what_is_said_of_its_kind(use):
    assert building(use).mean() / 10 == pytest.approx(use.mean, abs=0.04)


def test_kinds_have_days_and_weeks_of_their_own():
    shown = wall_clock.shown_at(wall_clock.quarters(date(2025, 1, 1), date(2025, 12, 31)))
    noon, night, sunday = (shown.hour == 12), (shown.hour == 2), (shown.weekday == 6)
    office, home, servers = (building(use) for use in (buildings.OFFICE, buildings.APARTMENTS, buildings.SERVER_ROOM))
    assert office[noon & ~sunday].mean() > 2 * office[noon & sunday].mean()
    assert home[shown.hour == 19].mean() > 1.2 * home[night].mean()
    assert servers[noon].mean() < 1.15 * servers[night].mean()
    school, month = building(buildings.SCHOOL), shown.month_and_day // 100
    assert school[month == 7].mean() < 0.6 * school[month == 1].mean()


def test_a_colder_town_heats_more():
    assert building(buildings.CAR_PARK, warmer=-2.6).mean() > 1.05 * building(buildings.CAR_PARK).mean()


# Defects


def delivered(day, *defects):
    return Metering(readings.consumption(homes.MAKELA), defects=defects).deliveries(day, day)


def used(day):
    return readings.consumption(homes.MAKELA)(wall_clock.quarters(day, day))


def test_an_estimate_repeats_the_week_before():
    day = date(2026, 11, 16)
    sent, _ = delivered(day, Defect(Quality.EST, day))
    assert (sent.quality == Quality.EST).all()
    assert (sent.milliwatt_hours == used(day - timedelta(days=7))).all()


def test_missing_quarters_hold_nothing_and_the_rest_of_the_day_stays():
    day = date(2026, 11, 9)
    sent, _ = delivered(day, Defect(Quality.MISSING, day, 10.25, 11.5))
    gone = sent.quality == Quality.MISSING
    assert np.flatnonzero(gone).tolist() == [41, 42, 43, 44, 45]
    assert not sent.milliwatt_hours[gone].any()
    assert (sent.milliwatt_hours[~gone] == used(day)[~gone]).all()


def test_a_correction_puts_what_was_used_in_the_place_of_an_estimate():
    day = date(2026, 10, 13)
    sent, corrected = delivered(day, Defect(Quality.REVISED, day, 0, 12))
    assert (sent.quality[:48] == Quality.EST).all()
    assert (corrected.quality == Quality.REVISED).all()
    assert (corrected.quarter == sent.quarter[:48]).all()
    assert (corrected.milliwatt_hours == used(day)[:48]).all()
    assert (corrected.milliwatt_hours != sent.milliwatt_hours[:48]).any()


def test_heat_is_measured_by_the_hour():
    day = date(2026, 10, 25)
    sent, _ = Metering(readings.warmth(homes.MAKELA_HEAT), quarters_each=4).deliveries(day, day)
    assert len(sent) == 25
    assert set(sent.length) == {4}


def test_a_metering_point_that_ended_sends_nothing_afterwards():
    last = date(2026, 10, 24)
    sent, _ = Metering(readings.consumption(homes.SALONEN_CAR), ended=last).deliveries(last, last + timedelta(3))
    assert len(sent) == 96


# Spot prices


def test_spot_prices_are_those_of_a_northern_market(three_years, clock):
    cents = spot.prices(three_years) / 100_000
    assert 3 < cents.mean() < 7
    assert 0.005 < (cents < 0).mean() < 0.1
    assert cents.max() > 30
    assert cents[clock.hour // 1 == 18].mean() > 1.5 * cents[clock.hour // 1 == 3].mean()


def test_prices_hold_for_an_hour_until_october_2025_and_for_a_quarter_since():
    hourly = spot.prices(wall_clock.quarters(date(2025, 9, 1), date(2025, 9, 30))).reshape(-1, 4)
    assert (hourly == hourly[:, :1]).all()
    quarterly = spot.prices(wall_clock.quarters(date(2025, 10, 1), date(2025, 10, 1))).reshape(-1, 4)
    assert (quarterly != quarterly[:, :1]).any()


# Always the same


@pytest.mark.parametrize(
    "series",
    [
        readings.consumption(homes.MAKELA),
        readings.sold(homes.KORHONEN, homes.KORHONEN_ROOF),
        readings.warmth(homes.MAKELA_HEAT),
        readings.cold(homes.SALONEN_COOLING),
        *(metering.series for metering in estate.site(0, LAST).meterings.values()),
        spot.prices,
    ],
)
def test_a_day_is_the_same_whenever_it_is_made_up(series):
    day = wall_clock.quarters(date(2026, 1, 15), date(2026, 1, 15))[::4]
    month = wall_clock.quarters(date(2026, 1, 1), date(2026, 1, 31))[::4]
    alone, within = series(day), series(month)[14 * 24 : 15 * 24]
    assert hashlib.sha256(alone).digest() == hashlib.sha256(np.ascontiguousarray(within)).digest()

"""The outdoor temperature beside the energy, and heat in the weather of the year."""

from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from sqlmodel import update

from portal.kit.clock import day_of
from portal.kit.energy import MILLIWATT_HOURS_PER_KWH
from portal.kit.intervals import instant_of
from portal.sites.models import Occupancy
from portal.weather.hours import Temperatures, start_hour
from portal.weather.importing import record
from tests.asked import asking
from tests.consumption.homes import Home
from tests.consumption.readings import every
from tests.markup import table, words
from tests.weather.builders import constant

DAY = timedelta(days=1)
SHOWN = "show=temperature,price,euros"
SINCE = date(2023, 1, 1)
WATER, PER_DEGREE = 5, 2  # kWh a day, kWh a degree day


def weather(house, place, told):
    with house.database.writing() as db:
        record(db, {place: told})


def by_day(first, last, degrees):
    """Temperatures, each day one, as `degrees` says of it."""
    days = [first + number * DAY for number in range((last - first).days + 1)]
    hours = [start_hour(day + DAY) - start_hour(day) for day in days]
    return Temperatures(start_hour(first), np.repeat([round(100 * degrees(day)) for day in days], hours))


def rows(page, place="last()"):
    """The cells of the lines of one of the page's tables, without blanks."""
    return [[cell.replace(" ", "") for cell in line] for line in table(page, f"(//tbody)[{place}]")]


def test_nothing_of_the_weather_is_shown_or_asked_for_unless_it_is_wanted(home, aino, house):
    weather(house, "Tampere", constant(date(2026, 10, 1), date(2026, 11, 20), -3))
    with asking(house.database) as asked:
        page = aino.browser.open("/consumption?at=2026-10")
    assert "°C" not in page.text
    assert 'href="/consumption?at=2026-10&amp;show=temperature%2Cprice%2Ceuros"' in page.text
    assert not [statement for statement in asked if "weather" in statement]
    with asking(house.database) as asked_more:
        aino.browser.open(f"/consumption?at=2026-10&{SHOWN}")
    assert len(asked_more) == len(asked) + 2


def test_a_file_for_programs_tells_it_hour_by_hour_where_it_is_shown(home, aino, house):
    first, last = date(2026, 10, 24), date(2026, 10, 26)
    weather(house, "Tampere", by_day(first, last, lambda day: Decimal(day.day - 26) / 4))
    file = "/consumption/download?format=json"
    told = aino.browser.get(f"{file}&at=2026-10-25&{SHOWN}").json()["outdoor_temperature"]
    assert told["place"] == "Tampere"
    assert len(told["hours"]) == 25
    assert told["hours"][0] == {"start": "2026-10-24T21:00:00Z", "celsius": "-0.25"}
    assert {hour["celsius"] for hour in told["hours"]} == {"-0.25"}
    assert len(aino.browser.get(f"{file}&at=2026-10&{SHOWN}").json()["outdoor_temperature"]["hours"]) == 73
    for other in (f"at=2026-09&{SHOWN}", "at=2026-10-25", f"at=2026-12&{SHOWN}"):
        assert "outdoor_temperature" not in aino.browser.get(f"{file}&{other}").json()
    elsewhere = Home(home.register, aino.party, weather_place="Turku")
    elsewhere.readings(last)
    assert "outdoor_temperature" not in aino.browser.get(f"{file}&at=2026-10-25&{SHOWN}").json(), "of two places none"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("at", ["all", "2026", "2026-10", "2026-W43", "2026-10-25", "2026-03-29", "2026-10-24T14"])
def test_every_view_shows_the_temperature_in_every_language(home, aino, house, language, at):
    weather(house, "Tampere", constant(date(2025, 1, 1), date(2026, 11, 20), Decimal("-2.5")))
    aino.browser.headers["Accept-Language"] = language
    page = aino.browser.open(f"/consumption?at={at}&{SHOWN}")
    assert "\u22122,5 °C" in words(page)
    assert 'class="chart__frame chart__frame--low' in page.text
    assert all("\u22122,5" in row for row in rows(page))


def test_days_of_23_and_25_hours_have_a_temperature_for_each_hour(home, aino, house):
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        weather(house, "TAMPERE", Temperatures(start_hour(day), np.arange(hours) * 100))
        told = rows(aino.browser.open(f"/consumption?at={day}&{SHOWN}"))
        assert [row[-2] for row in told] == [f"{number},0" for number in range(hours)]


def test_the_way_back_is_the_page_as_it_was(home, aino, house):
    page = aino.browser.open(f"/consumption?at=2026-10&{SHOWN}")
    assert 'href="/consumption?at=2026-10"' in page.text
    page = aino.browser.open("/consumption?at=2026-10&show=euros")
    assert 'href="/consumption?at=2026-10&amp;show=temperature%2Ceuros"' in page.text


def test_a_place_without_temperatures_is_said(home, aino):
    page = aino.browser.open(f"/consumption?at=2026-10&{SHOWN}")
    assert "Tämän ajan ulkolämpötilaa ei ole tiedossa (Tampere)." in words(page)
    assert "°C" not in page.text


def test_sites_in_different_places_have_no_temperature_together(home, register, aino, house):
    weather(house, "Tampere", constant(date(2026, 10, 1), date(2026, 10, 31), 4))
    other = Home(register, aino.party, street="Rantapolku 2", weather_place="Utö")
    other.readings(aino.today - DAY)
    page = aino.browser.open(f"/consumption?at=2026-10&{SHOWN}")
    assert "Kohteet ovat eri paikkakunnilla." in words(page)
    page = aino.browser.open(f"/consumption?at=2026-10&{SHOWN}&site={home.site}")
    assert "ulkolämpötila, Tampere" in words(page)


def degrees_of(day):
    """Each year has a weather of its own: summers at 20 °C, the rest at -4, -8, 2 and 0."""
    return 20 if day.month in {6, 7, 8} else {2023: -4, 2024: -8, 2025: 2, 2026: 0}[day.year]


def demand(day):
    """What a house takes that needs warm water and follows the weather, kWh a day."""
    return WATER + (PER_DEGREE * (17 - degrees_of(day)) if degrees_of(day) < 10 else 0)


def heat_of(quarter):
    """The same, hour by hour."""
    kwh = np.array([demand(day_of(instant_of(one))) for one in quarter.tolist()])
    return np.rint(kwh * MILLIWATT_HOURS_PER_KWH / 24).astype(np.int64)


@pytest.fixture
def heated(register, aino, house):
    """A home with district heat for four years, whose use follows the weather and nothing else."""
    home = Home(register, aino.party, since=SINCE)
    heat = register.point(home.site, "heat")
    home.record(heat, every(SINCE, aino.today - DAY, length=4, milliwatt_hours=heat_of))
    weather(house, "Tampere", by_day(SINCE, aino.today - DAY, degrees_of))
    return home


def test_heat_that_only_follows_the_weather_has_not_changed(heated, aino):
    page = aino.browser.open(f"/consumption?at=2026&energy=heat&{SHOWN}")
    assert "Lämpöä kului yhtä paljon kuin edellisvuosina olisi kulunut samassa säässä." in words(page)
    compared, whole = rows(page, 1), rows(page, 2)
    assert [row[0] for row in compared][:2] == ["Tammikuu", "Helmikuu"]
    assert len(compared) == 10  # November is not over
    for row in compared:
        metered = int(row[2])
        assert all(abs(int(then) - metered) <= 9 for then in row[3:6]), row  # days of 23 and 25 hours
        assert len(row) == 7
    assert compared[0][1] == str(17 * 31)
    assert compared[6][1] == "0"
    assert whole[0][-2] == str(17 * 31)
    assert whole[10][-2] == str(17 * 20)  # until yesterday


def test_every_year_of_heat_opens_in_every_language(heated, aino):
    for language in ("fi", "sv", "en"):
        aino.browser.headers["Accept-Language"] = language
        for at in ("2023", "2024", "2026", "2026-02", "all", "2026-02-03"):
            aino.browser.open(f"/consumption?at={at}&energy=heat&{SHOWN}")


def test_a_year_without_one_before_is_compared_with_nothing(heated, aino):
    page = aino.browser.open(f"/consumption?at=2023&energy=heat&{SHOWN}")
    assert "same-weather" not in page.text


def test_heat_is_not_compared_with_months_that_are_known_in_part(register, aino, house):
    home = Home(register, aino.party, since=date(2025, 1, 20))
    heat = register.point(home.site, "heat")
    home.record(heat, every(date(2025, 1, 20), aino.today - DAY, length=4, milliwatt_hours=heat_of))
    weather(house, "Tampere", by_day(SINCE, aino.today - DAY, degrees_of))
    compared = rows(aino.browser.open(f"/consumption?at=2026&energy=heat&{SHOWN}"), 1)
    assert compared[0][3:] == ["–", ""]
    assert compared[1][3] != "–"


@pytest.mark.parametrize("moved", [date(2026, 1, 1), date(2026, 3, 16)])
def test_the_heat_of_a_new_home_is_not_compared_with_that_of_the_one_before(heated, register, aino, house, moved):
    """Each month has one meter, and is another house."""
    with house.database.writing() as db:
        db.exec(update(Occupancy).where(Occupancy.site_id == heated.site).values(until=moved - DAY))
    home = Home(register, aino.party, street="Rantapolku 2", since=moved)
    heat = register.point(home.site, "heat")
    home.record(heat, every(moved, aino.today - DAY, length=4, milliwatt_hours=heat_of))
    page = aino.browser.open(f"/consumption?at=2026&energy=heat&{SHOWN}")
    assert "same-weather" not in page.text
    before = rows(aino.browser.open(f"/consumption?at=2025&energy=heat&{SHOWN}"), 1)
    assert len(before) == 12
    assert all(row[3] != "–" for row in before), "the same home in both years"

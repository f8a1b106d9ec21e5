"""The feed of weather: an hour of a place is a row, a month of a place is what is kept."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from portal.feeds.rows import read
from portal.feeds.schema import kind_named
from portal.kit import clock
from portal.weather.hours import UNTOLD, joined, start_hour, unpacked
from portal.weather.models import WeatherMonth
from portal.weather.rules import day_means
from tests.asked import asking
from tests.feeds.conftest import lines, row

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def hourly(first, last, degrees, place="Turku"):
    """A row for each hour of the days of Helsinki from first to last; `degrees` tells each by its number."""
    begins, ends = clock.start_of(first), clock.start_of(last + DAY)
    return [
        {"place": place, "time": f"{begins + number * HOUR:%Y-%m-%dT%H:%M:%SZ}", "degrees": str(degrees(number))}
        for number in range((ends - begins) // HOUR)
    ]


def kept(database, place="turku"):
    with database.reading() as db:
        found = db.exec(select(WeatherMonth).where(WeatherMonth.place == place))
        return {month.month: month.temperatures for month in found}


def test_temperatures_fill_their_months_hour_by_hour(take_in, database):
    told = hourly(date(2026, 10, 24), date(2026, 11, 1), lambda number: Decimal(number) / 10)
    assert len(told) == 9 * 24 + 1
    assert take_in("w.jsonl", *told).last == f"accepted={len(told)} unchanged=0 refused=0"
    october, november = kept(database)[date(2026, 10, 1)], kept(database)[date(2026, 11, 1)]
    first = start_hour(date(2026, 10, 24)) - start_hour(date(2026, 10, 1))
    assert unpacked(date(2026, 10, 1), october)[first:].tolist() == list(range(0, 1930, 10))
    assert set(unpacked(date(2026, 10, 1), october)[:first].tolist()) == {UNTOLD}
    assert unpacked(date(2026, 11, 1), november)[:25].tolist() == [*range(1930, 2170, 10), UNTOLD]


def test_the_days_on_which_clocks_change_have_all_their_hours(take_in, database):
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        told = hourly(day, day, lambda number: number)
        assert len(told) == hours
        assert take_in("w.jsonl", *told).code == 0
        found = joined({month: packed for month, packed in kept(database).items() if month.month == day.month})
        assert day_means(found, day, day) == [Decimal(hours - 1) / 2]


def test_the_same_again_changes_nothing_and_writes_nothing(take_in, database):
    told = hourly(date(2026, 11, 20), date(2026, 11, 20), lambda number: -number)
    take_in("w.jsonl", *told)
    before = kept(database)
    with asking(database) as asked:
        again = take_in("w.jsonl", *told, row("weather", time="2026-11-20T10:00:00Z", degrees="1.25"))
    assert again.last == "accepted=0 unchanged=23 refused=2"  # two rows tell one hour differently
    assert not [one for one in asked if "weather_month" in one and "INSERT" in one]
    assert kept(database) == before


def test_a_corrected_hour_takes_the_place_of_the_old_one_and_leaves_the_others(take_in, database):
    take_in("w.jsonl", *hourly(date(2026, 11, 20), date(2026, 11, 20), lambda number: number))
    one = row("weather", time="2026-11-20T10:00:00Z", degrees="-9.99")
    assert take_in("w.jsonl", one).last == "accepted=1 unchanged=0 refused=0"
    at = start_hour(date(2026, 11, 20)) - start_hour(date(2026, 11, 1))
    hundredths = unpacked(date(2026, 11, 1), kept(database)[date(2026, 11, 1)])[at:][:24].tolist()
    assert hundredths == [-999 if number == 12 else 100 * number for number in range(24)]


def test_a_place_is_the_same_in_capitals(take_in, database):
    told = (row("weather", place="ÄÄNEKOSKI"), row("weather", place="Äänekoski", time="2026-11-21T17:00:00Z"))
    assert take_in("w.jsonl", *told).last == "accepted=2 unchanged=0 refused=0"
    assert list(kept(database, "äänekoski")) == [date(2026, 11, 1)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"time": "2026-11-21T18:30:00Z"}, "time: is not on the hour; send one temperature for each full hour"),
        ({"time": "2026-11-21T18:00:00.5Z"}, "time: is not on the hour"),
        ({"time": "2026-11-21T18:00:00"}, "time: must be an instant in UTC such as"),
        ({"time": "2026-11-21T18:00:00+02:00"}, "time: must be an instant in UTC such as"),
        ({"degrees": "-60.01"}, "degrees: must lie between -60 and 45; send degrees Celsius"),
        ({"degrees": "45.1"}, "degrees: must lie between -60 and 45"),
        ({"degrees": "NaN"}, "degrees: must be digits"),
        ({"degrees": "-4.213"}, "degrees: must be digits"),
        ({"degrees": -4.2}, "degrees: Input should be a valid string"),
        ({"place": ""}, "place: must be 1 to 100 characters"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_the_field(change, reason):
    assert read(kind_named("weather"), lines(row("weather", **change)).encode()).reason.startswith(reason)


def test_a_time_later_than_tomorrow_is_refused(take_in, refused, database):
    now = clock.now()
    tomorrow = clock.day_of(now) + DAY
    last = clock.start_of(tomorrow + DAY) - HOUR
    told = [row("weather", time=f"{time:%Y-%m-%dT%H:%M:%SZ}") for time in (last, last + 2 * DAY)]
    assert take_in("w.jsonl", *told).last == "accepted=1 unchanged=0 refused=1"
    ((line, reason, _),) = refused("w.jsonl")
    assert line == "2"
    assert reason.startswith("time: lies later than tomorrow, ")
    assert reason.endswith("send what was measured, with its time in UTC")


def test_a_site_may_name_the_place_of_its_weather(take_in_kinds, database):
    answer = take_in_kinds(customers=[row("customers")], sites=[row("sites", weather_place="Turku Artukainen")])
    assert answer.last == "accepted=2 unchanged=0 refused=0"

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consumption.charts import Mark
from portal.consumption.periods import All, Day, Hour, Month, Quarter, Span, Week, Year, read
from portal.consumption.revisions import as_new
from portal.consumption.rules import (
    FROM_STRONG_TO_WEAK,
    Compare,
    PeriodStep,
    Tally,
    by_hour,
    due,
    due_until,
    standings,
    total,
    weakest,
    year_before,
)
from portal.kit.energy import Energy
from portal.kit.intervals import NOTHING, Quality, start_quarter
from tests.consumption.readings import Reading, figures, intervals, listed, loads

DATE, WEEKDAY = Compare.DATE, Compare.WEEKDAY
WHOLE_DAY = Tally(milliwatt_hours=1000, quarters=96, expected=96, measured=96)


@pytest.mark.parametrize(
    ("period", "compare", "before"),
    [
        (Year(2026), DATE, Year(2025)),
        (Month(2026, 11), DATE, Month(2025, 11)),
        (Month(2024, 2), DATE, Month(2023, 2)),
        (Day(date(2026, 11, 21)), DATE, Day(date(2025, 11, 21))),
        (Day(date(2024, 2, 29)), DATE, None),
        (Week(2026, 47), DATE, Span(date(2025, 11, 16), date(2025, 11, 22))),
        (Span(date(2026, 1, 5), date(2026, 3, 1)), DATE, Span(date(2025, 1, 5), date(2025, 3, 1))),
        (Span(date(2024, 1, 5), date(2024, 2, 29)), DATE, None),
        (read("2026-11-21T14"), DATE, read("2025-11-21T14")),
        (read("2027-03-29T03"), DATE, None),  # on that day of 2026 there was no such hour
        (read("2026-10-25T03B"), DATE, read("2025-10-25T03")),
        (read("2027-10-25T03"), DATE, read("2026-10-25T03")),
        (read("2026-11-21T14").steps[2], DATE, read("2025-11-21T14").steps[2]),
        (read("2027-03-29T03").steps[2], DATE, None),
        (Day(date(2026, 11, 21)), WEEKDAY, Day(date(2025, 11, 22))),
        (Day(date(2024, 2, 29)), WEEKDAY, Day(date(2023, 3, 2))),
        (Week(2026, 47), WEEKDAY, Week(2025, 47)),
        (Week(2026, 53), WEEKDAY, Week(2026, 1)),
        (Month(2026, 11), WEEKDAY, Span(date(2025, 11, 2), date(2025, 12, 1))),
        (Year(2026), WEEKDAY, Span(date(2025, 1, 2), date(2026, 1, 1))),
        (read("2026-11-21T14"), WEEKDAY, read("2025-11-22T14")),
        (Day(date(2026, 11, 21)), Compare.NONE, None),
        (Month(2026, 11), Compare.NONE, None),
        (read("2026-11-21T14"), Compare.NONE, None),
    ],
    ids=lambda value: str(getattr(value, "at", value)),
)
def test_what_stands_beside_a_period(period, compare, before):
    assert year_before(period, compare) == before


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_52_weeks_before_it_is_the_same_weekday(day):
    before = year_before(Day(day), WEEKDAY)
    assert before.first.weekday() == day.weekday()
    assert 363 <= (day - before.first).days <= 366


@pytest.mark.parametrize(
    ("tally", "mark"),
    [
        (Tally(quarters=96), Mark.AHEAD),
        (Tally(), Mark.OUTSIDE),
        (Tally(quarters=96, expected=96), Mark.MISSING),
        (Tally(quarters=96, expected=96, measured=95), Mark.PARTLY),
        (Tally(quarters=96, expected=96, milliwatt_hours=5), Mark.PARTLY),  # some parts of every hour
        (Tally(quarters=96, expected=96, measured=92, estimated=4, revised=4), Mark.ESTIMATED),
        (Tally(quarters=96, expected=96, measured=96, revised=4), Mark.REVISED),
        (Tally(quarters=96, expected=96, measured=96), Mark.MEASURED),
        (Tally(quarters=96, expected=40, measured=40), Mark.MEASURED),  # a day of which some came early
    ],
)
def test_the_mark_of_a_sum_tells_its_weakest_side(tally, mark):
    assert tally.mark is mark


def test_what_is_known_only_in_part_is_not_complete():
    assert WHOLE_DAY.complete
    assert not Tally(quarters=96, expected=40, measured=40).complete
    assert not Tally(quarters=96, expected=96, measured=95).complete
    assert not Tally().complete


def test_tallies_add_up():
    other = Tally(milliwatt_hours=-1, quarters=2, expected=3, measured=4, estimated=5, revised=6)
    assert total([WHOLE_DAY, other]) == Tally(999, 98, 99, 100, 5, 6)
    assert total([]) == Tally()
    assert WHOLE_DAY.energy == Energy(1000)


def day_step(day, now=WHOLE_DAY, then=WHOLE_DAY, compare=DATE):
    return PeriodStep(Day(day), now, year_before(Day(day), compare), then)


def test_days_of_a_clock_change_are_compared_all_the_same():
    spring = Tally(900, 92, 92, 92)
    assert day_step(date(2026, 3, 29), spring, WHOLE_DAY).comparable


def test_two_points_are_not_compared_with_one():
    assert not day_step(date(2026, 11, 1), total([WHOLE_DAY, WHOLE_DAY]), WHOLE_DAY).comparable


def test_other_points_are_not_compared_though_they_are_as_many():
    day = Day(date(2026, 11, 1))
    assert not PeriodStep(day, WHOLE_DAY, year_before(day, DATE), WHOLE_DAY, same_points=False).comparable


def test_a_leap_february_is_not_compared_with_a_shorter_one():
    now, then = Tally(1, 29 * 96, 29 * 96, 29 * 96), Tally(1, 28 * 96, 28 * 96, 28 * 96)
    assert not PeriodStep(Month(2024, 2), now, Month(2023, 2), then).comparable


def test_readings_of_a_day_are_due_by_the_end_of_the_next():
    assert due(date(2026, 11, 21)) == date(2026, 11, 19)
    assert due_until(date(2026, 11, 21)) == start_quarter(date(2026, 11, 20))


@pytest.mark.parametrize(
    ("today", "reach", "until"),
    [
        ("2026-11-21", "2026-10-01", "2026-10-01"),  # October has until the end of November
        ("2026-11-21", "2026-09-15", "2026-10-01"),
        ("2026-12-01", "2026-10-01", "2026-11-01"),
        ("2026-11-21", "2026-11-01", "2026-11-01"),  # it has come early
        ("2026-11-21", "2026-11-21", "2026-11-20"),  # nothing is due earlier than of others
        ("2027-01-01", "2020-01-01", "2026-12-01"),
    ],
)
def test_readings_of_a_month_are_due_by_the_end_of_the_next(today, reach, until):
    until_then = due_until(date.fromisoformat(today), start_quarter(date.fromisoformat(reach)))
    assert until_then == start_quarter(date.fromisoformat(until))


@pytest.mark.parametrize(
    ("qualities", "result"),
    [
        ("OK OK OK OK", "OK"),
        ("OK EST OK OK", "EST"),
        ("REVISED OK CALC E56", "E56"),
        ("OK MISSING EST OK", "PMISSING"),
        ("PMISSING OK", "PMISSING"),
        ("MISSING MISSING", "MISSING"),
        ("UNCERTAIN E21", "UNCERTAIN"),
    ],
)
def test_a_sum_is_as_good_as_its_weakest_part(qualities, result):
    assert weakest([Quality[name] for name in qualities.split()]) is Quality[result]


def test_every_quality_has_its_place():
    assert sorted(FROM_STRONG_TO_WEAK) == sorted(Quality)


@given(loads([490_000, 490_001, 490_003]))
def test_hours_are_the_sums_of_their_readings(readings):
    expected = []
    for hour in sorted({one.quarter // 4 for one in readings}):
        inside = [one for one in readings if one.quarter // 4 == hour]
        qualities = [one.quality for one in inside]
        if sum(one.length for one in inside) < 4:
            qualities.append(Quality.MISSING)
        expected.append(Reading(hour * 4, 4, sum(one.milliwatt_hours for one in inside), weakest(qualities)))
    assert listed(by_hour(intervals(readings))) == expected


def test_no_readings_have_no_hours():
    assert len(by_hour(NOTHING)) == 0


@pytest.mark.parametrize(
    ("quarters", "mean"),
    [((-1, -1, -2, -2), -2), ((1, 1, 2, 2), 2), ((-1, -1, -1, -2), -1), ((-3, -3, -3, -2), -3), ((0, 0, 0, -1), 0)],
)
def test_a_mean_below_zero_is_rounded_as_one_above(quarters, mean):
    told = intervals([Reading(at, 1, value) for at, value in enumerate(quarters)])
    assert by_hour(told, adds_up=False).milliwatt_hours.tolist() == [mean]


@given(loads([490_000, 490_001, 490_003]))
def test_readings_are_counted_as_one_counts_by_hand(readings):
    counted = standings(as_new(intervals(readings)))
    assert counted.T.tolist() == [figures(one)[1:].tolist() for one in readings]
    assert np.array_equal(counted[:3].sum(axis=0), intervals(readings).length)


def test_everything_is_compared_with_nothing():
    assert year_before(All(), Compare.NONE) is None
    assert isinstance(year_before(Hour(1_963_476), DATE), Hour)
    assert isinstance(year_before(Quarter(1_963_476), WEEKDAY), Quarter)

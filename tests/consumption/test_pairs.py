from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consumption.pairs import Comparison, PointsByDay, compared, together, whole
from portal.consumption.periods import Day
from portal.consumption.rules import Compare, PeriodStep, Tally, year_before
from portal.kit.energy import Energy

DATE, WEEKDAY = Compare.DATE, Compare.WEEKDAY
DAY = timedelta(days=1)
FEBRUARY = date(2024, 2, 20)
DAYS = 12  # 29 February among them


def points(first, milliwatt_hours, valued):
    """Points by day, of which so many quarter hours have a value."""
    milliwatt_hours, valued = np.array(milliwatt_hours, np.int64), np.array(valued, np.int64)
    figures = np.zeros((*milliwatt_hours.shape, 5), np.int64)
    figures[:, :, 0], figures[:, :, 1] = milliwatt_hours, valued
    quarters = np.full(milliwatt_hours.shape, 96)
    return PointsByDay(first, figures, quarters, quarters, np.full(milliwatt_hours.shape[1], 96))


def grids(days):
    of_day = st.tuples(st.integers(-5, 5), st.sampled_from([96, 96, 96, 95, 0]))
    return st.lists(st.lists(of_day, min_size=days, max_size=days), min_size=2, max_size=2)


@given(grids(DAYS), grids(DAYS), st.sampled_from([DATE, WEEKDAY]))
def test_each_point_is_compared_on_the_days_that_both_years_know_in_full(now, then, compare):
    before = FEBRUARY.replace(year=2023) if compare is DATE else FEBRUARY - timedelta(weeks=52)
    found = compared(
        *(
            points(
                first,
                [[milliwatt_hours for milliwatt_hours, _ in row] for row in of],
                [[valued for _, valued in row] for row in of],
            )
            for first, of in ((FEBRUARY, now), (before, then))
        ),
        compare,
    )
    for this, that, comparison in zip(now, then, found, strict=True):
        pairs = {}
        for number in range(DAYS):
            like = year_before(Day(FEBRUARY + number * DAY), compare)
            at = (like.first - before).days if like else DAYS
            if at < DAYS and this[number][1] == that[at][1] == 96:
                pairs[FEBRUARY + number * DAY] = this[number][0], that[at][0]
        sums = [sum(pair[side] for pair in pairs.values()) for side in (0, 1)]
        assert comparison == (Comparison(*map(Energy, sums), frozenset(pairs)) if pairs else None)


def test_a_point_that_is_not_held_all_day_is_not_compared():
    now, then = points(FEBRUARY, [[5]], [[96]]), points(FEBRUARY.replace(year=2023), [[7]], [[96]])
    (found,) = compared(now, then, DATE)
    assert (found.now, found.then, found.days) == (Energy(5), Energy(7), 1)
    then.quarters[:] = 48
    assert compared(now, then, DATE) == [None]


def test_several_are_compared_on_all_the_days_of_any():
    one = Comparison(Energy(5), Energy(7), frozenset([FEBRUARY, FEBRUARY + DAY]))
    other = Comparison(Energy(1), Energy(2), frozenset([FEBRUARY, FEBRUARY + 2 * DAY]))
    assert together([one, None, other]) == Comparison(Energy(6), Energy(9), one.dates | other.dates)
    assert together([one, None, other]).days == 3
    assert together([None]) is None


def test_a_step_is_a_pair_where_all_of_it_may_be_compared():
    now, then = Tally(2000, 96, 96, 96), Tally(1000, 96, 96, 90, 6)
    day = Day(date(2026, 11, 1))
    before = year_before(day, DATE)
    assert whole([PeriodStep(day, now, before, then)]) == Comparison(Energy(2000), Energy(1000), frozenset([day.first]))
    assert whole([PeriodStep(day, now, before, Tally(1000, 96, 96, 95))]) is None
    assert whole([PeriodStep(day, now, before, then, same_points=False)]) is None
    assert whole([PeriodStep(day, now)]) is None
    assert whole([]) is None


@pytest.mark.parametrize(
    ("now", "then", "change"), [(88, 100, "-0.12"), (100, 0, None), (-50, -100, "0.5"), (0, 100, "-1"), (7, 7, "0")]
)
def test_a_change_is_a_share_of_what_it_was(now, then, change):
    assert Comparison(Energy(now), Energy(then), frozenset()).change == (change and Decimal(change))

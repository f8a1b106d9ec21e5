"""What is to be expected of a month: by hand, and where nothing may be said."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.billing_month.rules import A_YEAR, LEAST_MONTHS, Lack, Tried, error, expected, level, tried
from portal.kit.clock import DAY

UNTIL = date(2026, 11, 10)  # a Tuesday
SINCE = date(2024, 9, 1)
TRIED = st.builds(Tried, st.fractions(0, 10**6), st.integers(0, 10**6))


def days(first=SINCE, last=UNTIL, of=lambda _day: 10):
    """What each day took."""
    return {first + number * DAY: of(first + number * DAY) for number in range((last - first).days + 1)}


def half_more(day):
    """Half more from the autumn of 2026 on."""
    return 15 if day >= UNTIL - timedelta(days=40) else 10


def test_a_steady_home_goes_on_as_before():
    assert level(days(), UNTIL) == 1
    assert expected(days(), UNTIL) == 300


def test_a_home_that_uses_half_more_is_taken_to_go_on_so():
    assert level(days(of=half_more), UNTIL) == Fraction(3, 2)
    assert expected(days(of=half_more), UNTIL) == 10 * 15 + 20 * 15


def test_the_rest_of_the_month_is_that_of_the_same_weekdays():
    sundays = days(of=lambda day: 50 if day.weekday() == 6 else 10)
    assert expected(sundays, UNTIL) == 30 * 10 + 5 * 40  # 2026-11 has five Sundays


def test_a_day_without_readings_takes_what_is_to_be_expected():
    use = days(of=half_more)
    del use[UNTIL - 3 * DAY]
    assert expected(use, UNTIL) == 450


@pytest.mark.parametrize(
    ("now", "before", "expected_level"), [(90, 10, 2), (1, 10, Fraction(1, 2)), (0, 10, 0), (0, 0, 1)]
)
def test_no_level_is_believed_beyond_its_bounds(now, before, expected_level):
    use = days(of=lambda day: now if day > UNTIL - A_YEAR + timedelta(days=60) else before)
    assert level(use, UNTIL) == expected_level


def test_nothing_is_said_of_what_was_never_used_before():
    assert level(days(of=lambda day: 5 if day > date(2026, 6, 1) else 0), UNTIL) is None


@pytest.mark.parametrize(
    "use",
    [
        {},
        days(first=date(2026, 1, 1)),  # no year before
        {day: used for day, used in days().items() if day != date(2025, 11, 20)},  # a day of the year before is unknown
        {day: used for day, used in days().items() if day < UNTIL - timedelta(days=8)},  # too little of four weeks
    ],
)
def test_nothing_is_expected_where_too_little_is_known(use):
    assert expected(use, UNTIL) is None


def test_past_months_are_foretold_as_on_the_same_day_and_held_against_what_was_used():
    use = days(first=date(2023, 1, 1))
    use |= dict.fromkeys([date(2026, 10, 20), date(2026, 10, 21)], 40)
    months = tried(use, UNTIL)
    assert months[0] == Tried(Fraction(310), 370)
    assert months[1:] == [Tried(Fraction(one.used), one.used) for one in months[1:]]
    assert len(months) == 12
    assert tried(days(first=date(2025, 8, 1)), UNTIL)[-1] is None


def test_the_worst_month_says_how_sure_a_forecast_is():
    right, wrong = Tried(Fraction(100), 100), Tried(Fraction(80), 100)
    assert error([[right] * 5 + [wrong]], [Fraction(1)]) == (Fraction(1, 5), 6)
    assert error([[right] * 6, [right] * 5 + [wrong]], [Fraction(3), Fraction(1)]) == (Fraction(1, 20), 6)
    assert error([[right] * 6, [None] * 6], [Fraction(1), Fraction(0)]) == (0, 6)  # what costs nothing now


def test_there_is_no_forecast_of_too_little_or_too_unsure_a_past():
    right, wild = Tried(Fraction(100), 100), Tried(Fraction(300), 100)
    assert error([[right] * 5 + [None] * 7], [Fraction(1)]) is Lack.TOO_LITTLE
    assert error([[wild] * 12], [Fraction(1)]) is Lack.TOO_UNSURE
    assert error([], []) is Lack.TOO_LITTLE


@given(
    st.lists(st.lists(st.none() | TRIED, min_size=12, max_size=12), min_size=1, max_size=3),
    st.lists(st.fractions(-10, 10), min_size=3, max_size=3),
)
def test_no_error_is_told_of_too_few_months_or_wider_than_half(past, prices):
    found = error(past, prices[: len(past)])
    if not isinstance(found, Lack):
        part, months = found
        assert 0 <= part <= Fraction(1, 2)
        assert LEAST_MONTHS <= months <= 12

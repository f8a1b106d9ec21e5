from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.clock import quarters_in
from portal.kit.intervals import NOTHING, day_starts, instant_of, joined, quarter_of, start_quarter

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(DAYS, st.integers(0, 100))
def test_day_starts_are_those_of_the_days_and_of_the_one_after(first, more):
    last = first + timedelta(days=more)
    starts = day_starts(first, last)
    assert starts.tolist() == [start_quarter(first + timedelta(days=day)) for day in range(more + 2)]
    assert np.diff(starts).tolist() == [quarters_in(first + timedelta(days=day)) for day in range(more + 1)]


@pytest.mark.parametrize(
    ("day", "quarters"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100), (date(2026, 11, 21), 96)]
)
def test_a_day_has_92_96_or_100_quarters(day, quarters):
    assert np.diff(day_starts(day, day)).tolist() == [quarters]


def test_a_quarter_is_the_instant_at_which_it_begins():
    instant = datetime(2024, 12, 31, 22, 15, tzinfo=UTC)
    assert instant_of(quarter_of(instant)) == instant
    assert quarter_of(instant + timedelta(minutes=14, seconds=59)) == quarter_of(instant)


def test_no_intervals_joined_are_none():
    assert len(joined([])) == len(joined([NOTHING, NOTHING])) == 0

"""Days from one to another: against sets of days, which know no ranges."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.ranges import Range, gaps, merged, overlaps

FIRST = date(2020, 1, 1)
HORIZON = [FIRST + timedelta(number) for number in range(40)]  # later than any end that is drawn
days = st.sampled_from(HORIZON[:30])
ranges = st.builds(
    lambda first, length: Range(first, None if length is None else first + timedelta(length)),
    days,
    st.none() | st.integers(1, 8),
)
several = st.lists(ranges, max_size=6)


def held(*of):
    return {day for day in HORIZON for one in of if day in one}


def test_the_first_and_the_last_day_belong_to_days():
    one = Range.of_days(FIRST, date(2020, 1, 3))
    assert (one.start, one.end, one.last) == (FIRST, date(2020, 1, 4), date(2020, 1, 3))
    assert held(one) == set(HORIZON[:3])


def test_days_without_a_last_one_never_end():
    assert Range.of_days(FIRST, None) == Range.of_days(FIRST, date.max) == Range(FIRST)
    assert date.max in Range(FIRST)
    assert Range(FIRST).last is None


@pytest.mark.parametrize("end", [FIRST, FIRST - timedelta(1)])
def test_a_range_without_a_day_is_none(end):
    with pytest.raises(ValueError, match="ends after it starts"):
        Range(FIRST, end)


@given(ranges, ranges)
def test_what_two_ranges_share_are_the_days_of_both(one, other):
    shared = one & other
    assert (held(shared) if shared else set()) == held(one) & held(other)


def test_ranges_that_follow_each_other_share_no_day():
    assert Range(FIRST, HORIZON[5]) & Range(HORIZON[5]) is None


@given(ranges, several)
def test_the_parts_of_a_range_are_all_of_it_and_nothing_changes_within_one(one, others):
    parts = list(one.cut(others))
    assert (parts[0].start, parts[-1].end) == (one.start, one.end)
    assert all(before.end == after.start for before, after in pairwise(parts))
    for part in parts:
        for other in others:
            assert part & other in (None, part)


@given(several)
def test_whatever_shares_days_is_told_and_nothing_else(of):
    share = {a for a, one in enumerate(of) for b, other in enumerate(of) if a != b and one & other}
    told = list(overlaps((one, number) for number, one in enumerate(of)))
    assert {number for pair in told for number in (pair.one, pair.other)} == share
    for pair in told:
        assert pair.shared == of[pair.one] & of[pair.other]
        assert of[pair.one].start <= of[pair.other].start


@given(several)
def test_merged_ranges_hold_the_same_days_with_days_between_them(of):
    found = merged(of)
    assert held(*found) == held(*of)
    assert all(before.end and before.end < after.start for before, after in pairwise(found))


@given(ranges, several)
def test_gaps_are_the_days_that_nothing_holds(within, of):
    found = gaps(within, of)
    assert held(*found) == held(within) - held(*of)
    assert merged(found) == found

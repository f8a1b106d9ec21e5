import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.consumption.blocks import readings_in, slots
from portal.consumption.revisions import UNKNOWN, Known, merged
from portal.kit.intervals import Quality
from tests.consumption.readings import Naive, Reading, intervals, listed, loads

FEW_HOURS = [490_000, 490_001, 490_003]


def with_marks(known):
    pairs = zip(listed(known.intervals), known.revised.tolist(), strict=True)
    return [Reading(one.quarter, one.length, one.milliwatt_hours, one.quality, revised) for one, revised in pairs]


@settings(max_examples=300, deadline=None)
@given(st.lists(loads(FEW_HOURS).filter(len), min_size=1, max_size=6))
def test_readings_are_merged_as_a_dictionary_would_merge_them(every_load):
    naive, known = Naive(), UNKNOWN
    for load in every_load:
        accepted, _, revised, contradicting = naive.record(load)
        outcome = merged(known, intervals(load))
        assert (outcome.accepted, outcome.revised, outcome.contradicting) == (accepted, revised, contradicting)
        known = outcome.known
        assert with_marks(known) == naive.readings


@settings(deadline=None)
@given(loads(FEW_HOURS).filter(len), loads(FEW_HOURS).filter(len))
def test_the_same_readings_again_change_nothing(first, second):
    known = merged(merged(UNKNOWN, intervals(first)).known, intervals(second)).known
    assert merged(known, intervals(second)).accepted == 0


@settings(deadline=None)
@given(loads(FEW_HOURS).filter(len), loads(FEW_HOURS).filter(len))
def test_no_value_is_ever_lost_to_a_missing_one(first, second):
    known = merged(UNKNOWN, intervals(first)).known
    later = merged(known, intervals(second)).known
    assert covered(known) <= covered(later)


@settings(deadline=None)
@given(loads(FEW_HOURS).filter(len), st.data())
def test_packed_readings_come_back_with_their_gaps_and_marks(readings, data):
    marks = data.draw(st.lists(st.booleans(), min_size=len(readings), max_size=len(readings)))
    known = Known(intervals(readings), np.array(marks))
    assert with_marks(readings_in(slots(known))) == with_marks(known)


def covered(known):
    """The quarters that have a value, or are part of an hour that has one."""
    return {
        quarter
        for one in listed(known.intervals)
        if one.quality is not Quality.MISSING
        for quarter in range(one.quarter, one.quarter + one.length)
    }

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from portal.kit.packing import pack, pack_codes, unpack, unpack_codes
from tests.consumption import packed_before

EXTREMES = np.iinfo(np.int64)


@given(arrays.arrays(np.int64, st.integers(0, 200)))
def test_any_numbers_come_back_as_they_were(numbers):
    packed = unpack(pack(numbers))
    assert packed.dtype == np.int64
    assert packed.tolist() == numbers.tolist()


@given(st.integers(-(2**40), 2**40), st.integers(1, 2**20), st.lists(st.integers(0, 1000), min_size=1))
def test_numbers_on_a_grid_come_back_as_they_were(lowest, step, multiples):
    numbers = np.array(multiples) * step + lowest
    assert unpack(pack(numbers)).tolist() == numbers.tolist()


@given(arrays.arrays(np.uint8, st.integers(0, 200)))
def test_any_codes_come_back_as_they_were(codes):
    assert unpack_codes(pack_codes(codes)).tolist() == codes.tolist()


@pytest.mark.parametrize(
    "numbers",
    [[], [0], [-1], [7] * 3000, [EXTREMES.min, EXTREMES.max], [EXTREMES.max, EXTREMES.min, 0]],
    ids=["none", "zero", "negative", "all equal", "all the way", "and back"],
)
def test_odd_numbers_come_back_too(numbers):
    assert unpack(pack(np.array(numbers, np.int64))).tolist() == numbers


def test_what_was_packed_before_bytes_of_noise_stood_as_they_are_is_read_as_ever():
    readings, revised = packed_before.of_november()
    kept = packed_before.NOVEMBER
    assert unpack_codes(kept["qualities"])[:60].tolist() == readings.quality[:60].tolist()
    assert unpack(kept["mwh"])[:60].tolist() == readings.milliwatt_hours[:60].tolist()
    assert np.flatnonzero(unpack_codes(kept["revised"])).tolist() == [100, 101, 102, 103]
    assert revised.sum() == 4
    october, _ = packed_before.of_october()
    assert unpack(packed_before.OCTOBER["mwh"]).tolist() == october.milliwatt_hours.tolist()
    assert pack(october.milliwatt_hours) != packed_before.OCTOBER["mwh"], "it is packed otherwise today"


def test_a_slice_of_numbers_packs_as_well():
    numbers = np.arange(100)[::3]
    assert unpack(pack(numbers)).tolist() == numbers.tolist()


def test_a_month_of_readings_takes_little_more_than_a_byte_each():
    watt_hours = np.random.default_rng(1).gamma(2, 120, 2976).astype(np.int64)
    assert len(pack(watt_hours * 1000)) < 1.4 * 2976

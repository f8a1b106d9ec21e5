import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.sites.rules import is_gsrn

VALID = "643000000000000016"


@pytest.mark.parametrize("number", [VALID, "123456789123456789", "000000000000000000"])
def test_a_gsrn_has_eighteen_digits_and_its_check_digit(number):
    assert is_gsrn(number)


@pytest.mark.parametrize(
    "number", ["", VALID[:-1], VALID + "0", f" {VALID}", "٦٤٣000000000000016", "64300000000000001X"]
)
def test_other_texts_are_no_gsrn(number):
    assert not is_gsrn(number)


@given(st.integers(0, 17), st.integers(1, 9))
def test_a_wrong_digit_anywhere_is_noticed(place, difference):
    digit = (int(VALID[place]) + difference) % 10
    assert not is_gsrn(f"{VALID[:place]}{digit}{VALID[place + 1 :]}")


def test_two_neighbours_in_wrong_order_are_noticed():
    assert not is_gsrn("640300000000000016")

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.sites.kinds import Connection
from portal.sites.rules import CutOff, is_gsrn, told_now

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


def november(*days):
    return [date(2026, 11, day) if day else None for day in days]


ON, OFF, REMOVED = Connection.CONNECTED, Connection.DISCONNECTED, Connection.METER_REMOVED


@pytest.mark.parametrize(
    ("known", "now", "then"),
    [
        ([], ON, []),
        ([], OFF, [(OFF, 20, None)]),
        ([(OFF, 4, None)], OFF, [(OFF, 4, None)]),
        ([(OFF, 4, None)], ON, [(OFF, 4, 21)]),
        ([(OFF, 4, None)], REMOVED, [(OFF, 4, 21), (REMOVED, 21, None)]),
        ([(OFF, 4, 10)], ON, [(OFF, 4, 10)]),
        ([(OFF, 4, 10)], OFF, [(OFF, 4, 10), (OFF, 20, None)]),
        ([(OFF, 4, 21)], OFF, [(OFF, 4, 21), (OFF, 21, None)]),
        ([(OFF, 21, 21)], OFF, [(OFF, 21, None)]),
        ([(OFF, 21, None)], ON, [(OFF, 21, 21)]),
        ([(OFF, 25, 27)], ON, [(OFF, 25, 27)]),
        ([(OFF, 25, 27)], REMOVED, [(OFF, 25, 27), (REMOVED, 20, 25)]),
        ([(OFF, 4, 25)], ON, [(OFF, 4, 21)]),
    ],
)
def test_of_a_point_of_which_it_is_told_how_it_stands_now_the_days_are_kept(known, now, then):
    kept = told_now([CutOff(one, *november(*days)) for one, *days in known], now, *november(20, 21))
    assert kept == [CutOff(one, *november(*days)) for one, *days in then]

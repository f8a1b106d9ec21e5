"""Energy that several prices bill is counted once, by table and for any split of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.invoices.priced_energy import PricedEnergy, counted_once
from portal.kit.energy import Energy

FIRST, HALF, LAST = date(2026, 10, 1), date(2026, 10, 15), date(2026, 10, 31)


def priced(code, amount, first=FIRST, last=LAST):
    return PricedEnergy(code, first, last, Energy(amount))


@pytest.mark.parametrize(
    ("prices", "energy"),
    [
        ([], 0),
        ([priced("energy", 400)], 400),
        ([priced("energy", 400), priced("margin", 400)], 400),
        ([priced("day", 300), priced("night", 110)], 410),
        ([priced("day", 300), priced("night", 110), priced("margin", 410)], 410),
        ([priced("day", 300), priced("night", 110), priced("margin", 410), priced("green", 410)], 410),
        ([priced("day", 200), priced("night", 200), priced("margin", 400)], 400),
        ([priced("day", 300), priced("night", 0), priced("margin", 300)], 300),
        ([priced("old", 150, FIRST, HALF), priced("new", 250, HALF + timedelta(1), LAST), priced("margin", 400)], 400),
        ([priced("old", 200, FIRST, HALF), priced("new", 200, HALF + timedelta(1), LAST)], 400),
        ([priced("energy", 150, FIRST, HALF), priced("energy", 250, HALF + timedelta(1), LAST)], 400),
        ([priced("energy", -400), priced("margin", -100)], -500),
        ([priced("energy", -400), priced("margin", -400)], -400),  # given back
        ([priced("energy", -400), priced("margin", 400)], 0),
        ([priced("day", 200), priced("night", 200)], 400),  # by their names no layers
    ],
)
def test_it_is_counted_once(prices, energy):
    assert counted_once(prices) == Energy(energy)


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=4), st.integers(1, 3))
def test_a_price_beside_any_split_of_the_energy_adds_nothing(split, margins):
    tariffs = [priced(f"tariff {number}", amount) for number, amount in enumerate(split)]
    beside = [priced(f"margin {number}", sum(split)) for number in range(margins)]
    assert counted_once([*tariffs, *beside]) == Energy(sum(split))

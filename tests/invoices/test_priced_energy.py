"""Energy that several prices bill is counted once, by table and for any split of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.invoices.priced_energy import PricedEnergy, counted_once
from portal.kit.energy import Energy

FIRST, HALF, NEXT, LAST = (date(2026, 10, day) for day in (1, 15, 16, 31))


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
        ([priced("old", 150, FIRST, HALF), priced("new", 250, NEXT, LAST), priced("margin", 400)], 400),
        ([priced("old", 200, FIRST, HALF), priced("new", 200, NEXT, LAST)], 400),
        ([priced("energy", 150, FIRST, HALF), priced("energy", 250, NEXT, LAST)], 400),
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


@pytest.mark.parametrize(
    ("prices", "energy"),
    [
        ([priced("energy", 400), priced("margin", 250, HALF, LAST)], 400),
        ([priced("energy", 400), priced("fee", 400), priced("margin", 150, FIRST, HALF)], 400),
        (
            [priced("energy", 400), priced("margin", 250, HALF, LAST), priced("green", 100, date(2026, 10, 20), LAST)],
            400,
        ),
        ([priced("day", 300), priced("night", 110), priced("margin", 250, HALF, LAST)], 410),
        ([priced("old", 150, FIRST, HALF), priced("new", 250, NEXT, LAST), priced("margin", 300, HALF, LAST)], 400),
        ([priced("energy", -400), priced("margin", -250, HALF, LAST)], -400),  # given back
        ([priced("old", 150, FIRST, HALF), priced("new", 250, HALF, LAST)], 400),  # one day of both: nobody can say
        ([priced("energy", 100), priced("another", 250, HALF, LAST)], 350),  # more than the first: something else
    ],
)
def test_what_begins_or_ends_inside_the_days_of_a_price_bills_them_again(prices, energy):
    assert counted_once(prices) == Energy(energy)


@given(st.lists(st.integers(1, 10**6), min_size=3, max_size=31), st.data())
def test_margins_of_some_of_the_days_add_nothing(by_day, data):
    def of_days(code, first, last):
        days = FIRST + timedelta(first), FIRST + timedelta(last)
        return priced(code, sum(by_day[first : last + 1]), *days)

    ends = len(by_day) - 1
    change = data.draw(st.integers(0, ends))
    base = [of_days("old", 0, change - 1)] if change else []
    base.append(of_days("new", change, ends))
    some = st.tuples(st.integers(0, ends), st.integers(0, ends)).map(sorted)
    wanted = data.draw(st.lists(some, max_size=2))
    margins = [of_days(f"margin {number}", *days) for number, days in enumerate(wanted)]
    assert counted_once([*base, *margins]) == Energy(sum(by_day))

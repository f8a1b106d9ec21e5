"""Which zeros are hard to believe."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.consumption.selection import Point
from portal.consumption.zeros import unbelievable
from portal.kit.energy import Energy
from portal.sites.commodities import Commodity

DAY = timedelta(days=1)
LAST = date(2026, 10, 27)  # two days after one of 25 hours


def point(commodity=Commodity.ELECTRICITY):
    there = {"site_id": uuid4(), "site_number": "1", "site_name": None, "street": "Katu 1", "held_days": ()}
    return Point(id=uuid4(), gsrn="1", commodity=commodity, **there)


def known(*energies, last=LAST):
    """Days that end with the last, their energies from the earliest on; None is not known."""
    days = [last - number * DAY for number in range(len(energies))][::-1]
    return {day: energy for day, energy in zip(days, energies, strict=True) if energy is not None}


def zeros(before, days, then=None, commodity=Commodity.ELECTRICITY, last=LAST):
    """How many days are hard to believe."""
    year_before = known(*then, last=last.replace(year=last.year - 1)) if then else {}
    found = unbelievable(point(commodity), last, known(*before, *days, last=last) | year_before)
    return (found.last - found.first).days + 1 if found else 0


USED = [9_000_000] * 28


@pytest.mark.parametrize(
    ("before", "days", "then", "believed"),
    [
        (USED, [0, 0, 0], None, False),
        (USED, [0] * 20, None, False),
        (USED, [0, 0, 0], [5, 5, 5], False),
        (USED, [0, 0], None, True),  # too few days
        (USED, [0, 0, 1], None, True),  # it works again
        (USED, [0, 0, 0, None], None, True),  # the newest is not known
        ([None] * 7 + USED[7:], [0, 0, 0], None, False),
        ([None] * 8 + USED[8:], [0, 0, 0], None, True),  # too little is known
        ([0, 0, *USED[2:]], [0, 0, 0], None, False),
        ([0, 5, 5] * 9 + [5], [0, 0, 0], None, True),  # it often uses nothing
        ([-5, -5, -5, *USED[3:]], [0, 0, 0], None, True),
        (USED, [0, 0, 0], [0, 5, 5], True),  # so it was a year before
        (USED, [0, 0, 0], [None, 5, 5], False),
        (USED * 2, [0] * 43, None, True),  # by now it is known
    ],
)
def test_zeros_are_hard_to_believe_where_there_never_were_any(before, days, then, believed):
    assert zeros(before, days, then) == (0 if believed else len(days))


@pytest.mark.parametrize("commodity", [Commodity.HEAT, Commodity.COOLING, Commodity.GAS])
def test_what_follows_the_seasons_may_have_come_to_the_end_of_one(commodity):
    assert zeros(USED, [0, 0, 0], None, commodity) == 0
    assert zeros(USED, [0, 0, 0], [None, 5, 5], commodity) == 0
    assert zeros(USED, [0, 0, 0], [5, 5, 5], commodity) == 3


@pytest.mark.parametrize(("last", "days"), [(date(2026, 6, 5), 3), (date(2026, 10, 31), 3), (date(2026, 11, 3), 0)])
def test_a_roof_may_lie_under_snow(last, days):
    assert zeros(USED, [0, 0, 0], None, Commodity.PRODUCTION, last) == days


def test_the_29th_of_february_has_no_like_a_year_before():
    assert zeros(USED, [0, 0, 0], None, last=date(2028, 3, 1)) == 3


def test_what_was_usual_is_the_mean_of_the_days_that_are_known():
    found = unbelievable(point(), LAST, known(*USED[:27], 11_800_000, 0, 0, 0))
    assert (found.first, found.last, found.usual) == (LAST - 2 * DAY, LAST, Energy(9_100_000))


@given(st.lists(st.one_of(st.none(), st.integers(-3, 3)), max_size=90), st.sampled_from(Commodity))
def test_only_days_that_are_known_to_be_zero_are_named(energies, commodity):
    days = known(*energies)
    found = unbelievable(point(commodity), LAST, days)
    if found:
        assert {days[found.first + number * DAY] for number in range((found.last - found.first).days + 1)} == {0}
        assert days.get(found.first - DAY) != 0

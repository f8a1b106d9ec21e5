from datetime import date
from itertools import pairwise
from unicodedata import normalize

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from portal.weather.hours import NOTHING, UNTOLD, Temperatures, by_month, joined, key_of, packed, start_hour, unpacked

MONTHS = st.sampled_from([date(2024, 2, 1), date(2026, 3, 1), date(2026, 10, 1), date(2026, 11, 1)])
DEGREES = st.one_of(st.just(UNTOLD), st.integers(-6000, 4500))


@given(MONTHS, st.data())
def test_a_month_is_kept_as_it_is(month, data):
    hours = len(unpacked(month, b""))
    told = np.full(hours, UNTOLD)
    for at, value in data.draw(st.dictionaries(st.integers(0, hours - 1), DEGREES, max_size=30)).items():
        told[at] = value
    assert unpacked(month, packed(told)).tolist() == told.tolist()


def test_a_month_of_tenths_takes_little_more_than_a_byte_an_hour():
    luck = np.random.default_rng(1)
    january = np.rint(luck.normal(-5, 4, 744) * 10).astype(np.int64) * 10
    assert len(packed(january)) < 744 * 1.2
    half = january.copy()
    half[100:110] = UNTOLD
    assert len(packed(half)) < 744 * 1.7


def test_months_make_one_stretch_with_what_is_missing_between():
    january, march = np.zeros(744, np.int64), np.ones(743, np.int64)
    found = joined({date(2026, 3, 1): packed(march), date(2026, 1, 1): packed(january)})
    assert found.first == start_hour(date(2026, 1, 1))
    assert found.until == start_hour(date(2026, 4, 1))
    assert (found.hundredths[744 : 744 + 672] == UNTOLD).all()
    assert joined({}) is NOTHING


@given(st.lists(st.integers(480_000, 520_000), max_size=60))
def test_hours_are_parted_by_the_months_of_helsinki(hours):
    every = np.array(hours, np.int64)
    parts = list(by_month(every))
    assert sum(int(which.sum()) for _, which in parts) == len(hours)
    for month, which in parts:
        inside = every[which] - start_hour(month)
        assert ((inside >= 0) & (inside < len(unpacked(month, b"")))).all()


@given(st.lists(DEGREES, max_size=40), st.lists(st.integers(-10, 60), min_size=2, max_size=8))
def test_sums_are_those_of_the_hours_one_by_one(hundredths, edges):
    told = Temperatures(7, np.array(hundredths, np.int64))
    bounds = sorted(edges)
    sums, counts = told.sums(np.array(bounds))
    for at, (begins, ends) in enumerate(pairwise(bounds)):
        mine = [value for hour, value in enumerate(hundredths, 7) if begins <= hour < ends and value != UNTOLD]
        assert (sums[at], counts[at]) == (sum(mine), len(mine))


def test_a_place_is_told_apart_by_its_letters_not_by_their_case():
    assert key_of("JYVÄSKYLÄ") == key_of("Jyväskylä") == key_of(normalize("NFD", "Jyväskylä"))
    assert key_of("Turku") != key_of("Åbo")
